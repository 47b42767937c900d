"""The envelope of DSSE (Dead Simple Signing Envelope, version 1): what is signed, and by whom.

github.com/secure-systems-lab/dsse, `protocol.md` and `envelope.md`.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from conformance.http.reading import strict_json
from conformance.http.reading.short import shown

PAYLOAD_TYPE = "application/vnd.in-toto+json"
MOST_SIGNATURES = 100


class EnvelopeError(ValueError):
    """Bytes that are no envelope; the text is why."""


@dataclass(frozen=True)
class Signature:
    """One signature; `keyid` is a hint at its key that nobody signed, and may be empty."""

    keyid: str
    content: bytes


@dataclass(frozen=True)
class Envelope:
    """A payload of a kind, and who signed it."""

    kind: str
    payload: bytes
    signatures: tuple[Signature, ...] = ()


def to_sign(kind: str, payload: bytes) -> bytes:
    """Return the bytes that a signature is over: DSSE's pre-authentication encoding (PAE)."""
    name = kind.encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload)


def written(envelope: Envelope) -> bytes:
    """Return an envelope as its file holds it; equal ones are equal bytes."""
    document = {
        "payload": base64.b64encode(envelope.payload).decode("ascii"),
        "payloadType": envelope.kind,
        "signatures": [
            {"keyid": one.keyid, "sig": base64.b64encode(one.content).decode("ascii")}
            for one in envelope.signatures
        ],
    }
    return (json.dumps(document, indent=1) + "\n").encode("ascii")


def read(content: bytes) -> Envelope:
    """Return the envelope of a file; fields that DSSE does not know are left alone, as it demands.

    Raises:
        EnvelopeError: it is none.
    """
    try:
        document = strict_json.loads(content.decode("utf-8"))
    except ValueError as error:
        raise EnvelopeError(f"it is not JSON ({error})") from error
    rows = _texts(document, "payload", "payloadType").get("signatures")
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_SIGNATURES:
        raise EnvelopeError(f"signatures is no list of 1 to {MOST_SIGNATURES}")
    signatures = tuple(
        Signature(str(row.get("keyid", "")), _decoded(row["sig"]))
        for row in (_texts(row, "sig") for row in rows)
    )
    return Envelope(document["payloadType"], _decoded(document["payload"]), signatures)


def _texts(value: Any, *keys: str) -> dict[str, Any]:
    """Return an object that has texts under these keys."""
    if not isinstance(value, dict):
        raise EnvelopeError(f"{shown(value)} is no object")
    for key in keys:
        if not isinstance(value.get(key), str):
            raise EnvelopeError(f"{key} is no text")
    return value


def _decoded(text: str) -> bytes:
    """Return what a text of base64 holds; DSSE allows both alphabets."""
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise EnvelopeError(f"{shown(text)} is no base64") from error
