"""Works out the picture of a run's timeline: where each bar and each mark of the SVG stands.

Places across are in percent of the picture's width, so that it fits every screen and its text keeps
its size; places down are in pixels. Nothing of a result reaches the picture but numbers and texts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from conformance.reports.text import plural, seconds
from conformance.result.timeline import ANSWERS, MOST_EVENTS, MOST_SLOTS

if TYPE_CHECKING:
    from conformance.result.timeline import Moment, Timeline

# The words of a reader for what answers were.
ANSWER_WORDS = {
    "success": "2xx",
    "refusal": "4xx",
    "limited": "asked to wait",
    "error": "5xx",
    "other": "other",
    "none": "no answer",
}
MARK_WORDS = {
    "finding": "a finding first showed",
    "fall": "connections broke or were refused",
    "wait": "the gateway asked to wait",
    "again": "sent once more",
}
# The rows of the picture from above: where the bars of each stand, and how high they may be.
BASE_FLIGHT, BASE_ANSWERS, BASE_PICTURES = 92, 160, 206
HIGH_FLIGHT, HIGH_ANSWERS, HIGH_PICTURES = 44, 46, 24
# Findings that first showed this close together, in percent of the width, share a mark.
CLOSE = 6.0
NARROWEST = 0.4
TABLE_ROWS = 12


class Bar(NamedTuple):
    """One bar: its class, place and size."""

    kind: str
    x: str
    y: str
    width: str
    height: str


class Mark(NamedTuple):
    """The mark of one or several moments: its class, place, width, label and words."""

    kind: str
    x: str
    width: str
    label: str
    text: str


class Row(NamedTuple):
    """One stretch of the run as the table shows it."""

    time: str
    in_flight: int
    answers: str
    pictures: int


class Drawing(NamedTuple):
    """All that the template needs to draw a timeline."""

    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    rows: tuple[Row, ...]
    moments: tuple[tuple[str, Moment], ...]
    ticks: tuple[tuple[str, str, str], ...]
    keys: tuple[tuple[str, str], ...]
    most_in_flight: int
    total: tuple[int, int]
    summary: str


def drawing(line: Timeline | None) -> Drawing | None:
    """Return where everything of a timeline stands, or None where there is nothing to draw."""
    if line is None:
        return None
    slots = min(len(line.in_flight), MOST_SLOTS)
    lasted = line.slot_s * slots
    if not slots or not 0 < lasted < float("inf") or not line.sent:
        return None
    answers = {n: line.answers.get(n, ())[:slots] for n in ANSWERS if any(line.answers.get(n, ()))}
    pictures = line.pictures[:slots]
    marks = (*_spans(line, lasted), *_ticks_of(line, lasted), *_findings(line, lasted))
    most, came = max(line.in_flight[:slots]), sum(map(sum, answers.values()))
    moments = line.moments[:MOST_EVENTS]
    seen = {m.kind for m in moments}
    return Drawing(
        bars=(
            *_simple("t-flight", line.in_flight[:slots], BASE_FLIGHT, HIGH_FLIGHT),
            *_stacked(answers, slots),
            *_simple("t-pictures", pictures, BASE_PICTURES, HIGH_PICTURES, slots),
        ),
        marks=marks,
        rows=tuple(_rows(line, answers, slots)),
        moments=tuple((seconds(m.at_s), m) for m in moments),
        ticks=(
            ("0%", "start", "0 s"),
            ("50%", "middle", seconds(lasted / 2)),
            ("100%", "end", seconds(lasted)),
        ),
        keys=(
            *((f"t-{name}", ANSWER_WORDS[name]) for name in answers),
            *((f"m-{kind}", told) for kind, told in MARK_WORDS.items() if kind in seen),
        ),
        most_in_flight=most,
        total=(came, sum(pictures)),
        summary=(
            f"In {seconds(lasted)} {plural(came, 'answer')} came, with {plural(sum(pictures), 'picture')};"
            f" at most {plural(most, 'request')} were in flight at once."
        ),
    )


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def _simple(kind: str, values: tuple[int, ...], base: int, high: int, slots: int = 0) -> list[Bar]:
    """Return a bar for each slot with something in it."""
    wide, most = 100 / (slots or len(values)), max(values, default=0)
    return [
        _bar(kind, at, wide, base, max(high * (value / most), 1.0))
        for at, value in enumerate(values)
        if value
    ]


def _bar(kind: str, at: int, wide: float, base: float, height: float) -> Bar:
    y = f"{base - height:.1f}"
    return Bar(kind, _percent(at * wide), y, _percent(wide * 0.86), f"{height:.1f}")


def _stacked(answers: dict[str, tuple[int, ...]], slots: int) -> list[Bar]:
    """Return the bars of answers, one kind upon the other."""
    sums = [sum(row[at] for row in answers.values() if at < len(row)) for at in range(slots)]
    most, found = max(sums, default=0), []
    tops = [float(BASE_ANSWERS)] * slots
    for name, row in answers.items():
        for at, value in enumerate(row):
            if value:
                height = max(HIGH_ANSWERS * (value / most), 1.0)
                found.append(_bar(f"t-{name}", at, 100 / slots, tops[at], height))
                tops[at] -= height
    return found


def _across(at_s: float, lasted: float) -> float:
    return min(max(100 * at_s / lasted, 0.0), 100.0)


def _spans(line: Timeline, lasted: float) -> list[Mark]:
    """Return the marks of what went on for a time: the gateway was gone, or asked to wait."""
    found = []
    for one in line.moments[:MOST_EVENTS]:
        if one.kind in ("fall", "wait"):
            start, end = _across(one.at_s, lasted), _across(one.at_s + one.lasts_s, lasted)
            start = min(start, 100 - NARROWEST)
            wide = _percent(max(end - start, NARROWEST))
            found.append(Mark(f"m-{one.kind}", _percent(start), wide, "", one.text))
    return found


def _ticks_of(line: Timeline, lasted: float) -> list[Mark]:
    return [
        Mark("m-again", _percent(min(_across(one.at_s, lasted), 99.6)), "", "", one.text)
        for one in line.moments[:MOST_EVENTS]
        if one.kind == "again"
    ]


def _findings(line: Timeline, lasted: float) -> list[Mark]:
    """Return the marks of findings; those that would lie upon each other are one."""
    groups: list[tuple[float, list[Moment]]] = []
    for one in line.moments[:MOST_EVENTS]:
        if one.kind != "finding":
            continue
        at = min(max(_across(one.at_s, lasted), 3.0), 97.0)
        if groups and at - groups[-1][0] < CLOSE:
            groups[-1][1].append(one)
        else:
            groups.append((at, [one]))
    found = []
    for at, group in groups:
        first = min(m.finding for m in group)
        label = f"{first}" if len(group) == 1 else f"{first}+"
        texts = "; ".join(m.text for m in group)
        found.append(Mark("m-finding", _percent(at), "", label, texts))
    return found


def _rows(line: Timeline, answers: dict[str, tuple[int, ...]], slots: int) -> list[Row]:
    """Return the table that says in numbers what the picture shows."""
    step = max(-(-slots // TABLE_ROWS), 1)
    found = []
    for start in range(0, slots, step):
        end = min(start + step, slots)
        counted = {ANSWER_WORDS[n]: sum(row[start:end]) for n, row in answers.items()}
        told = ", ".join(f"{count:,} × {name}" for name, count in counted.items() if count)
        found.append(
            Row(
                f"{seconds(start * line.slot_s)} to {seconds(end * line.slot_s)}",
                max(line.in_flight[start:end]),
                told or "none",
                sum(line.pictures[start:end]),
            )
        )
    return found
