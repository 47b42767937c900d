"""Sends one request through httpx or a raw connection, and returns an exchange in every case."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Self

import h11
import httpx

from conformance.http import deliveries
from conformance.http.bounds import Allowance
from conformance.http.exchange import Exchange, Reply
from conformance.send.wire import body, opening, raw_connection, received, unopened
from conformance.send.wire.kept import KEEPALIVE_S, MOST_RESTING, Spare, SurplusFound, through
from conformance.send.wire.secrets import addressed
from conformance.send.wire.traced import Trace
from conformance.target import tls

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.http.exchange import Failure
    from conformance.http.request import Request
    from conformance.send.wire.body import Hold
    from conformance.target.target import Target

MAX_REPLY_BYTES = 256_000_000
MALFORMED_S = 20.0  # whoever cannot read a message need not do anything for its answer
LONGEST_TEXT = 1_000  # a problem may quote the answer


class Transport:
    """Connections to one target, each used again once it is free.

    It follows no redirect, keeps no cookie, and goes through the proxy of the target alone: the
    variables that name one are ignored, or a run would depend on who starts it.
    """

    def __init__(
        self,
        target: Target,
        most_bytes: int = MAX_REPLY_BYTES,
        idle_s: float | None = KEEPALIVE_S,
        surplus: SurplusFound | None = None,
        kept: Allowance | None = None,
    ) -> None:
        """Prepare to send.

        Idle connections are closed after `idle_s`, or only by the server (None); `surplus` takes
        what comes behind answers, and `kept` is what the run may still keep of answers.
        """
        self._limits = httpx.Limits(max_connections=1, keepalive_expiry=idle_s)
        self._target = target
        self._surplus = SurplusFound() if surplus is None else surplus
        self._most_bytes = most_bytes
        self._kept = Allowance() if kept is None else kept
        self._secure = target.base_url.startswith("https")
        self._context = target.tls.gateway() if self._secure else tls.for_plain_http()
        # One that only its server closes is one connection, however soon it is used again.
        most = MOST_RESTING if idle_s else 1
        self._spare = Spare(self._new, self._surplus, target.vault.clean, most)
        # The addresses that answered so far.
        self.peers = set[str]()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        await self._spare.close()

    async def look(self) -> None:
        """See what came behind the last answers, and close every connection."""
        await self._spare.look()

    async def broken(self) -> int:
        """Return how many of the connections that are kept the server has closed by now."""
        return await self._spare.broken()

    async def send(
        self,
        request: Request,
        timeout_s: float,
        hold: Hold | None = None,
        may_resend: Callable[[], bool] = lambda: True,
        *,
        connect_s: float | None = None,
    ) -> Exchange:
        """Send one request and return its exchange; a broken connection raises nothing.

        If the server closed an idle connection, the request is sent once more over a new one, as
        every client does (RFC 9112 §9.3.1); so it is where what came may belong to the request before.

        Args:
            request: what to send.
            timeout_s: how long the whole exchange may take.
            hold: awaited before the last bytes of the body are sent.
            may_resend: asked before the request is sent once more.
            connect_s: how long the connection and its handshake alone may take.
        """
        started = time.monotonic()
        traced = Trace(connect_s, self._target.certificates)
        if request.delivery in deliveries.MALFORMED:
            timeout_s = min(timeout_s, MALFORMED_S)
        replies, failure, text = await self._outcome(request, timeout_s, traced, hold)
        if traced.is_doubtful(failure) and may_resend():
            async with Transport(
                self._target, self._most_bytes, surplus=self._surplus, kept=self._kept
            ) as fresh:
                again = await fresh.send(request, timeout_s, hold)
            if failure == "dropped":
                return dataclasses.replace(again, broken=True)
            self._blame_before(traced, again, text)
            return again
        self._surplus.note(request, traced.surplus)
        return Exchange(
            request=request,
            reply=replies[0] if replies else None,
            behind=replies[1:],
            surplus=traced.surplus[:LONGEST_TEXT],
            broken=traced.broken,
            failure=failure,
            failure_text=self._target.vault.clean(text)[:LONGEST_TEXT],
            received=received.shown(traced.received, self._target.vault, whole=bool(replies)),
            elapsed_s=(traced.arrived_at or time.monotonic()) - started,
            finished_at=time.time(),
            local_port=traced.local_port,
            reused=traced.reused,
        )

    async def _outcome(  # noqa: PLR0911 - one line for each way to fail
        self, request: Request, timeout_s: float, traced: Trace, hold: Hold | None
    ) -> tuple[tuple[Reply, ...], Failure | None, str]:
        try:
            with self._kept.reading() as traced.share:
                async with asyncio.timeout(timeout_s) as traced.clock:
                    return await self._replies(request, traced, hold), None, ""
        except TimeoutError:
            return (), "timeout", f"no whole answer within {timeout_s:g} s"
        except OverflowError:
            return (), "too-large", f"the answer is larger than {self._most_bytes} bytes"
        except (httpx.ProxyError, opening.NoTunnelError) as error:
            return (), *unopened.by_proxy(error, secure=self._secure)
        except (httpx.ConnectError, httpx.ConnectTimeout, ConnectionRefusedError) as error:
            text = await unopened.told(error, self._target, self._address(request.url))
            return (), "unreachable", text
        except (httpx.RemoteProtocolError, h11.RemoteProtocolError) as error:
            if not self._secure and unopened.is_tls(error):
                return (), "not-http", unopened.SPEAKS_TLS.said
            dropped = "disconnected" in str(error) or "closed connection" in str(error)
            return (), "dropped" if dropped else "not-http", str(error)
        except (httpx.TransportError, OSError) as error:
            if alert := unopened.alert(error, self._target):
                return (), "unreachable", alert
            return (), "dropped", str(error) or type(error).__name__

    async def _replies(
        self, request: Request, traced: Trace, hold: Hold | None
    ) -> tuple[Reply, ...]:
        url, headers = addressed(self._target, request)
        vault = self._target.vault
        if request.delivery:
            traced.reused = False
            delivered = await self._deliver(request, url, headers, traced)
            traced.arrived()
            if delivered and request.delivery not in deliveries.MALFORMED:
                traced.surplus = vault.clean(delivered[-1].surplus)
            raw = [Reply(a.status, a.headers, a.body, a.http_version, cut=a.cut) for a in delivered]
            return tuple(
                [await body.cleaned(one, vault, self._most_bytes, self._kept) for one in raw]
            )
        framing, content = body.framed(request, hold)
        outgoing = httpx.Request(
            request.method,
            _parsed(url),
            headers=[(k.encode("latin-1"), v.encode("latin-1")) for k, v in (*headers, *framing)],
            content=content,
            extensions={"trace": traced, "timeout": {"connect": traced.connect_s}},
        )
        return (await self._reply(request, outgoing, traced),)

    async def _deliver(
        self, request: Request, url: str, headers: list[tuple[str, str]], traced: Trace
    ) -> list[raw_connection.Answered]:
        where = _parsed(url)
        host, target = where.netloc.decode("ascii"), where.raw_path.decode("ascii")
        return await raw_connection.deliver(
            self._address(url),
            deliveries.Head(request.method, target, (("Host", host), *headers)),
            request.body,
            request.delivery,
            most=self._most_bytes,
            received=traced.received,
            share=traced.share,
        )

    def _address(self, url: str) -> opening.Address:
        where = _parsed(url)
        port = where.port or (443 if self._secure else 80)
        context = self._context if self._secure else None
        target = self._target
        return opening.Address(where.host, port, context, target.proxy, target.certificates)

    async def _reply(self, request: Request, outgoing: httpx.Request, traced: Trace) -> Reply:
        vault = self._target.vault
        async with self._spare.lent() as connection:
            traced.broken, traced.received = connection.replaces_broken, connection.received
            traced.before = connection.last
            traced.received.begin()
            answer = await connection.http.handle_async_request(outgoing)
            connection.carried(request, answer)
            try:
                traced.note(answer)
                traced.received.answered()
                self.peers.update({traced.peer} - {""})
                got = await body.read(answer.aiter_raw(), self._most_bytes, traced.share)
                traced.surplus = vault.clean(await connection.behind())
            finally:
                await answer.aclose()
        traced.arrived()
        told = tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in answer.headers.raw)
        raw = Reply(answer.status_code, told, got.content, answer.http_version, cut=got.cut)
        return await body.cleaned(raw, vault, self._most_bytes, self._kept)

    def _blame_before(self, traced: Trace, again: Exchange, text: str) -> None:
        """Note what came on a used connection for the request before, if a new one has none of it."""
        if traced.before is not None and again.reply is not None and not again.surplus:
            stray = traced.surplus or text.encode("utf-8", "surrogatepass")
            self._surplus.note(traced.before, self._target.vault.clean(stray))

    def _new(self) -> httpx.AsyncHTTPTransport:
        return httpx.AsyncHTTPTransport(
            trust_env=False,
            verify=self._context,
            proxy=through(self._target.proxy),
            limits=self._limits,
        )


@lru_cache(maxsize=64)
def _parsed(url: str) -> httpx.URL:
    return httpx.URL(url)
