"""Connections and answers that never end: silence, drips, drops, and heads without an end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.hostile.values import AUTH, CLOSE, CORE, MUST, SMOKE, modes_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.hostile.values import Asked, Reply, World

EITHER = (1, 3)
MODES, does = modes_of("endless", codes=EITHER, selects=AUTH, timeout_s=1, bound_s=120)
AFTER = 15


@does("It never answers.", codes=(3,), bound_s=60)
def never_answers(_asked: Asked, _good: Reply, world: World) -> Iterable[bytes]:
    world.hang()
    return []


@does("It answers the preflight, and then never again.")
def never_answers_again(_asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    if world.count("asked") > AFTER:
        world.hang()
    return [good.wire()]


@does("It never answers a refusal.", selects=CORE)
def hangs_on_refusals(_asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    if good.refuses:
        world.hang()
    return [good.wire()]


@does("It never answers a refusal of a credential.", fast=True)
def hangs_on_no_entry(_asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    if good.status in (401, 403):
        world.hang()
    return [good.wire()]


@does("It never answers a good request after the first few.", codes=(0, 1, 3))
def hangs_on_successes(_asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    if not good.refuses and world.count("good") > AFTER // 4:
        world.hang()
    return [good.wire()]


@does("Every third refusal hangs, so that no kind of request always does.", selects=CORE)
def hangs_on_every_third(_asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    if good.refuses and world.count("refused") % 3 == 0:
        world.hang()
    return [good.wire()]


@does("It drops the connection instead of a refusal.", selects=CORE)
def drops_refusals(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    return [CLOSE] if good.refuses else [good.wire()]


@does("It drops the connection of every other refusal.")
def drops_every_other_refusal(_asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    return [CLOSE] if good.refuses and world.count("refused") % 2 else [good.wire()]


@does("It drops every connection from some request on.", selects=CORE)
def drops_everything_later(_asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    return [CLOSE] if world.count("asked") > AFTER else [good.wire()]


@does("It drops nine requests of ten from some request on.")
def drops_nearly_everything(_asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    number = world.count("asked")
    return [CLOSE] if number > AFTER and number % 10 else [good.wire()]


@does("It writes half of each refusal and drops the connection.")
def breaks_refusals_off(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    wire = good.wire()
    return [wire[: len(wire) // 2], CLOSE] if good.refuses else [wire]


@does("It writes half of each refusal, and then nothing.")
def stops_within_refusals(_asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    wire = good.wire()
    if good.refuses:
        yield wire[: len(wire) // 2]
        world.hang()
    yield wire


@does("It writes every answer one byte at a time, four a second.", selects=SMOKE)
def drips_everything(_asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    for byte in good.wire():
        yield bytes([byte])
        world.wait(0.25)


@does(
    "It writes refusals one byte at a time, so that each takes nearly the time limit.",
    codes=(0, 1, 3),
)
def drips_refusals(_asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    wire = good.wire()
    if not good.refuses:
        yield wire
        return
    for byte in wire[:40]:
        yield bytes([byte])
        world.wait(0.02)
    yield wire[40:]


@does("The body of each refusal has no end.")
def endless_body(_asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    if not good.refuses:
        yield good.wire()
        return
    yield good.head(b"Transfer-Encoding: chunked")
    while not world.ended.is_set():
        yield b"1000\r\n" + b"x" * 4096 + b"\r\n"


@does("The body of each refusal is a stream of events without an end, one each tenth of a second.")
def endless_events(_asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    if not good.refuses:
        yield good.wire()
        return
    yield good.typed("text/event-stream", b"").head(b"Transfer-Encoding: chunked")
    while True:
        yield b"e\r\ndata: still\n\r\n\r\n"
        world.wait(0.1)


@does("Before each refusal come interim answers without an end.")
def endless_interim_answers(_asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    while good.refuses and not world.ended.is_set():
        yield b"HTTP/1.1 102 Processing\r\n\r\n"
    yield good.wire()


@does("Before each answer come interim answers without an end, slowly.", selects=SMOKE)
def slow_interim_answers(_asked: Asked, _good: Reply, world: World) -> Iterable[bytes]:
    while True:
        yield b"HTTP/1.1 100 Continue\r\n\r\n"
        world.wait(0.1)


@does("The head of each refusal has no end.")
def endless_head(_asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    if not good.refuses:
        yield good.wire()
        return
    yield good.head()[:-2]
    while not world.ended.is_set():
        yield b"X-More: and more\r\n" * 100


@does("The first line of each refusal has no end.")
def endless_status_line(_asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    if not good.refuses:
        yield good.wire()
        return
    yield b"HTTP/1.1 400 "
    while not world.ended.is_set():
        yield b"Bad" * 2000


@does("It sends bytes behind every answer, without an end.", selects=SMOKE, codes=(0, 1, 3))
def endless_surplus(_asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    yield good.wire()
    while not world.ended.is_set():
        yield b"surplus " * 1000


@does("It accepts one connection's requests at a time, slowly.", selects=MUST, codes=(0, 1, 3))
def slow_but_good(_asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    world.wait(0.02)
    return [good.wire()]
