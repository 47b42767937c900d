"""Defects in how n is read, and in how many items are made: N."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import Defect
from conformance.reference.fields import whole_number
from conformance.reference.making import crash_on_text
from conformance.reference.values import Order, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.differences import Patch

SIGNED = re.compile(r"-?[0-9]{1,40}", re.ASCII)
CAP, MANY = 4, 7


def _reads_n(read: Callable[[str], int]) -> Patch:
    return lambda b: replace(b, read_n=read)


def _makes(items: Callable[[Order], int]) -> Patch:
    return lambda b: replace(b, items_for=items)


def _within(text: str) -> int:
    return min(max(whole_number(text), 1), 10)


def _wrapped(bits: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = whole_number(text)
        return number % 2**bits if number > 2 ** (bits - 1) else number

    return read


def _one_for(pattern: str) -> Callable[[str], int]:
    """Read a text that matches the pattern as 1, and every other text strictly."""
    known = re.compile(pattern)
    return lambda text: 1 if known.fullmatch(text) else whole_number(text)


def _lenient(convert: Callable[[str], float], pattern: str) -> Callable[[str], int]:
    """Convert a text that matches the pattern, as a looser language does; read others strictly."""
    known = re.compile(pattern, re.ASCII)

    def read(text: str) -> int:
        if known.fullmatch(text) is None:
            return whole_number(text)
        try:
            return int(convert(text))
        except (ValueError, OverflowError):
            raise refuse("n must be a whole number", "n") from None

    return read


DEFECTS = (
    Defect(
        "n-ten-refused",
        "n=10 is refused: the limit is off by one.",
        ("N-1",),
        lambda b: replace(b, n_max=9),
    ),
    Defect(
        "n-capped",
        "More than four items are never made, whatever n.",
        ("N-1",),
        _makes(lambda o: min(o.n, CAP)),
    ),
    Defect(
        "n-one-short",
        "From n=7 on there is one item less.",
        ("N-1",),
        _makes(lambda o: o.n - (o.n >= MANY)),
    ),
    Defect(
        "n-one-more",
        "From n=7 on there is one item more.",
        ("N-1",),
        _makes(lambda o: o.n + (o.n >= MANY)),
    ),
    Defect(
        "n-ignored",
        "There is one item, whatever n.",
        ("N-1",),
        _makes(lambda _: 1),
    ),
    Defect("n-zero-accepted", "n=0 is taken for 1.", ("N-2",), _reads_n(_one_for("0"))),
    Defect(
        "n-eleven-accepted",
        "n=11 is accepted: the limit is off by one.",
        ("N-2",),
        lambda b: replace(b, n_max=11),
    ),
    Defect(
        "n-negative-accepted",
        "A negative n is taken for 1.",
        ("N-2",),
        _reads_n(_one_for("-[0-9]+")),
    ),
    Defect("n-clamped", "An n out of range is put into it.", ("N-2",), _reads_n(_within)),
    Defect("n-wraps-at-32-bits", "n is read into 32 bits.", ("N-2",), _reads_n(_wrapped(32))),
    Defect("n-wraps-at-64-bits", "n is read into 64 bits.", ("N-2",), _reads_n(_wrapped(64))),
    Defect(
        "n-out-of-range-500",
        "An n out of range ends in a 500.",
        ("N-2",),
        crash_on_text(
            "n", lambda n: SIGNED.fullmatch(n) is not None and int(n) not in range(1, 11)
        ),
    ),
    Defect(
        "n-text-ignored",
        "An n that is no number is taken for 1.",
        ("N-3",),
        _reads_n(_one_for("(?!null$)[A-Za-z]+")),
    ),
    Defect("n-true-accepted", "n=true is taken for 1.", ("N-3",), _reads_n(_one_for("true"))),
    Defect(
        "n-text-500",
        "An n that is no number ends in a 500.",
        ("N-3",),
        crash_on_text("n", lambda n: n.isalpha() and n != "null"),
    ),
    Defect(
        "n-truncated",
        "The fraction of n is cut off.",
        ("N-4",),
        _reads_n(_lenient(float, r"[0-9]+\.[0-9]+")),
    ),
    Defect(
        "n-fraction-500",
        "An n that is not whole ends in a 500.",
        ("N-4",),
        crash_on_text("n", lambda n: re.fullmatch(r"[0-9]+\.[0-9]*[1-9]", n) is not None),
    ),
    Defect(
        "n-read-as-python-does",
        "n may have underscores, as Python's int() takes them.",
        ("N-5",),
        _reads_n(_lenient(int, r"[0-9]+(_[0-9]+)+")),
    ),
    Defect(
        "n-any-base",
        "n may be hexadecimal.",
        ("N-5",),
        _reads_n(_lenient(lambda text: int(text, 0), r"0[xX][0-9a-fA-F]+")),
    ),
    Defect(
        "n-scientific",
        "n may have an exponent.",
        ("N-5",),
        _reads_n(_lenient(float, r"[0-9]+[eE][0-9]+")),
    ),
    Defect(
        "n-empty-500", "An empty n ends in a 500.", ("N-6",), crash_on_text("n", lambda n: n == "")
    ),
    Defect(
        "n-null-500",
        "An n of null ends in a 500.",
        ("N-6",),
        crash_on_text("n", lambda n: n == "null"),
    ),
    Defect(
        "n-missing-means-none",
        "Without n nothing is made, and data is empty.",
        ("N-7", "BODY-5"),
        lambda b: replace(b, default_n=0),
    ),
)
