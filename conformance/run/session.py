"""One run from plan to exchanges: what the pytest plugin and the command line share."""

from __future__ import annotations

import contextlib
import dataclasses
import socket
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.cases.spec import LAST, PLAIN, RunFacts
from conformance.contract import contract
from conformance.errors import UsageError
from conformance.evidence import resume
from conformance.evidence.attribution import Observer, mark
from conformance.evidence.log import EVIDENCE_FILE, PROVIDER_FILE, Evidence, write_calls
from conformance.judge.declare import NotApplicable, Untestable
from conformance.plan import bursts, priority
from conformance.plan.expectations import mismatch
from conformance.plan.plan import Asked, Plan, Unavailable
from conformance.run.listening import listener_at
from conformance.run.preflight import WHOSE_KEY, examine, gone_since, unobserved
from conformance.send.batches import Batches
from conformance.send.budget import Budget
from conformance.send.sender import Sender
from conformance.send.usage import Usage, by_clause

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conformance.cases.spec import Spec
    from conformance.evidence.log import RunHeaders
    from conformance.http.exchange import Exchange, Request
    from conformance.http.provider_call import Call
    from conformance.result.model import Diagnosis
    from conformance.target.options import Options
    from conformance.target.target import Target

    OnProgress = Callable[[int, int, Usage, float], None]


def no_progress(_done: int, _total: int, _spent: Usage, _share: float) -> None:
    """Keep to itself how far a run is."""


