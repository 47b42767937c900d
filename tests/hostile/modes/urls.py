"""Urls in answers that lead where no client should go, or carry what it should not send."""

from __future__ import annotations

import base64
import socket
import threading
from typing import TYPE_CHECKING, Any

from tests.hostile.values import HOST, SMOKE, modes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.hostile.runs import Outcome
    from tests.hostile.values import Act, Asked, Reply, World

    Urls = Callable[[World, Asked], Iterable[str]]

ANY = (0, 1, 3)
MODES, does = modes_of("url", codes=ANY, selects=SMOKE, timeout_s=2, bound_s=60)
METADATA = (
    "http://169.254.169.254/latest/meta-data/iam/security-credentials/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://100.100.100.200/latest/meta-data/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://[::ffff:169.254.169.254]/latest/",
    "http://[64:ff9b::a9fe:a9fe]/latest/",
    "http://[64:ff9b:1::a9fe:a9fe]/latest/",
    "http://2852039166/latest/",
    "http://0xA9FEA9FE/latest/",
    "http://0251.0376.0251.0376/latest/",
    "http://169.254.43518/latest/",
    "http://168.63.129.16/metadata/",
    "http://192.0.0.192/opc/v2/instance/",
)
FILES = (
    "file:///etc/passwd",
    "FILE:/etc/hostname",
    "ftp://127.0.0.1/etc/passwd",
    "gopher://127.0.0.1:25/_EHLO",
    "dict://127.0.0.1:11211/stats",
    "jar:http://127.0.0.1!/x",
    "javascript:alert(1)",
    "//127.0.0.1/x",
    "http:///etc/passwd",
    "\\\\127.0.0.1\\share",
)
ODD = (
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:-1/",
    "http://[::1/",
    "http://[v1.x]/",
    "http://" + "a" * 300 + "/",
    "http://" + "a." * 3000 + "example/",
    "http://xn--/",
    "http://\u2460\u2461\u2466.0.0.1/",
    "http://ex\u00adample.invalid/",
    "http://\ud800.invalid/",
    "http://a b.invalid/",
    "http://%31%32%37.0.0.1/",
    "",
    "http:",
    "http://",
    "http://?",
    "http://#",
    "\x00\x01\x02",
    "http://127.0.0.1/\r\nX-Injected: 1\r\n\r\n",
    "http://127.0.0.1/\x1b[2J\x07",
    "http://127.0.0.1/" + "%00" * 200,
    "http://127.0.0.1/" + "x" * 100_000,
    "data:,",
    "data:image/png;base64",
    "data:image/png;base64,====",
    "data:image/png;base64,\ud800",
    "data:image/png;charset=" + "x" * 10_000 + ",x",
)


