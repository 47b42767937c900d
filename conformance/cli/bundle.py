"""`conformance bundle`: makes one file of a report folder, with a statement about it."""

from __future__ import annotations

import contextlib
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.cli import streams
from conformance.errors import UsageError
from conformance.target.settings import CONFIG_FILE

if TYPE_CHECKING:
    import argparse
    from contextlib import AbstractContextManager

USUAL_NAME = "bundle.zip"


def add(commands: Any) -> None:
    """Add the command to the command line."""
    own = commands.add_parser(
        "bundle",
        help="make one file of a report folder, for somebody else to verify",
        description="Puts result, evidence, reports, fixtures and contract into one zip, with an"
        " in-toto statement about them and about the product, and a certificate where the rules of"
        " docs/certify.md allow one. What the first five flags say may"
        " stand under [product] in conformance.toml: organization, name, version, url, contact.",
    )
    own.add_argument("folder", type=Path, nargs="?", default=Path("reports"), metavar="DIR")
    own.add_argument("--organization", metavar="NAME", help="who makes the product")
    own.add_argument("--product", metavar="NAME", help="its name")
    own.add_argument("--product-version", metavar="V", help="its released version, never a branch")
    own.add_argument("--url", metavar="URL", help="where it is described")
    own.add_argument("--contact", metavar="WHO", help="whom to ask about this result")
    own.add_argument("--config", type=Path, metavar="FILE", help="configuration file")
    own.add_argument(
        "--out", type=Path, metavar="FILE", help=f"file to write (default: DIR/{USUAL_NAME})"
    )
    own.set_defaults(command="bundle")


def run(parsed: argparse.Namespace) -> int:
    """Write the bundle, and say what it holds and what was left out."""
    from conformance.bundle import product, writing  # noqa: PLC0415 - --help needs none
    from conformance.bundle.layout import CERTIFICATE  # noqa: PLC0415 - --help needs none
    from conformance.reports.text import obeyed_by_none, visible  # noqa: PLC0415 - --help needs none

    given = {
        "organization": parsed.organization,
        "name": parsed.product,
        "version": parsed.product_version,
        "url": parsed.url,
        "contact": parsed.contact,
    }
    found = product.build(given, *_table(parsed.config))
    if not parsed.folder.is_dir():
        raise UsageError(f"{parsed.folder}: is no folder; name the report folder of a run")
    path = parsed.out or parsed.folder / USUAL_NAME
    with _held(parsed.folder, shlex.join(["conformance", *parsed.given])):
        bundle = writing.bundled(parsed.folder, found)
        writing.save(path, bundle.content)
    lines = [f"{path}: {bundle.says}, {len(bundle.names)} files, {len(bundle.content):,} bytes"]
    if bundle.until is not None:
        lines.append(f"It holds a certificate, {CERTIFICATE}, until {bundle.until}.")
    else:
        lines.append("It holds no certificate, as docs/certify.md has the rules:")
        lines += [f"- {reason}" for reason in bundle.uncertified]
    if others := [name for name in bundle.left_out if parsed.folder / name != path]:
        lines.append(f"left out, since no bundle holds it: {', '.join(others)}")
    lines.append(f"Sign it: conformance sign {shlex.quote(str(path))} --key FILE")
    streams.write("".join(f"{obeyed_by_none(visible(line))}\n" for line in lines))
    return 0


def _table(config: Path | None) -> tuple[dict[str, Any], str]:
    """Return the table of the product in the configuration file, and the file's name."""
    from conformance.target import resolution  # noqa: PLC0415 - --help needs none

    file = config or Path(CONFIG_FILE)
    if config is None and not os.path.lexists(file):
        return {}, CONFIG_FILE
    table: dict[str, Any] = resolution.read_config(file).get("product", {})
    return table, str(file)


def _held(folder: Path, command: str) -> AbstractContextManager[None]:
    """Keep a run from changing the folder meanwhile; nobody writes where nothing can be written."""
    from conformance.run import lock  # noqa: PLC0415 - --help needs none

    return lock.locked(folder, command) if os.access(folder, os.W_OK) else contextlib.nullcontext()
