"""Gateways whose answers to the same bytes differ, in what no client relies on."""

from __future__ import annotations

import itertools
import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.differences import Variant
from conformance.reference.making import finish
from conformance.reference.values import Answer

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.values import Call, Upload

EACH = 2
TOO_MANY = Answer(429, (("Content-Type", "text/html"),), b"<html>too many requests</html>")


def _counted(b: Behaviour) -> Behaviour:
    """Put an id and a time into each message, and a counter into the headers of each answer."""
    numbers = itertools.count(1)

    def step(answer: Answer, _: Call) -> Answer:
        number = next(numbers)
        body = json.loads(answer.body) if answer.body else None
        if isinstance(body, dict) and isinstance(body.get("error"), dict):
            told = f"{body['error']['message']} (request id: {number}, at {time.time():.3f})"
            body["error"]["message"] = told
        headers = (*answer.headers, ("X-Request-Id", f"req-{number}"))
        headers += (("X-RateLimit-Remaining", str(10_000 - number)),)
        return replace(answer, headers=headers, body=_written(body, answer.body))

    return finish(step)(b)


def _rearranged(b: Behaviour) -> Behaviour:
    """Write each second answer with its keys in reverse, 1.0 for 1, and other headers."""
    numbers = itertools.count(1)

    def step(answer: Answer, _: Call) -> Answer:
        if next(numbers) % EACH or not answer.body:
            return answer
        kinds = (
            ("Content-Type", "application/json; charset=UTF-8"),
            ("Server-Timing", "all;dur=1"),
        )
        others = tuple(h for h in answer.headers if h[0] != "Content-Type")
        body = _backwards(json.loads(answer.body))
        return replace(answer, headers=(*kinds, *others), body=_written(body, answer.body))

    return finish(step)(b)


def _backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _backwards(value[key]) for key in reversed(value)}
    if isinstance(value, list):
        return [_backwards(one) for one in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _written(body: Any, otherwise: bytes) -> bytes:
    return otherwise if body is None else json.dumps(body).encode()


def _each_second_fetch(b: Behaviour) -> Behaviour:
    fetches = itertools.count(1)

    def limited(answer: Answer, upload: Upload) -> Answer:
        return b.on_file(answer, upload) if next(fetches) % EACH else TOO_MANY

    return replace(b, on_file=limited)


VARIANTS = (
    Variant(
        "ids-and-times-in-messages",
        "Each message has a request id and a time, and each answer a counter in its headers.",
        _counted,
    ),
    Variant(
        "rearranged-answers",
        "Each second answer has its keys in reverse, 1.0 for 1, and other headers.",
        _rearranged,
    ),
    Variant(
        "limits-downloads",
        "Each second picture that is fetched is answered with 429.",
        _each_second_fetch,
    ),
)
