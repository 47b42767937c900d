"""Small servers on loopback, and targets that point at them."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from conformance.target import build, resolution

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from io import BufferedIOBase

    from conformance.target.target import Target

KEY = "sk-bf-7f3a9c2e51d84b06a1e4"
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Got:
    """One request as it arrived: header names in lower case, a chunked body put together."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    client_port: int


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)


def pictures_answer(count: int = 1, **more: Any) -> Answer:
    """A success with that many items."""
    items = [{"b64_json": "aGVsbG8=", "index": i} for i in range(count)]
    return json_answer({"id": "x", "created": 0, "model": "m", "data": items, **more})


def json_answer(value: Any, status: int = 200, **headers: str) -> Answer:
    given = {
        "content-type": "application/json",
        **{k.replace("_", "-"): headers[k] for k in headers},
    }
    return Answer(status, json.dumps(value).encode(), given)


def refusal(status: int = 400, message: str = "refused", **headers: str) -> Answer:
    return json_answer(
        {"is_bifrost_error": True, "status_code": status, "error": {"message": message}},
        status,
        **headers,
    )


def _chunked(stream: BufferedIOBase) -> bytes:
    content = b""
    while size := int(stream.readline().partition(b";")[0], 16):
        content += stream.read(size)
        stream.readline()
    while stream.readline().strip():
        pass  # a trailer
    return content


class Loopback:
    """A server whose answers a function decides; `got` is everything that arrived."""

    def __init__(self, decide: Callable[[Got], Answer]) -> None:
        self.got: list[Got] = []
        self.decide = decide
        self.in_flight = 0
        self.most_in_flight = 0
        self._lock = threading.Lock()
        outer = self

        class OneRequest(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # A test that leaves a connection open must not keep the server from ending.
            timeout = 5

            def answer(self) -> None:
                got = Got(
                    self.command,
                    self.path,
                    {k.lower(): v for k, v in self.headers.items()},
                    self._content(),
                    self.client_address[1],
                )
                with outer.counted():
                    outer.got.append(got)
                    answer = outer.decide(got)
                self.send_response_only(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if "content-length" not in {k.lower() for k in answer.headers}:
                    self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer.body)

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = answer  # noqa: N815 - the names that http.server asks for

            def _content(self) -> bytes:
                if self.headers.get("transfer-encoding", "").lower() != "chunked":
                    return self.rfile.read(int(self.headers.get("content-length") or 0))
                return _chunked(self.rfile)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_: object) -> None:
                """A client that goes away is no news."""

        self._server = Quiet((HOST, 0), OneRequest)
        self.port: int = self._server.server_address[1]
        self.url = f"http://{HOST}:{self.port}"

    @contextlib.contextmanager
    def counted(self) -> Iterator[None]:
        with self._lock:
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            yield
        finally:
            with self._lock:
                self.in_flight -= 1

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def paths(self) -> list[str]:
        return [g.path for g in self.got]


@contextlib.contextmanager
def raw_server(
    connected: Callable[[socket.socket, int], None], *, port: int = 0
) -> Iterator[tuple[str, list[int]]]:
    """Hand each connection and its number to a function; the value is the URL and the numbers."""
    listener = socket.create_server((HOST, port))
    numbers: list[int] = []

    def talk(connection: socket.socket, number: int) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(5)
            connected(connection, number)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                numbers.append(len(numbers))
                threading.Thread(target=talk, args=(connection, numbers[-1]), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{listener.getsockname()[1]}", numbers
    finally:
        # Wakes the thread that waits in accept; closing alone does not.
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def read_request(connection: socket.socket) -> bytes:
    """Read one whole request with a Content-Length off a raw connection."""
    content = b""
    while b"\r\n\r\n" not in content:
        piece = connection.recv(65536)
        if not piece:
            return content
        content += piece
    head, _, body = content.partition(b"\r\n\r\n")
    lengths = [
        int(line.partition(b":")[2])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    ]
    while lengths and len(body) < lengths[0]:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def on_the_wire(answer: Answer) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} X", *(f"{k}: {v}" for k, v in answer.headers.items())]
    lines.append(f"content-length: {len(answer.body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + answer.body


def free_port() -> int:
    with socket.create_server((HOST, 0)) as found:
        port: int = found.getsockname()[1]
        return port


def target_at(url: str, environment: dict[str, str] | None = None, **flags: Any) -> Target:
    """The target that the command line would build for these flags, with one virtual key."""
    known = {"CONFORMANCE_API_KEY": KEY, **(environment or {})}
    values = resolution.resolve({"url": url, **flags}, known, None)
    return build.build(values, known)


def silent(connection: socket.socket, _number: int) -> None:
    read_request(connection)
    with contextlib.suppress(OSError):
        connection.recv(1)
