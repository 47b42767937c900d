"""Changes of an answer's head: names, phrases, dates, further headers."""

from __future__ import annotations

import time
from dataclasses import replace
from email.utils import formatdate
from typing import TYPE_CHECKING

from conformance.reference.proxies.values import Change

if TYPE_CHECKING:
    from conformance.reference.proxies.values import Answered, Asked

CASES = (str.lower, str.upper, str.title, str.swapcase)
PHRASES = ("", "No Problem", "Nope: see body", "OK", "Error")
MEDIA_TYPES = (
    "application/json; charset=utf-8",
    "application/json;charset=UTF-8",
    'Application/JSON ; Charset="utf-8"',
    "APPLICATION/JSON",
)
FURTHER = (
    ("Via", "1.1 edge-7, 1.1 varnish"),
    ("X-Request-Id", "0f1e2d3c"),
    ("X-RateLimit-Limit-Requests", "5000"),
    ("X-RateLimit-Remaining-Requests", "4999"),
    ("X-RateLimit-Reset-Requests", "12ms"),
    ("OpenAI-Processing-Ms", "17"),
    ("CF-Ray", "8c0ffee00000abcd-FRA"),
    ("CF-Cache-Status", "DYNAMIC"),
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
    ("Alt-Svc", 'h3=":443"; ma=86400'),
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "X-Request-Id"),
    ("Vary", "Origin"),
    ("Vary", "Accept-Encoding"),
    ("Cache-Control", "no-store"),
    ("Set-Cookie", "edge=1; Path=/; HttpOnly"),
    ("Set-Cookie", "lb=b7; Max-Age=60; SameSite=Lax"),
)
PERSISTENT = (("Keep-Alive", "timeout=60, max=1000"), ("Connection", "keep-alive"))


def _names(answer: Answered, asked: Asked) -> Answered:
    case = asked.random.choice(CASES)
    return replace(answer, headers=tuple((case(name), value) for name, value in answer.headers))


def _phrase(answer: Answered, asked: Asked) -> Answered:
    return replace(answer, reason=asked.random.choice(PHRASES))


def _date(answer: Answered, asked: Asked) -> Answered:
    undated = answer.without("date")
    apart_s = asked.random.choice((None, -3600, 0, 90))
    if apart_s is None:
        return undated
    return undated.with_headers(("Date", formatdate(time.time() + apart_s, usegmt=True)))


def _further(answer: Answered, _: Asked) -> Answered:
    more = answer.without("server").with_headers(("Server", "nginx/1.27.1"), *FURTHER)
    ends = answer.header("connection") or answer.wire.framing == "close"
    return more if ends else more.with_headers(*PERSISTENT)


def _many(answer: Answered, _: Asked) -> Answered:
    long = ("X-Long", "abcdefgh" * 500)
    numbered = ((f"X-Edge-{n}", f"value {n}") for n in range(60))
    return answer.with_headers(*numbered, long, ("X-Empty", ""))


def _media_type(answer: Answered, asked: Asked) -> Answered:
    if answer.header("content-type") != "application/json":
        return answer
    chosen = ("Content-Type", asked.random.choice(MEDIA_TYPES))
    return answer.without("content-type").with_headers(chosen)


def _order(answer: Answered, asked: Asked) -> Answered:
    shuffled = asked.random.sample(answer.headers, len(answer.headers))
    # White space around a value is no part of it.
    return replace(answer, headers=tuple((name, f" \t{value}  ") for name, value in shuffled))


CHANGES = (
    Change(
        "other-name-case",
        "The names of headers are in lower, upper or mixed case.",
        "RFC 9110 §5.1",
        on_answer=_names,
    ),
    Change(
        "other-reasons",
        "The reason phrase is another one, or empty.",
        "RFC 9112 §4",
        on_answer=_phrase,
    ),
    Change(
        "other-dates",
        "Date is absent, or from a clock that goes otherwise.",
        "RFC 9110 §6.6.1",
        on_answer=_date,
    ),
    Change(
        "further-headers",
        "An answer has what an edge server adds: Via, cookies, limits, CORS, another Server.",
        "RFC 9110 §5.1 and §16.3.1",
        on_answer=_further,
    ),
    Change(
        "many-headers",
        "An answer has sixty headers more, an empty one and one of 4 KB.",
        "RFC 9110 §5.4",
        on_answer=_many,
    ),
    Change(
        "other-media-type",
        "The media type of JSON has a charset parameter, capitals or spaces.",
        "RFC 9110 §8.3.1",
        on_answer=_media_type,
    ),
    Change(
        "other-header-order",
        "Headers are in another order, with white space around their values.",
        "RFC 9110 §5.3 and §5.5",
        on_answer=_order,
    ),
)
