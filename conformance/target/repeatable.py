"""What an error may repeat of what an operator gave: a credential may stand where its name belongs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Values that say of themselves what they are, such as a name of a tenant, a media type, a version with
# a date or an address: words and short numbers, side by side.
PLAIN_VALUE = re.compile(
    r"[-_/.;:,=+*() ]*(?:(?:[A-Za-z]+\d{0,2}|\d{1,8}[A-Za-z]?)(?:[-_/.;:,=+*() ]+|$))*"
)
MOST_DIGITS = 15
# The name of a host may look drawn, and hides nothing.
AUTHORITY = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://[^\s/?#@]+(?=/|$)")
# What every server may repeat, so that both sides find a request again.
REPEATED_NAME = re.compile(
    r"(?:.*-)?(?:request|correlation|trace|span)-?id|traceparent|tracestate|b3", re.IGNORECASE
)
SHORTEST_DRAWN = 16
SECRET_VARIABLE = re.compile(
    r"(?:^|_)(?:KEY|TOKEN|SECRET|PASSWORD|JWT|CREDENTIALS?)(?:_|$)", re.IGNORECASE
)


def variable(name: str) -> str:
    """Return a variable's name in an error, unless it does not look like one."""
    if re.fullmatch(r"[A-Z_][A-Z0-9_]{0,63}", name):
        return f"the variable {name}"
    return "the variable that was named (its name is not repeated here: it may be a credential)"


def address(url: str) -> str:
    """Return a URL in an error, without a query, a fragment and user information."""
    plain = re.split(r"[?#]", url, maxsplit=1)[0]
    return re.sub(r"//[^/]*@", "//…@", plain)


def secrets_in(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the variables whose names say that they hold a secret."""
    yield from ((k, v) for k, v in environment.items() if SECRET_VARIABLE.search(k))


def may_be_secret(name: str, value: str) -> bool:
    """Return whether the value of a header looks drawn, and not written by a person."""
    if REPEATED_NAME.fullmatch(name):
        return False
    value = AUTHORITY.sub("", value)
    is_plain = PLAIN_VALUE.fullmatch(value) and sum(map(str.isdigit, value)) <= MOST_DIGITS
    return len(value) >= SHORTEST_DRAWN and not is_plain
