"""Finds the cause that an answer tells of, and among several the one that tells most."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.run.whose import causes
from conformance.run.whose.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.http.said import Said
    from conformance.run.whose.causes import Cause


def cause_of(said: Said) -> Cause | None:
    """Return the cause that an answer tells of, or None where no rule holds."""
    if _asks_to_log_in(said):
        return causes.LOGIN
    return next((rule.cause for rule in RULES if rule.holds(said)), None)


_LOGIN = re.compile(r"\b(?:sign|log)[ -]?in\b|single sign-on")
_LOGIN_PLACE = re.compile(
    r"[/.](?:login|log-in|signin|sign-in|sso|oauth2?|authorize|saml)\b", re.IGNORECASE
)


def _asks_to_log_in(said: Said) -> bool:
    """Return whether an answer leads to a login; a 401 that merely says so is about the key."""
    if said.status in range(300, 400):
        return bool(_LOGIN_PLACE.search(said.location))
    asks = said.status in range(200, 300) and _LOGIN.search(said.message)
    return said.page and bool(said.login or asks)


def furthest(told: Iterable[Cause | None]) -> int | None:
    """Return the place of the cause that a request reached last, the first of several, or None."""
    rows = [(-cause.reached, number) for number, cause in enumerate(told) if cause is not None]
    return min(rows)[1] if rows else None
