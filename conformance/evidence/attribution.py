"""Plays the provider during a run, and tells which request each call to it belongs to.

Each request of each run has a picture of its own, and a call is recognized by the picture in it: by
its bytes, its pixels, a part of it, its looks, or a piece of it in a broken body. A call without a
picture is recognized by its fields, if they fit a single request in flight. Where several requests
share a picture, the times in flight decide, and then the fields. Where two are left, neither is
judged.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import secrets
import time
from typing import TYPE_CHECKING

from conformance.http.provider_call import Call, Claim
from conformance.http.redaction import Redactor
from conformance.provider.journal import PROVIDERS_KEY, Journal
from conformance.provider.likeness import ALIKE, UNLIKE, distance, look
from conformance.provider.server import running, url_of

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable, Mapping

    from conformance.http.exchange import Exchange
    from conformance.http.request import Request
    from conformance.plan.plan import Plan
    from conformance.provider.arrival import Arrival
    from conformance.provider.likeness import Look

    Windows = Mapping[str, list[tuple[float, float | None]]]

SLACK_S = 0.05
SHORTEST_START = 64
# Bytes of a picture that hold pixels already; as many as base64 writes without padding.
PIECE = (60, 240)
TOLD = ("n", "size", "response_format", "user")
__all__ = ["PROVIDERS_KEY", "Observer"]


class Observer:
    """The stand-in provider of one run, and the whole of what it saw."""

    def __init__(
        self,
        listener: socket.socket,
        known: Iterable[tuple[str, str]],
        on_call: Callable[[Call], None] = lambda _: None,
    ) -> None:
        self._listener = listener
        self._journal = Journal(known, on_call)
        self._held = contextlib.ExitStack()
        self._plan: Plan | None = None
        self._windows: Windows = {}

    @property
    def url(self) -> str:
        """Where the provider is reached."""
        return url_of(self._listener)

    def start(self) -> None:
        """Begin to serve."""
        self._held.enter_context(running(self._listener, self._journal, self._whose))

    def stop(self) -> None:
        """Stop serving; what arrived stays."""
        self._held.close()
        self._listener.close()

    def follow(self, plan: Plan, windows: Windows) -> None:
        """Recognize the requests of this plan, sent at these times, from now on."""
        self._plan, self._windows = plan, windows

    def clean(self, exchange: Exchange) -> Exchange:
        """Return an exchange without the provider's key in its answer; a mark is in its place."""
        keys = self._journal.keys()
        if exchange.reply is None or not keys:
            return exchange
        redactor = Redactor.of(keys)
        headers = tuple((k, redactor.clean_text(v)) for k, v in exchange.reply.headers)
        body = redactor.clean(exchange.reply.body)
        reply = dataclasses.replace(exchange.reply, headers=headers, body=body)
        return dataclasses.replace(exchange, reply=reply)

    def calls(self) -> tuple[Call, ...]:
        """Return every call so far, each with the request that it belongs to where that is known."""
        return tuple(self._owned(call) for call in self._journal.calls())

    def seen(self, exchange: Exchange) -> Exchange:
        """Return an exchange with the calls that it caused."""
        mine, unclear = [], ""
        since = exchange.finished_at - exchange.elapsed_s - SLACK_S
        for call in self._journal.calls():
            if exchange.id not in call.claim.requests:
                continue
            owners = self._owners(call)
            if owners == {exchange.id}:
                settled = since <= call.arrived_at <= exchange.finished_at + SLACK_S
                mine.append(dataclasses.replace(call, request=exchange.id, settled=settled))
            elif exchange.id in owners:
                unclear = (
                    f"call {call.id} may belong to {len(owners)} requests with the same picture"
                    " that were in flight together"
                )
        return dataclasses.replace(exchange, calls=tuple(mine), calls_unclear=unclear)

    def _owned(self, call: Call) -> Call:
        owners = self._owners(call)
        return dataclasses.replace(call, request=owners.pop() if len(owners) == 1 else "")

    def _owners(self, call: Call) -> set[str]:
        """Return the requests that a call may belong to: one, if that can be told."""
        possible = set(call.claim.requests)
        if len(possible) <= 1:
            return possible
        in_flight = {id_ for id_ in possible if self._in_flight(id_, call.arrived_at)}
        if len(in_flight) <= 1:
            return in_flight or possible
        fitting = {id_ for id_ in in_flight if self._fits(id_, call.text)}
        return fitting if len(fitting) == 1 else in_flight

    def _in_flight(self, id_: str, at: float) -> bool:
        times = list(self._windows.get(id_, ()))
        return any(begun <= at <= (ended or at) + SLACK_S for begun, ended in times)

    def _fits(self, id_: str, text: Callable[[str], str | None]) -> bool:
        """Return whether the fields of a call are those of a request."""
        assert self._plan is not None
        request = self._plan.sent[id_][0]
        return all(request.asked(name) == text(name) for name in TOLD)

    # ------------------------------------------------------------ on the provider's thread

    def _whose(self, arrival: Arrival) -> Claim:
        """Return whose a call is as it arrives; one that is not of this run is refused."""
        if self._plan is None:
            return Claim(refusal="the run has not begun", own_key=False)
        sent = dict(self._plan.sent)
        keyless = self._plan.target.auth == "none"
        for content in arrival.files:
            by, requests = _with_picture(content, sent)
            if requests:
                good = all(_own_key(sent[id_][0], keyless=keyless) for id_ in requests)
                return Claim(tuple(requests), by, own_key=good)
        requests = _with_piece(arrival.body, sent)
        if requests:
            good = all(_own_key(sent[id_][0], keyless=keyless) for id_ in requests)
            return Claim(tuple(requests), "body", own_key=good)
        if not any(arrival.files):
            requests = self._without_picture(arrival, sent)
            if len(requests) == 1:
                return Claim(
                    tuple(requests),
                    "fields",
                    own_key=_own_key(sent[requests[0]][0], keyless=keyless),
                )
        return Claim(refusal="nothing in this call belongs to a request of that run", own_key=False)

    def _without_picture(
        self, arrival: Arrival, sent: dict[str, tuple[Request, tuple[bytes, ...]]]
    ) -> list[str]:
        told = {p.name: p.value for p in arrival.parts}
        now = time.time()
        return [
            id_
            for id_, (_, files) in sent.items()
            if not any(files) and self._in_flight(id_, now) and self._fits(id_, told.get)
        ]


