"""Answers the requests of a run from its evidence, and notes where it shows other requests."""

from __future__ import annotations

import contextlib
import dataclasses
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from conformance.evidence import resume
from conformance.http.reading.short import shown
from conformance.judging.ends import Untestable
from conformance.run.questions import (
    ARRIVED,
    AT_ONCE,
    FALLS,
    HAS_ARRIVED,
    OVERHEARD,
    SETTLED,
    SURPLUS,
)
from conformance.send.outages import written
from conformance.send.wire.kept import Surplus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.evidence.tape import Played
    from conformance.http.exchange import Exchange
    from conformance.http.request import Purpose, Request
    from conformance.plan.plan import Plan
    from conformance.send.outages.falls import Fall
    from conformance.verify.difference import Differences

# What a request holds for this process alone: a form that evidence leaves out, and when it was sent.
_OWN = {"form": None, "burst": "", "asked_in": ()}


@dataclass
class RecordedSender:
    """What `send.Sender` is to a run, made of one section of its evidence.

    `rows` are the exchanges of the section by their ids, the last one of each; `known` those that the
    run took over from earlier processes, whose pictures may be drawn from the texts `drawn`. `fell` are
    the rows of all falls that the run saw.
    """

    plan: Plan
    rows: Mapping[str, Exchange]
    known: Mapping[str, Exchange]
    tape: Played
    fell: Sequence[Any]
    differences: Differences
    drawn: Sequence[str] = ()
    started: dict[str, Request] = field(default_factory=dict)
    _by_bytes: dict[tuple[object, ...], Request] = field(default_factory=dict)
    _given: dict[str, Exchange] = field(default_factory=dict)
    _settled: tuple[list[str], list[Exchange]] = field(default=([], []))

    @property
    def at_once(self) -> int:
        """How many requests could be in flight then."""
        return int(self.tape.hear(AT_ONCE))

    @property
    def canary_hits(self) -> Sequence[str]:
        """The request lines that had reached the suite's own canary."""
        return [str(line) for line in self.tape.hear(OVERHEARD)]

    @property
    def seen_falls(self) -> tuple[Fall, ...]:
        """When the gateway's process had ended by then."""
        number = self.tape.hear(FALLS)
        return self._falls[:number] if number else ()

    @cached_property
    def _falls(self) -> tuple[Fall, ...]:
        known = {**self.known, **self.rows}
        return written.of_rows(self.fell, {id_: self._whole(e) for id_, e in known.items()})

    def _whole(self, row: Exchange) -> Exchange:
        """Return an exchange that the sender itself asked for, with the form of the request it repeats."""
        like = self._started_by_bytes.get(_sent(row.request))
        if like is None or row.request.form is not None:
            return row
        return dataclasses.replace(row, request=dataclasses.replace(row.request, form=like.form))

    @property
    def _started_by_bytes(self) -> dict[tuple[object, ...], Request]:
        if len(self._by_bytes) != len(self.started):
            self._by_bytes = {_sent(r): r for r in self.started.values()}
        return self._by_bytes

    def start(
        self,
        requests: Iterable[Request],
        optional: Iterable[Request] = (),
        purpose: Purpose = "plan",  # noqa: ARG002 - as a sender takes it
        *,
        ahead: bool = False,  # noqa: ARG002 - as a sender takes it
    ) -> None:
        """Learn which requests the run asks."""
        for request in (*requests, *optional):
            self.started.setdefault(request.id, request)

    def exchange(self, request_id: str) -> Exchange:
        """Return the recorded exchange of a request.

        Raises:
            Untestable: the evidence has none.
        """
        if request_id not in self._given:
            self._given[request_id] = self._recorded(request_id)
        return self._given[request_id]

    def has_arrived(self, request_id: str) -> bool:  # noqa: ARG002 - as a sender takes it
        """Whether the request had been answered then."""
        return bool(self.tape.hear(HAS_ARRIVED))

    def send(self, request: Request) -> Exchange:
        """Return the recorded exchange of a request of the preflight."""
        self.start([request])
        return self.exchange(request.id)

    def settled(self) -> list[Exchange]:
        """Return every exchange that had been started by then, in the order of their start."""
        ids = self.tape.hear(SETTLED)
        if ids != self._settled[0]:
            self._settled = ([*ids], self._present(ids))
        return self._settled[1]

    def arrived(self) -> list[Exchange]:
        """Return every exchange that had been answered by then."""
        return self._present(self.tape.hear(ARRIVED))

    def falls(self) -> tuple[Fall, ...]:
        """Return when the gateway's process had ended by then."""
        return self.seen_falls

    def surplus(self) -> tuple[Surplus, ...]:
        """Return what had come behind answers."""
        return tuple(
            Surplus(self.exchange(row["request"]).request, bytes.fromhex(row["content"]))
            for row in self.tape.hear(SURPLUS)
        )

    def forget(self, request_id: str) -> None:
        """Drop an exchange that is not asked for any more."""

    def close(self) -> None:
        """Note every exchange of the section that no request of the run explains."""
        bodies = {_sent(r) for r in self.started.values()}
        for row in self.rows.values():
            # To find what ended a process, the sender itself repeats requests: where nothing fell, it does not.
            repeats = bool(self.fell) and _sent(row.request) in bodies
            if row.id not in self.started and row.id not in self._given and not repeats:
                self.differences.note(
                    f"evidence {row.id}", "no check of this run asks for this request"
                )

    def _present(self, ids: Iterable[str]) -> list[Exchange]:
        """Return the exchanges of these requests; those that are missing are noted as differences."""
        found = []
        for id_ in ids:
            with contextlib.suppress(Untestable):
                found.append(self.exchange(id_))
        return found

    def _recorded(self, id_: str) -> Exchange:
        asked = self.started.get(id_) or self.plan.requests.get(id_)
        row = self.rows.get(id_)
        if row is None and id_ in self.known and asked is not None:
            return self._taken_over(asked, self.known[id_])
        if row is None:
            label = shown(asked.label) if asked else "a request"
            self.differences.note(f"evidence {id_}", f"the answer to {label} is not there")
            raise Untestable(f"the evidence has no exchange {id_}")
        return self._as_asked(asked, row) if asked is not None else self._whole(row)

    def _taken_over(self, asked: Request, row: Exchange) -> Exchange:
        """Return an exchange of an earlier process, whose seed may have been new, and its pictures others."""
        new = row.request.new_picture
        for then in (asked, *(self.plan.drawn_from(asked, text) for text in self.drawn)):
            if then is not None and _is_same(
                dataclasses.replace(then, new_picture=new), row.request
            ):
                return resume.bound(asked, row)
        return resume.bound(asked, self._as_asked(asked, row))

    def _as_asked(self, asked: Request, row: Exchange) -> Exchange:
        """Return a recorded exchange with the request as this process binds it."""
        if _is_same(asked, row.request):
            return dataclasses.replace(row, request=asked)
        # A cache had answered it: it was sent again with a picture that nobody had sent yet.
        fresh = self.plan.renewed(asked)
        if fresh is not None and _is_same(fresh, row.request):
            return dataclasses.replace(row, request=fresh)
        planned = _comparable(asked)
        names = [k for k, v in _comparable(row.request).items() if v != planned[k]]
        self.differences.note(
            f"evidence {row.id}",
            f"the request {shown(asked.label)} is another one than the contract, the settings and the"
            f" seed make: {', '.join(names)}",
        )
        return dataclasses.replace(row, request=asked)


def _is_same(asked: Request, recorded: Request) -> bool:
    return _comparable(asked) == _comparable(recorded)


def _comparable(request: Request) -> dict[str, Any]:
    values = {f.name: getattr(request, f.name) for f in dataclasses.fields(request)}
    return {**values, **_OWN}


def _sent(request: Request) -> tuple[object, ...]:
    """Return what goes over the wire for a request, but for the secret in it."""
    return (request.method, request.url, request.headers, request.credential, request.body)
