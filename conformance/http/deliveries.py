"""The ways to deliver a request that no HTTP client offers: their names, and their bytes.

A delivery turns a head and a body into steps: bytes to write, and what to wait for between them.
`send.wire.raw_connection` carries the steps out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PIECE_S = 0.02
PIECE_BYTES = 700


@dataclass(frozen=True)
class Head:
    """The head of a request: its line and its headers, without those that frame the body."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    version: str = "HTTP/1.1"

    def encode(self, *framing: str) -> bytes:
        """Return the head's bytes, with these lines about the body at its end."""
        lines = [f"{self.method} {self.target} {self.version}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        return "".join(f"{line}\r\n" for line in (*lines, *framing, "")).encode("latin-1")

    def without(self, name: str) -> Head:
        """Return the head without a header; `name` is in lower case."""
        kept = tuple(header for header in self.headers if header[0].lower() != name)
        return replace(self, headers=kept)


@dataclass(frozen=True)
class Write:
    """Write these bytes, and wait for so many seconds."""

    content: bytes
    pause_s: float = 0.0


@dataclass(frozen=True)
class AwaitContinue:
    """Wait a while for 100 Continue; a final answer ends the delivery here."""


@dataclass(frozen=True)
class End:
    """Say that nothing more comes: close the connection for writing; answers are still read.

    TLS cannot say it, nor does every proxy pass it on. A server then waits, as it may, for what the
    message seems to announce: after a while it gets that, the `missing` bytes.
    """

    missing: bytes = b""


Step = Write | AwaitContinue | End


def _padding(size: int) -> bytes:
    """Return bytes that mean nothing, be they the end of a form or lines before a request."""
    return (b"\r\n" * size)[:size]


def _length(body: bytes) -> str:
    return f"Content-Length: {len(body)}"


def _expecting(head: Head, body: bytes) -> Iterator[Step]:
    yield Write(head.encode(_length(body), "Expect: 100-continue"))
    yield AwaitContinue()
    yield Write(body)


def _in_pieces(head: Head, body: bytes) -> Iterator[Step]:
    """Cut the head within a header's name, and the body within each of its delimiters."""
    first = head.encode(_length(body))
    yield Write(first[: len(first) // 2], PIECE_S)
    yield Write(first[len(first) // 2 :], PIECE_S)
    boundary = body.partition(b"\r\n")[0]
    rest = body
    while rest:
        at = rest.find(boundary, 1)
        end = at + len(boundary) // 2 if at > 0 else len(rest)
        end = min(end, PIECE_BYTES) if end > PIECE_BYTES else end
        yield Write(rest[:end], PIECE_S)
        rest = rest[end:]


def _odd_chunks(head: Head, body: bytes) -> Iterator[Step]:
    """Chunks of one byte and more, sizes with zeros before them, extensions, a trailer."""
    yield Write(head.encode("Transfer-Encoding: chunked"))
    start, size, coded = 0, 1, bytearray()
    while start < len(body):
        piece = body[start : start + size]
        coded += f"{len(piece):04X};part={start}\r\n".encode() + piece + b"\r\n"
        start, size = start + size, min(size * 3, 500)
    yield Write(bytes(coded) + b"0\r\nX-Trailer: 1\r\n\r\n")


def _pipelined(head: Head, body: bytes) -> Iterator[Step]:
    """Write the request twice in one go, the second time without its credential."""
    anonymous = head.without("authorization")
    yield Write(head.encode(_length(body)) + body + anonymous.encode(_length(body)) + body)


def _two_lengths(head: Head, body: bytes) -> Iterator[Step]:
    yield Write(head.encode(_length(body), f"Content-Length: {len(body) + 5}") + body)
    yield End(_padding(5))


def _length_too_large(head: Head, body: bytes) -> Iterator[Step]:
    yield Write(head.encode(f"Content-Length: {len(body) + 100}") + body)
    yield End(_padding(100))


def _length_too_small(head: Head, body: bytes) -> Iterator[Step]:
    yield Write(head.encode(f"Content-Length: {len(body) // 2}") + body)
    yield End()


def _length_no_number(head: Head, body: bytes) -> Iterator[Step]:
    yield Write(head.encode("Content-Length: many") + body)
    yield End()


def _length_and_chunks(head: Head, body: bytes) -> Iterator[Step]:
    chunk = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    yield Write(head.encode("Content-Length: 5", "Transfer-Encoding: chunked") + chunk)
    yield End()


def _no_host(head: Head, body: bytes) -> Iterator[Step]:
    yield Write(head.without("host").encode(_length(body)) + body)
    yield End()


def _broken_line(head: Head, body: bytes) -> Iterator[Step]:
    broken = replace(head, target=f"{head.target} and more")
    yield Write(broken.encode(_length(body)) + body)
    yield End()


def _space_before_colon(head: Head, body: bytes) -> Iterator[Step]:
    yield Write(head.encode("X-Odd : 1", _length(body)) + body)
    yield End()


def _folded_header(head: Head, body: bytes) -> Iterator[Step]:
    yield Write(head.encode("X-Folded: 1,", " 2", _length(body)) + body)
    yield End()


def _bare_lines(head: Head, body: bytes) -> Iterator[Step]:
    yield Write(head.encode(_length(body)).replace(b"\r\n", b"\n") + body)
    # A server that takes only CR LF for the end of a line still waits for the head to end.
    yield End(b"\r\n\r\n")


def _http_1_0(head: Head, body: bytes) -> Iterator[Step]:
    yield Write(replace(head, version="HTTP/1.0").encode(_length(body)) + body)


EXPECT_CONTINUE, IN_PIECES, ODD_CHUNKS, PIPELINED = (
    "expect-continue",
    "in pieces",
    "odd chunks",
    "pipelined",
)
MALFORMED: dict[str, Callable[[Head, bytes], Iterator[Step]]] = {
    "two Content-Lengths": _two_lengths,
    "Content-Length too large": _length_too_large,
    "Content-Length too small": _length_too_small,
    "Content-Length no number": _length_no_number,
    "Content-Length and chunks": _length_and_chunks,
    "no Host": _no_host,
    "a broken request line": _broken_line,
    "a space before a colon": _space_before_colon,
    "a folded header line": _folded_header,
    "lines ended by LF": _bare_lines,
}
DELIVERIES: dict[str, Callable[[Head, bytes], Iterator[Step]]] = {
    EXPECT_CONTINUE: _expecting,
    IN_PIECES: _in_pieces,
    ODD_CHUNKS: _odd_chunks,
    PIPELINED: _pipelined,
    "HTTP/1.0": _http_1_0,
    **MALFORMED,
}
ANSWERS = {PIPELINED: 2}


def written(head: Head, body: bytes, delivery: str) -> bytes:
    """Return every byte that a delivery writes."""
    steps = DELIVERIES[delivery](head, body)
    return b"".join(step.content for step in steps if isinstance(step, Write))
