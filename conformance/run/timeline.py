"""Draws up the timeline of a run, as a function of its record: `verify` makes the same of the evidence."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.http import payload, status
from conformance.http.exchange import Reply
from conformance.http.status import SEND_AGAIN
from conformance.reports.text import one_line, plural, seconds
from conformance.result.timeline import ANSWERS, KINDS, MOST_EVENTS, MOST_SLOTS, Moment, Timeline
from conformance.send.rates import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.http.exchange import Attempt, Exchange
    from conformance.result.model import Finding
    from conformance.run.record import RunRecord

LONGEST_TEXT = 120
# A pause that no run waits for: what names a longer one is not believed.
LONGEST_WAIT_S = 3600.0


@dataclass(frozen=True)
class _Try:
    """One time that a request was sent; times are in seconds since the run began."""

    began: float
    ended: float
    answer: str
    pictures: int
    label: str
    # Whether it was sent once more after this, and how long the gateway asked to wait before.
    repeated: bool = False
    wait_s: float | None = None


def timeline(record: RunRecord, findings: tuple[Finding, ...]) -> Timeline | None:
    """Return the timeline of a run that ended; None for one that took no time.

    What an earlier process of the run had settled (`--resume`) lies before its start, and is not in it.
    """
    lasted = round(record.ended_at - record.started_at, 3)
    if not 0 < lasted < math.inf:
        return None
    tries = sorted(_tries(record, lasted), key=lambda t: (t.ended, t.began, t.label))
    slot_s = lasted / MOST_SLOTS
    counted = Counter((t.answer, _slot(t.ended, slot_s)) for t in tries)
    pictures: Counter[int] = Counter()
    for one in tries:
        pictures[_slot(one.ended, slot_s)] += one.pictures
    found = [*_moments(record, tries, findings, lasted)]
    kept = sorted(found, key=lambda m: (KINDS.index(m.kind), m.at_s))[:MOST_EVENTS]
    return Timeline(
        slot_s=slot_s,
        in_flight=_in_flight(tries, slot_s),
        answers={
            name: tuple(counted[name, at] for at in range(MOST_SLOTS))
            for name in ANSWERS
            if any(t.answer == name for t in tries)
        },
        pictures=tuple(pictures[at] for at in range(MOST_SLOTS)),
        moments=tuple(sorted(kept, key=lambda m: (m.at_s, KINDS.index(m.kind), m.finding))),
        left_out=len(found) - len(kept),
        sent=len(tries),
    )


def _slot(at: float, slot_s: float) -> int:
    return min(int(at / slot_s), MOST_SLOTS - 1)


def _in_flight(tries: list[_Try], slot_s: float) -> tuple[int, ...]:
    """Return the most requests in flight in each slot."""
    steps = sorted([(t.ended, -1) for t in tries] + [(t.began, 1) for t in tries])
    found, now, last = [0] * MOST_SLOTS, 0, 0
    for at, step in steps:
        slot = _slot(at, slot_s)
        for between in range(last, slot + 1):
            found[between] = max(found[between], now)
        now, last = now + step, slot
        found[slot] = max(found[slot], now)
    return tuple(found)


def _tries(record: RunRecord, lasted: float) -> Iterator[_Try]:
    """Yield each time that a request of this process was sent, as far as its times are known."""
    start = record.started_at
    for exchange in record.exchanges:
        label = exchange.request.label
        for one in exchange.earlier:
            if 0 < one.finished_at - start <= lasted:
                ended = one.finished_at - start
                wait = _wait_s(one.status, one.headers, one.finished_at)
                yield _Try(
                    _before(ended, one.elapsed_s),
                    ended,
                    _kind_of(one, wait),
                    0,
                    label,
                    repeated=True,
                    wait_s=wait,
                )
        if 0 < exchange.finished_at - start <= lasted and not status.was_never_asked(exchange):
            ended = exchange.finished_at - start
            headers = exchange.reply.headers if exchange.reply else ()
            wait = _wait_s(exchange.status, headers, exchange.finished_at)
            made = payload.pictures_in(exchange)
            kind = _kind_of(exchange, wait)
            yield _Try(_before(ended, exchange.elapsed_s), ended, kind, made, label, wait_s=wait)


def _before(ended: float, elapsed_s: float) -> float:
    return max(ended - elapsed_s, 0.0)


def _wait_s(code: int | None, headers: tuple[tuple[str, str], ...], at: float) -> float | None:
    """Return how long an answer asks to wait; 0 if it says no time, None if it does not ask."""
    if code is None:
        return None
    named = told.told(Reply(code, headers, b""), at).wait_s
    busy = status.is_busy(Reply(code, headers, b"")) or code in SEND_AGAIN
    return min(named or 0.0, LONGEST_WAIT_S) if busy else None


def _kind_of(one: Attempt | Exchange, wait_s: float | None) -> str:
    if wait_s is not None:
        return "limited"
    classes = {2: "success", 4: "refusal", 5: "error"}
    return "none" if one.status is None else classes.get(one.status // 100, "other")


def _moments(
    record: RunRecord, tries: list[_Try], findings: tuple[Finding, ...], lasted: float
) -> Iterator[Moment]:
    first = next((t for t in tries if t.answer != "none"), None)
    if first is not None:
        yield _moment(
            "answers", first.ended, f"the first answer came, after {seconds(first.ended)}"
        )
    why = "its time was over" if record.overtime is not None else "the run ended"
    yield _moment("end", lasted, f"{why} after {seconds(lasted)}")
    yield from _falls(record, tries, lasted)
    times = {
        e.id: e.finished_at - record.started_at
        for e in record.exchanges
        if 0 < e.finished_at - record.started_at <= lasted
    }
    for number, finding in enumerate(findings, 1):
        shown = [times[id_] for id_ in finding.exchanges if id_ in times]
        if shown:
            text = f"finding {number} first showed: {one_line(finding.cause, LONGEST_TEXT)}"
            yield _moment("finding", min(shown), text, finding=number)
    yield from _waits(tries, lasted)
    again = [t for t in tries if t.repeated and t.wait_s is None]
    for group in _together(again, lasted / MOST_SLOTS * 2):
        what = one_line(group[0].label, 60) if len(group) == 1 else plural(len(group), "request")
        were = "was" if len(group) == 1 else "were"
        yield _moment("again", group[0].ended, f"{what} {were} sent once more, to be sure")


def _moment(kind: str, at: float, text: str, *, lasts_s: float = 0.0, finding: int = 0) -> Moment:
    return Moment(kind, round(at, 3), text, round(lasts_s, 3), finding)


def _falls(record: RunRecord, tries: list[_Try], lasted: float) -> Iterator[Moment]:
    """Yield when the gateway's process ended or seemed to; an outage lasts until something sent later was answered."""
    for fall in record.falls:
        at = fall.at - record.started_at
        if not 0 <= at <= lasted:
            continue
        later = [t.ended for t in tries if t.began > at and t.answer != "none"]
        until = min(later, default=lasted)
        back = (
            f"the gateway answered again after {seconds(until - at)}"
            if later
            else "the gateway did not answer again"
        )
        named = next((c.label for c in fall.culprits), "")
        after = f", each time after {one_line(named, 60)}" if named else ""
        # Connections that were not refused may have broken for another reason, if nothing breaks them again.
        ended = (
            "the gateway's process ended" if fall.sure or named else "connections broke together"
        )
        yield _moment("fall", at, f"{ended}{after}; {back}", lasts_s=until - at)


def _waits(tries: list[_Try], lasted: float) -> Iterator[Moment]:
    """Yield the times in which the gateway asked to come later; those that overlap are one."""
    limited = [t for t in tries if t.wait_s is not None]
    group: list[_Try] = []
    until = 0.0
    for one in [*limited, None]:
        if group and (one is None or one.ended > until):
            asked = max(t.wait_s or 0.0 for t in group)
            begun = group[0].ended
            wait = f"asked to wait {seconds(asked)}" if asked else "asked to come later"
            text = f"the gateway {wait} ({plural(len(group), 'answer')})"
            yield _moment("wait", begun, text, lasts_s=max(min(until, lasted) - begun, 0.0))
            group = []
        if one is not None:
            until = max(until if group else 0.0, one.ended + (one.wait_s or 0.0))
            until = max(until, one.ended + lasted / MOST_SLOTS)
            group.append(one)


def _together(tries: Iterable[_Try], within_s: float) -> Iterator[list[_Try]]:
    """Yield tries in groups of those that ended shortly after the first of them."""
    group: list[_Try] = []
    for one in tries:
        if group and one.ended - group[0].ended > within_s:
            yield group
            group = []
        group.append(one)
    if group:
        yield group
