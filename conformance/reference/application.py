"""The reference gateway as an ASGI application: from a request of the server to the answer's bytes."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from conformance.reference.gateway import Gateway, answer, refusal
from conformance.reference.protocol import CONNECTION
from conformance.reference.values import Call, Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.values import Answer

_HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?|\[[0-9a-fA-F:.]+\](:[0-9]{1,5})?")
TOO_LARGE = Fault(413, "the body is too large", code="request_too_large")
TOO_SLOW = Fault(408, "the body did not arrive in time", code="request_timeout")


def application(gateway: Gateway, scheme: str, end_in: Callable[[float], None]) -> ASGIApp:
    """Return what answers each request of a server as the gateway does.

    Args:
        gateway: what answers.
        scheme: the scheme of its urls.
        end_in: ends the server's process after so many seconds.
    """

    async def called(scope: Scope, receive: Receive, send: Send) -> None:
        transport, number, nth = scope[CONNECTION]
        request = Request(scope, receive)
        call = Call(
            method=request.method,
            path=scope["path"],
            query=scope["query_string"].decode("latin-1"),
            headers=tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"]),
            base_url=_reached_at(request, scheme),
            connection=number,
            nth=nth,
        )
        try:
            result = await _answer(gateway, call, request)
        except ClientDisconnect:
            return
        if result.dropped:
            transport.abort()
            if result.ends_in_s is not None:
                end_in(result.ends_in_s)
            return
        await _response(gateway.behaviour, result)(scope, receive, send)
        if result.behind:
            if result.late_s:
                await asyncio.sleep(result.late_s)
            transport.write(result.behind)
        if result.ends_in_s is not None:
            end_in(result.ends_in_s)

    return called


async def _answer(gateway: Gateway, call: Call, request: Request) -> Answer:
    limit = gateway.behaviour.max_body
    body: list[bytes] = []
    received = 0
    try:
        async with asyncio.timeout(gateway.behaviour.reads_s):
            async for chunk in request.stream():
                # A body that is too large is read, too: a client that is cut off may miss the answer.
                received += len(chunk)
                if received <= limit and chunk:
                    body.append(chunk)
    except TimeoutError:
        return refusal(gateway, call, TOO_SLOW)
    if received > limit:
        return refusal(gateway, call, TOO_LARGE)
    whole = Call(**{**vars(call), "body": gateway.behaviour.body_of(body)})
    gateway.behaviour.on_arrival(whole)
    if busy_s := gateway.behaviour.thinking_s + gateway.behaviour.reading_s(whole):
        await asyncio.sleep(busy_s)
    if gateway.provider:
        # In a thread, because other requests must not wait for the provider.
        return await asyncio.to_thread(answer, gateway, whole)
    result = answer(gateway, whole)
    if result.drawn and gateway.behaviour.drawing_s:
        await asyncio.sleep(gateway.behaviour.drawing_s)
    return result


def _reached_at(request: Request, scheme: str) -> str:
    # A server before this one that takes TLS off says so, if it writes headers at all.
    if request.headers.get("x-forwarded-proto") == "https":
        scheme = "https"
    host = request.headers.get("host", "")
    if _HOST.fullmatch(host) is None:
        address, port = request.scope["server"]
        host = f"{address}:{port}"
    return f"{scheme}://{host}"


def _response(behaviour: Behaviour, result: Answer) -> ASGIApp:
    if behaviour.chunked:
        response: Response = StreamingResponse(_pieces(result.body), result.status)
    else:
        response = Response(result.body, result.status)
    for name, value in result.headers:
        response.headers.append(name, value)
    if result.closing or behaviour.closing:
        response.headers.append("connection", "close")
    return response


async def _pieces(body: bytes) -> Any:
    for start in range(0, len(body), 1000):
        yield body[start : start + 1000]
