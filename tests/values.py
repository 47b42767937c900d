"""Values of a run, built without a network: requests, exchanges, and a probe that is scripted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from conformance.cases.spec import RunFacts
from conformance.http.exchange import Attempt, Exchange, Reply
from conformance.http.request import Request

from .serving import KEY, target_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.cases.spec import Spec
    from conformance.http.exchange import Failure
    from conformance.http.provider_call import Call
    from conformance.judging.probe import Batches
    from conformance.send.outages.falls import Fall
    from conformance.send.wire.kept import Surplus
    from conformance.target.target import Target

URL = "http://127.0.0.1:1"


def request(label: str = "plain", **more: Any) -> Request:
    """A request with a body of its own, so that its id is its own too."""
    given: dict[str, Any] = {"url": f"{URL}/v1/images/variations", "headers": (), **more}
    return Request(label=label, body=given.pop("body", label.encode()), **given)


def exchange(
    status: int | None, of: Request | None = None, body: bytes = b"{}", **more: Any
) -> Exchange:
    """An exchange with this final status; None is a connection that was dropped."""
    if status is None:
        more.setdefault("failure", "dropped")
    headers = more.pop("headers", (("content-type", "application/json"),))
    reply = None if status is None else Reply(status, headers, body)
    return Exchange(of or request(), reply, **more)


def attempt(status: int | None, **more: Any) -> Attempt:
    """A try that did not settle its request."""
    failure: Failure | None = "dropped" if status is None else None
    return Attempt(status, failure, "", 0.01, **more)


@dataclass
class ScriptedProbe:
    """A `Probe` whose further answers follow a rule: the status for a request that is sent again.

    `asked` keeps what was sent through it, burst by burst.
    """

    known: list[Exchange] = field(default_factory=list)
    rule: Callable[[Request], int | None] = lambda _: 200
    at_once: int = 4
    canary_counts: bool = False
    asked: list[list[Request]] = field(default_factory=list)
    seen_falls: tuple[Fall, ...] = ()

    @property
    def target(self) -> Target:
        return target_at(URL, api_key_env=["KEY"], environment={"KEY": KEY})

    @property
    def facts(self) -> RunFacts:
        return RunFacts(self.target, "core", 1)

    @property
    def sent(self) -> int:
        return sum(map(len, self.asked))

    def send(self, spec: Spec) -> Exchange:
        raise NotImplementedError(f"no rule for {spec.label}")

    def again(self, request: Request) -> Exchange:
        return self.again_at_once([request])[0]

    def again_at_once(self, requests: list[Request]) -> list[Exchange]:
        self.asked.append(requests)
        return [replace(exchange(self.rule(r)), request=r) for r in requests]

    def batches(self) -> Batches:
        raise NotImplementedError

    def answers(self) -> list[Exchange]:
        return self.known

    def overheard(self) -> tuple[str, ...]:
        return ()

    def falls(self) -> tuple[Fall, ...]:
        return self.seen_falls

    def surplus(self) -> tuple[Surplus, ...]:
        return ()

    def strangers(self) -> tuple[Call, ...] | None:
        return None
