"""Compresses an answer as its client allows: which coding, and the answer in it."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.reference.values import Answer

CODINGS = ("gzip", "deflate")


def chosen(accept_encoding: str) -> str:
    """Return the coding that a request accepts, or an empty text."""
    accepted = accept_encoding.lower()
    return next((c for c in CODINGS if c in accepted and f"{c};q=0" not in accepted), "")


def compressed(body: bytes, coding: str) -> bytes:
    """Return a body in a coding."""
    if coding == "gzip":
        return gzip.compress(body, 1)
    return zlib.compress(body, 1) if coding == "deflate" else body


def in_coding(answer: Answer, coding: str, body: bytes | None = None) -> Answer:
    """Return an answer that names a coding, with its body in it or with another body."""
    named = (("Content-Encoding", coding), ("Vary", "Accept-Encoding"))
    content = compressed(answer.body, coding) if body is None else body
    return replace(answer, headers=(*answer.headers, *named), body=content)
