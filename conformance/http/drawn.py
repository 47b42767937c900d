"""Draws words from a seed: what no documentation gives a meaning to, so that no two seeds share it."""

from __future__ import annotations

import hashlib

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def word(seed: object, purpose: str, length: int, letters: str = LETTERS) -> str:
    """Return a word of so many letters, the same one for the same seed and purpose."""
    digest = hashlib.shake_256(f"{purpose}|{seed}".encode()).digest(length)
    return "".join(letters[byte % len(letters)] for byte in digest)
