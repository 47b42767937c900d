"""Whether the values of a stored result fit each other: the verdict its statuses, the ids each other.

The types of a file say nothing about that. A result that was changed by hand, or put together of
two, would be drawn as if a run had found it.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from conformance.http.reading.short import shown
from conformance.result import waiving
from conformance.result.storage import ResultError
from conformance.result.verdict import verdict_on, worst
from conformance.target.challenge import problem_of, seed_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.result.model import Result

SHARD = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})")
ID = re.compile(r"[\w-]{1,80}")


def demand(result: Result, name: str) -> Result:
    """Return a result whose values fit each other; `name` is what an error calls it.

    Raises:
        ResultError: they do not.
    """
    for problem in problems(result):
        raise ResultError(
            f"{name} is no result: {problem}. Name a result.json that a run wrote, unchanged."
        )
    return result


def problems(result: Result) -> Iterator[str]:
    """Yield what does not fit."""
    made = result.challenge
    if made is not None and (problem_of(made.nonce) or seed_of(made.nonce) != result.seed):
        yield f"its seed is {shown(result.seed)}, and not the one that its challenge makes"
    yield from _of_ids(result)
    for row in result.requirements:
        status = worst([check.status for check in row.checks])
        if row.checks and row.status is not status:
            yield f"the requirement {row.id} is {row.status}, and its checks come to {status}"
    if result.verdict is not (wanted := verdict_on(result, result.requirements)):
        yield f"its verdict is {result.verdict}, and its requirements come to {wanted}"
    if waiving.apply(result, result.waivers) != result:
        yield "its waivers do not fit what it says of them"


def _of_ids(result: Result) -> Iterator[str]:
    if result.shard and shard_of(result.shard) is None:
        yield f"shard {result.shard[:20]!r} is no I/N with 1 <= I <= N"
    if twice := _twice(r.id for r in result.requirements):
        yield f"the requirement {twice} is there twice"
    if twice := _twice(o.id for o in result.observations):
        yield f"the observation {twice} is there twice"
    for id_, exchange in result.exchanges.items():
        if not ID.fullmatch(id_) or exchange.id != id_:
            yield f"the exchange {id_[:80]!r} has another id, or one that no run gives"
    known = {r.id for r in result.requirements}
    for finding in result.findings:
        if strange := [id_ for id_ in finding.requirements if id_ not in known]:
            yield f"a finding names {strange[0][:80]!r}, which is no requirement of it"


def shard_of(text: str) -> tuple[int, int] | None:
    """Return I and N of `I/N`, or None where it is none."""
    found = SHARD.fullmatch(text)
    if found is None or int(found[1]) > int(found[2]):
        return None
    return int(found[1]), int(found[2])


def _twice(ids: Iterable[str]) -> str:
    return next((id_[:80] for id_, times in Counter(ids).items() if times > 1), "")
