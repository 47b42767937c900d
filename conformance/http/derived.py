"""What a program makes of a secret, and shows by mistake: other ways to write it, and digests of it."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import quote

ALGORITHMS = ("md5", "sha1", "sha256", "sha512")


def rewritten(secret: str) -> tuple[str, ...]:
    """Return a secret in base64, in hex, percent-encoded and backwards: each gives it away whole."""
    content = secret.encode()
    whole = f"Bearer {secret}".encode()
    found = [base64.b64encode(c).decode().rstrip("=") for c in (content, whole)]
    found += [base64.urlsafe_b64encode(c).decode().rstrip("=") for c in (content, whole)]
    found += [content.hex(), content.hex().upper(), quote(secret, safe=""), secret[::-1]]
    return tuple(dict.fromkeys(form for form in found if form != secret))


def digests(secret: str) -> tuple[str, ...]:
    """Return the digests of a secret, in hex and in base64: whoever has one can test guesses by it."""
    made = [hashlib.new(name, secret.encode(), usedforsecurity=False) for name in ALGORITHMS]
    hexes = [m.hexdigest() for m in made]
    found = [*hexes, *(h.upper() for h in hexes)]
    return (*found, *(base64.b64encode(m.digest()).decode().rstrip("=") for m in made))
