"""What a bundle may hold: the names of its files, and how large it may be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.contract.contract import CONTRACT_FILE, DOCUMENTATION_FILE
from conformance.evidence.curl import FIXTURES
from conformance.evidence.log import EVIDENCE_FILE
from conformance.http.reading.files import MB
from conformance.result.beside import FIXTURE, OF_A_PART, ON_TOP, PART, PARTS, RESULT_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable

RESULT = RESULT_FILE
EVIDENCE = EVIDENCE_FILE
CONTRACT = f"contract/{CONTRACT_FILE}"
DOCUMENTATION = f"contract/{DOCUMENTATION_FILE}"
REQUIREMENT_SET = "contract/set.yaml"
CERTIFICATE = "certificate.html"
STATEMENT = "statement.json"
SIGNATURES = "statement.dsse.json"

# What is taken from a report folder, beside its fixtures.
REPORTS = frozenset({RESULT_FILE, *ON_TOP})
OWN = frozenset({CONTRACT, DOCUMENTATION, REQUIREMENT_SET, CERTIFICATE, STATEMENT, SIGNATURES})
# A statement is about every file but itself.
NO_SUBJECT = frozenset({STATEMENT, SIGNATURES})
# The evidence of a whole run that was merged lies in its parts.
NEEDED = (RESULT,)
NEEDED_IN_ZIP = (*NEEDED, CONTRACT, DOCUMENTATION, STATEMENT)
# The folders in which files of these names lie.
FOLDERS = (FIXTURES, "contract")
_PART = re.compile(rf"{PARTS}/{PART.pattern}/({'|'.join(map(re.escape, OF_A_PART))})", re.ASCII)
_FIXTURE = re.compile(rf"{FIXTURES}/{FIXTURE.pattern}", re.ASCII)

MOST_FILES = 10_000
MOST_OF_ONE = 500 * MB
MOST_OF_ALL = 1_000 * MB


def is_report(name: str) -> bool:
    """Return whether a run writes a file of this name that belongs into a bundle."""
    own = name in REPORTS or _FIXTURE.fullmatch(name) or _PART.fullmatch(name)
    return bool(own)


def has_evidence(names: Iterable[str]) -> bool:
    """Return whether there is evidence among files of these names: of a run, or of one's parts."""
    return any(name.rpartition("/")[2] == EVIDENCE for name in names)


def is_member(name: str) -> bool:
    """Return whether a bundle may hold a file of this name."""
    return name in OWN or is_report(name)
