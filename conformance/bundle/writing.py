"""Makes a bundle of a report folder: its files, the contract, and the statement about them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.bundle import archive, certificate, checking, claims, folder, statement
from conformance.bundle.layout import (
    CONTRACT,
    DOCUMENTATION,
    EVIDENCE,
    NEEDED,
    REQUIREMENT_SET,
    STATEMENT,
    has_evidence,
    is_report,
)
from conformance.contract import contract
from conformance.errors import UsageError, WriteError
from conformance.http.reading import files
from conformance.result import certifying, consistency, storage

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

    from conformance.bundle.product import Product
    from conformance.result.model import Result

SETS = "sets"
VERSION = re.compile(r"[0-9]+(\.[0-9]+){0,3}", re.ASCII)


@dataclass(frozen=True)
class Bundle:
    """A bundle that is not written yet: its bytes, what it says in one line, and what was left out.

    `until` is the last day of its certificate, or None; `uncertified` are the reasons why it holds none.
    """

    content: bytes
    says: str
    names: tuple[str, ...]
    left_out: tuple[str, ...]
    until: dt.date | None
    uncertified: tuple[str, ...]


def bundled(reports: Path, product: Product) -> Bundle:
    """Return the bundle of a report folder; the same folder and product make the same bytes.

    Raises:
        UsageError: the folder has no result or no evidence of a run, its result is not one that a run
            wrote, or was judged by another contract than this suite's.
    """
    taken, others = folder.taken(reports, is_report)
    for name in NEEDED:
        if name not in taken:
            raise UsageError(f"{reports}: has no {name}; name the report folder of a run")
    if not has_evidence(taken):
        raise UsageError(
            f"{reports}: has no {EVIDENCE}, and nobody can verify a result without its evidence; run"
            " again"
        )
    result = _result(taken, reports)
    whole = {**taken, **_contract(result)}
    whole |= certificate.page_of(whole, result, product)
    made: dict[str, Any] = statement.composed(statement.subjects(whole), result, product)
    whole[STATEMENT] = statement.written(made)
    try:
        content = archive.packed(whole)
    except archive.NoArchiveError as error:
        raise UsageError(f"{reports}: cannot be bundled: {error}") from error
    says = claims.in_words(made["predicate"][statement.OWN])
    until, why = certifying.last_day(result), certifying.reasons_against(result)
    return Bundle(content, says, tuple(sorted(whole)), others, until, why)


def save(path: Path, content: bytes) -> None:
    """Write a bundle whole or not at all; one that is there stays if its new form cannot be written.

    Raises:
        UsageError: no file can be at this path.
        WriteError: it cannot be written.
    """
    if path.is_dir() or not path.parent.is_dir():
        raise UsageError(
            f"{path}: no file can be written there; name one in a folder that is there"
        )
    beside = path.with_name(f".{path.name}.new")
    try:
        files.put(beside, content)
        beside.replace(path)
    except OSError as error:
        raise WriteError(f"{path} cannot be written: {error.strerror or error}") from error


def _result(found: Mapping[str, bytes], reports: Path) -> Result:
    try:
        return consistency.demand(checking.result_of(found), str(reports / "result.json"))
    except storage.ResultError as error:
        raise UsageError(f"{reports}: {error}") from error


def _contract(result: Result) -> dict[str, bytes]:
    """Return the files of the contract that a result was judged by."""
    known = contract.load()
    if result.contract["sha256"] != known.sha256:
        raise UsageError(
            f"the result was judged by another contract than this suite has ({known.version}); make"
            " the bundle with the suite that made the run"
        )
    documentation = contract.contract_folder() / contract.DOCUMENTATION_FILE
    found = {CONTRACT: known.text.encode(), DOCUMENTATION: documentation.read_bytes()}
    version = result.contract["version"]
    of_version = contract.contract_folder() / SETS / f"{version}.yaml"
    if VERSION.fullmatch(version) and of_version.is_file():
        found[REQUIREMENT_SET] = of_version.read_bytes()
    return found
