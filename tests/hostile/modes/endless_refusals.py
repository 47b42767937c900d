"""Limits that never end, and addresses that lead on and on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.hostile.values import AUTH, CORE, SMOKE, modes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.hostile.values import Act, Asked, Reply, World

MODES, does = modes_of("endless", codes=(1, 3), selects=AUTH, timeout_s=1, bound_s=120)
FEW = 5
DAY = b"86400"
# What a limit may say of the time when it ends.
LATER = {
    "a-day": DAY,
    "infinite-seconds": b"1e309",
    "not-a-number": b"nan",
    "the-year-9999": b"Fri, 31 Dec 9999 23:59:59 GMT",
    "a-year-too-far": b"Fri, 31 Dec 99999 23:59:59 GMT",
    "a-thousand-digits": b"9" * 1000,
    "less-than-nothing": b"-86400",
}


def limited(status: bytes, after: bytes) -> bytes:
    body = b'{"is_bifrost_error": true, "error": {"message": "later"}}'
    head = [b"HTTP/1.1 " + status, b"Content-Type: application/json", b"Retry-After: " + after]
    return b"\r\n".join([*head, b"Content-Length: %d" % len(body), b"", body])


def after_a_few(answer: Callable[[], bytes], *, few: int = FEW) -> Act:
    def act(_asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
        return [answer() if world.count("asked") > few else good.wire()]

    return act


for _name, _value in LATER.items():
    does(
        f"After a few requests it is limited, and says when that ends: {_value[:40].decode()}.",
        name=f"limited-for-{_name}",
        bound_s=200,
    )(after_a_few(lambda value=_value: limited(b"429 Too Many Requests", value)))  # type: ignore[misc] # mypy infers no default

for _status in (b"408 Request Timeout", b"409 Conflict", b"425 Too Early", b"503 Unavailable"):
    does(
        f"After a few requests every answer is {_status.decode()}.",
        name=f"{_status[:3].decode()}-for-ever",
    )(after_a_few(lambda status=_status: limited(status, b"1")))  # type: ignore[misc] # mypy infers no default


@does("The very first answer is a limit of a day.", codes=(3,), selects=SMOKE)
def limited_from_the_start(_asked: Asked, _good: Reply, _world: World) -> Iterable[bytes]:
    return [limited(b"429 Too Many Requests", DAY)]


@does("Every other answer is a limit of a second, for ever.", selects=SMOKE, codes=(0, 1, 3))
def limited_every_other_time(_asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    often = world.count("asked")
    return [limited(b"429 Too Many Requests", b"1") if often > FEW and often % 2 else good.wire()]


@does("Every refusal is a limit of a day, and successes are not.", selects=CORE, bound_s=200)
def refusals_are_limits(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    return [limited(b"429 Too Many Requests", DAY) if good.refuses else good.wire()]


@does("Pictures are limited for a day.", selects=SMOKE, codes=(0, 1, 3))
def pictures_are_limited(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    return [limited(b"429 Too Many Requests", DAY) if asked.is_picture else good.wire()]


def _many(good: Reply, count: int, url: str) -> bytes:
    body = good.json
    if "url" in body["data"][0]:
        items = [{**body["data"][0], "url": url.format(i), "index": i} for i in range(count)]
        body["data"] = items
    return good.with_json(body).wire()


@does("Each answer has 1,200 urls that are never answered.", selects=CORE)
def urls_that_hang(asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    if asked.is_picture:
        world.hang()
    return [_many(good, 1200, world.url + "/files/{}") if good.has_pictures else good.wire()]


@does("Each answer has 1,200 urls of 20 MB each.", selects=SMOKE, codes=(0, 1, 3))
def urls_of_20_mb(asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    if not asked.is_picture:
        return [_many(good, 1200, world.url + "/files/{}") if good.has_pictures else good.wire()]
    return [good.typed("image/png", b"\x89PNG\r\n\x1a\n" + bytes(20_000_000)).wire()]


@does("The urls of answers are never answered.", selects=CORE, codes=(0, 1, 3))
def pictures_that_hang(asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    if asked.is_picture:
        world.hang()
    return [good.wire()]


@does("The urls of answers drip.", selects=CORE, codes=(0, 1, 3))
def pictures_that_drip(asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    if not asked.is_picture:
        yield good.wire()
        return
    yield good.head(b"Content-Length: 1000000")
    while True:
        yield b"\x89"
        world.wait(0.05)


@does("The urls of answers redirect to this server for ever.", selects=SMOKE, codes=(0, 1, 3))
def pictures_that_redirect(asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    if not asked.is_picture:
        return [good.wire()]
    to = f"{world.url}/files/{world.count('redirected')}".encode()
    return [b"HTTP/1.1 302 Found\r\nLocation: " + to + b"\r\nContent-Length: 0\r\n\r\n"]


@does("Every answer redirects to itself.", selects=SMOKE)
def redirects_everything(asked: Asked, _good: Reply, _world: World) -> Iterable[bytes]:
    to = asked.path.encode()
    return [b"HTTP/1.1 307 Again\r\nLocation: " + to + b"\r\nContent-Length: 0\r\n\r\n"]
