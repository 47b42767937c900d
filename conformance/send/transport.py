"""Sends one request through httpx or a raw connection, and returns an exchange in every case."""

from __future__ import annotations

import asyncio
import dataclasses
import ssl
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode

import h11
import httpx

from conformance.http import deliveries
from conformance.http.exchange import Exchange, Reply
from conformance.http.redaction import Redactor
from conformance.send import body, raw_connection
from conformance.send.kept import Spare, SurplusFound, Trace
from conformance.target import credential_changes
from conformance.target.credentials import filled

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.http.exchange import Failure
    from conformance.http.request import Request
    from conformance.send.body import Hold
    from conformance.target.target import Target

MAX_REPLY_BYTES = 256_000_000


class Transport:
    """Connections to one target, each used again once it is free.

    It follows no redirect, keeps no cookie, and reads no proxy from the environment.
    """

    def __init__(
        self,
        target: Target,
        most_bytes: int = MAX_REPLY_BYTES,
        surplus: SurplusFound | None = None,
    ) -> None:
        """Prepare to send; `surplus` takes what comes behind answers."""
        self._target = target
        self._surplus = SurplusFound() if surplus is None else surplus
        self._most_bytes = most_bytes
        self._secure = target.base_url.startswith("https")
        self._context = ssl.create_default_context() if self._secure else _no_context()
        self._spare = Spare(self._context, self._surplus, self._cleaned)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        await self._spare.close()

    async def broken(self) -> int:
        """Return how many of the connections that are kept the server has closed by now."""
        return await self._spare.broken()

    async def send(
        self,
        request: Request,
        timeout_s: float,
        hold: Hold | None = None,
        may_resend: Callable[[], bool] = lambda: True,
    ) -> Exchange:
        """Send one request and return its exchange; a broken connection raises nothing.

        If the server closed an idle connection, the request is sent once more over a new one, as
        every client does (RFC 9112 §9.3.1).

        Args:
            request: what to send.
            timeout_s: how long the whole exchange may take.
            hold: awaited before the last bytes of the body are sent.
            may_resend: asked before the request is sent once more.
        """
        started = time.monotonic()
        traced = Trace()
        replies, failure, text = await self._outcome(request, timeout_s, traced, hold)
        if failure == "dropped" and traced.reused and not traced.answered and may_resend():
            async with Transport(self._target, self._most_bytes, self._surplus) as fresh:
                again = await fresh.send(request, timeout_s, hold)
            return dataclasses.replace(again, broken=True)
        return Exchange(
            request=request,
            reply=replies[0] if replies else None,
            behind=replies[1:],
            surplus=traced.surplus,
            broken=traced.broken,
            failure=failure,
            failure_text=text,
            elapsed_s=time.monotonic() - started,
            finished_at=time.time(),
            local_port=traced.local_port,
            reused=traced.reused,
        )

    async def _outcome(  # noqa: PLR0911 - one line for each way to fail
        self, request: Request, timeout_s: float, traced: Trace, hold: Hold | None
    ) -> tuple[tuple[Reply, ...], Failure | None, str]:
        try:
            async with asyncio.timeout(timeout_s):
                return await self._replies(request, traced, hold), None, ""
        except TimeoutError:
            return (), "timeout", f"no whole answer within {timeout_s:g} s"
        except (body.TooLargeError, OverflowError):
            return (), "too-large", f"the answer is larger than {self._most_bytes} bytes"
        except (httpx.ConnectError, ConnectionRefusedError) as error:
            return (), "unreachable", str(error) or "cannot connect"
        except (httpx.RemoteProtocolError, h11.RemoteProtocolError) as error:
            dropped = "disconnected" in str(error) or "closed connection" in str(error)
            return (), "dropped" if dropped else "not-http", str(error)
        except body.CodingError as error:
            return (), "not-http", str(error)
        except (httpx.TransportError, OSError) as error:
            return (), "dropped", str(error) or type(error).__name__

    async def _replies(
        self, request: Request, traced: Trace, hold: Hold | None
    ) -> tuple[Reply, ...]:
        secret, authorization = self._authorization(request)
        url = request.url
        if request.credential.query:
            url += "?" + urlencode({request.credential.query: secret})
        headers = [(k, filled(v, self._target.secrets)) for k, v in request.headers]
        if authorization is not None:
            name = "Authorization" if request.title_case else "authorization"
            headers.append((name, authorization))
        clean = self._redactor(secret)
        if request.delivery:
            traced.reused = False
            delivered = await self._deliver(request, url, headers)
            if delivered and request.delivery not in deliveries.MALFORMED:
                self._note(request, clean.clean(delivered[-1].surplus), traced)
            return tuple(
                Reply(a.status, clean.clean_pairs(a.headers), clean.clean(a.body), a.http_version)
                for a in delivered
            )
        framing, content = body.framed(request, hold)
        outgoing = httpx.Request(
            request.method,
            _parsed(url),
            headers=[(k.encode("latin-1"), v.encode("latin-1")) for k, v in (*headers, *framing)],
            content=content,
            extensions={"trace": traced},
        )
        return (await self._reply(request, outgoing, clean, traced),)

    async def _deliver(
        self, request: Request, url: str, headers: list[tuple[str, str]]
    ) -> list[raw_connection.Answered]:
        where = _parsed(url)
        host = where.netloc.decode("ascii")
        target = where.raw_path.decode("ascii")
        return await raw_connection.deliver(
            raw_connection.Address(
                where.host,
                where.port or (443 if self._secure else 80),
                self._context if self._secure else None,
            ),
            deliveries.Head(request.method, target, (("Host", host), *headers)),
            request.body,
            request.delivery,
            most=self._most_bytes,
        )

    async def _reply(
        self, request: Request, outgoing: httpx.Request, clean: Redactor, traced: Trace
    ) -> Reply:
        async with self._spare.lent() as connection:
            traced.broken = connection.replaces_broken
            answer = await connection.http.handle_async_request(outgoing)
            connection.carried(request, answer)
            try:
                traced.note(answer)
                coding = answer.headers.get("content-encoding", "")
                content = await body.read(answer.aiter_raw(), coding, self._most_bytes)
                self._note(request, clean.clean(await connection.behind(request)), traced)
            finally:
                await answer.aclose()
        return Reply(
            status=answer.status_code,
            headers=clean.clean_pairs(
                [(k.decode("latin-1"), v.decode("latin-1")) for k, v in answer.headers.raw]
            ),
            body=clean.clean(content),
            http_version=answer.http_version,
        )

    def _note(self, request: Request, content: bytes, traced: Trace) -> None:
        if content:
            traced.surplus = content
            self._surplus.note(request, content)

    def _authorization(self, request: Request) -> tuple[str, str | None]:
        named = self._target.credential(request.credential.name)
        if not request.credential.name or named is None:
            return "", None
        secret = credential_changes.apply(
            request.credential.change, named.value, canary=f"{request.canary}/jku"
        )
        if request.credential.query:
            return secret, None
        return secret, f"{request.credential.scheme} {secret}".strip()

    def _cleaned(self, request: Request, content: bytes) -> bytes:
        return self._redactor(self._authorization(request)[0]).clean(content)

    def _redactor(self, sent: str) -> Redactor:
        known = [(s.name, s.value) for s in self._target.secrets]
        if sent and sent not in (value for _, value in known):
            known.append(("sent", sent))
        return Redactor.of(known)


@lru_cache(maxsize=64)
def _parsed(url: str) -> httpx.URL:
    return httpx.URL(url)


@lru_cache(maxsize=1)
def _no_context() -> ssl.SSLContext:
    """Return a context for plain connections: without it, httpx makes one for each of them."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
