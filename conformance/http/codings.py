"""Undoes the Content-Encoding of an answer, and reads what a request accepts.

Most clients ask for `gzip, deflate` without being told to, and decode what comes. So does the suite.
What cannot be decoded is no reason to lose the answer: whatever could be read is kept, and the
problem is named beside it.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

# What httpx and so openai-python, Python requests, and node's fetch over plain http send.
USUAL = "gzip, deflate"
IDENTITY = "identity"
ANY = "*"
ALIASES = {"x-gzip": "gzip"}
# Each layer may be large, and each member of a gzip costs a copy of what follows it.
MOST_LAYERS = 4
MOST_MEMBERS = 1_000
PIECE_BYTES = 65_536
# The beginnings of gzip (RFC 1952 §2.3) and of zlib's usual levels (RFC 1950 §2.2).
BEGINNINGS = {b"\x1f\x8b\x08": "gzip"} | {
    bytes((0x78, level)): "deflate" for level in (0x01, 0x5E, 0x9C, 0xDA)
}
GZIP_BITS, ZLIB_BITS, RAW_BITS = 31, 15, -15
QUALITY = re.compile(r";\s*q\s*=\s*(\d(?:\.\d*)?)")


@dataclass(frozen=True)
class Decoded:
    """An answer's content.

    `undone` names the codings that were taken off, as Content-Encoding lists them; `problem` says
    why the content is not what Content-Encoding makes of it, or is empty.
    """

    content: bytes
    undone: str = ""
    problem: str = ""


@dataclass(frozen=True)
class _Inflated:
    """What could be inflated, why not all of it, and whether it began as its coding does."""

    content: bytes
    problem: str = ""
    begun: bool = True


def named(content_encoding: str | None) -> list[str]:
    """Return the codings of a Content-Encoding, in the order in which they were applied."""
    words = [word.strip().lower() for word in (content_encoding or "").split(",")]
    return [ALIASES.get(word, word) for word in words if word not in ("", IDENTITY)]


def looks_coded(content: bytes) -> bool:
    """Return whether a body begins as a compressed one does."""
    return content.startswith(tuple(BEGINNINGS))


def refuses(accept_encoding: str | None, coding: str) -> bool:
    """Return whether a request does not accept a coding; without the field it accepts each.

    RFC 9110 §12.5.3; an empty field accepts none.
    """
    if accept_encoding is None:
        return False
    weights: dict[str, float] = {}
    for word in accept_encoding.lower().split(","):
        name = word.partition(";")[0].strip()
        weight = QUALITY.search(word)
        weights[ALIASES.get(name, name)] = float(weight[1]) if weight else 1.0
    return weights.get(coding, weights.get(ANY, 0.0)) == 0


def decoded(content: bytes, content_encoding: str | None, most: int) -> Decoded:
    """Take the codings off an answer's content; a coding that nobody named is found by its beginning.

    Args:
        content: the body as it came.
        content_encoding: the header's value.
        most: how many bytes each layer may have.

    Raises:
        OverflowError: a layer has more.
    """
    codings = named(content_encoding)
    said = f"Content-Encoding is {', '.join(codings)}, "
    if len(codings) > MOST_LAYERS:
        return Decoded(content, problem=f"Content-Encoding names {len(codings)} codings")
    undone: list[str] = []
    for coding in reversed(codings if content else []):
        if coding not in BEGINNINGS.values():
            return Decoded(content, _listed(undone), f"{said}which this client cannot read")
        layer = _without(coding, content, most)
        if not layer.begun:
            return Decoded(content, _listed(undone), f"{said}but the body is not: {layer.problem}")
        content = layer.content
        undone.append(coding)
        if layer.problem:
            return Decoded(content, _listed(undone), f"{said}but the body is {layer.problem}")
    return _unnamed(content, undone, most)


def _unnamed(content: bytes, undone: list[str], most: int) -> Decoded:
    """Take off one more coding, if the content is a whole one of those that are known."""
    coding = next((c for start, c in BEGINNINGS.items() if content.startswith(start)), "")
    layer = _without(coding, content, most) if coding else _Inflated(content, "no coding")
    if layer.problem:
        return Decoded(content, _listed(undone))
    more = "once more than Content-Encoding says" if undone else "and no Content-Encoding says so"
    return Decoded(
        layer.content, _listed([*undone, coding]), f"the body is compressed with {coding}, {more}"
    )


def _listed(undone: list[str]) -> str:
    return ", ".join(reversed(undone))


def _without(coding: str, content: bytes, most: int) -> _Inflated:
    if coding == "gzip":
        return _inflated(content, GZIP_BITS, most)
    wrapped = _inflated(content, ZLIB_BITS, most)
    if wrapped.begun:
        return wrapped
    # Some servers leave zlib's wrapper out (RFC 9110 §8.4.1.2), and every client copes.
    bare = _inflated(content, RAW_BITS, most)
    return wrapped if bare.problem else bare


def _inflated(content: bytes, bits: int, most: int) -> _Inflated:
    found = bytearray()
    inflate, members = zlib.decompressobj(bits), 1
    for at in range(0, len(content), PIECE_BYTES):
        rest = content[at : at + PIECE_BYTES]
        while rest:
            if inflate.eof:
                members += 1
                if bits != GZIP_BITS or members > MOST_MEMBERS or rest[:2] != b"\x1f\x8b":
                    return _Inflated(bytes(found), "followed by more bytes")
                inflate = zlib.decompressobj(bits)
            before = inflate.copy()
            try:
                found += inflate.decompress(rest, most - len(found) + 1)
            except zlib.error as error:
                found += _salvaged(before, rest, most - len(found))
                reason = str(error).rpartition(": ")[2]
                return _Inflated(bytes(found), f"broken: {reason}", begun=bool(found))
            if len(found) > most:
                raise OverflowError
            rest = inflate.unused_data
    return _Inflated(bytes(found), "" if inflate.eof else "cut off")


def _salvaged(inflate: zlib._Decompress, rest: bytes, most: int) -> bytes:
    """Return what can be inflated before an error: zlib gives nothing of a piece that has one."""
    found = bytearray()
    try:
        for number in range(len(rest)):
            found += inflate.decompress(rest[number : number + 1], most - len(found) + 1)
            if len(found) > most:
                raise OverflowError
    except zlib.error:
        pass
    return bytes(found)
