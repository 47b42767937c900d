"""The ways to write a secret that give it away: as it is, re-coded, backwards, or as a digest.

Escapes (JSON, percent, HTML) and line ends within it are no forms: `escapes` undoes them first.
"""

from __future__ import annotations

import base64
import hashlib
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST_SECRET = 6
SHORTEST_HALF = 12
# Below this a secret in another case, or re-coded, occurs by chance in the base64 of a picture.
SHORTEST_FORM = 11
# A text that was hashed gives no half away, so that only a whole digest counts.
ALGORITHMS = (
    *("md5", "sha1", "sha224", "sha256", "sha384", "sha512"),
    *("sha3_256", "sha3_512", "blake2b", "blake2s"),
)

# As one word, and as dumps and fingerprints have it.
HEX_GAPS = ("", " ", ":", "-")
DIGESTS = frozenset(f"{name.replace('_', '-')} of" for name in ALGORITHMS)


@dataclass(frozen=True)
class Form:
    """One way to write a secret.

    `least` is how many of its bytes in a row count as a leak. `folds` says whether they count in
    any case of letters. `kind` names the form: `whole`, or for example `base64 of`. `changed` says
    that the secret is what another one was changed to.
    """

    name: str
    kind: str
    text: bytes = field(repr=False)
    least: int
    folds: bool = False
    changed: bool = False

    @property
    def mark(self) -> bytes:
        """What stands in the place of the whole of it."""
        return f"«{self.kind} credential:{self.name}»".encode()

    @property
    def part(self) -> bytes:
        """What stands in the place of a piece of it."""
        return f"«half credential:{self.name}»".encode() if self.kind == "whole" else self.mark


def forms(name: str, secret: str, *, hashed: bool = True, made_from: str = "") -> tuple[Form, ...]:
    """Return every form of a secret that is searched for; none of one under six characters.

    Args:
        name: what the mark in the place of a leak calls it.
        secret: its value.
        hashed: whether digests of it count, too.
        made_from: the longer secret that it is a piece of: a half is half of that one.
    """
    if len(secret) < SHORTEST_SECRET:
        return ()
    content = secret.encode("utf-8", "surrogatepass")
    longer = max(len(made_from.encode("utf-8", "surrogatepass")) / len(content), 1.0)

    def form(kind: str, text: bytes, *, folds: bool) -> Form:
        half = max(math.ceil(longer * len(text) / 2), SHORTEST_HALF)
        return Form(name, kind, text, min(half, len(text)), folds, bool(made_from))

    folds = len(content) >= SHORTEST_HALF
    found = [form("whole", content, folds=folds)]
    found += [form("base64 of", coded, folds=False) for coded in _base64(content)]
    for gap in HEX_GAPS:
        dump = content.hex(gap) if gap else content.hex()
        found.append(form("hex of", dump.encode(), folds=True))
    found.append(form("reverse of", content[::-1], folds=folds))
    if hashed:
        found += _digests(name, content)
    kept = [f for f in found if f.kind == "whole" or len(f.text) >= SHORTEST_FORM]
    return tuple({f.text: f for f in reversed(kept)}.values())[::-1]


def _base64(content: bytes) -> Iterator[bytes]:
    """Yield what base64 makes of a secret within a longer text, at each of the three offsets.

    RFC 4648 §4 and §5. The characters that also depend on the text around are left out.
    """
    for offset in range(3):
        padded = bytes(offset) + content
        # The characters at either end that hold bits of what stands beside the secret.
        before, after = (0, 2, 3)[offset], bool(len(padded) % 3)
        for code in (base64.b64encode, base64.urlsafe_b64encode):
            text = code(padded).rstrip(b"=")
            yield text[before : len(text) - after]


def _digests(name: str, content: bytes) -> Iterator[Form]:
    for algorithm in ALGORITHMS:
        for text in (content, b"Bearer " + content):
            digest = hashlib.new(algorithm, text, usedforsecurity=False).digest()
            kind = f"{algorithm.replace('_', '-')} of"
            coded = {c(digest).rstrip(b"=") for c in (base64.b64encode, base64.urlsafe_b64encode)}
            yield Form(name, kind, digest.hex().encode(), 2 * len(digest), folds=True)
            yield from (Form(name, kind, c, len(c)) for c in sorted(coded))
