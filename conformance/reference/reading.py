"""What defects of several clauses share in reading a request: its body, its parts, odd fields."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.reference.making import on_call, on_form
from conformance.reference.media import media_refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.differences import Patch
    from conformance.reference.values import Call, Form

KNOWN = frozenset({"model", "image", "image[]", "n", "size", "response_format", "user", "stream"})
SCALARS = ("model", "n", "size", "response_format")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def kind(call: Call) -> str:
    """Return the Content-Type's media type in lower case, or an empty text without one."""
    return (call.header("content-type") or "").partition(";")[0].strip().lower()


def boundary(call: Call) -> bytes:
    """Return the boundary that the Content-Type names, or nothing."""
    found = re.search(r'boundary="?([^";]+)', call.header("content-type") or "", re.IGNORECASE)
    return found[1].strip().encode("latin-1") if found else b""


def is_closed(call: Call) -> bool:
    """Return whether the body has its close-delimiter."""
    return b"--" + boundary(call) + b"--" in call.body


def refused_when(when: Callable[[Call], bool], message: str) -> Patch:
    """Refuse a call as a malformed form, where `when` is true of it."""

    def step(call: Call) -> Call:
        if when(call):
            raise media_refused(message)
        return call

    return on_call(step)


def refused_form(when: Callable[[Form], bool], message: str) -> Patch:
    """Refuse a form as malformed, where `when` is true of it."""

    def step(form: Form) -> Form:
        if when(form):
            raise media_refused(message)
        return form

    return on_form(step)


def in_part_header(pattern: bytes) -> Callable[[Call], bool]:
    """Return a test of a call: whether the Content-Disposition of a part matches the pattern."""
    # A folded line continues after its line end (RFC 5322 §2.2.3).
    line = re.compile(rb"\r\ncontent-disposition:(?:[^\r\n]|\r\n[ \t])*" + pattern, re.IGNORECASE)
    return lambda call: line.search(call.body) is not None


def has_unknown_text(form: Form) -> bool:
    """Return whether the form has a text field that is not documented."""
    return any(_is_unknown(part.name) and not part.is_file for part in form.parts)


def has_repeated_field(form: Form) -> bool:
    """Return whether a field that takes one value comes more than once."""
    return any(len(form.named(name)) > 1 for name in SCALARS)


def _is_unknown(name: str) -> bool:
    # IMAGE-13 judges fields that name a URL.
    return name not in KNOWN and not name.startswith("fallbacks") and "url" not in name
