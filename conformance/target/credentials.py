"""Credentials that the operator supplied: their kinds, and how a header holds one."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS = ("virtual-key", "virtual-key-jwt", "admin-jwt")


@dataclass(frozen=True)
class Secret:
    """A credential that the operator supplied; `repr` does not show it."""

    name: str
    kind: str
    value: str

    def __repr__(self) -> str:
        return f"Secret({self.name!r})"


def kind_of(value: str) -> str:
    """Tell which kind of credential a value is, from its form alone.

    A JWT counts as an admin's if a claim says so, and as a virtual key's otherwise.
    """
    if value.startswith("sk-bf-"):
        return "virtual-key"
    claims = jwt_claims(value)
    if claims is None:
        return "other"
    return "admin-jwt" if "admin" in json.dumps(claims).lower() else "virtual-key-jwt"


def jwt_claims(value: str) -> dict[str, Any] | None:
    """Return the claims of a JWT without verifying it, or None if it is not a JWT (RFC 7519 §3)."""
    parts = value.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - RFC 7515 §3.1
        return None
    try:
        header, claims = (json.loads(base64.urlsafe_b64decode(p + "==")) for p in parts[:2])
    except ValueError:
        return None
    return claims if isinstance(header, dict) and isinstance(claims, dict) else None


def within(value: str) -> tuple[str, ...]:
    """Return the secrets that a header's value holds: what follows the scheme, and a Basic password.

    RFC 9110 §11.4, RFC 7617 §2.
    """
    scheme, gap, rest = value.partition(" ")
    if not gap:
        return ()
    found = [rest.strip()]
    if scheme.lower() == "basic":
        try:
            pair = base64.b64decode(rest, validate=True).decode()
        except ValueError:
            return tuple(found)
        found += [pair, pair.partition(":")[2]]
    return tuple(found)


def filled(value: str, secrets: Iterable[Secret]) -> str:
    """Return a header's value as it is sent, with each `${NAME}` of a secret filled in."""
    held = {s.name: s.value for s in secrets if s.kind == "header"}
    return re.sub(r"\$\{(\w+)\}", lambda m: held.get(m[1], m[0]), value)
