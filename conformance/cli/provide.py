"""Runs the stand-in provider alone for `conformance provide`, with its journal if asked."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import sys
import time
from typing import TYPE_CHECKING

from conformance.errors import UsageError
from conformance.provider.faults import FAULTS, Rules
from conformance.provider.journal import Journal
from conformance.provider.server import serve, url_of
from conformance.run.listening import listener_at
from conformance.target.build import address
from conformance.target.target import LOOPBACK

if TYPE_CHECKING:
    from pathlib import Path
    from typing import TextIO

    from conformance.http.provider_call import Call


def provide(text: str, journal: Path | None, *, lenient: bool = False) -> None:
    """Serve at an address until Ctrl-C; each call is one line on standard output.

    Args:
        text: the address, as HOST:PORT or as a port.
        journal: the file that each call is appended to, or None.
        lenient: whether it serves what OpenAI's API refuses, too.

    Raises:
        UsageError: the address or the journal's file cannot be used.
    """
    at = address(text, "provide", LOOPBACK)
    assert at is not None
    listener = listener_at(at, "provide")
    with contextlib.ExitStack() as held:
        file = held.enter_context(_opened(journal)) if journal else None
        sys.stdout.write(greeting(url_of(listener)))
        sys.stdout.flush()
        kept = Journal(on_end=lambda call: _note(call, file))
        serve(listener, kept, Rules(lenient=lenient))


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


def _opened(path: Path) -> TextIO:
    try:
        return path.open("a", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--journal {path}: cannot be written: {error.strerror}") from error


def _note(call: Call, file: TextIO | None) -> None:
    sys.stdout.write(line_of(call) + "\n")
    sys.stdout.flush()
    if file is not None:
        file.write(row(call))
        file.flush()
