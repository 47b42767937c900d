"""Whatever stands in an answer is the gateway's failure under its own requirement, never the suite's."""

from __future__ import annotations

import random
import xml.etree.ElementTree as ET
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest

from conformance.judging.expect import SHOWN
from conformance.reports import html, junit, terminal
from conformance.result import storage
from conformance.result.model import Status
from conformance.run.assemble import assemble
from tests.judging.odd_values import Odd, all_of, deep, hit
from tests.recorded import judged, recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.http.exchange import Exchange
    from conformance.http.request import Request
    from conformance.judging.declare import Declaration
    from conformance.judging.outcome import Outcome, Outcomes
    from tests.judging.odd_values import Path
    from tests.recorded import Recorded

ROUNDS = 6
REPORTED = 2
BIG = "9" * 4_300
# A message shows some exchanges, each with an excerpt.
LONGEST = SHOWN * 1_000


def every_answer(declared: Declaration) -> bool:
    return declared.reads == "every answer"


def own_requests(declared: Declaration) -> bool:
    return declared.reads != "every answer"


def readable(found: Outcomes) -> list[Outcome]:
    """The outcomes, of which none is an error of the suite, and none quotes without a measure."""
    errors = [(o.node, o.message[-2_000:]) for o in found.outcomes if o.status is Status.ERROR]
    assert not errors
    assert max(len(o.message) for o in found.outcomes) < LONGEST
    "".join(o.message for o in found.outcomes).encode()
    return found.outcomes


# The answers, and where they hold what others do not.
ANSWERS: dict[str, tuple[Callable[[Recorded], Exchange], Path]] = {
    "a success": (lambda run: run.success, ()),
    "a success in base64": (lambda run: run.base64, ("data",)),
    "a hit of a cache": (lambda run: hit(run.success), ("extra_fields",)),
    "a refusal": (lambda run: run.refusal, ()),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_each_odd_value_in_each_place_is_judged(kind: str) -> None:
    run, (of, place) = recorded(), ANSWERS[kind]
    answer = of(run)
    odd = [one for one in all_of(answer) if one.at[: len(place)] == place]
    more = [replace(one.of(answer), request=named(answer, str(one))) for one in odd]
    found = readable(judged(run, lambda e: e, tuple(more), only=every_answer))
    assert any(o.status in (Status.FAIL, Status.WARN) for o in found)


def named(exchange: Exchange, label: str) -> Request:
    return replace(exchange.request, label=label)


@cache
def odd_of(exchange: Exchange) -> tuple[Odd, ...]:
    is_json = exchange.reply is not None and isinstance(exchange.json, dict)
    return tuple(all_of(exchange)) if is_json else ()


def drawn(seed: int) -> Callable[[Exchange], Exchange]:
    """Return what gives each answer one odd value, drawn from a seed."""
    draw = random.Random(seed)
    known = {e.id: odd_of(e) for e in recorded().record.exchanges}

    def changed(exchange: Exchange) -> Exchange:
        odd = known[exchange.id]
        return draw.choice(odd).of(exchange) if odd else exchange

    return changed


def test_each_check_reads_an_odd_answer_of_its_own_request() -> None:
    for seed in range(ROUNDS):
        readable(judged(recorded(), drawn(seed), only=own_requests))


@pytest.mark.parametrize("seed", range(REPORTED))
def test_reports_of_odd_answers_can_be_written_and_read(seed: int) -> None:
    run, change = recorded(), drawn(1_000 + seed)
    changed = {e.id: change(e) for e in run.record.exchanges}
    found = judged(run, lambda e: changed[e.id])
    readable(found)
    result = assemble(replace(run.record, exchanges=tuple(changed.values())), found)
    text = storage.to_json(result)
    text.encode()
    assert storage.from_json(text) == result
    ET.fromstring(junit.render(result).encode())
    html.render(result).encode()
    shown = terminal.summary(result, 80, color=False)
    assert all(c.isprintable() or c == "\n" for c in shown)


def blamed(exchanges: Iterable[Exchange]) -> set[str]:
    """Return what a run blames, of all checks on every answer, for these answers of the gateway."""
    run = recorded()
    found = judged(run, lambda e: e, tuple(exchanges), only=every_answer)
    return {o.tied_to for o in readable(found) if o.status in (Status.FAIL, Status.WARN)}


@pytest.mark.parametrize(
    ("at", "instead", "wanted"),
    [
        (("created",), "9" * 400, {"BODY-9"}),
        (("created",), "9" * 5_000, {"BODY-9"}),
        (("created",), "-" + "9" * 5_000, {"BODY-9"}),
        (("created",), "1e400", {"BODY-9"}),
        (("created",), "NaN", {"BODY-3", "BODY-7"}),
        (("created",), r'"\ud800"', {"BODY-7"}),
        (("data", 0, "index"), "9" * 5_000, {"BODY-11"}),
        (("data", 0, "index"), "true", {"BODY-7"}),
        (("extra_fields",), deep(960), {"BODY-3"}),
        (("extra_fields",), deep(100_000), {"BODY-3"}),
        (("usage", "total_tokens"), "9" * 400, {"BODY-12"}),
        (("usage", "total_tokens"), "9" * 5_000, {"BODY-12"}),
        (("usage",), f'{{"input_tokens": {BIG}, "output_tokens": {BIG}, "total_tokens": 1}}', {"BODY-12"}),
        (("usage", "input_tokens_details", "image_tokens"), "9" * 5_000, {"BODY-12"}),
        (("size",), r'"\ud800"', {"SIZE-6"}),
        (("output_format",), r'"\ud800"', {"FORMAT-9"}),
        (("data", 0, "url"), r'"http://\ud800 /"', {"FORMAT-1"}),
        (("data", 0), "1", {"BODY-5", "FORMAT-1"}),
        (("data",), "{}", {"BODY-5"}),
    ],
)  # fmt: skip
def test_a_value_of_a_success_fails_under_its_own_requirement(
    at: tuple[str | int, ...], instead: str, wanted: set[str]
) -> None:
    answer = recorded().success
    changed = Odd(at, "odd", instead).of(answer)
    fresh = replace(answer.request, label="odd")
    # A second id for one answer is BODY-10's.
    assert blamed([replace(changed, request=fresh)]) - {"BODY-10"} == wanted


@pytest.mark.parametrize(
    ("at", "instead", "wanted"),
    [
        (("status_code",), "9" * 5_000, {"ERROR-4"}),
        (("status_code",), "1e400", {"ERROR-4"}),
        (("status_code",), "NaN", {"ERROR-3"}),
        (("error",), '"refused"', {"ERROR-1"}),
        (("error",), "[1]", {"ERROR-1"}),
        (("error", "message"), "{}", {"ERROR-1"}),
        (("error", "type"), "{}", {"ERROR-5"}),
        (("error", "param"), r'"\ud800"', {"ERROR-7"}),
        (("is_bifrost_error",), "1", {"ERROR-1"}),
        (("extra_fields",), deep(960), {"ERROR-1"}),
    ],
)
def test_a_value_of_a_refusal_fails_under_its_own_requirement(
    at: tuple[str | int, ...], instead: str, wanted: set[str]
) -> None:
    answer = recorded().refusal
    changed = Odd(at, "odd", instead).of(answer)
    assert blamed([replace(changed, request=replace(answer.request, label="odd"))]) == wanted
