"""Defects that show when requests come again, or many at once: ROBUST-4 to ROBUST-7."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import Defect
from conformance.reference.making import crash, with_others_inside
from conformance.reference.reading import has_repeated_field, has_unknown_text
from conformance.reference.values import refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.differences import Patch
    from conformance.reference.values import Answer, Call, Form, Order

ENOUGH = 100
BAD_REQUEST = 400
NUMBER = re.compile(rb'name="?n"?\r\n(?:[^\r\n]+\r\n)*\r\n([1-9]|10)\r\n')
THINKING_S = 0.03
ENOUGH_AT_ONCE = 3
SEVENTH = 7
OUT_OF_RANGE = re.compile(rb'name="?n"?\r\n\r\n11\r\n')


def _first_fails(fail: Callable[[], Answer | None]) -> Patch:
    """Fail each odd request when it comes for the first time."""

    def patch(b: Behaviour) -> Behaviour:
        seen: set[bytes] = set()

        def step(form: Form) -> Form:
            if has_unknown_text(form) or has_repeated_field(form):
                digest = repr(form).encode()
                if digest not in seen:
                    seen.add(digest)
                    fail()
            return form

        return replace(b, on_form=lambda form: step(b.on_form(form)))

    return patch


def _worn_out(b: Behaviour) -> Behaviour:
    """Fail a request that was served once, if many bad ones came since then."""
    refused = 0
    served: dict[tuple[str, bytes], int] = {}

    def check(order: Order) -> Order:
        known = (order.caller.tenant, order.call.body)
        if refused - served.get(known, refused) >= ENOUGH:
            crash()
        return b.on_order(order)

    def good(answer: Answer, order: Order) -> Answer:
        served.setdefault((order.caller.tenant, order.call.body), refused)
        return b.on_success(answer, order)

    def gone(answer: Answer, call: Call) -> Answer:
        nonlocal refused
        refused += answer.status >= BAD_REQUEST
        return b.finish(answer, call)

    return replace(b, on_order=check, on_success=good, finish=gone)


def _last_arrival_wins(b: Behaviour) -> Behaviour:
    """Serve the n of the request that came last, which may be another request in flight."""
    last = 1

    def arrived(call: Call) -> None:
        nonlocal last
        found = NUMBER.search(call.body)
        last = int(found[1]) if found else b.default_n

    def mixed_up(order: Order) -> Order:
        order = b.on_order(order)
        return replace(order, n=last)

    # Without a cache, because it would keep the mixed-up answers.
    return replace(
        b,
        on_arrival=arrived,
        thinking_s=THINKING_S,
        on_order=mixed_up,
        cache_key=lambda _: object(),
    )


def _fourth_fails(before: int) -> None:
    if before >= ENOUGH_AT_ONCE:
        crash()


def _each_seventh(fail: Callable[[], object]) -> Patch:
    def patch(b: Behaviour) -> Behaviour:
        count = 0

        def check(order: Order) -> Order:
            nonlocal count
            count += 1
            if count % SEVENTH == 0:
                fail()
            return b.on_order(order)

        return replace(b, on_order=check)

    return patch


def _refused() -> None:
    raise refuse("not now")


def _first_accepted(b: Behaviour) -> Behaviour:
    """Read an n of 11 as 10 in the first request that has it, as if the range check ran too late."""
    seen: set[bytes] = set()

    def step(call: Call) -> Call:
        call = b.on_call(call)
        if OUT_OF_RANGE.search(call.body) and call.body not in seen:
            seen.add(call.body)
            return replace(call, body=OUT_OF_RANGE.sub(b'name="n"\r\n\r\n10\r\n', call.body))
        return call

    return replace(b, on_call=step)


DEFECTS = (
    Defect(
        "odd-request-fails-once",
        "An odd request ends in a 500 when it comes for the first time, and works the second time.",
        ("ROBUST-4",),
        _first_fails(crash),
    ),
    Defect(
        "each-seventh-500",
        "Each seventh good request ends in a 500.",
        ("ROBUST-4",),
        _each_seventh(crash),
    ),
    Defect(
        "each-seventh-refused",
        "Each seventh good request is refused.",
        ("ROBUST-4",),
        _each_seventh(_refused),
    ),
    Defect(
        "refused-from-the-second-time-on",
        "A request out of range is accepted when it comes for the first time.",
        ("ROBUST-4",),
        _first_accepted,
    ),
    Defect(
        "worn-out-by-bad-requests",
        "After many bad requests a good one ends in a 500.",
        ("ROBUST-5",),
        _worn_out,
    ),
    Defect(
        "parameters-shared-in-flight",
        "Requests in flight share one n: the one that came last decides.",
        ("ROBUST-6",),
        _last_arrival_wins,
    ),
    Defect(
        "fails-under-load",
        "A fourth request in flight ends in a 500.",
        ("ROBUST-7",),
        with_others_inside(_fourth_fails, THINKING_S),
    ),
)
