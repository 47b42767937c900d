"""Forms as only the grammar allows them, and forms that readers take differently."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.cases import malformed_bodies
from conformance.cases.combinations import covering
from conformance.cases.spec import PLAIN, Body, beside_a_fault
from conformance.http import deliveries
from conformance.http.form import Part, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.http.form import Form

CHUNKED = covering(chunked=True)
# What follows a name in a Content-Disposition of `Part.head`.
FILE_NAME = re.compile(rb'form-data; (name="[^"]*"); (filename\*?=[^\r\n]*)')


def fold(head: bytes) -> bytes:
    """Continue the Content-Disposition on a second line (RFC 5322 §2.2.3)."""
    return re.sub(rb"; ?name=", b";\r\n name=", head, count=1)


def lower(head: bytes) -> bytes:
    """Write the names of the headers in lower case (RFC 5322 §1.2.2)."""
    return head.replace(b"Content-Disposition", b"content-disposition").replace(b"Type", b"type")


def more(head: bytes) -> bytes:
    """Add header fields that a reader ignores (RFC 7578 §4.8); Apache's client sends the first."""
    return head + b"Content-Transfer-Encoding: binary\r\nX-Part: 1\r\n"


def turned(head: bytes) -> bytes:
    """Write the parameters without spaces, and the file name first (RFC 2183 §2)."""
    return FILE_NAME.sub(rb"form-data;\2;\1", head).replace(b"; name=", b";name=")


def capital(head: bytes) -> bytes:
    """Write types and parameters in another case: they have none (RFC 2045 §5.1, RFC 2183 §2)."""
    named = head.replace(b"form-data", b"Form-Data").replace(b"image/png", b"IMAGE/PNG")
    return re.sub(rb"(?<=[; ])(?:file)?name(?=\*?=)", lambda found: found[0].upper(), named)


def typed(form: Form) -> Form:
    """Give each part a type with parameters, as `file -bi` prints it (RFC 2045 §5.1, RFC 7578 §4.4)."""
    text_type = b"Content-Type: text/plain; charset=us-ascii\r\n"
    parts = (
        replace(
            p,
            headers=p.head() + text_type
            if p.filename is None
            else p.head().replace(b"image/png", b"image/png; charset=binary"),
        )
        for p in form.parts
    )
    return replace(form, parts=tuple(parts))


def escaped(head: bytes) -> bytes:
    """Add a quote to the file name behind a backslash, as Go and older curls write it."""
    return head.replace(b'filename="', b'filename="a\\"b ')


def extended_name(form: Form) -> Form:
    """Give the file part only filename*, which RFC 7578 §4.2 forbids and RFC 6266 defines."""
    name = b"Content-Disposition: form-data; name=\"image\"; filename*=UTF-8''picture.png\r\n"
    head = name + b"Content-Type: image/png\r\n"
    parts = tuple(p if p.filename is None else replace(p, headers=head) for p in form.parts)
    return replace(form, parts=parts)


def both_names(form: Form) -> Form:
    """Give the file part both names; filename* holds a sign beyond ASCII (RFC 6266 §4.3)."""
    more = b"; filename*=UTF-8''%E2%82%AC%20rates.png\r\n"
    return malformed_bodies.with_heads(
        form, lambda head: head.replace(b'.png"\r\n', b'.png"' + more)
    )


def spaced(form: Form) -> Form:
    """Put white space before the semicolon of the Content-Type, as RFC 9110 §5.6.6 allows."""
    return replace(form, media_type=f"{form.media_type} ")


def framed(form: Form) -> Form:
    """Put text before the first delimiter and behind the last one (RFC 2046 §5.1.1)."""
    return replace(form, preamble=b"This is a form.\r\n", epilogue=b"The end.\r\n")


def special(form: Form) -> Form:
    """Use each boundary character of RFC 2046 §5.1.1 that no token allows, except the space."""
    return replace(form, boundary=f"a'()+_,-./:=?{form.boundary}", quote_boundary=True)


def quoting(form: Form) -> Form:
    """Add a value with the delimiter in it, not at the start of a line (RFC 2046 §5.1.1)."""
    return replace(form, parts=(*form.parts, text("user", f"a--{form.boundary}--b")))