def _own_key(request: Request, *, keyless: bool) -> bool:
    """Return whether what a gateway presents for a request may be the provider's own key."""
    written = any(name.lower() == "authorization" for name, _ in request.headers)
    credential = request.credential
    return bool(keyless or credential.name) and not (
        written or credential.change or credential.query or request.delivery
    )


def _with_picture(
    content: bytes, sent: dict[str, tuple[Request, tuple[bytes, ...]]]
) -> tuple[str, list[str]]:
    """Return by what a picture is recognized, and the requests that it was sent in."""
    if not content:
        return "", []
    files = [(id_, file) for id_, (_, several) in sent.items() for file in several if file]
    same = [id_ for id_, file in files if file == content]
    if same:
        return "bytes", list(dict.fromkeys(same))
    shown = look(content)
    if not shown.pixels:
        part = [i for i, f in files if len(content) >= SHORTEST_START and f.startswith(content)]
        return ("part", list(dict.fromkeys(part)))
    looks = [(id_, look(file)) for id_, file in files]
    same = [id_ for id_, seen in looks if seen.pixels == shown.pixels]
    if same:
        return "pixels", list(dict.fromkeys(same))
    return "likeness", _alike(shown, looks)


def _alike(shown: Look, looks: list[tuple[str, Look]]) -> list[str]:
    """Return the requests whose picture is much like this one, if no other picture is near it."""
    ranked = sorted((distance(shown.small, s.small), s.pixels, id_) for id_, s in looks if s.small)
    if not ranked or ranked[0][0] > ALIKE:
        return []
    best = ranked[0][1]
    if any(pixels != best and distance < UNLIKE for distance, pixels, _ in ranked):
        return []
    return list(dict.fromkeys(id_ for _, pixels, id_ in ranked if pixels == best))


def _with_piece(body: bytes, sent: dict[str, tuple[Request, tuple[bytes, ...]]]) -> list[str]:
    """Return the requests whose picture occurs, in part, in a body that is not a readable form."""
    return [
        id_
        for id_, (_, files) in sent.items()
        for file in files[:1]
        if len(file) >= PIECE[1]
        and (file[slice(*PIECE)] in body or base64.b64encode(file[: PIECE[1]]) in body)
    ]


def mark() -> str:
    """Return what makes the pictures of a run its own."""
    return secrets.token_hex(8)
