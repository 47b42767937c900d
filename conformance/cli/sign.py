"""`conformance sign`: signs the statement of a bundle."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.cli import streams
from conformance.errors import UsageError
from conformance.target.repeatable import variable

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from conformance.bundle.keys import PrivateKey


def add(commands: Any) -> None:
    """Add the command to the command line."""
    own = commands.add_parser(
        "sign",
        help="sign a bundle with an Ed25519 key",
        description="Adds a signature (DSSE) over the statement of a bundle, and writes the bundle"
        " anew. Several may sign, such as vendor and laboratory: their order changes nothing.",
    )
    own.add_argument("bundle", type=Path, metavar="BUNDLE")
    key = own.add_mutually_exclusive_group(required=True)
    key.add_argument("--key", type=Path, metavar="FILE", help="private key (PKCS #8, PEM)")
    key.add_argument("--key-env", metavar="NAME", help="variable that holds the PEM text itself")
    own.add_argument("--password-env", metavar="NAME", help="variable with the key's password")
    own.add_argument(
        "--out", type=Path, metavar="FILE", help="file to write (default: BUNDLE itself)"
    )
    own.set_defaults(command="sign")


def run(parsed: argparse.Namespace) -> int:
    """Write the bundle with one more signature, and say by which key."""
    from conformance.bundle import reading, signing, writing  # noqa: PLC0415 - --help needs none

    key = _key(parsed, os.environ)
    content = signing.signed(reading.open_bundle(parsed.bundle), key)
    path = parsed.out or parsed.bundle
    writing.save(path, content)
    streams.write(f"{path}: signed by the key {key.public().keyid}\n")
    return 0


def _key(parsed: argparse.Namespace, environment: Mapping[str, str]) -> PrivateKey:
    from conformance.bundle import keys  # noqa: PLC0415 - --help needs none

    password = password_in(parsed.password_env, environment)
    if parsed.key is not None:
        origin = f"--key {parsed.key}"
        return keys.read_private(keys.content_of(parsed.key, origin), origin, password)
    origin = f"--key-env: {variable(parsed.key_env)}"
    if not environment.get(parsed.key_env):
        raise UsageError(f"{origin} is not set; put the private key into it, as PEM text")
    return keys.read_private(environment[parsed.key_env].encode(), origin, password)


def password_in(name: str | None, environment: Mapping[str, str]) -> str | None:
    """Return the password that a variable holds, or None if no variable is named.

    Raises:
        UsageError: it is not set.
    """
    if name is None:
        return None
    if not environment.get(name):
        raise UsageError(f"--password-env: {variable(name)} is not set; put the password into it")
    return environment[name]
