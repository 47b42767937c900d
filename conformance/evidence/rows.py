"""Makes one line of `evidence.jsonl` of an exchange, of a size that fills no disk.

An answer is written as far as the run keeps it (`http.bounds`). Once the lines of a file have so many bytes
of what came back, further large ones are cut as they are written, and checks get what is written: a verdict
rests on nothing that nobody can judge again. A line with an answer that was cut is not whole: `--resume`
sends its request again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.http import bounds
from conformance.http.reading.codec import fields_of, plain
from conformance.http.redacting.redaction import leaks_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.http.exchange import Exchange, Reply

# What a line has beside its request is free up to this size, and that of all others together has a bound.
FREE_BYTES, MOST_BYTES = 6_000, 48_000_000
MOST_BEHIND = 3
MOST_HEADERS, LONGEST_HEADER = 20, 200
MOST_LEAKS = 10


@dataclass(frozen=True)
class Line:
    """An exchange as a line, how many of the bytes that are left it takes, and whether it was cut."""

    text: str
    taken: int
    is_lean: bool


def line(exchange: Exchange, left: int, id_: str = "") -> Line:
    """Return the line of an exchange, which is cut if it is large and not so many bytes are left.

    Its control has a line of its own, and its calls are in `provider.jsonl`.
    """
    came = _came(exchange)
    is_lean = len(came) > max(FREE_BYTES, left)
    if is_lean:
        came = _came(lean(exchange))
    request = replace(exchange.request, form=None)
    asked = json.dumps({"id": id_ or exchange.id, "request": request}, default=plain)
    taken = len(came) if len(came) > FREE_BYTES else 0
    return Line(f"{asked[:-1]}, {came[1:]}", taken, is_lean)


def _came(exchange: Exchange) -> str:
    """Return what came back, as the JSON of a line that lacks only its request."""
    fields = fields_of(replace(exchange, control=None, calls=None))
    return json.dumps({k: v for k, v in fields.items() if k != "request"}, default=plain)


def lean(exchange: Exchange) -> Exchange:
    """Return an exchange whose answers are cut, and which has little else that came back.

    Its answer names the secrets that stood in what was left out. If there were none, that is not known:
    one that the run learns later may have stood there.
    """
    left_out: list[str | bytes] = [exchange.surplus]
    for tried in exchange.earlier:
        left_out += [tried.text, *(text for header in tried.headers for text in header)]
    for served in exchange.fetched:
        left_out += [served.url, served.content_type, served.problem, served.body]
    return replace(
        exchange,
        reply=exchange.reply and _lean(exchange.reply, left_out),
        behind=tuple(map(_lean, exchange.behind[:MOST_BEHIND])),
        surplus=exchange.surplus[:LONGEST_HEADER],
        earlier=tuple(
            replace(a, text=a.text[:LONGEST_HEADER], headers=()) for a in exchange.earlier
        ),
        fetched=(),
    )


def _lean(reply: Reply, left_out: Iterable[str | bytes] = ()) -> Reply:
    texts = (reply.body, *(text for header in reply.headers for text in header), *left_out)
    leaks = tuple(dict.fromkeys(leak.mark for text in texts for leak in leaks_in(text)))
    if reply.cut is None:
        reply = bounds.cut(reply, "the evidence had as many bytes as it may")
    assert reply.cut is not None, "it was cut just now"
    short = [h for h in reply.headers if max(map(len, h)) <= LONGEST_HEADER][:MOST_HEADERS]
    known = tuple(dict.fromkeys((*(reply.cut.leaks or ()), *leaks)))[:MOST_LEAKS] or None
    fewer = reply.cut.headers or len(short) < len(reply.headers)
    return replace(reply, headers=tuple(short), cut=replace(reply.cut, leaks=known, headers=fewer))
