"""Serves the reference gateway: `python -m conformance.reference --port 0 --defect ID`."""

from __future__ import annotations

import argparse
import os
import sys
import threading

from conformance.reference.catalogue import behaviour
from conformance.reference.server import serve


def main(arguments: list[str] | None = None) -> int:
    """Serve until a signal comes; the first line on standard output says where."""
    parser = argparse.ArgumentParser(prog="python -m conformance.reference", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--defect", action="append", default=[], metavar="ID")
    parser.add_argument("--variant", action="append", default=[], metavar="ID")
    parser.add_argument("--provider", default="", metavar="URL", help="forward to this provider")
    parser.add_argument(
        "--while-stdin-is-open",
        action="store_true",
        help="end when standard input does, as it does when the process that holds it is killed",
    )
    given = parser.parse_args(arguments)
    try:
        made = behaviour(given.defect, given.variant)
    except KeyError as error:
        parser.error(f"{error.args[0]} is no defect or variant")
    if given.while_stdin_is_open:
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    serve(made, host=given.host, port=given.port, provider=given.provider, announce=_announce)
    return 0


def _end_with_stdin() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def _announce(url: str) -> None:
    sys.stdout.write(f"listening on {url}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
