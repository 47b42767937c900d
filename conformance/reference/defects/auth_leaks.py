"""Defects in what answers repeat of a credential, in forms that a reader can decode: AUTH-15."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import Defect
from conformance.reference.making import finish, token_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.differences import Patch
    from conformance.reference.values import Answer, Call

UNAUTHORIZED = 401
HERE = "@@HERE@@"
# The last credential that was refused, in this process.
LAST: deque[str] = deque(maxlen=1)


def _told(written: Callable[[str], str]) -> Patch:
    """Write the credential into the message of a 401, with the bytes that JSON then has there."""

    def step(answer: Answer, call: Call) -> Answer:
        token = token_of(call)
        if answer.status != UNAUTHORIZED or not token:
            return answer
        body = json.loads(answer.body)
        body["error"]["message"] = f"unknown key {HERE}"
        text = json.dumps(body).replace(HERE, written(token))
        return replace(answer, body=text.encode())

    return finish(step)


def _in_header(written: Callable[[str], str]) -> Patch:
    """Write something of the credential into a header of every refusal."""

    def step(answer: Answer, call: Call) -> Answer:
        token = token_of(call)
        if answer.status < 400 or not token:  # noqa: PLR2004 - RFC 9110 §15.5
            return answer
        return replace(answer, headers=(*answer.headers, ("X-Debug-Caller", written(token))))

    return finish(step)


def _earlier(token: str) -> str:
    told = LAST[0] if LAST else ""
    LAST.append(token)
    return told


DEFECTS = (
    Defect(
        "credential-as-json-escapes",
        "The message of a 401 repeats the credential, with one character of it as a JSON escape.",
        ("AUTH-15",),
        _told(lambda token: f"{token[:9]}\\u{ord(token[9:10] or 'x'):04x}{token[10:]}"),
    ),
    Defect(
        "credential-over-two-lines",
        "The message of a 401 repeats the credential over two lines.",
        ("AUTH-15",),
        _told(lambda token: f"{token[: len(token) // 2]}\\n{token[len(token) // 2 :]}"),
    ),
    Defect(
        "credential-as-basic",
        "A header of every refusal repeats the credential in base64, behind a user's name.",
        ("AUTH-15",),
        _in_header(lambda token: base64.b64encode(f"client:{token}".encode()).decode()),
    ),
    Defect(
        "credential-as-digest",
        "A header of every refusal shows the SHA-256 of the credential.",
        ("AUTH-15",),
        _in_header(lambda token: hashlib.sha256(token.encode()).hexdigest()),
    ),
    Defect(
        "earlier-credential-quoted",
        "The message of a 401 quotes the credential that was refused before.",
        ("AUTH-15",),
        _told(_earlier),
    ),
)
