"""Looks for a secret in files as a patient reader would: in any form that can be read back.

It knows nothing of the suite's own cleaner. A reader undoes escapes, takes codings off, joins what
was split, ignores case and reads backwards; `readings` does the same, and `found` looks for a whole
secret, for half of it, and for its digests in all of them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import html
import re
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

FEWEST = 12
FEWEST_DIFFERENT = 5
ROUNDS = 4
MOST_LOOKS = 200
DEEPEST = 2
MOST_INFLATED = 200_000_000
DIGESTS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
# It begins with a set of bytes, which is searched for quickly.
ESCAPED = re.compile(
    rb"[\\%&](?:(?<=\\)(?:u([0-9a-f]{4}|\{[0-9a-f]{1,5}\})|x([0-9a-f]{2})|([nrtbf/]))"
    rb"|(?<=%)(?:25)*([0-9a-f]{2})"
    rb"|(?<=&)(?:amp;)*(#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});?)",
    re.IGNORECASE,
)
CONTROLS = bytes([*range(0x21), 0x5C, 0x7F])
# Characters without a width, marks of direction, and line ends of Unicode.
WIDTHLESS = re.compile(
    rb"[\xc2\xe2\xef](?:(?<=\xc2)\xad|(?<=\xe2)\x80[\x8b-\x8f\xa8-\xae]"
    rb"|(?<=\xe2)\x81[\xa0-\xaf]|(?<=\xef)\xbb\xbf)"
)
CODED = re.compile(rb"[A-Za-z0-9+/_-]{16,}")
HEX = re.compile(rb"(?<![0-9a-fA-F])[0-9a-fA-F]{2}(?:[ :,-]?[0-9a-fA-F]{2}){11,}")
ZIPPED = re.compile(rb"\x1f\x8b\x08")


@dataclass(frozen=True)
class Secret:
    """A value that must be in no file."""

    name: str
    value: str

    @cached_property
    def half(self) -> int:
        return max(-(-len(self.value) // 2), FEWEST)

    @cached_property
    def halves(self) -> tuple[bytes, ...]:
        """Every run of half of its characters, forwards and backwards, in lower case."""
        value = self.value.lower().encode()
        runs = [value[at : at + self.half] for at in range(len(value) - self.half + 1)]
        known = [r for r in runs if len({*r}) >= FEWEST_DIFFERENT]
        return (*known, *(r[::-1] for r in known))

    @cached_property
    def blocks(self) -> tuple[bytes, ...]:
        """Pieces of which each half holds one: they are looked for first, as they are few."""
        size = (self.half + 1) // 2
        value = self.value.lower().encode()
        pieces = [value[at : at + size] for at in range(0, len(value) - size + 1, size)]
        return (*pieces, *(p[::-1] for p in pieces))

    @cached_property
    def derived(self) -> tuple[tuple[str, bytes], ...]:
        """What is made of it and cannot be read back, and pieces of base64 that begin anywhere."""
        found: list[tuple[str, bytes]] = []
        for said in (self.value, f"Bearer {self.value}"):
            for kind in DIGESTS:
                digest = hashlib.new(kind, said.encode()).digest()
                found.append((kind, digest.hex().encode()))
                found.append((f"{kind} in base64", base64.b64encode(digest).rstrip(b"=").lower()))
        for offset in range(3):
            coded = base64.b64encode(b"\0" * offset + self.value.encode())
            whole = coded[4 * (offset > 0) : -4].lower()
            found.append((f"base64 at {offset}", whole[: len(whole) * 2 // 3]))
        return tuple(found)


def found(secrets: Iterable[Secret], content: bytes) -> list[str]:
    """The secrets that are in these bytes, each in the first form that shows it."""
    left, problems = list(secrets), []
    for way, reading in readings(content):
        lower = reading.lower()
        told = {secret.name: _shown(secret, reading, lower) for secret in left}
        problems += [f"{name}, {way or 'as it is'}: {how}" for name, how in told.items() if how]
        left = [secret for secret in left if not told[secret.name]]
        if not left:
            break
    return problems


def _shown(secret: Secret, reading: bytes, lower: bytes) -> str:
    at = _half_at(secret, lower)
    if at >= 0:
        return f"…{reading[max(0, at - 50) : at + 70]!r}…"
    return next((f"its {kind}" for kind, form in secret.derived if form in lower), "")


def found_in(secrets: Iterable[Secret], path: Path) -> list[str]:
    """The same of a file, its name included."""
    known = tuple(secrets)
    content = path.name.encode() + b"\n" + path.read_bytes()
    return [f"{path.name}: {one}" for one in found(known, content)]


def _half_at(secret: Secret, lower: bytes) -> int:
    size, looked = secret.half, 0
    for block in secret.blocks:
        at = lower.find(block)
        while at >= 0 and looked < MOST_LOOKS:
            around = lower[max(0, at - size) : at + size + len(block)]
            if any(run in around for run in secret.halves):
                return at
            at, looked = lower.find(block, at + 1), looked + 1
    if looked < MOST_LOOKS:
        return -1
    # Where pieces of it are everywhere, to look for each half once is cheaper.
    return max(lower.find(run) for run in secret.halves)


def readings(
    content: bytes, deep: int = 0, seen: set[bytes] | None = None
) -> Iterator[tuple[str, bytes]]:
    """What can be read in bytes, each with how it was read: first themselves.

    What is coded in the same way in several readings is taken apart once; `seen` is what was.
    """
    seen = set() if seen is None else seen
    for way, text in _unescaped(content):
        for further, reading in (("", text), ("joined", _joined(text))):
            if further and len(reading) == len(text):
                continue
            named = f"{way} {further}".strip()
            yield named, reading
            if deep < DEEPEST:
                yield from _decoded(named, reading, deep, seen)


def _unescaped(content: bytes) -> Iterator[tuple[str, bytes]]:
    yield "", content
    for time in range(ROUNDS):
        undone = ESCAPED.sub(_character, content)
        if undone == content:
            return
        content = undone
        yield f"unescaped {time + 1} times", content


def _character(match: re.Match[bytes]) -> bytes:
    if match[1]:
        return chr(int(match[1].strip(b"{}"), 16)).encode("utf-8", "surrogatepass")
    if coded := match[2] or match[4]:
        return bytes.fromhex(coded.decode())
    if match[3]:
        return b"/" if match[3] == b"/" else b" "
    return html.unescape(f"&{match[5].decode()};").encode("utf-8", "replace")


def _joined(content: bytes) -> bytes:
    return WIDTHLESS.sub(b"", content.translate(None, CONTROLS))


def _decoded(way: str, content: bytes, deep: int, seen: set[bytes]) -> Iterator[tuple[str, bytes]]:
    runs = {*CODED.findall(content), *HEX.findall(content)} - seen
    zipped = {content[m.start() :] for m in ZIPPED.finditer(content)} - seen
    seen |= runs | zipped
    opened = {
        "base64": (_from_base64(run) for run in runs),
        "hex": (_from_hex(run) for run in runs if HEX.fullmatch(run)),
        "inflated": map(_inflated, zipped),
    }
    for kind, pieces in opened.items():
        together = b"\xff\n".join(sorted(filter(None, pieces)))
        for further, reading in readings(together, deep + 1, seen) if together else ():
            yield f"{way} {kind} {further}".strip(), reading


def _from_base64(run: bytes) -> bytes:
    run = run.translate(bytes.maketrans(b"-_", b"+/"), b" :,")
    whole, rest = run[: len(run) // 4 * 4], run[len(run) // 4 * 4 :]
    return base64.b64decode(whole + rest.ljust(4, b"=") if len(rest) > 1 else whole)


def _from_hex(run: bytes) -> bytes:
    return binascii.unhexlify(re.sub(rb"[ :,-]", b"", run))


def _inflated(content: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(content, MOST_INFLATED)
    except zlib.error:
        return b""
