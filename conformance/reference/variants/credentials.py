"""Gateways that show something of a credential from which nobody can learn it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import Variant
from conformance.reference.making import finish, forwards, token_of

if TYPE_CHECKING:
    from conformance.reference.forwarding import Outgoing
    from conformance.reference.values import Answer, Call, Order

SHOWN = 4
FINGERPRINT = 12
UNAUTHORIZED = 401


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _masked(answer: Answer, call: Call) -> Answer:
    """Show the ends of the credential in a 401, and a short fingerprint of it in a header."""
    token = token_of(call)
    if not token:
        return answer
    headers = (*answer.headers, ("X-Key-Id", _digest(token)[:FINGERPRINT]))
    if answer.status != UNAUTHORIZED:
        return replace(answer, headers=headers)
    body = json.loads(answer.body)
    body["error"]["message"] = f"unknown key {token[:SHOWN]}…{token[-SHOWN:]}"
    return replace(answer, headers=headers, body=json.dumps(body).encode())


def _named_by_digest(outgoing: Outgoing, order: Order) -> Outgoing:
    client = _digest(token_of(order.call))
    return replace(outgoing, headers=(*outgoing.headers, ("X-Client-Id", client)))


VARIANTS = (
    Variant(
        "key-masked",
        "A 401 shows the first and the last characters of the key; a header shows a fingerprint.",
        finish(_masked),
    ),
    Variant(
        "client-named-by-digest",
        "The provider is told which client asks: by the digest of its key.",
        forwards(edit=_named_by_digest),
        observed=True,
    ),
)
