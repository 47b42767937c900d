"""Answers of any size over the wire: what is kept of them, and that none is blamed for its size."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from conformance.cases.spec import PLAIN
from conformance.http import bounds, payload
from conformance.http.bounds import Allowance
from conformance.http.images import looking, pictures
from conformance.send.wire import body as bodies
from conformance.send.wire.transport import Transport
from tests.asking import Asking
from tests.serving import KEY, Answer, Loopback

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.http.exchange import Exchange, Reply

PHOTO = pictures.make("a photograph", "photo")
TEN = json.dumps({"data": [{"b64_json": base64.b64encode(PHOTO).decode()}] * 10}).encode()
JUNK = b"<p>junk</p>" * 100_000


def answered(kept: Allowance, *answers: Answer, at_once: bool = False) -> list[Exchange]:
    """Send one request for each of these answers, through one transport."""
    left = list(answers)
    with Loopback(lambda _: left.pop(0)) as server:
        asking = Asking(server.url, PLAIN)
        (request,) = asking.plan.requests.values()

        async def all_of() -> list[Exchange]:
            async with Transport(asking.target, kept=kept) as own:
                if at_once:
                    return await asyncio.gather(*(own.send(request, 60) for _ in answers))
                return [await own.send(request, 60) for _ in answers]

        return asyncio.run(all_of())


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_ten_large_pictures_are_kept_as_facts(coding: str) -> None:
    body, headers = (gzip.compress(TEN, 1), {"content-encoding": "gzip"}) if coding else (TEN, {})
    (found,) = answered(Allowance(), Answer(200, body, headers))
    assert len(found.content) < 2_000
    assert payload.measured(found) == [(i, looking.measure(PHOTO)) for i in range(10)]


def test_what_the_run_cannot_keep_leaves_its_digest_and_its_beginning() -> None:
    first, second = answered(
        Allowance(large=0), Answer(400, JUNK), Answer(400, b'{"error": {"message": "no"}}')
    )
    assert first.reply is not None
    assert first.reply.cut is not None
    assert first.reply.cut.length == len(JUNK)
    assert first.reply.cut.sha256 == hashlib.sha256(JUNK).hexdigest()
    assert (first.status, first.failure) == (400, None)
    assert first.content == JUNK[: bounds.HEAD_BYTES]
    assert second.body == {"error": {"message": "no"}}


def test_many_at_once_take_no_more_memory_than_one_may() -> None:
    kept = Allowance(at_once=2_000_000, whole=1_500_000, large=0)
    found = answered(kept, *[Answer(200, JUNK)] * 6, at_once=True)
    assert [e.status for e in found] == [200] * 6
    assert all(e.reply is not None and e.reply.cut is not None for e in found)
    assert {e.reply.cut.length for e in found if e.reply and e.reply.cut} == {len(JUNK)}
    # What they took is given back.
    (again,) = answered(kept, Answer(200, b'{"data": []}' + b" " * 1_000_000))
    assert again.items == []
    assert again.reply is not None


def test_what_inflates_to_more_than_is_kept_is_cut_and_not_blamed() -> None:
    bomb = gzip.compress(bytes(3_000_000))
    (found,) = answered(Allowance(whole=1_000_000), Answer(200, bomb, {"content-encoding": "gzip"}))
    assert (found.status, found.failure) == (200, None)
    assert found.reply is not None
    assert found.reply.cut is not None
    assert "inflates" in found.reply.cut.why


def test_the_beginning_of_what_is_cut_shows_no_credential() -> None:
    leak = f'{{"key": "{KEY}"'.encode() + b" " * 2_000_000
    for body, headers in ((leak, {}), (gzip.compress(leak), {"content-encoding": "gzip"})):
        for kept in (Allowance(whole=1_000), Allowance(large=0, small=0)):
            (found,) = answered(kept, Answer(400, body, headers))
            assert found.reply is not None
            assert found.reply.cut is not None
            assert KEY.encode() not in found.content
            assert KEY not in repr(found.reply.cut)


def test_very_many_headers_are_cut_by_name() -> None:
    many = {f"x-{i}": "v" for i in range(1_000)}
    (found,) = answered(Allowance(), Answer(200, b"{}", many))
    assert found.reply is not None
    assert len(found.reply.headers) <= bounds.MOST_HEADERS + len(bounds.READ_HEADERS)
    assert found.reply.cut is not None
    assert found.reply.cut.headers


def test_large_answers_are_read_in_a_thread_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[Callable[..., object]] = []
    real = asyncio.to_thread

    async def noted(function: Callable[..., object], *arguments: object) -> object:
        threads.append(function)
        return await real(function, *arguments)

    monkeypatch.setattr(asyncio, "to_thread", noted)
    answered(Allowance(), Answer(200, b"{}"), Answer(200, b'"%s"' % (b"x" * 60_000)))
    assert threads == [bodies._alone]


def test_the_time_that_the_suite_takes_itself_is_not_the_gateways(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = bodies.prepared

    def slowly(*arguments: Any) -> Reply:
        time.sleep(4)
        return real(*arguments)

    monkeypatch.setattr(bodies, "prepared", slowly)
    with Loopback(lambda _: Answer(200, JUNK)) as server:
        asking = Asking(server.url, PLAIN)
        (request,) = asking.plan.requests.values()

        async def once() -> Exchange:
            async with Transport(asking.target) as own:
                return await own.send(request, 3)

        found = asyncio.run(once())
    assert (found.status, found.failure) == (200, None)
    assert found.elapsed_s < 3


def test_what_is_not_read_in_time_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "prepared", lambda *_: time.sleep(0.5))
    monkeypatch.setattr(bodies, "MOST_PREPARED_S", 0.01)
    (found,) = answered(Allowance(), Answer(200, f"{KEY} ".encode() * 10_000))
    assert (found.status, found.failure, found.content) == (200, None, b"")
    assert found.reply is not None
    assert found.reply.cut is not None
    assert "not read within" in found.reply.cut.why
