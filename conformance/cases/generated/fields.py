"""What the contract says of one text field's value: allowed, forbidden, or open.

Each function returns a `Finding`. It is forbidden only where nothing can be said for it; whatever
servers may read differently is open, and then only a server error breaks anything.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from conformance.contract import contract

if TYPE_CHECKING:
    from collections.abc import Callable

CONTRACT = contract.load()
DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,39})", re.ASCII)
FRACTION = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,12}", re.ASCII)
OTHER_NOTATION = re.compile(
    r"0[xX][0-9a-fA-F]{1,8}|[1-9]e[0-9]|[0-9]{1,9}(?:_[0-9]{1,9})+", re.ASCII
)
SIGNED = re.compile(r"\+?(-?[1-9][0-9]{0,39})(?:\.0{1,9})?", re.ASCII)
SPACE = " \t\r\n"
# Letters and signs that stand in no number of any notation, number suffix or quotation.
NEVER_IN_A_NUMBER = frozenset("ghkmpqrstvwyzGHKMPQRSTVWYZ:;!?$*/<>@^|~()[]{}")
# Words that some languages' encoders write where there is no value.
NOTHING = frozenset({"", "null", "none", "nil", "undefined", "nan"})
LONGEST_USER = 64


@dataclass(frozen=True)
class Finding:
    """What the contract says, and the requirement that says it (for an allowed value, too)."""

    verdict: Literal["allowed", "forbidden", "open"]
    requirement: str


def allowed(requirement: str) -> Finding:
    """Return that a value must be accepted."""
    return Finding("allowed", requirement)


def forbidden(requirement: str) -> Finding:
    """Return that a value must be refused."""
    return Finding("forbidden", requirement)


def undecided(requirement: str) -> Finding:
    """Return that a value may be accepted or refused."""
    return Finding("open", requirement)


def n(value: str) -> Finding:
    """Read n: an integer from 1 to 10."""
    in_range = range(CONTRACT.n_min, CONTRACT.n_max + 1)
    if DECIMAL.fullmatch(value) and value != "-0":
        return allowed("N-1") if int(value) in in_range else forbidden("N-2")
    if FRACTION.fullmatch(value) and not float(value).is_integer():
        return forbidden("N-4")
    signed = SIGNED.fullmatch(value.strip(SPACE))
    if OTHER_NOTATION.fullmatch(value) or (signed and int(signed[1]) not in in_range):
        return forbidden("N-5")
    if value.lower() not in NOTHING and value.isprintable() and _no_number(value):
        return forbidden("N-3")
    return undecided("N-6")


def _no_number(value: str) -> bool:
    """Whether no reading of the text is a number: only letters, or a sign that none contains."""
    letters = value.isalpha() and value.isascii()
    return letters or (value.isascii() and not NEVER_IN_A_NUMBER.isdisjoint(value))


def size(value: str) -> Finding:
    """Read size: one of the documented ones."""
    if value in CONTRACT.sizes:
        return allowed("SIZE-1")
    if value.strip(SPACE) in CONTRACT.sizes:
        return forbidden("SIZE-3")
    if value.lower() in NOTHING or not value.isprintable():
        return undecided("SIZE-4")
    closed = "".join(value.split())
    if closed != value and closed.lower() in (*CONTRACT.sizes, *NOTHING):
        return undecided("SIZE-4")
    return forbidden("SIZE-2")


def response_format(value: str) -> Finding:
    """Read response_format: url or b64_json."""
    if value in CONTRACT.formats:
        return allowed("FORMAT-2" if value == "url" else "FORMAT-4")
    closed = "".join(value.split())
    odd = closed != value and closed.lower() in (*CONTRACT.formats, *NOTHING)
    if odd or value.lower() in NOTHING or not value.isprintable():
        return undecided("FORMAT-7")
    return forbidden("FORMAT-6")


def user(value: str) -> Finding:
    """Read user: 1 to 64 printable characters; what looks like JSON may be read as that."""
    plain = value.isprintable() and value == value.strip() and value.lower() not in NOTHING
    if plain and len(value) <= LONGEST_USER and not _is_json(value):
        return allowed("USER-1")
    return undecided("USER-2")


def model(value: str) -> Finding:
    """Read model: provider/model; which ones exist, only the gateway knows."""
    if value == "":
        return forbidden("MODEL-1")
    plain = value.isascii() and value.isprintable() and " " not in value
    halves = value.split("/")
    one_half = len(halves) == 1 or (len(halves) == 2 and not all(halves))  # noqa: PLR2004 - provider, model
    if plain and one_half and value.lower() not in NOTHING:
        return forbidden("MODEL-2")
    return undecided("MODEL-3")


def _is_json(value: str) -> bool:
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return False
    return True


READERS: dict[str, Callable[[str], Finding]] = {
    "model": model,
    "n": n,
    "size": size,
    "response_format": response_format,
    "user": user,
}
OPEN = {
    "model": "MODEL-3",
    "n": "N-6",
    "size": "SIZE-4",
    "response_format": "FORMAT-7",
    "user": "USER-2",
}
