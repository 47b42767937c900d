"""Names a cause by a key that stays the same from run to run, so that a waiver can name the finding.

The sentence of a finding quotes labels and numbers, and ids of exchanges change with the seed. The key
holds what the cause rests on: its kind, the part of a request, the status code. A message stands in
it by the digest of its words, without what varies.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from conformance.result.findings.causes import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.result.findings.causes import Cause
    from conformance.result.findings.failures import Failure

WORDS = {kind: kind.name.lower() for kind in Kind} | {Kind.EXCHANGE: "answer"}
LONGEST = 48
DIGITS = 8
KEY = re.compile(rf"(?:{'|'.join(WORDS.values())})(?::[A-Za-z0-9._+-]{{1,80}}){{0,3}}")


def key_of(cause: Cause, failures: Sequence[Failure]) -> str:
    """Return the key of a cause, such as `accepts:n` or `part:model-unknown:500`."""
    about = cause.about
    if cause.kind is Kind.EXCHANGE:  # the exchange has another id under another seed
        about = "+".join(sorted({f.requirement.id for f in failures}))
    says = f"{cause.says[:DIGITS]} {_digest(cause.says)}" if cause.says else ""
    return ":".join([WORDS[cause.kind], *(_plain(p) for p in (about, cause.status, says) if p)])


def is_key(text: str) -> bool:
    """Return whether a finding can have this key."""
    return KEY.fullmatch(text) is not None


def _plain(text: str) -> str:
    """Return a text as a part of a key; of what is long or lost, with its digest."""
    plain = re.sub(r"[^A-Za-z0-9._+-]+", "-", text).strip("-")
    if plain and len(plain) <= LONGEST:
        return plain
    return f"{plain[:LONGEST]}-{_digest(text)}".strip("-")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:DIGITS]
