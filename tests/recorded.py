"""A run of the reference gateway that was recorded, to be judged again with other answers.

Everything that judges is the suite's own, from the door of a run to its result; only what sends is
left out, so that a whole run is judged in a second.
"""

from __future__ import annotations

import importlib
import pkgutil
import tempfile
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from conformance import checks
from conformance.cli.embedded_runs import SEED, TIMEOUT_S
from conformance.contract.profiles import within
from conformance.judging import outcome
from conformance.judging.declare import declaration_of
from conformance.reference import catalogue
from conformance.reference.demo import DEMO_VARIABLES
from conformance.reference.server import running
from conformance.run import fixtures, launch, selection
from conformance.run.door import Door
from conformance.run.judge import run_checks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from conformance.cases.spec import RunFacts
    from conformance.http.exchange import Exchange
    from conformance.http.request import Request
    from conformance.judging.declare import Check, Declaration
    from conformance.plan.register import Register
    from conformance.run.record import RunRecord
    from conformance.run.selection import Row
    from conformance.send.outages.falls import Fall
    from conformance.send.wire.kept import Surplus

    Changed = Callable[[Exchange], Exchange]


class Node(NamedTuple):
    """A check with one of the things that it runs for."""

    name: str
    check: Check
    declared: Declaration
    row: Row


@dataclass(frozen=True)
class Recorded:
    """A run that has ended, with what it knew and who had asked for what."""

    facts: RunFacts
    register: Register
    record: RunRecord
    nodes: tuple[Node, ...]

    @property
    def success(self) -> Exchange:
        """A success with a url."""
        good = (e for e in self.record.exchanges if e.ok and e.items)
        return next(e for e in good if "url" in e.items[0])

    @property
    def base64(self) -> Exchange:
        """A success with a picture in base64."""
        good = (e for e in self.record.exchanges if e.ok and e.items)
        return next(e for e in good if "b64_json" in e.items[0])

    @property
    def refusal(self) -> Exchange:
        """A refusal of a faulty field."""
        return next(e for e in self.record.exchanges if e.status == 400 and e.request.faulty == "n")


@cache
def recorded() -> Recorded:
    """Run the core profile against the reference gateway, once for all tests of this process."""
    with running(catalogue.behaviour((), ())) as url, tempfile.TemporaryDirectory() as folder:
        flags = {
            "url": url,
            "report_dir": folder,
            "api_key_env": list(DEMO_VARIABLES.api_keys),
            "other_tenant_key_env": DEMO_VARIABLES.other_tenant,
            "expired_key_env": DEMO_VARIABLES.expired,
            "failing_model": DEMO_VARIABLES.failing_model,
            "seed": SEED,
            "timeout": TIMEOUT_S,
        }
        session = launch.session_for(flags, DEMO_VARIABLES.environment(), embedded=True)
        _, record = run_checks(session)
        register = session.channel.register
        return Recorded(session.facts, register, record, tuple(_nodes(session.facts, register)))


def _nodes(facts: RunFacts, register: Register) -> Iterator[Node]:
    """Yield the nodes of a run; a property check makes its counterexamples smaller, live, so it has none."""
    for name, check, declared in all_checks():
        live = declared.bulk or declared.property_case
        if live or not within(declared.profile, facts.profile):
            continue
        rows = selection.rows(declared, facts)
        ids = selection.ids_of(name, [row.name for row in rows])
        for node, row in zip(ids, rows, strict=True):
            for spec in row.specs.values():
                register.ask(spec)
            yield Node(node, check, declared, row)


@dataclass
class Replayed:
    """Gives the recorded exchanges, changed, in the place of what sends."""

    known: dict[str, Exchange]
    requests: Mapping[str, Request]
    more: tuple[Exchange, ...] = ()
    at_once: int = 4
    canary_hits: tuple[str, ...] = ()
    seen_falls: tuple[Fall, ...] = ()
    _settled: list[Exchange] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._settled = [*self.known.values(), *self.more]

    def start(self, requests: Iterable[Request], *_: object, purpose: str = "") -> None:  # noqa: ARG002 - as the sender has it
        """Answer further requests as something like them was answered."""
        for request in requests:
            like = (e for e in self._settled if e.request.expected == request.expected)
            self.known.setdefault(
                request.id, replace(next(like, self._settled[0]), request=request)
            )

    def exchange(self, request_id: str) -> Exchange:
        if request_id not in self.known:
            self.start([self.requests[request_id]])
        return self.known[request_id]

    def settled(self) -> list[Exchange]:
        return self._settled

    def falls(self) -> tuple[Fall, ...]:
        return ()

    def surplus(self) -> tuple[Surplus, ...]:
        return ()


@cache
def all_checks() -> tuple[tuple[str, Check, Declaration], ...]:
    """Return every check of the suite with its name and what it declares."""
    found = []
    for module in pkgutil.iter_modules(checks.__path__):
        if module.name.startswith("test_"):
            names = vars(importlib.import_module(f"conformance.checks.{module.name}"))
            for name, check in names.items():
                declared = declaration_of(check)
                if declared is not None and name.startswith("test"):
                    found.append((f"{module.name}.py::{name}", check, declared))
    return tuple(found)


@dataclass(frozen=True)
class _Session:
    door: Door


def judged(
    run: Recorded,
    changed: Changed,
    more: tuple[Exchange, ...] = (),
    only: Callable[[Declaration], bool] = lambda _: True,
) -> outcome.Outcomes:
    """Judge a recorded run again, each of its answers changed.

    Args:
        run: what was recorded.
        changed: makes another exchange of each.
        more: exchanges besides, for the checks on every answer.
        only: tells which checks are asked.
    """
    known = {e.id: changed(e) for e in run.record.exchanges}
    sender: Any = Replayed(known, run.register.plan.requests, more)
    shared: Any = fixtures.Shared(_Session(Door(run.facts, run.register, sender)))  # type: ignore[arg-type] # all that Shared takes of a session
    found = outcome.Outcomes()
    for node in run.nodes:
        if only(node.declared):
            found.outcomes.extend(_outcomes(node, shared))
    return found


def _outcomes(node: Node, shared: Any) -> Iterable[outcome.Outcome]:
    taker = fixtures.Taker(node.declared, node.row, shared)
    raised: BaseException | None = None
    try:
        node.check(**fixtures.taken(taker, node.check))
    except Exception as error:  # noqa: BLE001 - however it ends, it becomes a status
        raised = error
    return outcome.outcomes_of(
        node.name, node.declared.id, raised, read=taker.read, noted=taker.noted
    )
