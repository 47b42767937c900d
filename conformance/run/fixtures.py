"""The fixtures that a check may take: its exchanges, every answer, or a door to more evidence.

A check names them as its arguments. `judging.declare` says which of them a check may take, and
CONTRIBUTING.md lists them. They are no fixtures of pytest, so other tests never see their names.
"""

from __future__ import annotations

import functools
import inspect
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from conformance.errors import ConformanceError
from conformance.http.status import is_busy
from conformance.judging.bulk import Bulk
from conformance.judging.counterexample import Counterexamples
from conformance.judging.ends import NotApplicable, Untestable
from conformance.judging.flakiness import Flakiness
from conformance.plan.declared import NOT_OBSERVED
from conformance.run import selection
from conformance.send.hits import Hits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from conformance.cases.spec import Spec
    from conformance.http.exchange import Exchange
    from conformance.judging.declare import Check, Declaration
    from conformance.run.door import Door
    from conformance.run.selection import Node, Row
    from conformance.run.session import Session


class FixtureError(ConformanceError):
    """A check takes an argument that is no fixture."""


@dataclass
class Shared:
    """What the checks of one run share: its session, and what is found out once for all of them."""

    session: Session
    _ahead: bool = False
    _answers: list[Exchange] = field(default_factory=list)
    _judged: dict[tuple[bool, ...], list[Exchange]] = field(default_factory=dict)

    @property
    def door(self) -> Door:
        """The door to the exchanges; the session makes a new one when it begins to send."""
        return self.session.door

    @cached_property
    def counterexamples(self) -> Counterexamples:
        """The counterexamples so far, so that a property check shrinks none twice."""
        return Counterexamples(self.door)

    @cached_property
    def bulk(self) -> Bulk:
        """The further examples of `--examples`, which have no nodes of their own."""
        return Bulk(self.counterexamples, self.door.facts.examples or 0)

    @cached_property
    def flakiness(self) -> Flakiness:
        """The verdicts that changed, and the reason, which the run finds out once."""
        return Flakiness(self.door)

    def answers(self, declared: Declaration) -> list[Exchange]:
        """Return every exchange of the run with the endpoint that a check may judge."""
        found = self.door.answers()
        if found is not self._answers:
            self._answers, self._judged = found, {}
        alike = (declared.id.startswith("CACHE-"), declared.faults, declared.busy)
        if alike not in self._judged:
            of_all = [e for e in found if e.request.url == self.door.target.url]
            self._judged[alike] = judged_by(declared, of_all)
        return [*self._judged[alike]]

    def run_ahead(self, nodes: Iterable[Node]) -> None:
        """Send the requests of the checks so far, before the first property case is drawn."""
        if self._ahead:
            return
        self._ahead = True
        chosen = [n for n in nodes if selection.wanted(n, self.session.options)]
        self.session.run_ahead([spec for node in chosen for spec in node.specs])


@dataclass
class Taker:
    """A check as its fixtures see it, with one of its rows.

    `read` gets the ids of the exchanges that it read, and `noted` what it observed.
    """

    declared: Declaration
    row: Row
    shared: Shared
    read: list[str] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)

    @property
    def spec(self) -> Spec:
        """The request that a check of `@sends` runs for."""
        return next(iter(self.row.specs.values()))


def judged_by(declared: Declaration, answers: Iterable[Exchange]) -> list[Exchange]:
    """Return those of a run's answers that a check on every answer may judge."""
    about_cache = declared.id.startswith("CACHE-")
    # Most leave the requests that asked the provider to fail to other checks. What an earlier run put
    # into a cache is evidence for the cache alone. "Too many requests" is the answer to no request.
    return [
        e
        for e in answers
        if (declared.faults or not e.request.provider_fault)
        and (about_cache or e.filled_by != "an earlier run")
        and (declared.busy or not is_busy(e.reply))
    ]


def taken(taker: Taker, check: Check) -> dict[str, Any]:
    """Wait for what a check takes, and return it by the names of the arguments.

    Raises:
        FixtureError: there is no such fixture.
        Untestable, NotApplicable: the check has nothing to judge.
    """
    names = _names(check)
    unknown = [name for name in names if name not in FIXTURES]
    if unknown:
        raise FixtureError(f"{', '.join(unknown)}: no such fixture; CONTRIBUTING.md lists them")
    return {name: FIXTURES[name](taker) for name in names}


@functools.cache
def _names(check: Check) -> tuple[str, ...]:
    return (*inspect.signature(check).parameters,)


def _exchange_of(taker: Taker, spec: Spec) -> Exchange:
    found = taker.shared.door.exchange(spec)
    taker.read.append(found.id)
    for one in (found, found.control):
        if one is not None and one.failure == "spared":
            raise NotApplicable(f"not asked: {one.failure_text}")
    if Hits.tells_nothing(found):
        raise Untestable("the answer came from a cache that an earlier run had filled")
    if found.control is not None:
        taker.read.append(found.control.id)
    return found


def _exchanges(taker: Taker) -> dict[str, Exchange]:
    return {name: _exchange_of(taker, spec) for name, spec in taker.row.specs.items()}


def _forwarded(taker: Taker) -> list[Exchange]:
    found = taker.shared.door.answers()
    if any(e.calls is None for e in found):
        raise NotApplicable(NOT_OBSERVED)
    return [*found]


# What a check may take, by the name of the argument.
FIXTURES: Mapping[str, Callable[[Taker], Any]] = {
    "exchange": lambda taker: _exchange_of(taker, taker.spec),
    "spec": lambda taker: taker.spec,
    "exchanges": _exchanges,
    "case": lambda taker: taker.row.name,
    "answers": lambda taker: taker.shared.answers(taker.declared),
    "forwarded": _forwarded,
    "probe": lambda taker: taker.shared.door,
    "target": lambda taker: taker.shared.door.target,
    "counterexamples": lambda taker: taker.shared.counterexamples,
    "bulk": lambda taker: taker.shared.bulk,
    "flakiness": lambda taker: taker.shared.flakiness,
    "record": lambda taker: taker.noted.append,
}