def with_urls(urls: Urls) -> Act:
    """Each success has these urls in the place of its own."""

    def act(asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
        if not good.has_pictures or "url" not in (body := good.json)["data"][0]:
            return [good.wire()]
        first = body["data"][0]
        body["data"] = [
            {**first, "url": url, "index": i} for i, url in enumerate(urls(world, asked))
        ]
        return [good.with_json(body).wire()]

    return act


def put(sentence: str, **more: Any) -> Callable[[Urls], None]:
    def take(urls: Urls) -> None:
        does(sentence, name=urls.__name__.replace("_", "-"), **more)(with_urls(urls))

    return take


@put("Urls name the metadata services of clouds, in all their forms.")
def metadata_services(_world: World, _asked: Asked) -> Iterable[str]:
    return METADATA


@put("Urls name files, and schemes that are not HTTP.")
def other_schemes(_world: World, _asked: Asked) -> Iterable[str]:
    return FILES


@put("Urls are no urls.")
def broken_urls(_world: World, _asked: Asked) -> Iterable[str]:
    return ODD


@put("A url is a data url of 10 MB.")
def large_data_url(_world: World, _asked: Asked) -> Iterable[str]:
    return ["data:image/png;base64," + "A" * 10_000_000]


@put("A hundred urls are data urls of 1 MB each.", codes=ANY)
def many_data_urls(_world: World, _asked: Asked) -> Iterable[str]:
    return ["data:image/png;base64," + "A" * 1_000_000] * 100


@put(
    "Urls hold the credential as their user information.",
    fails=("AUTH-15",),
    codes=(1,),
    selects=("--check", "test_auth"),
)
def the_key_as_user(world: World, asked: Asked) -> Iterable[str]:
    return [f"http://{asked.credential}:x@{HOST}:{world.port}/files/x"]


def _told(world: World, name: str) -> None:
    world.kept.setdefault("told", []).append(name)


def nothing_sent(name: str) -> Callable[[Outcome], list[str]]:
    """Fail where the server wrote a file that says what the suite sent."""

    def holds(outcome: Outcome) -> list[str]:
        marks = [r for r in outcome.evidence if name in str(r.get("fetched"))]
        return [f"a fetch carried {name}"] if marks else []

    return holds


BASIC = base64.b64encode(b"user:password").decode()


@does(
    "Urls have user information; who fetches them with it gets no picture.",
    holds=nothing_sent("sent-basic"),
)
def user_information(asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    if asked.is_picture and asked.header("authorization"):
        return [good.typed("text/plain", b"sent-basic").wire()]
    url = f"http://user:password@{HOST}:{world.port}"
    return [
        good.typed("application/json", good.body.replace(world.url.encode(), url.encode())).wire()
    ]


@does(
    "A picture sets a cookie and redirects to another port; a cookie there is told.",
    holds=nothing_sent("sent-a-cookie"),
    fast=True,
)
def cookie_across_ports(asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    if not asked.is_picture:
        return [good.wire()]
    if asked.header("cookie"):
        return [good.typed("text/plain", b"sent-a-cookie").wire()]
    if world.count("fetched") % 2:
        to = asked.path.encode()
        head = b"HTTP/1.1 302 Found\r\nSet-Cookie: session=1; Path=/\r\nContent-Length: 0\r\nLocation: "
        return [head + to + b"\r\n\r\n"]
    return [good.wire()]


@does("A picture redirects to a metadata service, a file, and an address with user information.")
def redirects_elsewhere(asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    if not asked.is_picture:
        return [good.wire()]
    known = (*METADATA, *FILES, f"http://user:password@{HOST}:{world.port}/files/y")
    to = known[world.count("redirected") % len(known)].encode()
    return [b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + to + b"\r\n\r\n"]


@does("A picture redirects to addresses that are no addresses.")
def redirects_nowhere(asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    if not asked.is_picture:
        return [good.wire()]
    to = (
        ODD[world.count("redirected") % len(ODD)]
        .replace("\r\n", "")
        .encode("utf-8", "surrogatepass")
    )
    return [b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + to + b"\r\n\r\n"]


def _listens(world: World) -> int:
    """Another port of this machine; who connects there is noted."""
    if "port" not in world.kept:
        listener = socket.create_server((HOST, 0))
        world.kept["port"] = listener.getsockname()[1]
        threading.Thread(target=listener.accept, daemon=True).start()
    port: int = world.kept["port"]
    return port


@put("Urls name another port of this machine, where nobody answers.")
def another_port(world: World, _asked: Asked) -> Iterable[str]:
    return [f"http://{HOST}:{_listens(world)}/x"] * 3


@put("Urls name this server by other names, and with paths that a browser would run.")
def other_names(world: World, _asked: Asked) -> Iterable[str]:
    where = f":{world.port}/files/<script>alert(1)</script>?q=\"onload='x'"
    return [f"http://{host}{where}" for host in ("localhost", "[::1]", "127.1", "0.0.0.0", "0")]


@put("One answer has 1,200 urls, each of them once more with another fragment.")
def many_urls(world: World, _asked: Asked) -> Iterable[str]:
    return [f"{world.url}/files/{n // 2}#{n}" for n in range(1200)]
