"""Bytes that nobody asked for, so that what follows may be taken for another request's answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.hostile.values import AUTH, CLOSE, CORE, MUST, SMOKE, modes_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.hostile.runs import Outcome
    from tests.hostile.values import Asked, Reply, World

# The status of what nobody asked for: no exchange may have it.
STRAY = 418
STRAY_BODY = b'{"is_bifrost_error": true, "error": {"message": "smuggled"}}'
STRAY_ANSWER = (
    b"HTTP/1.1 418 Smuggled\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    % len(STRAY_BODY)
    + STRAY_BODY
)
PAUSE_S = 0.2
BROKEN = ("illegal status line", "illegal header", "did not receive a valid", "trailing")


def no_innocent_blamed(outcome: Outcome) -> list[str]:
    """What is wrong with exchanges that took for their answer what was another's."""
    found = []
    for row in outcome.evidence:
        reply = row.get("reply") or {}
        said = str(row.get("failure_text", "")).lower()
        if reply.get("status") == STRAY:
            found.append(f"{row['request']['label']} got an answer that nobody asked for")
        if any(broken in said for broken in BROKEN):
            found.append(f"{row['request']['label']} is said to have got: {said[:80]}")
    return found[:3]


MODES, does = modes_of(
    "desync",
    fails=("ROBUST-11",),
    selects=("--level", "must", "--profile", "core"),
    holds=no_innocent_blamed,
    bound_s=90,
)


@does("Behind each answer comes a second one, in the same packet.")
def a_second_answer(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    return [good.wire() + STRAY_ANSWER]


@does("Behind each answer comes the same once more.")
def each_answer_twice(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    return [good.wire() * 2]


@does("Behind each answer comes a second one, a moment later.")
def a_second_answer_later(_asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    yield good.wire()
    world.wait(0.03)
    yield STRAY_ANSWER


@does("A second answer comes when the connection is used again, before the request is read.")
def on_the_next_use(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    return [STRAY_ANSWER + good.wire()] if asked.nth > 1 else [good.wire()]


@does(
    "The first refusal of a connection has a success behind it, which the next request would get."
)
def a_smuggled_success(_asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    if good.has_pictures:
        world.kept["success"] = good.wire()
    return [good.wire() + (world.kept.get("success", b"") if good.refuses else b"")]


@does("Half an answer comes behind each.")
def half_an_answer(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    return [good.wire() + STRAY_ANSWER[: len(STRAY_ANSWER) // 2]]


@does("A single line end comes behind each.")
def a_line_end(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    return [good.wire() + b"\r\n"]


@does("The answer to HEAD has its body behind it.", selects=CORE)
def a_body_behind_head(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    return [good.wire(), good.body] if good.head_only else [good.wire()]


@does(
    "The answer to HEAD has its body behind it, a fifth of a second later.", selects=CORE, fast=True
)
def a_late_body_behind_head(_asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    yield good.wire()
    if good.head_only:
        world.wait(PAUSE_S)
        yield good.body


@does("Bytes come behind the last chunk.")
def behind_chunks(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    if good.head_only:
        return [good.wire()]
    chunk = b"%x\r\n" % len(good.body) + good.body + b"\r\n0\r\n\r\n"
    return [good.head(b"Transfer-Encoding: chunked") + chunk + STRAY_ANSWER]


@does("A second last chunk comes behind the last chunk.")
def two_last_chunks(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    if good.head_only:
        return [good.wire()]
    chunk = b"%x\r\n" % len(good.body) + good.body + b"\r\n0\r\n\r\n0\r\n\r\n"
    return [good.head(b"Transfer-Encoding: chunked") + chunk]


@does("Refusals are 204, with a body behind them.")
def behind_204(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    if not good.refuses:
        return [good.wire()]
    return [b"HTTP/1.1 204 No Content\r\n\r\n" + STRAY_ANSWER]


@does("Refusals are 304, with the body that their length announces.")
def behind_304(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    return [good.wire(line=b"HTTP/1.1 304 Not Modified") if good.refuses else good.wire()]


@does("Behind answers with Connection: close comes a second one.")
def behind_a_close(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    return [good.plus("Connection", b"close").wire() + STRAY_ANSWER, CLOSE]


@does("The length of each refusal is ten bytes too small.")
def a_length_too_small(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    if not good.refuses or good.head_only:
        return [good.wire()]
    return [good.head(b"Content-Length: %d" % (len(good.body) - 10)) + good.body]


@does("An interim answer comes behind each final one.")
def an_interim_answer_behind(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    return [good.wire() + b"HTTP/1.1 100 Continue\r\n\r\n"]


@does(
    "Interim answers come before each final one, in pieces: that is allowed.", fails=(), codes=(0,)
)
def interim_answers_before(_asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    yield b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 100 Con"
    world.wait(0.01)
    yield b"tinue\r\n\r\n"
    yield good.wire()


@does("Behind each answer come 5 MB.", selects=SMOKE, fails=(), codes=(0, 1, 3))
def megabytes_behind(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    return [good.wire() + b"surplus " * 600_000]


@does(
    "Behind each refusal comes the credential of the request.", fails=("ROBUST-11",), selects=MUST
)
def the_key_behind(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    return [good.wire() + (asked.credential.encode() if good.refuses else b"")]


@does(
    "The answers to requests on one connection are swapped: the second gets the first's.",
    fails=(),
    selects=AUTH,
    codes=(0, 1, 3),
)
def answers_swapped(asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
    where = f"connection {asked.connection}"
    before = world.kept.get(where)
    world.kept[where] = good
    told = before if before is not None and before.body else good
    return [replace(told, head_only=good.head_only).wire()]
