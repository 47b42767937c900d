"""Plays the provider during a run, and attributes each call to the request that caused it.

A call is recognized by its picture (`recognition`), which only one request of one run has. A call
without a picture is recognized by its fields, if a single request in flight has them. If several
requests share a picture, the call belongs to the one that was in flight; if several were, to the one
with its fields. If two are left, neither is judged by the call.

A request may be sent several times, with the same picture. Then the last try caused the calls that
arrived while it was in flight. Tries may touch, and a gateway may still be busy with an earlier try,
so of the calls that were served only those count that the pictures of the answer prove.
"""

from __future__ import annotations

import contextlib
import dataclasses
import time
from typing import TYPE_CHECKING

from conformance.evidence import recognition
from conformance.http.provider_call import Call, Claim
from conformance.provider.faults import STRICT, Rules, failing_names
from conformance.provider.images_api import ROUTE
from conformance.provider.journal import PROVIDERS_KEY, Journal
from conformance.provider.proof import proofs
from conformance.provider.server import running, url_of

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping

    from conformance.evidence.recognition import Sent
    from conformance.http.exchange import Exchange
    from conformance.http.redacting.vault import Vault
    from conformance.http.request import Request
    from conformance.plan.plan import Plan
    from conformance.provider.arrival import Arrival
    from conformance.target.target import Target

    Windows = Mapping[str, list[tuple[float, float | None]]]

# The fields by which requests with the same picture differ.
TOLD = ("n", "size", "response_format", "user")
__all__ = ["PROVIDERS_KEY", "Observer"]