GRAMMAR = (
    malformed_bodies.rewritten(
        "a preamble", lambda form: replace(form, preamble=b"This is a form.\r\n")
    ),
    malformed_bodies.rewritten("an epilogue", lambda form: replace(form, epilogue=b"The end.\r\n")),
    malformed_bodies.headed("a folded header", fold),
    malformed_bodies.headed("part headers in lower case", lower),
    malformed_bodies.headed("further part headers", more),
    malformed_bodies.headed("part parameters in another order, without spaces", turned),
    malformed_bodies.headed("part types and parameters in another case", capital),
    malformed_bodies.rewritten("part types with parameters", typed),
    malformed_bodies.headed("a quote behind a backslash in a file name", escaped),
    malformed_bodies.rewritten("filename* alone", extended_name),
    malformed_bodies.rewritten("filename, and filename* beyond ASCII", both_names),
    malformed_bodies.rewritten("white space before a semicolon", spaced),
    malformed_bodies.rewritten("a boundary of special characters", special),
    malformed_bodies.rewritten("the boundary within a line", quoting),
    replace(
        PLAIN, label="odd chunks, and a trailer", delivery=deliveries.ODD_CHUNKS, control=CHUNKED
    ),
)
TOGETHER = replace(
    malformed_bodies.rewritten(
        "what only the grammar allows, together",
        lambda form: malformed_bodies.with_heads(
            spaced(typed(quoting(special(framed(extended_name(form)))))),
            lambda head: more(capital(lower(fold(turned(head))))),
        ),
    ),
    delivery=deliveries.ODD_CHUNKS,
)


def padded(body: bytes) -> bytes:
    """Put white space behind each delimiter."""
    boundary = body.partition(b"\r\n")[0]
    return body.replace(boundary + b"\r\n", boundary + b" \t\r\n")


def _with(*parts: Part) -> Callable[[Form], Body]:
    return malformed_bodies.shaped(lambda form: replace(form, parts=(*form.parts, *parts)))


def _heads(change: Callable[[bytes], bytes]) -> Callable[[Form], Body]:
    return malformed_bodies.shaped(lambda form: malformed_bodies.with_heads(form, change))


def _headless(form: Form) -> Body:
    """Write a part whose head is followed by the next delimiter, with no empty line between."""
    end = f"--{form.boundary}--\r\n".encode()
    head = f'--{form.boundary}\r\nContent-Disposition: form-data; name="x"\r\n'.encode()
    return Body(form.content_type(), form.encode().removesuffix(end) + head + end)


CORE: dict[str, Callable[[Form], Body]] = {
    "lines ended by LF": malformed_bodies.laid_out(lambda body: body.replace(b"\r\n", b"\n")),
    "white space behind each delimiter": malformed_bodies.laid_out(padded),
    "parts without a name": malformed_bodies.laid_out(lambda body: body.replace(b" name=", b" x=")),
    "part headers that begin with white space": _heads(lambda head: b" " + head),
}
FULL: dict[str, Callable[[Form], Body]] = {
    "each part header twice": _heads(lambda head: head + head),
    "a boundary of 71 characters": malformed_bodies.shaped(
        lambda form: replace(form, boundary="b" * 71)
    ),
    "a part with a head and no empty line": _headless,
    "a boundary of 5,000 characters": malformed_bodies.shaped(
        lambda form: replace(form, boundary="b" * 5000)
    ),
    "a part header without a colon": _heads(lambda head: head + b"X-Part\r\n"),
    "quotes in a name": _heads(lambda head: head.replace(b'name="', b'name="a"b" ')),
    "a part of no disposition": _heads(lambda head: head.replace(b"form-data", b"attachment")),
    "an unknown charset in the Content-Type": malformed_bodies.shaped(
        lambda form: replace(form, media_type=f"{form.media_type}; charset=x-none")
    ),
    "text fields typed application/json": _with(text("x", "{", "application/json")),
    "a multipart part": _with(text("x", b"--y\r\n\r\n1\r\n--y--", "multipart/mixed; boundary=y")),
    "a multipart part without a boundary": _with(text("x", b"1", "multipart/mixed")),
}
LEFT_OPEN = tuple(
    beside_a_fault(label, wire=wire, profile=profile)
    for cases, profile in ((CORE, "core"), (FULL, "full"))
    for label, wire in cases.items()
)
# What the Content-Encoding of a request names, and the body is not in (RFC 9110 §8.4, §15.5.16).
MISCODED = tuple(
    beside_a_fault(
        f"a body that is said to be in {name}",
        headers=(("content-encoding", name),),
        profile="full",
    )
    for name in ("gzip", "x-none")
)
