"""`conformance verify`: judges a bundle or a report folder again, offline."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.cli import streams
from conformance.errors import UsageError
from conformance.target.settings import DISCLOSURE_VARIABLE

if TYPE_CHECKING:
    import argparse

    from conformance.verify.disclosing import Disclosed


def add(commands: Any) -> None:
    """Add the command to the command line."""
    own = commands.add_parser(
        "verify",
        help="judge the evidence of a bundle or a report folder again, offline",
        description="Checks that evidence is whole, binds every request again from contract, settings"
        " and seed, judges all checks from the recorded answers, and compares what it comes to with the"
        " result, the reports and the statement. Needs no network and no credential.",
        epilog="Exit codes: 0 verified, 1 something differs, 2 neither a bundle nor a report folder.",
    )
    own.add_argument("bundle", type=Path, nargs="?", default=Path("reports"), metavar="DIR|BUNDLE")
    own.add_argument(
        "--challenge", metavar="NONCE", help="the challenge that you gave for this run"
    )
    own.add_argument(
        "--trust",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="public key (PEM); repeat it: one of those that are named must have signed",
    )
    own.add_argument(
        "--certificate",
        action="store_true",
        help="demand a certificate that holds today (without it, a bundle of any verdict is verified)",
    )
    own.add_argument(
        "--disclosed",
        action="store_true",
        help=f"check disclosed secrets: {DISCLOSURE_VARIABLE} holds the key of the commitments, and the"
        " variables of the run hold the secrets",
    )
    own.add_argument("--format", choices=("text", "json"), default="text", help="how to say it")
    own.set_defaults(command="verify")


def run(parsed: argparse.Namespace) -> int:
    """Verify, say what was found, and return 0 if everything is as it says, and else 1."""
    from conformance.bundle import keys  # noqa: PLC0415 - --help needs none
    from conformance.verify import saying  # noqa: PLC0415 - --help needs none
    from conformance.verify.bundled import Demands, verify_bundle  # noqa: PLC0415 - --help needs none

    trusted = [keys.read_public(path) for path in parsed.trust]
    today = dt.datetime.now(dt.UTC).date()
    demands = Demands(trusted, parsed.challenge, today if parsed.certificate else None)
    found = verify_bundle(parsed.bundle, demands)
    disclosed = _disclosed(parsed.bundle) if parsed.disclosed else None
    if parsed.format == "json":
        streams.write(json.dumps(saying.document(found, disclosed), indent=1) + "\n")
    else:
        streams.write(saying.text(found, disclosed, shutil.get_terminal_size().columns))
    return 0 if saying.holds(found, disclosed) else 1


def _disclosed(path: Path) -> Disclosed:
    from conformance.bundle.reading import open_bundle  # noqa: PLC0415 - seldom needed
    from conformance.evidence import reading  # noqa: PLC0415 - --help needs none
    from conformance.evidence.log import EVIDENCE_FILE  # noqa: PLC0415 - --help needs none
    from conformance.reports.text import printable  # noqa: PLC0415 - --help needs none
    from conformance.verify import disclosing  # noqa: PLC0415 - --help needs none

    key = os.environ.get(DISCLOSURE_VARIABLE, "")
    if not key:
        raise UsageError(
            f"--disclosed: {DISCLOSURE_VARIABLE} holds no key; ask who made the run for it"
        )
    with open_bundle(path).as_folder() as folder:
        file = folder / EVIDENCE_FILE
        try:
            found = disclosing.check(reading.recording(file), file, key, os.environ)
        except ValueError as error:
            raise UsageError(f"--disclosed: {path}: {error}") from error
    if not (found.same or found.other):
        raise UsageError(
            "--disclosed: no variable holds a secret of the run; set those of"
            f" {printable(', '.join(found.missing), 500)}"
        )
    return found
