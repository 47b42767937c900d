"""Defects under odd input and in steady operation: ROBUST."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from conformance.reference.defects.making import (
    Defect,
    crash,
    crash_on_form,
    finish,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.defects.making import Patch
    from conformance.reference.values import Answer, Call, Form, Order

KNOWN = frozenset({"model", "image", "image[]", "n", "size", "response_format", "user", "stream"})
SCALARS = ("model", "n", "size", "response_format")
LONG = 20_000
ENOUGH = 100
BAD_REQUEST = 400
FILE_NAME = re.compile(rb'filename="([^"]*)"', re.DOTALL)
USER = re.compile(rb'name="user"\r\n\r\n(.*?)\r\n--', re.DOTALL)
NUMBER = re.compile(rb'name="?n"?\r\n(?:[^\r\n]+\r\n)*\r\n([1-9]|10)\r\n')
THINKING_S = 0.03
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


def _is_unknown(name: str) -> bool:
    # A field that names a URL is the matter of another requirement.
    return name not in KNOWN and not name.startswith("fallbacks") and "url" not in name


def _unknown_text(form: Form) -> bool:
    return any(_is_unknown(part.name) and not part.is_file for part in form.parts)


def _repeated(form: Form) -> bool:
    return any(len(form.named(name)) > 1 for name in SCALARS)


def _not_utf8(form: Form) -> bool:
    for part in form.parts:
        if not part.is_file and not part.name.startswith(("image", "user")):
            try:
                part.content.decode("utf-8")
            except UnicodeDecodeError:
                return True
    return False


def _long(form: Form) -> bool:
    texts = (part for part in form.parts if not part.is_file and part.name != "user")
    return any(len(part.content) > LONG for part in texts)


def _injected(pattern: re.Pattern[bytes], name: str) -> Patch:
    """Copy what the pattern finds in the body into headers of the answer, line ends and all."""

    def step(answer: Answer, call: Call) -> Answer:
        headers = [h for found in pattern.finditer(call.body) for h in _headers(name, found[1])]
        return replace(answer, headers=(*answer.headers, *headers))

    return finish(step)


def _headers(name: str, value: bytes) -> list[tuple[str, str]]:
    """Return what a client reads where this value was written into a header as it is."""
    first, *lines = unquote_to_bytes(value).decode("latin-1").splitlines() or [""]
    headers = [(name, _printable(first))]
    for line in lines:
        key, _, rest = line.partition(":")
        if HEADER.fullmatch(key.strip()):
            headers.append((key.strip(), _printable(rest)))
    return headers


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable()).strip().encode("ascii", "replace").decode()


def _fails_after_other_media(b: Behaviour) -> Behaviour:
    """Fail the second request of a connection whose first had a body that was never looked at."""
    # Only the second one, so that a client with many connections meets it where it looks for it.
    left: set[int] = set()

    def step(call: Call) -> Call:
        if call.nth == 1 and "json" in (call.header("content-type") or ""):
            left.add(call.connection)
        elif call.nth > 1 and call.connection in left:
            left.discard(call.connection)
            crash()
        return b.on_call(call)

    return replace(b, on_call=step)


def _first_fails(fail: Callable[[], Answer | None]) -> Patch:
    """Fail each odd request the first time that it comes."""

    def patch(b: Behaviour) -> Behaviour:
        seen: set[bytes] = set()

        def step(form: Form) -> Form:
            if _unknown_text(form) or _repeated(form):
                digest = repr(form).encode()
                if digest not in seen:
                    seen.add(digest)
                    fail()
            return form

        return replace(b, on_form=lambda form: step(b.on_form(form)))

    return patch


def _worn_out(b: Behaviour) -> Behaviour:
    """Fail a request that was served once, after many bad ones since."""
    refused = 0
    served: dict[tuple[str, bytes], int] = {}

    def check(order: Order) -> Order:
        known = (order.caller.tenant, order.call.body)
        if refused - served.get(known, refused) >= ENOUGH:
            crash()
        return b.on_order(order)

    def good(answer: Answer, order: Order) -> Answer:
        served.setdefault((order.caller.tenant, order.call.body), refused)
        return b.on_success(answer, order)

    def gone(answer: Answer, call: Call) -> Answer:
        nonlocal refused
        refused += answer.status >= BAD_REQUEST
        return b.finish(answer, call)

    return replace(b, on_order=check, on_success=good, finish=gone)


def _last_arrival_wins(b: Behaviour) -> Behaviour:
    """Serve the n of the request that came last, which is another one where several are in flight."""
    last = 1

    def arrived(call: Call) -> None:
        nonlocal last
        found = NUMBER.search(call.body)
        last = int(found[1]) if found else b.default_n

    def mixed_up(order: Order) -> Order:
        order = b.on_order(order)
        return replace(order, n=last)

    # Without a cache, which would keep the mixed-up answers.
    return replace(
        b,
        on_arrival=arrived,
        thinking_s=THINKING_S,
        on_order=mixed_up,
        cache_key=lambda _: object(),
    )


ROBUST = (
    Defect(
        "unknown-field-500",
        "A field that is not documented ends in a 500.",
        ("ROBUST-1",),
        crash_on_form(_unknown_text),
    ),
    Defect(
        "repeated-field-500",
        "A field that comes twice ends in a 500.",
        ("ROBUST-1",),
        crash_on_form(_repeated),
    ),
    Defect(
        "broken-utf8-500",
        "A text that is no UTF-8 ends in a 500.",
        ("ROBUST-1", "MODEL-3"),
        crash_on_form(_not_utf8),
    ),
    Defect(
        "long-value-500",
        "A very long value ends in a 500.",
        ("ROBUST-1",),
        crash_on_form(_long),
    ),
    Defect(
        "file-name-becomes-header",
        "File names are copied into headers of the answer, line ends and all.",
        ("ROBUST-2",),
        _injected(FILE_NAME, "X-File-Name"),
    ),
    Defect(
        "user-becomes-header",
        "The user is copied into a header of the answer, line ends and all.",
        ("ROBUST-2",),
        _injected(USER, "X-User"),
    ),
    Defect(
        "body-left-unread",
        "After a body of another media type was refused, the connection's next request gets a 500.",
        ("ROBUST-3",),
        _fails_after_other_media,
    ),
    Defect(
        "odd-request-fails-once",
        "An odd request ends in a 500 when it comes for the first time, and works the second time.",
        ("ROBUST-4",),
        _first_fails(crash),
    ),
    Defect(
        "worn-out-by-bad-requests",
        "After many bad requests a good one ends in a 500.",
        ("ROBUST-5",),
        _worn_out,
    ),
    Defect(
        "parameters-shared-in-flight",
        "Requests in flight share one n: the one that came last decides.",
        ("ROBUST-6",),
        _last_arrival_wins,
    ),
)
