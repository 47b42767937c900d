"""Writes the calls to the stand-in provider to `provider.jsonl`, and reads them back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from conformance.errors import WriteError
from conformance.evidence.reading import MOST_BYTES, MOST_OF_LINE, fitting, object_of
from conformance.http.provider_call import Call
from conformance.http.reading import files
from conformance.http.reading.codec import decoder, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from conformance.http.redacting.vault import Vault

PROVIDER_FILE = "provider.jsonl"
_CALL = decoder(Call, whole=True)


def write_calls(path: Path, calls: Iterable[Call], vault: Vault) -> None:
    """Write `provider.jsonl`: each call to the stand-in provider, with the request that caused it.

    Raises:
        WriteError: it cannot be written.
    """
    lines = (json.dumps(vault.clean(call), default=plain) + "\n" for call in calls)
    try:
        files.put(path, "".join(lines).encode())
    except OSError as error:
        raise WriteError(f"{path} cannot be written: {error.strerror}") from error


def read_calls(path: Path) -> Iterator[Call]:
    """Read the calls to the provider back.

    Raises:
        ValueError: `write_calls` does not write such a line.
    """
    for number, line in enumerate(files.lines(path, MOST_BYTES, MOST_OF_LINE), 1):
        name = f"line {number}"
        yield fitting(_CALL, object_of(line, name), name)
