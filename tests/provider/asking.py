"""What the tests of the stand-in provider ask it, and with which key."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import httpx

from conformance.http.images import pictures

if TYPE_CHECKING:
    from conformance.http.provider_call import Call
    from conformance.provider.journal import Journal

KEY = "sk-provider-0123456789"
CLIENTS = "sk-client-abcdefghijkl"
PICTURE = pictures.make("an upload")
DIGEST = hashlib.sha256(PICTURE).hexdigest()


def asked(url: str, path: str = "/v1/images/variations", **fields: str) -> httpx.Response:
    return httpx.post(
        url + path,
        headers={"authorization": f"Bearer {KEY}"},
        data={"model": "dall-e-2", **fields},
        files={"image": ("a.png", PICTURE, "image/png")},
        timeout=5,
    )


def last(journal: Journal) -> Call:
    return journal.calls()[-1]
