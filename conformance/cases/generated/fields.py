"""What the contract says of one text field's value: allowed, forbidden, or open.

Each function returns a `Finding`. A value is forbidden only if no reading of it is allowed. A value
that servers may read in different ways is open: then only a server error breaks a requirement.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.contract import contract

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.http.request import Expected

CONTRACT = contract.load()
DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,39})", re.ASCII)
FRACTION = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,12}", re.ASCII)
OTHER_NOTATION = re.compile(
    r"0[xX][0-9a-fA-F]{1,8}|[1-9]e[0-9]|[0-9]{1,9}(?:_[0-9]{1,9})+", re.ASCII
)
SIGNED = re.compile(r"\+?(-?[1-9][0-9]{0,39})(?:\.0{1,9})?", re.ASCII)
SPACE = " \t\r\n"
# Letters and signs that occur in no number of any notation, number suffix or quotation.
NEVER_IN_A_NUMBER = frozenset("ghkmpqrstvwyzGHKMPQRSTVWYZ:;!?$*/<>@^|~()[]{}")
# Words that some languages' encoders write where there is no value.
NOTHING = frozenset({"", "null", "none", "nil", "undefined", "nan"})
LONGEST_USER = 64


@dataclass(frozen=True)
class Finding:
    """What the contract says, and the requirement that says it (for an allowed value, too)."""

    expected: Expected
    requirement: str


def accepted(requirement: str) -> Finding:
    """Return that a value must be accepted."""
    return Finding("accepted", requirement)


def refused(requirement: str) -> Finding:
    """Return that a value must be refused."""
    return Finding("refused", requirement)


def either(requirement: str) -> Finding:
    """Return that a value may be accepted or refused."""
    return Finding("either", requirement)


def n(value: str) -> Finding:
    """Read n: an integer from 1 to 10."""
    in_range = range(CONTRACT.n_min, CONTRACT.n_max + 1)
    if DECIMAL.fullmatch(value) and value != "-0":
        return accepted("N-1") if int(value) in in_range else refused("N-2")
    if FRACTION.fullmatch(value) and not float(value).is_integer():
        return refused("N-4")
    signed = SIGNED.fullmatch(value.strip(SPACE))
    if OTHER_NOTATION.fullmatch(value) or (signed and int(signed[1]) not in in_range):
        return refused("N-5")
    if value.lower() not in NOTHING and value.isprintable() and _no_number(value):
        return refused("N-3")
    return either("N-6")


def _no_number(value: str) -> bool:
    """Whether no reading of the text is a number: only letters, or a sign that none contains."""
    letters = value.isalpha() and value.isascii()
    return letters or (value.isascii() and not NEVER_IN_A_NUMBER.isdisjoint(value))


def size(value: str) -> Finding:
    """Read size: one of the documented ones."""
    if value in CONTRACT.sizes:
        return accepted("SIZE-1")
    if value.strip(SPACE) in CONTRACT.sizes:
        return refused("SIZE-3")
    if value.lower() in NOTHING or not value.isprintable():
        return either("SIZE-4")
    closed = "".join(value.split())
    if closed != value and closed.lower() in (*CONTRACT.sizes, *NOTHING):
        return either("SIZE-4")
    return refused("SIZE-2")


def response_format(value: str) -> Finding:
    """Read response_format: url or b64_json."""
    if value in CONTRACT.formats:
        return accepted("FORMAT-2" if value == "url" else "FORMAT-4")
    closed = "".join(value.split())
    odd = closed != value and closed.lower() in (*CONTRACT.formats, *NOTHING)
    if odd or value.lower() in NOTHING or not value.isprintable():
        return either("FORMAT-7")
    return refused("FORMAT-6")


def user(value: str) -> Finding:
    """Read user: 1 to 64 printable characters; what looks like JSON may be read as that."""
    plain = value.isprintable() and value == value.strip() and value.lower() not in NOTHING
    if plain and len(value) <= LONGEST_USER and not _is_json(value):
        return accepted("USER-1")
    return either("USER-2")


def model(value: str) -> Finding:
    """Read model: provider/model; which ones exist, only the gateway knows."""
    if value == "":
        return refused("MODEL-1")
    plain = value.isascii() and value.isprintable() and " " not in value
    halves = value.split("/")
    one_half = len(halves) == 1 or (len(halves) == 2 and not all(halves))  # noqa: PLR2004 - provider, model
    if plain and one_half and value.lower() not in NOTHING:
        return refused("MODEL-2")
    return either("MODEL-3")


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
