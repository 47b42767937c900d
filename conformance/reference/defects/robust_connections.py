"""Defects in how a connection is kept for several requests: ROBUST-3, ROBUST-8 and ROBUST-9."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import Defect
from conformance.reference.making import crash

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.values import Answer, Call

BAD_REQUEST = 400
SECOND_REQUEST = re.compile(rb"(?<=--\r\n)POST /")
MESSAGE = re.compile(rb"\APOST /[^\r\n]* HTTP/1\.1\r\n")


def _fails_after_other_media(b: Behaviour) -> Behaviour:
    """Fail the second request of a connection whose first body was refused unread."""
    # Only the next request of this connection fails, because a check looks for it there.
    left: set[int] = set()

    def step(call: Call) -> Call:
        if call.nth == 1 and "json" in (call.header("content-type") or ""):
            left.add(call.connection)
        elif call.nth > 1 and call.connection in left:
            left.discard(call.connection)
            crash()
        return b.on_call(call)

    return replace(b, on_call=step)


def _repeats_message(b: Behaviour) -> Behaviour:
    """Say to each refused request what the one before it on its connection should have been told."""
    said: dict[int, str] = {}

    def step(answer: Answer, call: Call) -> Answer:
        answer = b.finish(answer, call)
        if answer.status != BAD_REQUEST:
            return answer
        body = json.loads(answer.body)
        before = said.get(call.connection, body["error"]["message"])
        said[call.connection] = body["error"]["message"]
        body["error"]["message"] = before
        return replace(answer, body=json.dumps(body).encode())

    return replace(b, finish=step)


def _in_reverse(data: bytes) -> bytes:
    """Return what came in one read with its two requests in reverse order."""
    found = SECOND_REQUEST.search(data)
    if MESSAGE.match(data) is None or found is None:
        return data
    return data[found.start() :] + data[: found.start()]


def _without_second(data: bytes) -> bytes:
    """Return what came in one read without the second of its two requests."""
    found = SECOND_REQUEST.search(data)
    return data if MESSAGE.match(data) is None or found is None else data[: found.start()]


DEFECTS = (
    Defect(
        "message-of-the-request-before",
        "A refusal on a used connection has the message for the refused request before it.",
        ("ROBUST-3",),
        _repeats_message,
    ),
    Defect(
        "body-left-unread",
        "After a body of another media type was refused, the connection's next request gets a 500.",
        ("ROBUST-3",),
        _fails_after_other_media,
    ),
    Defect(
        "malformed-message-hangs",
        "A message that is no HTTP is neither answered, nor its connection closed.",
        ("ROBUST-8",),
        lambda b: replace(b, ignores_malformed=True),
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
)
