"""Defects in how bytes, connections and many requests at once are taken: MEDIA and ROBUST."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.defects.making import (
    Defect,
    crash,
    on_call,
    on_order,
    with_others_inside,
)
from conformance.reference.defects.reading import in_part_header, refused_when
from conformance.reference.values import refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.defects.making import Patch
    from conformance.reference.values import Call, Order

ENOUGH_AT_ONCE = 3
THINKING_S = 0.03
SEVENTH = 7
OUT_OF_RANGE = re.compile(rb'name="?n"?\r\n\r\n11\r\n')
SECOND_REQUEST = re.compile(rb"(?<=--\r\n)POST /")
MESSAGE = re.compile(rb"\APOST /[^\r\n]* HTTP/1\.1\r\n")


def _undivided(pieces: list[bytes]) -> bytes:
    """Return the body, or what is no form where a delimiter came in two pieces."""
    whole = b"".join(pieces)
    boundary = whole.partition(b"\r\n")[0]
    at = 0
    for piece in pieces[:-1]:
        at += len(piece)
        if boundary and boundary in whole[max(at - len(boundary) + 1, 0) : at + len(boundary) - 1]:
            return b"no form"
    return whole


def _in_reverse(data: bytes) -> bytes:
    """Return the second of two requests that came in one read before the first."""
    found = SECOND_REQUEST.search(data)
    if MESSAGE.match(data) is None or found is None:
        return data
    return data[found.start() :] + data[: found.start()]


def _without_second(data: bytes) -> bytes:
    """Return what came in one read without the second of two requests."""
    found = SECOND_REQUEST.search(data)
    return data if MESSAGE.match(data) is None or found is None else data[: found.start()]


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


def _one_in_base64(order: Order) -> Order:
    if order.n > 1 and order.response_format == "b64_json":
        raise refuse("one picture in base64 at a time", "n")
    return order


def _not_512_in_base64(order: Order) -> Order:
    if order.size == "512x512" and order.response_format == "b64_json":
        crash()
    return order


def _refused() -> None:
    raise refuse("not now")


def _first_accepted(b: Behaviour) -> Behaviour:
    """Take an n of 11 for 10 when it comes for the first time, as a check does that runs too late."""
    seen: set[bytes] = set()

    def step(call: Call) -> Call:
        call = b.on_call(call)
        if OUT_OF_RANGE.search(call.body) and call.body not in seen:
            seen.add(call.body)
            return replace(call, body=OUT_OF_RANGE.sub(b'name="n"\r\n\r\n10\r\n', call.body))
        return call

    return replace(b, on_call=step)


CONNECTIONS = (
    Defect(
        "delimiter-in-two-reads-missed",
        "A delimiter that comes in two reads of the connection is not found.",
        ("MEDIA-13",),
        lambda b: replace(b, body_of=_undivided),
    ),
    Defect(
        "part-header-case-sensitive",
        "A part whose header names are in lower case is not read.",
        ("MEDIA-11",),
        refused_when(
            lambda call: b"\r\ncontent-disposition:" in call.body, "a part has no disposition"
        ),
    ),
    Defect(
        "further-part-header-refused",
        "A part header that is not known is refused.",
        ("MEDIA-11",),
        refused_when(lambda call: b"\r\nX-Part: 1" in call.body, "a part header is unknown"),
    ),
    Defect(
        "nameless-part-500",
        "A part without a name ends in a 500.",
        ("MEDIA-12",),
        on_call(lambda call: crash() if in_part_header(rb"; x=")(call) else call),
    ),
    Defect(
        "pipelined-out-of-order",
        "Of two pipelined requests the second is answered first.",
        ("ROBUST-9",),
        lambda b: replace(b, on_bytes=_in_reverse),
    ),
    Defect(
        "pipelined-request-lost",
        "The second of two pipelined requests is never answered, and the connection kept open.",
        ("ROBUST-9",),
        lambda b: replace(b, on_bytes=_without_second),
    ),
    Defect(
        "malformed-message-hangs",
        "A message that is no HTTP is neither answered, nor its connection closed.",
        ("ROBUST-8",),
        lambda b: replace(b, ignores_malformed=True),
    ),
    Defect(
        "fails-under-load",
        "A fourth request in flight ends in a 500.",
        ("ROBUST-7",),
        with_others_inside(_fourth_fails, THINKING_S),
    ),
    Defect(
        "several-in-base64-refused",
        "More than one picture in base64 is refused.",
        ("ROBUST-10",),
        on_order(_one_in_base64),
    ),
    Defect(
        "size-with-base64-500",
        "A size of 512x512 in base64 ends in a 500.",
        ("ROBUST-10",),
        on_order(_not_512_in_base64),
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
)
