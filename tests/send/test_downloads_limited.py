"""Pictures that their server asks to fetch later: a rate limit is no verdict on a url."""

from __future__ import annotations

from tests.send.downloading import PNG, fetched
from tests.serving import Answer, Got, Loopback, refusal


def test_a_picture_that_is_limited_is_fetched_later() -> None:
    answers = [refusal(429), refusal(503, retry_after="7"), Answer(200, PNG, {})]
    with Loopback(lambda _got: answers.pop(0)) as server:
        (found,) = fetched(f"{server.url}/p.png")
    assert (found.status, found.body, found.problem) == (200, PNG, "")


def test_a_picture_that_is_always_limited_is_not_judged() -> None:
    with Loopback(lambda _got: refusal(429)) as server:
        found = fetched(f"{server.url}/a.png", f"{server.url}/b.png")
    assert len(server.got) < 40
    assert [f.skipped for f in found] == [True, True]
    assert all("429" in f.problem for f in found)


def test_a_picture_that_alone_is_limited_holds_no_other_up() -> None:
    def decide(got: Got) -> Answer:
        return refusal(429) if got.path == "/0.png" else Answer(200, PNG, {})

    with Loopback(decide) as server:
        found = fetched(*(f"{server.url}/{i}.png" for i in range(9)), timeout_s=60)
    assert [f.status for f in found if not f.skipped] == [200] * 8
    assert len(server.got) < 40
