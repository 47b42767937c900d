"""What the guards of the contract, the checks and the defects share: one readable line a problem."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

YAML = "openapi/image-variations.yaml"
DEFECTS = "conformance/reference/defects"
CHECKS = "conformance/checks"


def no_problem(problems: Iterable[str]) -> None:
    """Fail with each problem on a line of its own, and without a traceback."""
    found = list(problems)
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def clause_of(id_: str) -> str:
    return id_.partition("-")[0].lower()


def near(id_: str, known: Iterable[str]) -> str:
    found = difflib.get_close_matches(id_, list(known), 1)
    return f" (did you mean {found[0]}?)" if found else ""
