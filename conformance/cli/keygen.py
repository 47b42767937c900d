"""`conformance keygen`: makes a key to sign bundles with."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.cli import streams
from conformance.cli.sign import password_in

if TYPE_CHECKING:
    import argparse

USUAL_NAME = "conformance.key"
FOR_ITS_OWNER, FOR_ALL = 0o600, 0o644


def add(commands: Any) -> None:
    """Add the command to the command line."""
    own = commands.add_parser(
        "keygen",
        help="make a key to sign bundles with",
        description="Writes a private Ed25519 key (PKCS #8, PEM), which its owner alone can read, and"
        " the public key beside it as FILE.pub (SPKI, PEM). Overwrites nothing.",
    )
    own.add_argument(
        "--out",
        type=Path,
        default=Path(USUAL_NAME),
        metavar="FILE",
        help=f"file of the private key (default: {USUAL_NAME})",
    )
    own.add_argument("--password-env", metavar="NAME", help="variable with a password for it")
    own.set_defaults(command="keygen")


def run(parsed: argparse.Namespace) -> int:
    """Write both keys, and say where they are and how the public one is called."""
    from conformance.bundle import keys  # noqa: PLC0415 - --help needs none

    password = password_in(parsed.password_env, os.environ)
    public_file = parsed.out.with_name(f"{parsed.out.name}.pub")
    keys.demand_none(public_file)
    key = keys.generated()
    keys.save_new(parsed.out, keys.private_pem(key, password), FOR_ITS_OWNER)
    keys.save_new(public_file, keys.public_pem(key.public()), FOR_ALL)
    streams.write(
        f"{parsed.out}: the private key; keep it secret\n"
        f"{public_file}: the public key {key.public().keyid}; give it to whoever verifies\n"
    )
    return 0
