"""Names the cases of `junit.xml`: short, unique in their class, and the same from run to run.

A viewer knows a test by its name: a reworded sentence or another seed must not make a new one. So a name
is the id of the requirement and the label of the request, such as `N-2 [n=11]`. What is drawn from the
seed is numbered.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from conformance.reports import counting
from conformance.reports.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.result.model import Check, RequirementResult

LONGEST = 80
DIGITS = 8
# How the label of a request begins that was drawn from the seed.
DRAWN = "property"


class Case(NamedTuple):
    """A case: a requirement, one check of it or None where none has its status, and a name."""

    requirement: RequirementResult
    check: Check | None
    name: str


def cases(requirements: list[RequirementResult]) -> Iterator[Case]:
    """Yield the cases of a clause, each with a name that is unique in it."""
    used: Counter[str] = Counter()
    for requirement in requirements:
        checks: list[Check | None] = list(requirement.checks)
        if counting.unknown_status(requirement):
            checks.append(None)
        labels = Counter(_label(check) for check in requirement.checks)
        for check in checks:
            name = short(requirement.id)
            if check is not None and (label := _label(check)):
                name += f" [{short(label)}]"
            if check is not None and not label.startswith(DRAWN) and labels[label] > 1:
                name += f" {short(_function(check))}"
            used[name] += 1
            yield Case(requirement, check, f"{name} #{used[name]}" if used[name] > 1 else name)


def short(text: str) -> str:
    """Return a text that fits into a name; of a longer one, its beginning and its digest."""
    plain = " ".join(visible(text).split())
    if len(plain) <= LONGEST:
        return plain
    digest = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:DIGITS]
    return f"{plain[: LONGEST - DIGITS - 2]}… {digest}"


def _label(check: Check) -> str:
    """Return the label of what a check asks; "" where it has none, and `property` for what is drawn."""
    label = check.node.partition("[")[2].removesuffix("]")
    return DRAWN if label.startswith(f"{DRAWN}:") else label


def _function(check: Check) -> str:
    """Return the name of a check's function: it tells apart what has no label, or the same one."""
    function = check.node.partition("::")[2].partition("[")[0] or check.node
    return function.removeprefix("test_")