class Observer:
    """The stand-in provider of one run, with the calls that it got."""

    def __init__(
        self,
        listener: socket.socket,
        vault: Vault,
        rules: Rules = STRICT,
    ) -> None:
        self._listener = listener
        self._journal = Journal(vault)
        self._rules = rules
        self._held = contextlib.ExitStack()
        self._plan: Plan | None = None
        self._windows: Windows = {}

    @property
    def vault(self) -> Vault:
        """What knows the secrets of the run, the provider's key among them."""
        return self._journal.vault

    @property
    def url(self) -> str:
        """The address where the gateway reaches the provider."""
        return url_of(self._listener)

    def start(self) -> None:
        """Begin to serve."""
        serving = running(self._listener, self._journal, self._whose, self._rules)
        self._held.enter_context(serving)

    def stop(self) -> None:
        """Stop serving; the calls stay."""
        self._held.close()
        self._listener.close()

    def follow(self, plan: Plan, windows: Windows) -> None:
        """Attribute calls to the requests of this plan, sent in these windows, from now on."""
        self._plan, self._windows = plan, windows

    def calls(self) -> tuple[Call, ...]:
        """Return every call so far, each with the request that caused it, if that is known."""
        return tuple(self._owned(call) for call in self._journal.calls())

    @property
    def changes(self) -> int:
        """How often the calls have changed so far: what was `seen` still holds if it is the same."""
        return self._journal.changes

    def seen(self, exchange: Exchange) -> Exchange:
        """Return an exchange with the calls that it caused."""
        mine, unclear = [], ""
        for call in self._journal.calls_of(exchange.id):
            owners = self._owners(call)
            if exchange.id in owners:
                unclear = unclear or self._journal.problem_of(call.id)
            if owners == {exchange.id}:
                mine.append(dataclasses.replace(call, request=exchange.id))
            elif exchange.id in owners:
                unclear = (
                    f"call {call.id} may belong to {len(owners)} requests with the same picture"
                    " that were in flight together"
                )
        calls = self._of_the_last_try(exchange, mine)
        vault = self.vault
        if exchange.finished_at - exchange.elapsed_s <= vault.learnt_at:
            # It may hold a key that the provider saw only later.
            exchange = dataclasses.replace(vault.clean(exchange), request=exchange.request)
        return dataclasses.replace(exchange, calls=calls, calls_unclear=unclear)

    def _of_the_last_try(self, exchange: Exchange, calls: list[Call]) -> tuple[Call, ...]:
        """Return the calls of a request, each with whether the try that is judged caused it."""
        windows = self._windows.get(exchange.id, ())
        if len(windows) <= 1:
            return tuple(calls)
        proven = {one.call for one in proofs(exchange)}
        return tuple(
            dataclasses.replace(
                call,
                settled=call.id in proven
                if call.served and proven
                else _within(windows[-1], call.arrived_at),
            )
            for call in calls
        )

    def _owned(self, call: Call) -> Call:
        owners = self._owners(call)
        return dataclasses.replace(call, request=owners.pop() if len(owners) == 1 else "")

    def _owners(self, call: Call) -> set[str]:
        """Return the requests that may have caused a call: a single one, if that can be told."""
        possible = set(call.claim.requests)
        if len(possible) <= 1:
            return possible
        at = call.arrived_at
        in_flight = {id_ for id_ in possible if self._in_flight(id_, at)}
        # A call after every answer is of a request that was sent before it.
        in_flight = in_flight or {id_ for id_ in possible if self._began_before(id_, at)}
        if len(in_flight) <= 1:
            return in_flight or possible
        fitting = {id_ for id_ in in_flight if self._fits(id_, call.text)}
        return fitting if len(fitting) == 1 else in_flight

    def _in_flight(self, id_: str, at: float) -> bool:
        return any(_within(window, at) for window in list(self._windows.get(id_, ())))

    def _began_before(self, id_: str, at: float) -> bool:
        return any(began <= at for began, _ in list(self._windows.get(id_, ())))

    def _fits(self, id_: str, text: Callable[[str], str | None]) -> bool:
        """Return whether the fields of a call are those of a request."""
        assert self._plan is not None
        request = self._plan.sent[id_][0]
        return all(request.asked(name) == text(name) for name in TOLD)

    # ------------------------------------------------------------ on the provider's thread

    def _whose(self, arrival: Arrival) -> Claim:
        """Return the attribution of a call as it arrives; a call of no request of the run is refused."""
        if self._plan is None:
            return Claim(refusal="the run has not begun", own_key=False)
        sent = dict(self._plan.sent)
        by, requests = self._recognized(arrival, sent)
        if not requests:
            return self._unknown(arrival, sent)
        keyless = self._plan.target.auth == "none"
        good = all(_own_key(sent[id_][0], keyless=keyless) for id_ in requests)
        return Claim(tuple(requests), by, own_key=good)

    def _unknown(self, arrival: Arrival, sent: Sent) -> Claim:
        """Return the refusal of a call that is not recognized; without a picture it may be of the run."""
        refusal = "nothing in this call belongs to a request of that run"
        if any(arrival.files) or not ROUTE.fullmatch(arrival.path.partition("?")[0]):
            return Claim(refusal=refusal, own_key=False)
        told = {p.name: p.value for p in arrival.parts}
        perhaps = tuple(
            id_
            for id_ in sent
            if self._in_flight(id_, arrival.at) and (not told or self._fits(id_, told.get))
        )
        if perhaps:
            refusal = f"it has no picture, and may be of {len(perhaps)} request(s) in flight"
        return Claim(refusal=refusal, own_key=False, perhaps=perhaps)

    def _recognized(self, arrival: Arrival, sent: Sent) -> tuple[str, list[str]]:
        """Return how a call is recognized, and the requests that may have caused it."""
        for content in arrival.files:
            by, requests = recognition.by_picture(content, sent)
            if requests:
                return by, requests
        if requests := recognition.by_piece(arrival.body, sent):
            return "body", requests
        if not any(arrival.files):
            requests = self._without_picture(arrival, sent)
            if len(requests) == 1:
                return "fields", requests
        return "", []

    def _without_picture(self, arrival: Arrival, sent: Sent) -> list[str]:
        """Return the requests without a picture that are in flight and have the call's fields."""
        told = {p.name: p.value for p in arrival.parts}
        now = time.time()
        return [
            id_
            for id_, (_, files) in sent.items()
            if not any(files) and self._in_flight(id_, now) and self._fits(id_, told.get)
        ]


def rules_for(target: Target) -> Rules:
    """Return how the provider behaves that the runs of a target play."""
    good = (target.model, target.deployment)
    return Rules(target.provider_checks == "lenient", failing_names(target.failing_model, good))


def _within(window: tuple[float, float | None], at: float) -> bool:
    began, ended = window
    return began <= at and (ended is None or at <= ended)


def _own_key(request: Request, *, keyless: bool) -> bool:
    """Return whether the gateway's credential in a call of a request may be the provider's own key."""
    written = any(name.lower() == "authorization" for name, _ in request.headers)
    credential = request.credential
    return bool(keyless or credential.name) and not (
        written or credential.change or credential.query or request.delivery
    )
