"""Makes one line of `evidence.jsonl` of an exchange, of a size that fills no disk.

An answer is written as far as the run keeps it (`http.bounds`). Once the lines of a file have so many bytes
of what came back, further large ones are cut as they are written. A line with an answer that was cut
is not whole: `--resume` sends its request again.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.http import bounds
from conformance.http.reading.codec import fields_of, plain

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange, Reply

# What a line has beside its request is free up to this size, and that of all others together has a bound.
FREE_BYTES, MOST_BYTES = 6_000, 48_000_000
MOST_BEHIND = 3
MOST_HEADERS, LONGEST_HEADER = 20, 200


def line(exchange: Exchange, left: int, id_: str = "") -> tuple[str, int]:
    """Return an exchange as a line, and how many of the bytes that are left it takes.

    Its control has a line of its own, and its calls are in `provider.jsonl`.
    """
    came = _came(exchange)
    if len(came) > max(FREE_BYTES, left):
        came = _came(lean(exchange))
    request = replace(exchange.request, form=None)
    asked = json.dumps({"id": id_ or exchange.id, "request": request}, default=plain)
    return f"{asked[:-1]}, {came[1:]}", len(came) if len(came) > FREE_BYTES else 0


def _came(exchange: Exchange) -> str:
    """Return what came back, as the JSON of a line that lacks only its request."""
    fields = fields_of(replace(exchange, control=None, calls=None))
    return json.dumps({k: v for k, v in fields.items() if k != "request"}, default=plain)


def lean(exchange: Exchange) -> Exchange:
    """Return an exchange whose answers are cut, and which has little else that came back."""
    return replace(
        exchange,
        reply=exchange.reply and _lean(exchange.reply),
        behind=tuple(map(_lean, exchange.behind[:MOST_BEHIND])),
        surplus=exchange.surplus[:LONGEST_HEADER],
        earlier=tuple(
            replace(a, text=a.text[:LONGEST_HEADER], headers=()) for a in exchange.earlier
        ),
        fetched=(),
    )


def _lean(reply: Reply) -> Reply:
    if reply.cut is None:
        reply = bounds.cut(reply, "the evidence had as many bytes as it may")
    kept = tuple((k[:LONGEST_HEADER], v[:LONGEST_HEADER]) for k, v in reply.headers[:MOST_HEADERS])
    return replace(reply, headers=kept)
