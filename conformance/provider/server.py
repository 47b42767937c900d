"""Serves the provider over HTTP/1.1: `running` for a block of code, `serve` until a signal comes."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
import threading
import time
from typing import TYPE_CHECKING

import h11

from conformance.http.provider_call import HUNG_UP, Answered, Call, Claim
from conformance.provider.arrival import Arrival, read_body
from conformance.provider.connection import Connection
from conformance.provider.faults import STRICT, error, fault_of
from conformance.provider.images_api import ImagesApi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.provider.faults import Reply, Rules
    from conformance.provider.journal import Journal

    Recognize = Callable[[Arrival], Claim]

EXCERPT = 2_000
REFUSED = "not_of_this_run"
ONE_RUN = "This stand-in provider serves one run of the conformance suite"


def everybody(_: Arrival) -> Claim:
    """Serve every call."""
    return Claim()


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens there; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(256)
    except OSError:
        listener.close()
        raise
    return listener


def url_of(listener: socket.socket) -> str:
    """Return the base url of a socket that listens."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextlib.contextmanager
def running(
    listener: socket.socket,
    journal: Journal,
    recognize: Recognize = everybody,
    rules: Rules = STRICT,
) -> Iterator[str]:
    """Serve in a thread of its own while the block runs; the value is the base url."""
    url = url_of(listener)
    loop = asyncio.new_event_loop()
    provider = _Provider(journal, recognize, rules)
    stop = asyncio.Event()
    thread = threading.Thread(
        target=lambda: loop.run_until_complete(provider.serve(listener, stop)),
        name="provider",
        daemon=True,
    )
    thread.start()
    try:
        yield url
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def serve(listener: socket.socket, journal: Journal, rules: Rules = STRICT) -> None:
    """Serve until the process is interrupted."""

    async def forever() -> None:
        await _Provider(journal, everybody, rules).serve(listener, asyncio.Event())

    serving = forever()
    try:
        asyncio.run(serving)
    finally:
        # A signal may come before the first step of it.
        serving.close()


class _Provider:
    """One server: `recognize` attributes each call, and the journal records it."""

    def __init__(self, journal: Journal, recognize: Recognize, rules: Rules) -> None:
        self._journal = journal
        self._recognize = recognize
        self._rules = rules
        self._api = ImagesApi(rules)
        self._open: set[asyncio.Task[None]] = set()

    async def serve(self, listener: socket.socket, stop: asyncio.Event) -> None:
        server = await asyncio.start_server(self._connected, sock=listener)
        try:
            await stop.wait()
        finally:
            server.close()
            for task in self._open:
                task.cancel()
            await asyncio.gather(*self._open, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            # A task that is cancelled at the end of the run ends like one whose caller went away.
            ended = (OSError, h11.ProtocolError, TimeoutError, asyncio.CancelledError)
            with contextlib.suppress(*ended):
                await self._one_call(Connection(reader, writer))
        finally:
            self._open.discard(task)
            writer.close()

    async def _one_call(self, connection: Connection) -> None:
        request = await connection.next_request()
        if request is not None:
            await self._call(connection, request)

    async def _call(self, connection: Connection, request: h11.Request) -> None:
        arrived = time.time()
        body = await connection.body()
        arrival = _arrival(request, body, arrived, connection.url)
        if arrival.method in ("GET", "HEAD"):
            # Neither a fetched picture nor a list of models makes a picture: no claim is needed.
            await connection.send(self._api.answer(arrival))
            return
        claim = self._recognize(arrival)
        if claim.own_key and not claim.refusal:
            self._journal.learn(arrival)
        self._journal.begin(_noted(arrival, claim, self._rules))
        reply = self._api.answer(arrival)
        if claim.refusal and not is_refusal(reply):
            reply = _refused(claim)
        if not reply.dropped:
            self._journal.answered(arrival.id, _answered(reply))
        end = HUNG_UP
        try:
            end = await connection.send(reply)
        finally:
            self._journal.ended(arrival.id, time.time(), end)


def _arrival(request: h11.Request, body: bytes, at: float, base_url: str) -> Arrival:
    headers = tuple(
        (k.decode("latin-1"), v.decode("latin-1")) for k, v in request.headers.raw_items()
    )
    named = {k.lower(): v for k, v in headers}
    parts, files, problem = read_body(body, named.get("content-type", "")) if body else ((), (), "")
    return Arrival(
        id=secrets.token_hex(12),
        at=at,
        method=request.method.decode("ascii"),
        path=request.target.decode("latin-1"),
        headers=headers,
        body=body,
        base_url=base_url,
        parts=parts,
        files=files,
        problem=problem,
    )


def _noted(arrival: Arrival, claim: Claim, rules: Rules) -> Call:
    call = Call(
        id=arrival.id,
        arrived_at=arrival.at,
        method=arrival.method,
        path=arrival.path,
        headers=arrival.headers,
        media_type=arrival.header("content-type").partition(";")[0].strip().lower(),
        body_bytes=len(arrival.body),
        parts=arrival.parts,
        problem=arrival.problem,
        claim=claim,
    )
    return Call(**{**vars(call), "fault": fault_of(call.model, rules)})


def _refused(claim: Claim) -> Reply:
    return error(
        403,
        f"{ONE_RUN}: {claim.refusal}",
        code=REFUSED,
    )


def is_refusal(reply: Reply) -> bool:
    """Return whether a reply refuses the call itself, for its path or for its fields."""
    return reply.status in (400, 404) and not reply.dropped


def _answered(reply: Reply) -> Answered:
    is_text = reply.content_type.startswith(("text/", "application/json"))
    return Answered(
        status=reply.status,
        headers=(("content-type", reply.content_type), *reply.headers),
        pictures=reply.pictures,
        text=reply.body[:EXCERPT].decode("utf-8", "replace") if is_text else "",
    )
