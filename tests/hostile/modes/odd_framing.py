"""Heads that are nearly HTTP: statuses, lengths, codings and versions that no server should write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.hostile.values import AUTH, CLOSE, LINE_END, modes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.hostile.values import Act, Asked, Reply, World

MODES, does = modes_of("odd", codes=(0, 1, 3), selects=AUTH, bound_s=120)
DIGITS = b"4" * 1000

LINES: dict[str, bytes] = {
    "status-000": b"HTTP/1.1 000 Nothing",
    "status-099": b"HTTP/1.1 099 Odd",
    "status-199": b"HTTP/1.1 199 Interim",
    "status-600": b"HTTP/1.1 600 Odd",
    "status-999": b"HTTP/1.1 999 Odd",
    "status-of-1000-digits": b"HTTP/1.1 " + DIGITS + b" Odd",
    "status-negative": b"HTTP/1.1 -40 Odd",
    "status-of-other-digits": "HTTP/1.1 ٤٠٠ Odd".encode(),
    "status-101": b"HTTP/1.1 101 Switching Protocols",
    "status-204": b"HTTP/1.1 204 No Content",
    "status-304": b"HTTP/1.1 304 Not Modified",
    "http-0-9": b"refused",
    "http-1-0": b"HTTP/1.0 400 Bad",
    "http-2-0": b"HTTP/2.0 400 Bad",
    "http-3-7": b"HTTP/3.7 400 Bad",
    "http-of-digits": b"HTTP/" + DIGITS + b"." + DIGITS + b" 400 Bad",
    "icy": b"ICY 400 Bad",
    "no-reason": b"HTTP/1.1 400",
    "reason-of-controls": b"HTTP/1.1 400 \x1b[31m\x08\x00\x7f",
    "reason-of-100-kb": b"HTTP/1.1 400 " + b"because " * 12_500,
}
FRAMINGS: dict[str, tuple[bytes, ...]] = {
    "negative-length": (b"Content-Length: -1",),
    "length-of-1000-digits": (b"Content-Length: " + DIGITS,),
    "length-with-a-sign": (b"Content-Length: +20",),
    "length-in-hex": (b"Content-Length: 0x20",),
    "two-lengths": (b"Content-Length: 20", b"Content-Length: 30"),
    "lengths-in-one": (b"Content-Length: 20, 20, 20",),
    "no-length": (),
    "codings-twice": (b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"),
    "coding-unknown": (b"Transfer-Encoding: xchunked",),
    "coding-and-length": (b"Transfer-Encoding: chunked", b"Content-Length: 5"),
    "chunked-but-not-last": (b"Transfer-Encoding: chunked, gzip",),
    "no-colon": (b"this is no header", b"Content-Length: 0"),
    "no-name": (b": value", b"Content-Length: 0"),
    "name-with-spaces": (b"Content Length: 5", b"Content-Length: 0"),
    "folded": (b"X-Folded: a", b"  b", b"\tc", b"Content-Length: 0"),
    "controls-in-values": (b"X-Odd: \x00\x01\x1b[2J\x7f\xff", b"Content-Length: 0"),
    "lone-line-ends": (b"X-Odd: a\rX-Other: b\nX-Third: c", b"Content-Length: 0"),
    "keep-alive-and-close": (b"Connection: keep-alive, close, \xff", b"Content-Length: 0"),
    "unknown-upgrade": (b"Connection: upgrade", b"Upgrade: h2c, \x01", b"Content-Length: 0"),
}
CHUNKS: dict[str, bytes] = {
    "chunk-size-negative": b"-5\r\nhello\r\n0\r\n\r\n",
    "chunk-size-of-1000-digits": b"f" * 1000 + b"\r\nhello",
    "chunk-size-with-0x": b"0x5\r\nhello\r\n0\r\n\r\n",
    "chunk-without-its-end": b"5\r\nhelloworld\r\n0\r\n\r\n",
    "chunks-ended-by-lf": b"5\nhello\n0\n\n",
    "chunks-without-the-last": b"5\r\nhello\r\n",
}


def to_refusals(write: Callable[[Reply], bytes]) -> Act:
    def act(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
        return [write(good), CLOSE] if good.refuses else [good.wire()]

    return act


for _name, _line in LINES.items():
    does(f"Each refusal begins with {_line[:40]!r}.", name=_name)(
        to_refusals(lambda good, line=_line: good.wire(line=line))  # type: ignore[misc] # mypy infers no default
    )
for _name, _framing in FRAMINGS.items():
    does(f"Each refusal is framed as {_name.replace('-', ' ')}.", name=_name)(
        to_refusals(lambda good, framing=_framing: good.head(*framing) + good.body)  # type: ignore[misc] # mypy infers no default
    )
for _name, _chunks in CHUNKS.items():
    does(f"Each refusal is chunked with {_name.replace('-', ' ')}.", name=_name)(
        to_refusals(
            lambda good, chunks=_chunks: good.head(b"Transfer-Encoding: chunked") + chunks  # type: ignore[misc] # mypy infers no default
        )
    )


@does("Each refusal ends its lines with LF alone.")
def lines_ended_by_lf(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    return [good.wire().replace(LINE_END, b"\n") if good.refuses else good.wire()]


@does("Empty lines stand before each refusal.")
def empty_lines_before(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    return [(LINE_END * 3 if good.refuses else b"") + good.wire()]


@does("Each refusal is what a TLS server says to plain HTTP.")
def tls_alert(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    return [b"\x15\x03\x01\x00\x02\x02\x46", CLOSE] if good.refuses else [good.wire()]


@does("Each refusal is the beginning of HTTP/2.")
def http_2(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    settings = (
        b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80\x00\x04\x00\x01\x00\x00"
    )
    return [settings, CLOSE] if good.refuses else [good.wire()]


@does("Each refusal is answered before its request was read, and the connection reset.")
def random_bytes(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    return (
        [bytes((n * 37 + asked.nth) % 256 for n in range(2000)), CLOSE]
        if good.refuses
        else [good.wire()]
    )
