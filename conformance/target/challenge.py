"""Makes the seed of a run from a challenge: a text that whoever certifies chose, and nobody knew before."""

from __future__ import annotations

import hashlib

from conformance.errors import UsageError
from conformance.http.reading.short import shown

# Two runs share a drawn seed, and so their pictures, once in a million million times.
SEEDS = 10**12
SHORTEST, LONGEST = 16, 200
# The seed of a challenge is part of what a certificate says: this text never changes.
PURPOSE = b"image-variations-conformance challenge v1\n"


def seed_of(nonce: str) -> int:
    """Return the seed that a challenge makes, from 0 up to `SEEDS`; each bit of the text counts."""
    digest = hashlib.sha256(PURPOSE + nonce.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest, "big") % SEEDS


def problem_of(nonce: str) -> str:
    """Return why a text is no challenge, or nothing if it is one."""
    if not SHORTEST <= len(nonce) <= LONGEST:
        return (
            f"has {len(nonce)} characters, not {SHORTEST} to {LONGEST}: a shorter one could be guessed"
            " before the run, and answers recorded for it"
        )
    if not (nonce.isascii() and nonce.isprintable()) or nonce != nonce.strip():
        return (
            "holds a character that is no printable ASCII, or begins or ends with a space: whoever"
            " verifies must be able to type the same text"
        )
    return ""


def check(nonce: str, origin: str) -> None:
    """Check that a text can be a challenge.

    Args:
        nonce: the text.
        origin: where it was given, for the error.

    Raises:
        UsageError: it cannot; the message says why.
    """
    if problem := problem_of(nonce):
        raise UsageError(
            f"{origin}: {shown(nonce)} {problem}; take the text that the certifier gave, or one of"
            " `openssl rand -hex 16`"
        )
