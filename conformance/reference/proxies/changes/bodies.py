"""Changes of an answer's body that mean the same: order, spaces, escapes, numbers, further keys."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.compressing import chosen
from conformance.reference.proxies.documents import Members, Number, mapped, quoted
from conformance.reference.proxies.values import Change

if TYPE_CHECKING:
    from conformance.reference.proxies.values import Answered, Asked

SHORT = 1000
SILENT = "the documentation is silent"


def _request_id(answer: Answered, asked: Asked) -> Answered:
    number = f"{asked.random.getrandbits(64):016x}"
    stamp = f" (request id: {number}, {time.time():.6f})"

    def stamped(error: Members) -> Members:
        return Members(
            (key, value + stamp if key == "message" and isinstance(value, str) else value)
            for key, value in error
        )

    return answer.edited(lambda document: mapped(document, stamped))


def _key_order(answer: Answered, asked: Asked) -> Answered:
    def shuffled(members: Members) -> Members:
        return Members(asked.random.sample(members, len(members)))

    return answer.styled(order=asked.random.choice((_sorted, _reversed, shuffled)))


def _sorted(members: Members) -> Members:
    return Members(sorted(members, key=lambda member: member[0]))


def _reversed(members: Members) -> Members:
    return Members(reversed(members))


def _indented(answer: Answered, asked: Asked) -> Answered:
    return answer.styled(indent=asked.random.choice((1, 2, 4)))


def _escaped(text: str) -> str:
    """Write each character of a short text as an escape; a long one is a picture."""
    if len(text) > SHORT:
        return quoted(text).replace("/", "\\/")
    units = text.encode("utf-16-be", "surrogatepass")
    return '"' + "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2)) + '"'


def _escapes(answer: Answered, _: Asked) -> Answered:
    return answer.styled(text=_escaped)


def _is_whole(number: Number) -> bool:
    return number.removeprefix("-").isdigit()


def _numbers(answer: Answered, asked: Asked) -> Answered:
    suffix = asked.random.choice((".0", "e0", ".00E+0"))
    return answer.styled(number=lambda n: n + suffix if _is_whole(n) else n)


def _with_more(members: Members) -> Members:
    more: tuple[tuple[str, Any], ...] = (
        ("x_edge", Members([("region", "fra-1"), ("hops", [Number("1"), Number("2")])])),
        ("x_null", None),
    )
    return Members([*more, *members])


def _further_keys(answer: Answered, _: Asked) -> Answered:
    return answer.edited(lambda document: mapped(document, _with_more))


def _compressed(answer: Answered, asked: Asked) -> Answered:
    coding = chosen(asked.header("accept-encoding"))
    if not coding or answer.header("content-encoding"):
        return answer
    coded = replace(answer, content=replace(answer.content, coding=coding))
    return coded.with_headers(("Content-Encoding", coding), ("Vary", "Accept-Encoding"))


CHANGES = (
    Change(
        "request-ids",
        "Each message of an error ends with the request's number and the time.",
        SILENT,
        on_answer=_request_id,
    ),
    Change(
        "other-key-order",
        "Keys are sorted, reversed or shuffled, otherwise in each answer.",
        "RFC 8259 §4",
        on_answer=_key_order,
    ),
    Change(
        "indented",
        "JSON is indented, and a line end follows it.",
        "RFC 8259 §2",
        on_answer=_indented,
    ),
    Change(
        "other-escapes",
        "Each character of a text is escaped, and each slash of a picture.",
        "RFC 8259 §7",
        on_answer=_escapes,
    ),
    Change(
        "other-numbers",
        "A whole number is written as 1.0, 1e0 or 1.00E+0.",
        "RFC 8259 §6, JSON Schema 2020-12 Validation §6.1.1 and Core §4.2.3",
        on_answer=_numbers,
    ),
    Change(
        "further-keys",
        "Each object has two keys more.",
        SILENT,
        on_answer=_further_keys,
    ),
    Change(
        "compressed-when-asked",
        "A body is compressed if the request accepts that.",
        "RFC 9110 §12.5.3",
        on_answer=_compressed,
    ),
)
