"""The fixtures that a check may take: its exchanges, every answer, or a door to more evidence.

The plugin registers them only if there is a gateway to judge, so that other pytest runs do not see
their names. `judge.declare` says which of them a check may take, and CONTRIBUTING.md lists them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.http.status import is_busy
from conformance.judge.bulk import Bulk
from conformance.judge.counterexample import Counterexamples
from conformance.judge.declare import Declaration, declaration_of
from conformance.judge.ends import NotApplicable, Untestable
from conformance.judge.flakiness import Flakiness
from conformance.plan.declared import NOT_OBSERVED
from conformance.run.selection import EXCHANGE
from conformance.run.stashed import NOTED, READ, SESSION
from conformance.send.hits import Hits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.cases.spec import Spec
    from conformance.http.exchange import Exchange
    from conformance.judge.declare import Record
    from conformance.judge.probe import Probe
    from conformance.run.door import Door
    from conformance.target.target import Target


@pytest.fixture
def exchange(request: pytest.FixtureRequest) -> Exchange:
    """Give a check the exchange that answers its spec."""
    return _exchange_of(request, request.param)


@pytest.fixture
def spec(request: pytest.FixtureRequest) -> Spec:
    """Give a check the spec that its exchange answers."""
    asked: Spec = request.node.callspec.params[EXCHANGE]
    return asked


@pytest.fixture
def exchanges(request: pytest.FixtureRequest) -> dict[str, Exchange]:
    """Give a check the exchanges of `@sends_together`, by their names."""
    return {name: _exchange_of(request, spec) for name, spec in request.param.items()}


def _exchange_of(request: pytest.FixtureRequest, spec: Spec) -> Exchange:
    found = request.config.stash[SESSION].door.exchange(spec)
    request.node.stash.setdefault(READ, []).append(found.id)
    for one in (found, found.control):
        if one is not None and one.failure == "spared":
            raise NotApplicable(f"not asked: {one.failure_text}")
    if Hits.tells_nothing(found):
        raise Untestable("the answer came from a cache that an earlier run had filled")
    if found.control is not None:
        request.node.stash[READ].append(found.control.id)
    return found


@pytest.fixture
def answers(request: pytest.FixtureRequest) -> list[Exchange]:
    """Give a check every exchange of the run with the endpoint itself."""
    door = _door(request)
    of_all = [e for e in door.answers() if e.request.url == door.target.url]
    return judged_by(declaration_of(request.function) or Declaration(), of_all)


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


@pytest.fixture
def forwarded(request: pytest.FixtureRequest) -> list[Exchange]:
    """Give a check every exchange of the run, each with the calls that it caused at the provider."""
    found = _door(request).answers()
    if any(e.calls is None for e in found):
        raise NotApplicable(NOT_OBSERVED)
    return list(found)


@pytest.fixture
def probe(request: pytest.FixtureRequest) -> Probe:
    """Give a check the door through which it asks for more evidence."""
    return _door(request)


@pytest.fixture
def target(request: pytest.FixtureRequest) -> Target:
    """Give a check what is known of the gateway under test."""
    return _door(request).target


@pytest.fixture(scope="session")
def counterexamples(request: pytest.FixtureRequest) -> Counterexamples:
    """Give a property check the counterexamples so far, so that it shrinks none twice."""
    return Counterexamples(_door(request))


@pytest.fixture(scope="session")
def bulk(request: pytest.FixtureRequest, counterexamples: Counterexamples) -> Bulk:
    """Give a bulk check the further examples of `--examples`, which have no nodes of their own."""
    return Bulk(counterexamples, _door(request).facts.examples or 0)


@pytest.fixture(scope="session")
def flakiness(request: pytest.FixtureRequest) -> Flakiness:
    """Give a check the verdicts that changed, and the reason, which the run finds out once."""
    return Flakiness(_door(request))


@pytest.fixture
def record(request: pytest.FixtureRequest) -> Record:
    """Give an observing check a function that notes what it saw."""

    def note(text: str) -> None:
        request.node.stash.setdefault(NOTED, []).append(text)

    return note


def _door(request: pytest.FixtureRequest) -> Door:
    return request.config.stash[SESSION].door
