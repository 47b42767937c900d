"""Changes of what the gateway gets: other headers, another Host, the body in another way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.proxies.documents import Members, Number, mapped
from conformance.reference.proxies.values import Change

if TYPE_CHECKING:
    from conformance.reference.proxies.values import Answered, Asked, Headers

INTERNAL = "gateway.internal"


def _forwarded(headers: Headers, asked: Asked) -> Headers:
    host = asked.header("host")
    more = (
        ("X-Forwarded-For", "203.0.113.7, 198.51.100.2"),
        ("X-Forwarded-Proto", "http"),
        ("X-Forwarded-Host", host),
        ("X-Real-IP", "203.0.113.7"),
        ("Forwarded", "for=203.0.113.7;proto=http"),
        ("Via", "1.1 edge-7"),
        ("X-Request-Id", f"{asked.random.getrandbits(64):016x}"),
    )
    return (*headers, *more)


def _other_names(headers: Headers, asked: Asked) -> Headers:
    """Write names in lower case in another order; headers of one name keep theirs."""
    names = sorted({name.lower() for name, _ in headers})
    rank = {name: n for n, name in enumerate(asked.random.sample(names, len(names)))}
    lower = [(name.lower(), value) for name, value in headers]
    return tuple(sorted(lower, key=lambda header: rank[header[0]]))


def _host(name: str) -> Any:
    def other(headers: Headers, asked: Asked) -> Headers:
        kept = tuple(header for header in headers if header[0].lower() != "host")
        return (("Host", name or asked.gateway), *kept)

    return other


def _outside_urls(answer: Answered, asked: Asked) -> Answered:
    """Name the proxy where the gateway named itself, as a proxy does that hides the Host."""
    host = asked.header("host") or asked.gateway

    def outside(members: Members) -> Members:
        inner = f"http://{INTERNAL}/"
        return Members(
            (key, value if isinstance(value, Number) else value.replace(inner, f"http://{host}/"))
            if isinstance(value, str)
            else (key, value)
            for key, value in members
        )

    if f"http://{INTERNAL}/".encode() not in answer.content.body:
        return answer
    return answer.edited(lambda document: mapped(document, outside))


CHANGES = (
    Change(
        "forwarded-headers",
        "The gateway gets X-Forwarded-*, Forwarded, Via and a request id too.",
        "RFC 7239 §4 and RFC 9110 §7.6.3",
        on_request=_forwarded,
    ),
    Change(
        "other-request-names",
        "The gateway gets the names of headers in lower case, in another order.",
        "RFC 9110 §5.1 and §5.3",
        on_request=_other_names,
    ),
    Change(
        "gateway-host",
        "The gateway gets its own address as Host.",
        "RFC 9110 §7.2; nginx does so by default",
        on_request=_host(""),
    ),
    Change(
        "internal-host",
        "The gateway gets a name as Host that only the proxy knows, and urls are put right.",
        "RFC 9110 §7.2 and §7.6",
        on_request=_host(INTERNAL),
        on_answer=_outside_urls,
    ),
    Change(
        "early-continue",
        "The proxy itself says 100 Continue.",
        "RFC 9110 §10.1.1",
        continues=True,
    ),
    Change(
        "buffers-requests",
        "The gateway gets a request once its body is whole, with Content-Length for chunks.",
        "RFC 9112 §7.1; nginx does so by default",
        continues=True,
        buffers=True,
    ),
)