@dataclass
class Session:
    """The state of one run; checks reach it through the plugin's fixtures only."""

    target: Target
    options: Options
    on_progress: OnProgress = no_progress
    observe_on: socket.socket | None = None
    observer: Observer | None = field(init=False)
    plan: Plan = field(init=False)
    diagnosis: tuple[Diagnosis, ...] = ()
    # What of `--check` is in no check's name.
    unmatched: tuple[str, ...] = ()
    started_at: float = field(default_factory=time.time)
    # What was asked for, and for the check of which requirement.
    _wanted: list[tuple[Spec, str]] = field(default_factory=list)
    _asked: dict[int, tuple[Spec, Asked | Unavailable]] = field(default_factory=dict)
    # The requirements whose checks read a request, by its id.
    _readers: dict[str, list[str]] = field(default_factory=dict)
    _sender: Sender | None = None
    _evidence: Evidence | None = None
    _canary: socket.socket | None = None
    _mark: str = ""
    _earlier: RunHeaders = field(default_factory=list)
    _held: dict[str, Request] = field(default_factory=dict)
    _begun: bool = False
    # The pictures that a gateway has to make for what the plan asks.
    _sure: int = 0
    _ahead: dict[str, Request] = field(default_factory=dict)
    _passing: Batches | None = None
    # A run may change its credential in the middle; what it spent so far is kept.
    _usage: Usage = field(default_factory=Usage)

    def __post_init__(self) -> None:
        if self.options.resume:
            self._earlier = resume.runs_in(self.options.report_dir, self._identity(self.target))
        self.observer = self._new_observer()
        self._budget = Budget(self.options.limits.max_images)
        self._mark = mark() if self.target.observe else ""
        self.plan = self._new_plan(self.target)

    def _new_observer(self) -> Observer | None:
        """Return the provider that this run plays; it serves once the run begins."""
        if self.target.observe is None or self.options.dry_run:
            return None
        canary = self.observe_on or listener_at(self.target.observe, "--observe")
        known = [(s.name, s.value) for s in self.target.secrets]
        return Observer(canary, known)

    def _new_plan(self, target: Target) -> Plan:
        self._canary = self._listen()
        url = ""
        if self._canary is not None:
            host, port = self._canary.getsockname()[:2]
            url = f"http://{host}:{port}"
        return Plan(target, self.options.seed, url, self._mark)

    def _close_canary(self) -> None:
        if self._canary is not None:
            with contextlib.suppress(OSError):
                self._canary.close()

    @property
    def run(self) -> RunFacts:
        """What checks may know before anything is sent."""
        examples = self.options.examples
        return RunFacts(self.target, self.options.profile, self.options.seed, examples)

    @property
    def canary_counts(self) -> bool:
        """Whether a silent canary proves anything: the gateway can reach it."""
        return self.options.embedded or "canary-reachable" in self.target.declared

    def _listen(self) -> socket.socket | None:
        if self.target.listen is None and not self.target.on_loopback:
            return None
        host, port = self.target.listen or ("127.0.0.1", 0)
        try:
            return socket.create_server((host, port))
        except OSError as error:
            raise UsageError(
                f"--listen {host}:{port}: cannot listen there: {error.strerror}"
            ) from error

    def ask(self, spec: Spec, requirement: str = "") -> None:
        """Take a spec into the plan, for the check of a requirement."""
        self._wanted.append((spec, requirement))
        self._ask(spec, requirement)

    def _ask(self, spec: Spec, requirement: str) -> None:
        if id(spec) not in self._asked:
            self._asked[id(spec)] = (spec, self.plan.add(spec))
        asked = self._asked[id(spec)][1]
        if requirement and isinstance(asked, Asked):
            for id_ in (asked.id, *asked.alone):
                self._readers.setdefault(id_, []).append(requirement)

    def approach(self) -> None:
        """Send the first good request of the preflight; the plan is made while it is answered."""
        self.options.report_dir.mkdir(parents=True, exist_ok=True)
        path = self.options.report_dir / EVIDENCE_FILE
        self._evidence = Evidence(path, more=self.options.resume)
        (self.options.report_dir / PROVIDER_FILE).unlink(missing_ok=True)
        if self.observer is not None:
            self.observer.start()
        self._open(self.target)
        first = self.plan.bind(PLAIN)
        if self._sender is not None and not isinstance(first, Unavailable):
            self._sender.start([first], purpose="preflight")

    def run_ahead(self, specs: Iterable[Spec]) -> None:
        """Fill the places beside the first request, while it is being answered, with these.

        Should there be no gateway, or no way into it, they cost as little as that one. What is
        taken apart when it is refused is not among them: that would be many requests more.
        """
        first = self.plan.bind(PLAIN)
        capped = self.options.limits.max_images is not None
        if self._sender is None or isinstance(first, Unavailable) or capped or self.options.shard:
            return
        if not self._sender.has_arrived(first.id):
            bound = (self.plan.bind(spec) for spec in specs if spec.otherwise is None)
            whole = {r.id: r for r in bound if not isinstance(r, Unavailable) and r != first}
            ahead = bursts.beside(whole.values(), self._sender.at_once - 1)
            self._ahead = {r.id: r for r in ahead}
            self._sender.start(ahead, ahead=True)

    def examine(self) -> None:
        """Look at the target with a few requests.

        Where the first credential is refused and another one is not, that one comes first, and the
        plan is made again with it.
        """
        if self._sender is None:
            self.approach()
        refused: tuple[Diagnosis, ...] = ()
        for target in _by_first_credential(self.target):
            if target is not self.target:
                self._open(target)
                self._ask_again()
            self.diagnosis = self._examined()
            if not self.diagnosis or self.diagnosis[0].whose != WHOSE_KEY:
                return
            refused = refused or self.diagnosis
        self.diagnosis = refused

    def _ask_again(self) -> None:
        self._asked.clear()
        self._readers.clear()
        for spec, requirement in self._wanted:
            self._ask(spec, requirement)

    def _open(self, target: Target) -> None:
        """Start to send to a target, with a plan of its own."""
        if self._sender is not None:
            self._sender.__exit__()
        self._close_canary()
        self.target, self.plan, self._ahead = target, self._new_plan(target), {}
        identity = self._identity(target)
        if self._evidence is not None:
            self._evidence.begin(identity)
        known = resume.known_of(self._earlier, identity)
        self._sender = Sender(
            target,
            self.options.limits,
            self._evidence or (lambda _: None),
            canary=self._canary,
            on_progress=self._tell,
            clean=self.observer.clean if self.observer else lambda exchange: exchange,
            known=known,
            budget=self._budget,
            usage=self._usage,
            mismatch=mismatch,
        )
        if self.observer is not None:
            self.observer.follow(self.plan, self._sender.windows)
        self._sender.__enter__()

    def _tell(self, done: int, spent: Usage) -> None:
        """Say how far the run is; before it begins, nobody knows how much there is to do."""
        total = len(self.plan.requests) if self._begun else 0
        total += self._passing.sent if self._passing else 0
        # Refusals are quick and many, pictures few and slow: the run is as far as both are.
        share = min(1.0, done / total) if total else 0.0
        if self._sure:
            share = min(share, spent.images / self._sure)
        self.on_progress(done, total, spent, share)

    def _examined(self) -> tuple[Diagnosis, ...]:
        if self._sender is None:
            return ()
        found = examine(self.plan, self._sender) or self._gone_since(self._sender)
        if found or self.observer is None:
            return found
        return unobserved(self.observer.url, self.observer.calls(), self._sender.arrived())

    def _gone_since(self, sender: Sender) -> tuple[Diagnosis, ...]:
        """Look whether a gateway that is known from an earlier run still is as it was."""
        known = resume.known_of(self._earlier, self._identity(self.target)).values()
        return gone_since(self.plan, sender, known)

    def _identity(self, target: Target) -> dict[str, Any]:
        options = self.options
        return resume.identity(target, options.seed, options.profile, options.shard)

    def begin(self) -> None:
        """Send the whole plan in the background."""
        if self._sender is not None and not self.diagnosis:
            wanted = self._in_order(self._sender.at_once)
            known = self.plan.requests.values()
            self._sure = sum(r.pictures for r in known if r.expected == "accepted")
            self._begun = True
            # What comes last comes behind further examples too.
            self._held = {r.id: r for r in wanted if r.phase == LAST and self.options.examples}
            now = [r for r in wanted if r.id not in self._held]
            self._sender.start(now, self.plan.optional.values())

    def _in_order(self, size: int) -> list[Request]:
        """Return the plan as it is sent: the most important first where a cap may end it."""
        known = [r for r in self.plan.requests.values() if r.id not in self._ahead]
        most = self.options.limits.max_images
        if most is None:
            drawn = sum(r.expected != "refused" for r in self._ahead.values())
            return bursts.in_order(known, size, drawn)
        # A burst must not take all that there is.
        return bursts.first_of(priority.in_order(known, self._readers), min(size, most // 3))

    @property
    def at_once(self) -> int:
        """How many requests may be in flight now."""
        return self._sender.at_once if self._sender is not None else 1

    def pictures(self) -> dict[str, int]:
        """Return how many pictures each clause, and each other purpose, has taken."""
        known = contract.load()
        of = {
            id_: (known.requirements.get(rows[0]) or known.observations[rows[0]]).clause
            for id_, rows in self._readers.items()
        }
        return by_clause(self.spent.pictures, of)

    def _release(self) -> None:
        """Send what was held back for the end."""
        held, self._held = self._held, {}
        if held:
            self._ready().start(held.values())

    def end(self) -> None:
        """Stop sending and close everything; what arrived stays in `exchanges`."""
        self.exchanges = [self._seen(e) for e in self._sender.arrived()] if self._sender else []
        self.spent = self._sender.spent if self._sender else Usage()
        self.canary_hits = tuple(self._sender.canary_hits) if self._sender else ()
        if self._sender is not None:
            self._sender.__exit__()
        if self._evidence is not None:
            self._evidence.close()
        if self.observer is not None:
            self.observer.stop()
            write_calls(self.options.report_dir / PROVIDER_FILE, self.observer.calls())
        self._close_canary()

    def exchange(self, spec: Spec) -> Exchange:
        """Wait for the exchange that answers a spec, with its control's.

        Raises:
            NotApplicable: this target cannot be asked.
            Untestable: the target could not be examined.
        """
        asked = self._asked[id(spec)][1]
        if isinstance(asked, Unavailable):
            raise NotApplicable(asked.reason)
        sender = self._ready()
        if asked.id in self._held:
            self._release()
        found = sender.exchange(asked.id)
        for alone in asked.alone:
            if found.ok or found.failure in ("budget", "down"):
                break
            found = sender.exchange(alone)
        control = found.request.control
        if control is None:
            return self._seen(found)
        return dataclasses.replace(self._seen(found), control=sender.exchange(control))

    def _seen(self, exchange: Exchange) -> Exchange:
        """Return an exchange with the calls that reached the provider, where that is observed."""
        return exchange if self.observer is None else self.observer.seen(exchange)

    def probe(self, spec: Spec) -> Exchange:
        """Send one more request now, with its control where that was not sent, and wait for both.

        Raises:
            NotApplicable: this target cannot be asked.
            Untestable: the target could not be examined.
        """
        sender = self._ready()
        known = {*self.plan.requests}
        self.ask(spec)
        more = [r for id_, r in self.plan.requests.items() if id_ not in known]
        sender.start(more, purpose="probe")
        return self.exchange(spec)

    def passing(self) -> Batches:
        """Return what sends requests that enter no plan, once the plan is through."""
        if self._passing is None:
            sender = self._ready()
            for id_ in self.plan.requests.keys() - self._held.keys():
                sender.exchange(id_)
            self._passing = Batches(self.plan, sender)
        return self._passing

    def again(self, request: Request) -> Exchange:
        """Send a copy of a request that was sent, now, and wait for its exchange."""
        return self.again_at_once([request])[0]

    def again_at_once(self, requests: list[Request]) -> list[Exchange]:
        """Send copies of requests that were sent, all now, and wait for their exchanges."""
        sender = self._ready()
        sender.start(requests, purpose="probe")
        return [sender.exchange(request.id) for request in requests]

    def answers(self) -> list[Exchange]:
        """Wait for everything and return every exchange of the run."""
        self._release()
        return [self._seen(e) for e in self._ready().settled()]

    def overheard(self) -> tuple[str, ...]:
        """Return the request lines that reached the suite's own canary."""
        return tuple(self._ready().canary_hits)

    def strangers(self) -> tuple[Call, ...] | None:
        """Return the calls to the provider that are not of this run; None where nobody looked."""
        if self.observer is None:
            return None
        return tuple(c for c in self.observer.calls() if c.claim.refusal)

    def _ready(self) -> Sender:
        if self.diagnosis:
            raise Untestable(f"the run ended early: {self.diagnosis[0].problem}")
        if self._sender is None:
            raise Untestable("nothing was sent")
        return self._sender


def _by_first_credential(target: Target) -> Iterator[Target]:
    """Yield the target with each of its credentials first, in their order."""
    yield target
    for secret in target.credentials[1:]:
        others = (s for s in target.credentials if s is not secret)
        yield dataclasses.replace(target, credentials=(secret, *others))
