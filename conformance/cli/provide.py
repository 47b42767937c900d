"""Runs the stand-in provider alone for `conformance provide`, with its journal if asked."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.cli import streams
from conformance.errors import UsageError, WriteError
from conformance.http.reading import files
from conformance.provider.faults import FAULTS, Rules
from conformance.provider.journal import Journal
from conformance.provider.server import serve, url_of
from conformance.run import stopping
from conformance.run.listening import listener_at
from conformance.target.build import address
from conformance.target.target import LOOPBACK

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from conformance.http.provider_call import Call


def provide(text: str, journal: Path | None, *, lenient: bool = False) -> None:
    """Serve at an address until Ctrl-C; each call is one line on standard output.

    Args:
        text: the address, as HOST:PORT or as a port.
        journal: the file that each call is appended to, or None.
        lenient: whether it serves what OpenAI's API refuses, too.

    Raises:
        UsageError: the address or the journal's file cannot be used.
        WriteError: the journal cannot be written any more; it is the reason to serve.
    """
    at = address(text, "provide", LOOPBACK)
    assert at is not None
    listener = listener_at(at, "provide")
    with contextlib.ExitStack() as held:
        notes = _Notes(journal, held.enter_context(_opened(journal)) if journal else None)
        streams.write(greeting(url_of(listener)))
        try:
            serve(listener, Journal(on_end=notes.add), Rules(lenient=lenient))
        finally:
            if notes.failure is not None:
                raise notes.failure


def greeting(url: str) -> str:
    """Return how to point a gateway at the provider, and which models fail in which way."""
    rows = [f"  {name:<18}{fault.sentence}" for name, fault in FAULTS.items()]
    return "\n".join(
        [
            f"listening on {url}",
            "point a gateway's provider of the kind OpenAI here:",
            f"  base url  {url}/v1   (without /v1 where the gateway adds it)",
            "  api key   any text of six characters or more that is used nowhere else",
            "  model     any name; these models fail, with or without a prefix before a slash:",
            *rows,
            "then judge it: conformance run URL --observe HOST:PORT (instead of this command)",
            "stop with Ctrl-C",
            "",
        ]
    )


def line_of(call: Call) -> str:
    """Return a call in one line, as people read it."""
    at = time.strftime("%H:%M:%S", time.localtime(call.arrived_at))
    parts = ", ".join(
        f"{p.name}={p.sha256[:12]}…" if p.is_file else f"{p.name}={p.value[:40]!r}"
        for p in call.parts
    )
    status = call.answered.status if call.answered else call.end
    return f"{at} {call.method} {call.path} → {status}  {parts}"


def row(call: Call) -> str:
    """Return a call as one line of JSON."""
    return json.dumps(dataclasses.asdict(call), ensure_ascii=True) + "\n"


def _opened(path: Path) -> BinaryIO:
    try:
        return files.open_to_write(path, more=True)
    except OSError as error:
        raise UsageError(f"--journal {path}: cannot be written: {error.strerror}") from error


@dataclass
class _Notes:
    """Writes each call as a line on standard output, and one into the journal."""

    path: Path | None
    file: BinaryIO | None
    failure: WriteError | None = None
    _heard: bool = True

    def add(self, call: Call) -> None:
        """Write a call; where nobody reads standard output any more, the journal goes on."""
        try:
            if self.file is not None:
                files.append(self.file, row(call).encode())
        except OSError as error:
            self.failure = WriteError(f"{self.path} cannot be written any more: {error.strerror}")
            raise stopping.Stopped from error
        try:
            if self._heard:
                streams.write(line_of(call) + "\n")
        except streams.OutputError:
            self._heard = False
