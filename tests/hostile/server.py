"""A server on loopback that answers like the reference gateway, or as one mode has it.

It writes its own bytes: what is hostile about an answer is often what no HTTP library would write.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.reference import gateway
from conformance.reference.application import TOO_LARGE, TOO_SLOW
from conformance.reference.values import Call, Fault

from .values import CLOSE, HOST, LINE_END, Asked, EndedError, Reply, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader

    from conformance.reference.values import Answer

    from .values import Mode

READS_S = 20.0
MOST_LINES = 100
LONGEST_LINE = 65_536
BAD_REQUEST = Fault(400, "this is no HTTP request", code="bad_request")


class _MalformedError(ValueError):
    """The bytes are no request."""


@contextlib.contextmanager
def serving(mode: Mode) -> Iterator[World]:
    """Serve a mode while the block runs; the value is what its connections share."""
    world = World(mode.name)
    listener = socket.create_server((HOST, 0), backlog=256)
    world.port = listener.getsockname()[1]
    open_now: set[socket.socket] = set()

    def talk(connection: socket.socket, number: int) -> None:
        with connection, contextlib.suppress(OSError, EndedError, ValueError):
            connection.settimeout(READS_S)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _Connection(connection, number, mode, world).serve()
        open_now.discard(connection)

    def accept() -> None:
        number = 0
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                number += 1
                open_now.add(connection)
                threading.Thread(target=talk, args=(connection, number), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield world
    finally:
        world.ended.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
        for connection in list(open_now):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@dataclass
class _Connection:
    socket: socket.socket
    number: int
    mode: Mode
    world: World

    def serve(self) -> None:
        with self.socket.makefile("rb") as stream:
            nth = 0
            while (asked := self._read(stream, nth + 1)) is not None:
                nth += 1
                good = self._good(asked)
                for piece in self.mode.act(asked, good, self.world):
                    if piece == CLOSE:
                        return
                    self.socket.sendall(piece)
                if closes(asked) or self.world.ended.is_set():
                    return

    def _read(self, stream: BufferedReader, nth: int) -> Asked | None:
        try:
            head = read_head(stream)
            if head is None:
                return None
            if header(head, "expect"):
                self.socket.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            return asked_with(head, read_body(stream, head), self.number, nth)
        except _MalformedError:
            self._refuse(BAD_REQUEST)
            raise
        except TimeoutError:
            if nth == 1:
                self._refuse(TOO_SLOW)
            return None

    def _refuse(self, fault: Fault) -> None:
        answer = gateway.refusal(self.world.gateway, Call("POST", "/"), fault)
        self.socket.sendall(_reply(answer).plus("Connection", b"close").wire())
        # Closed with bytes unread, the connection would be reset, and the answer with it lost.
        self.socket.shutdown(socket.SHUT_WR)
        self.socket.settimeout(1)
        while self.socket.recv(LONGEST_LINE):
            pass

    def _good(self, asked: Asked) -> Reply:
        known = self.world.gateway
        headers = tuple((k.lower(), v) for k, v in asked.headers)
        call = Call(
            asked.method,
            asked.path,
            asked.query,
            headers,
            asked.body,
            self.world.url,
            self.number,
            asked.nth,
        )
        if len(asked.body) > known.behaviour.max_body:
            answer = gateway.refusal(known, call, TOO_LARGE)
        else:
            answer = gateway.answer(known, call)
        return _reply(answer, head_only=asked.method == "HEAD")


def _reply(answer: Answer, *, head_only: bool = False) -> Reply:
    headers = tuple((k, v.encode("latin-1")) for k, v in answer.headers)
    return Reply(answer.status, headers, answer.body, head_only=head_only)


def closes(asked: Asked) -> bool:
    """Whether the client wants the connection closed."""
    return "close" in asked.header("connection").lower() or asked.header(":version") == "HTTP/1.0"


def read_head(stream: BufferedReader) -> list[str] | None:
    """The lines of a head, or None where the client has gone."""
    lines: list[str] = []
    while len(lines) <= MOST_LINES:
        line = stream.readline(LONGEST_LINE)
        if not line:
            return None
        if not line.endswith(LINE_END) or line[:1] in b" \t":
            raise _MalformedError(line)
        if line == LINE_END:
            if lines:
                return lines
            continue
        lines.append(line[:-2].decode("latin-1"))
    raise _MalformedError("too many lines")


def header(head: list[str], name: str) -> list[str]:
    """The values of a header."""
    pairs = (line.partition(":") for line in head[1:])
    return [v.strip() for k, _, v in pairs if k.lower() == name]


def read_body(stream: BufferedReader, head: list[str]) -> bytes:
    """The body that a head announces."""
    lengths, codings = header(head, "content-length"), header(head, "transfer-encoding")
    if (
        len(set(lengths)) > 1
        or (lengths and codings)
        or any(" " in h[: h.find(":")] for h in head[1:])
    ):
        raise _MalformedError(head)
    if codings:
        return _chunked(stream)
    if not lengths:
        return b""
    if not lengths[0].isdecimal():
        raise _MalformedError(head)
    return stream.read(int(lengths[0]))


def _chunked(stream: BufferedReader) -> bytes:
    content = bytearray()
    while size := int(stream.readline(LONGEST_LINE).partition(b";")[0] or b"0", 16):
        content += stream.read(size)
        stream.readline(LONGEST_LINE)
    while stream.readline(LONGEST_LINE).strip():
        pass  # a trailer
    return bytes(content)


def asked_with(head: list[str], body: bytes, connection: int, nth: int) -> Asked:
    """A request from its head and its body."""
    line = head[0].split(" ")
    pairs = [(k, v.strip()) for k, _, v in (h.partition(":") for h in head[1:])]
    known = {k.lower() for k, _ in pairs}
    if len(line) != 3 or not line[2].startswith("HTTP/1.") or "host" not in known:
        raise _MalformedError(head[0])
    path, _, query = line[1].partition("?")
    headers = (*pairs, (":version", line[2]))
    return Asked(line[0], path, query, headers, body, connection, nth)
