"""Writes a changed answer as bytes: its head, and its body framed, coded and cut as the answer says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from conformance.reference.compressing import compressed
from conformance.reference.proxies.documents import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.reference.proxies.values import Answered, Asked, Content, Headers

# Long enough for a client to read what came before.
A_MOMENT_S = 0.002
WITHOUT_BODY = frozenset({204, 304})
INTERIM = {
    102: "HTTP/1.1 102 Processing\r\n\r\n",
    103: "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n",
}
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
CHUNKS = (1, 2, 7, 100, 3000)


class Piece(NamedTuple):
    """Bytes to write, after so many seconds."""

    content: bytes
    wait_s: float = 0.0


def body_of(content: Content) -> bytes:
    """Return the bytes of a body, with its style and its coding."""
    body = content.body
    if content.document is not None and content.style is not None:
        body = written(content.document, content.style).encode()
        if content.style.indent:
            body += b"\n"
    return compressed(body, content.coding)


def closes(answer: Answered, asked: Asked) -> bool:
    """Return whether the connection ends with this answer."""
    tokens = f"{asked.header('connection')},{answer.header('connection')}".lower()
    return (
        "close" in [token.strip() for token in tokens.split(",")]
        or asked.version == "1.0"
        or _framing(answer, asked) == "close"
    )


def pieces(answer: Answered, asked: Asked) -> Iterator[Piece]:
    """Yield what is written for an answer, in its order."""
    wire = answer.wire
    if wire.wait_s:
        yield Piece(b"", wire.wait_s)
    if asked.version != "1.0":
        for status in wire.interim:
            yield Piece(INTERIM[status].encode())
    body = b"" if _bodiless(answer, asked) else body_of(answer.content)
    head, framed = _head(answer, asked, len(body)), _framed(answer, asked, body)
    for at in range(min(wire.alone, len(head))):
        yield Piece(head[at : at + 1])
    head, rest = head[wire.alone :], framed
    if wire.head_apart:
        yield Piece(head)
        yield Piece(rest, A_MOMENT_S)
    else:
        yield Piece(head + rest)


def _bodiless(answer: Answered, asked: Asked) -> bool:
    return asked.method == "HEAD" or answer.status in WITHOUT_BODY


def _framing(answer: Answered, asked: Asked) -> str:
    if _bodiless(answer, asked):
        return "none"
    if answer.wire.framing == "chunked" and asked.version == "1.0":
        return "close"
    return answer.wire.framing


def _head(answer: Answered, asked: Asked, length: int) -> bytes:
    framing: Headers = ()
    how = _framing(answer, asked)
    if how == "length":
        framing = (("Content-Length", str(length)),)
    elif how == "chunked":
        framing = (("Transfer-Encoding", "chunked"), ("Trailer", "X-Took"))
    if closes(answer, asked) and how != "close" and not answer.header("connection"):
        framing += (("Connection", "close"),)
    lines = [f"{answer.wire.version} {answer.status} {answer.reason}"]
    lines += [f"{name}: {value}" for name, value in (*answer.headers, *framing)]
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1")


def _framed(answer: Answered, asked: Asked, body: bytes) -> bytes:
    if _framing(answer, asked) != "chunked":
        return body
    out, at, nth = bytearray(), 0, 0
    while at < len(body):
        size = asked.random.choice(CHUNKS) if nth < len(CHUNKS) else len(body)
        piece = body[at : at + size]
        out += f"{len(piece):04x};nth={nth}\r\n".encode() + piece + b"\r\n"
        at, nth = at + size, nth + 1
    return bytes(out) + b"0\r\nX-Took: 1\r\n\r\n"
