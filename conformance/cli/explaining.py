"""All that the suite knows about one requirement: `conformance explain` and the documentation show it.

It imports every check and every defect, so only what shows them imports it.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from conformance import checks as folder_of_checks
from conformance.cases.spec import RunFacts
from conformance.contract import contract, sets
from conformance.errors import ConformanceError
from conformance.judging.declare import declaration_of
from conformance.plan.declared import NOT_OBSERVED, why_unavailable
from conformance.reference import catalogue
from conformance.target.credentials import Secret
from conformance.target.target import Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract.contract import Requirement
    from conformance.contract.profiles import Profile
    from conformance.judging.declare import Declaration
    from conformance.reference.differences import Defect


@dataclass(frozen=True)
class Explanation:
    """One requirement with all that leads to it and away from it.

    Attributes:
        requirement: the row of the contract.
        clause: the title of its clause.
        profile: the smallest profile that judges it.
        lines: the lines of the documentation that it rests on, each with its number, which counts from 1.
        checks: the checks that judge it, like `test_n.py::test_…`.
        needs: what an operator must supply before anything of it can be judged, a sentence each.
        helps: what an operator may supply so that more of it is judged, a sentence each.
        defects: the defects of the reference gateway that break it.
    """

    requirement: Requirement
    clause: str
    profile: Profile
    lines: tuple[tuple[int, str], ...]
    checks: tuple[str, ...]
    needs: tuple[str, ...]
    helps: tuple[str, ...]
    defects: tuple[Defect, ...]


def of(id_: str) -> Explanation:
    """Return all about the requirement of this id, such as `N-2`.

    Raises:
        KeyError: there is no such requirement.
        ConformanceError: a module of checks cannot be imported.
    """
    known = contract.load()
    row = known.requirements[id_]
    tied = [(check, declared) for check, declared in checks() if declared and declared.id == id_]
    reasons = [reason for _, declared in tied for reason in _reasons(declared)]
    named = dict.fromkeys(filter(None, reasons))
    whole = "" not in reasons
    return Explanation(
        requirement=row,
        clause=known.clauses[row.clause],
        profile=sets.own().demands[id_].profile,
        lines=tuple((number, known.documentation[number - 1]) for number in row.lines),
        checks=tuple(check for check, _ in tied),
        needs=tuple(named) if whole else (),
        helps=() if whole else tuple(named),
        defects=tuple(one for one in catalogue.DEFECTS if id_ in one.breaks),
    )


def names_of(id_: str) -> list[str]:
    """Return the checks that are tied to a requirement or to an open matter."""
    return [check for check, declared in checks() if declared and declared.id == id_]


def checks() -> Iterator[tuple[str, Declaration | None]]:
    """Yield every check, like `test_n.py::test_…`, with what it declares, if anything.

    Raises:
        ConformanceError: a module of checks cannot be imported.
    """
    for name in sorted(found.name for found in pkgutil.iter_modules(folder_of_checks.__path__)):
        if not name.startswith("test_"):
            continue
        try:
            module = importlib.import_module(f"{folder_of_checks.__name__}.{name}")
        except Exception as error:
            why = error.args[0] if error.args else type(error).__name__
            raise ConformanceError(f"conformance/checks/{name}.py: {why}") from error
        for check, function in vars(module).items():
            if check.startswith("test_"):
                yield f"{name}.py::{check}", declaration_of(function)


def _reasons(declared: Declaration) -> Iterator[str]:
    """Yield, for each case of a check, why it cannot be judged on a gateway of which little is said."""
    if declared.reads == "provider calls":
        yield NOT_OBSERVED
        return
    plain = _with_one_key()
    alone = [] if declared.property_case else declared.specs_for(RunFacts(plain, "full", seed=1))
    for spec in alone:
        yield why_unavailable(spec, plain, observed=False)
    for case in declared.cases.values():
        found = (why_unavailable(spec, plain, observed=False) for spec in case.values())
        yield next(filter(None, found), "")
    if not alone and not declared.cases:
        yield ""


@cache
def _with_one_key() -> Target:
    """Return a gateway of which its operator says nothing but where it is, with one virtual key."""
    key = Secret("default", "virtual-key", "sk-bf-of-nobody-0000")
    known = contract.load()
    return Target(
        base_url="http://127.0.0.1:8080", path=contract.ROUTE, model="openai/dall-e-2",
        failing_model=None, auth="bearer", credentials=(key,), other_tenant=None, expired=None,
        headers=(), secrets=(key,), sizes=known.sizes, max_n=known.n_max, image=None, fetch=True,
        fallbacks_encoding=None, declared=frozenset(), listen=None,
    )  # fmt: skip
