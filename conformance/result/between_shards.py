"""What the shards of one run must have in common, and how the rest of what they say of it is put together."""

from __future__ import annotations

from typing import Any

MOST_CERTIFICATES = 4


def common(value: Any) -> Any:
    """Return what all shards must share; each job starts the embedded gateway at another port.

    A gateway behind several balancers may show each of them another certificate.
    """
    if isinstance(value, dict):
        own = {"certificate", "url"} if value.get("embedded") else {"certificate"}
        return {k: v for k, v in value.items() if k not in own}
    return value


def target(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the target of all shards, with the certificates that any of them was shown."""
    rows: list[Any] = []
    for certificate in (one.get("certificate") for one in found):
        new = certificate if isinstance(certificate, list) else []
        rows += [row for row in new if row not in rows]
    return {**found[0], "certificate": rows[:MOST_CERTIFICATES] or None}


def versions(found: list[dict[str, str]]) -> dict[str, str]:
    """Return the versions by name; where shards had several, all of them."""
    names = dict.fromkeys(name for versions in found for name in versions)
    return {name: ", ".join(dict.fromkeys(v[name] for v in found if name in v)) for name in names}
