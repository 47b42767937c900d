"""What the defects in reading a body share: its media type, its boundary, and refusals of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.reference.making import on_call, on_form
from conformance.reference.media import media_refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.differences import Patch
    from conformance.reference.values import Call, Form


def kind(call: Call) -> str:
    """Return the Content-Type's media type in lower case, or an empty text."""
    return (call.header("content-type") or "").partition(";")[0].strip().lower()


def boundary(call: Call) -> bytes:
    """Return the boundary that the Content-Type names, or nothing."""
    found = re.search(r'boundary="?([^";]+)', call.header("content-type") or "", re.IGNORECASE)
    return found[1].strip().encode("latin-1") if found else b""


def is_closed(call: Call) -> bool:
    """Return whether the body has its close-delimiter."""
    return b"--" + boundary(call) + b"--" in call.body


def refused_when(when: Callable[[Call], bool], message: str) -> Patch:
    """Refuse such a call as no form that can be read."""

    def step(call: Call) -> Call:
        if when(call):
            raise media_refused(message)
        return call

    return on_call(step)


def refused_form(when: Callable[[Form], bool], message: str) -> Patch:
    """Refuse such a form as one that cannot be read."""

    def step(form: Form) -> Form:
        if when(form):
            raise media_refused(message)
        return form

    return on_form(step)


def in_part_header(pattern: bytes) -> Callable[[Call], bool]:
    """Return whether a part's Content-Disposition has such a text."""
    # A folded line goes on behind its line end (RFC 5322 §2.2.3).
    line = re.compile(rb"\r\ncontent-disposition:(?:[^\r\n]|\r\n[ \t])*" + pattern, re.IGNORECASE)
    return lambda call: line.search(call.body) is not None
