"""Secrets in what came back are seen by their marks, also where an answer is not kept whole."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from conformance.http.bounds import MOST_HEADERS, Allowance
from conformance.http.exchange import Attempt, Exchange, Fetched, Reply
from conformance.http.redacting.vault import Vault
from conformance.judging import partial
from conformance.judging.secrets import leaks
from conformance.send.wire import body
from tests.values import exchange

KEY = "sk-bf-7f3a9c2e51d84b06a1e4"
VAULT = Vault([("key", KEY)])
LARGE = 4_400_000


def received(content: bytes, headers: int = 0) -> Exchange:
    """A refusal as the transport hands it on, and as a check gets it."""
    raw = Reply(400, (("x", "y"),) * headers, content)
    reply = asyncio.run(body.cleaned(raw, VAULT, 10_000_000, Allowance()))
    return partial.guarded(replace(exchange(400), reply=reply))


@pytest.mark.parametrize("headers", [0, MOST_HEADERS + 1])
@pytest.mark.parametrize("size", [0, LARGE])
def test_a_secret_at_the_end_of_an_answer_is_seen_whatever_is_kept(size: int, headers: int) -> None:
    found = received(b"x" * size + KEY.encode(), headers)
    assert found.reply is not None
    assert (found.reply.cut is not None) == (size > 0 or headers > 0)
    assert next(leaks(found)).name == "key"


def test_a_large_answer_without_a_secret_shows_none() -> None:
    assert list(leaks(received(b"x" * LARGE))) == []


@pytest.mark.parametrize(
    "place",
    [
        {"failure_text": KEY},
        {"surplus": KEY.encode()},
        {"received": KEY.encode()},
        {"earlier": (Attempt(500, None, KEY, 0.1),)},
        {"earlier": (Attempt(500, None, "", 0.1, (("x", KEY),)),)},
        {"fetched": (Fetched("http://h/", 200, KEY, b""),)},
        {"fetched": (Fetched("http://h/", 200, "", KEY.encode()),)},
        {"behind": (Reply(400, (("x", KEY),), b""),)},
    ],
    ids=lambda place: next(iter(place)),
)
def test_every_place_where_something_came_back_is_read(place: dict[str, object]) -> None:
    assert [leak.name for leak in leaks(VAULT.clean(replace(exchange(400), **place)))] == ["key"]  # type: ignore[arg-type] # the fields of an exchange
