"""Checks secrets that were disclosed later against the evidence that they were taken out of."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.evidence import reading
from conformance.http.redacting.vault import Vault, commitment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from conformance.evidence.reading import Recording


@dataclass(frozen=True)
class Disclosed:
    """What disclosed secrets come to, each list by their names.

    `same` are those that the run had, `other` those that it had not, and `missing` those that nobody
    disclosed. `unmasked` names the rows of evidence in which one of them stands.
    """

    same: tuple[str, ...]
    other: tuple[str, ...]
    missing: tuple[str, ...]
    unmasked: tuple[str, ...]


def check(recording: Recording, path: Path, key: str, environment: Mapping[str, str]) -> Disclosed:
    """Compare the secrets of an environment with what the evidence is committed to.

    Args:
        recording: what the evidence holds.
        path: its file.
        key: the key of the commitments.
        environment: holds the secrets under the names that they had in the run.

    Raises:
        ValueError: the evidence commits to nothing.
    """
    known: Any = (recording.end or {}).get("commitments")
    if not isinstance(known, dict) or not known:
        raise ValueError("the run was made without a key of commitments")
    same, other, missing = list[str](), list[str](), list[str]()
    vault = Vault()
    for name, wanted in known.items():
        value = environment.get(name) or environment.get(_variable(name), "")
        if not value:
            missing.append(name)
            continue
        vault.learn(name, value)
        found = commitment(key.encode(), name, value)
        is_same = any(hmac.compare_digest(found, str(one)) for one in wanted)
        (same if is_same else other).append(name)
    rows = reading.rows(path, on_break=lambda _: None)
    unmasked = tuple(name for name, row in rows if vault.clean(row) is not row)
    return Disclosed(tuple(same), tuple(other), tuple(missing), unmasked)


def _variable(name: str) -> str:
    """Return the variable of a secret; some go by what they are for, such as `other-tenant`."""
    return name.upper().replace("-", "_")
