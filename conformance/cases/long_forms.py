"""Forms that are long in one place, beside a faulty n: they show what a parser takes for each byte.

A correct gateway answers each of them about as fast as `HARMLESS`, a form of the same size that no
parser has to think about, or refuses it before it reads it. They go out one at a time, so that a
gateway which is busy with one of them keeps no other request waiting. Each is refused for its n,
and so costs no picture.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.cases.malformed_bodies import shaped
from conformance.cases.spec import beside_a_fault
from conformance.http.form import Part, text
from conformance.http.request import HEAVY

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.cases.spec import Spec
    from conformance.contract.profiles import Profile
    from conformance.http.form import Form

    Change = Callable[[Form], Form]

MEGABYTE = 1_000_000
# More would be too much for the header lines that servers usually take.
HEADER = 4000


def filled(unit: bytes, size: int = MEGABYTE) -> bytes:
    """Return a text repeated to a size."""
    return (unit * (size // len(unit) + 1))[:size]


def _beginning(form: Form) -> bytes:
    """Return a delimiter without its last character, at the start of a line."""
    return b"\r\n--" + form.boundary[:-1].encode()


def _delimiter(form: Form) -> bytes:
    return b"--" + form.boundary.encode()


def _behind_the_picture(content: Callable[[Form], bytes]) -> Change:
    def change(form: Form) -> Form:
        picture = form.parts[-1]
        longer = replace(picture, content=picture.content + content(form))
        return replace(form, parts=(*form.parts[:-1], longer))

    return change


def _with(*parts: Part) -> Change:
    return lambda form: replace(form, parts=(*form.parts, *parts))


def _with_many(number: int, part: Callable[[int], Part]) -> Change:
    """Add so many parts, made when the form is: most runs never ask for it."""

    def change(form: Form) -> Form:
        return replace(form, parts=(*form.parts, *map(part, range(number))))

    return change


def _head(middle: bytes) -> Part:
    """Return a part whose Content-Disposition has more bytes behind its name."""
    return Part("x", b"1", headers=b'Content-Disposition: form-data; name="x"' + middle + b"\r\n")


def _padded_delimiter(form: Form) -> Form:
    """Put white space behind a delimiter, as RFC 2046 §5.1.1 has it for transport padding."""
    last = form.parts[-1]
    padding = b"\r\n" + _delimiter(form) + b" " * MEGABYTE
    return replace(form, parts=(*form.parts[:-1], replace(last, content=last.content + padding)))


def _mixed(form: Form) -> bytes:
    return filled(b"\r\n", MEGABYTE // 2) + filled(_beginning(form), MEGABYTE // 2)


HARMLESS = beside_a_fault(
    "1 MB of letters behind the picture",
    wire=shaped(_behind_the_picture(lambda _: filled(b"y"))),
    phase=HEAVY,
)
CORE: dict[str, Change] = {
    "1 MB of line ends before the first delimiter": lambda form: replace(
        form, preamble=filled(b"\r\n")
    ),
    "1 MB of line ends behind the close-delimiter": lambda form: replace(
        form, epilogue=filled(b"\r\n")
    ),
    "1 MB of line ends and beginnings of delimiters in the picture": _behind_the_picture(_mixed),
    "a Content-Type with 4,000 backslashes": lambda form: replace(
        form, media_type='multipart/form-data; x="' + "\\" * HEADER
    ),
}
FULL: dict[str, Change] = {
    "1 MB of letters before the first delimiter": lambda form: replace(
        form, preamble=filled(b"y") + b"\r\n"
    ),
    "1 MB of beginnings of delimiters before the first one": lambda form: replace(
        form, preamble=filled(_beginning(form)) + b"\r\n"
    ),
    "1 MB of delimiters behind the close-delimiter": lambda form: replace(
        form, epilogue=filled(_delimiter(form) + b"\r\n")
    ),
    "1 MB of white space behind a delimiter": _padded_delimiter,
    "1 MB of line ends in the picture": _behind_the_picture(lambda _: filled(b"\r\n")),
    "1 MB of beginnings of delimiters in the picture": _behind_the_picture(
        lambda form: filled(_beginning(form))
    ),
    "a CR and 1 MB of letters in the picture": _behind_the_picture(lambda _: b"\r" + filled(b"y")),
    "1 MB of hyphens in the picture": _behind_the_picture(lambda _: b"\r\n" + filled(b"-")),
    "1 MB of line ends in a text field": _with(text("x", filled(b"\r\n"))),
    "8,000 files": _with_many(8_000, lambda i: Part(f"x{i}", b"1", f"{i}.txt", "text/plain")),
    "one field 10,000 times": _with_many(10_000, lambda _: text("x", "1")),
    "a part with 50,000 headers": _with(_head(filled(b"\r\nX-Part-Header: 1", MEGABYTE - 4))),
    "a part header of 1 MB in folded lines": _with(_head(filled(b"\r\n y=1"))),
    "a part header with 1 MB of semicolons": _with(_head(filled(b"; "))),
    "a part header with 1 MB of backslashes": _with(_head(b'; y="' + filled(b"\\"))),
    "a field name of 1 MB": _with(text("x" * MEGABYTE, "1")),
    "a field name of 1 MB of brackets": _with(text("x" + "[a]" * (MEGABYTE // 3), "1")),
    "a file name of 1 MB": _with(Part("x", b"1", "n" * MEGABYTE, "text/plain")),
}


def _spec(label: str, change: Change, profile: Profile) -> Spec:
    spec = beside_a_fault(label, wire=shaped(change), phase=HEAVY, profile=profile)
    return replace(spec, control=HARMLESS)


LONG: tuple[Spec, ...] = (
    *(_spec(label, change, "core") for label, change in CORE.items()),
    *(_spec(label, change, "full") for label, change in FULL.items()),
)
