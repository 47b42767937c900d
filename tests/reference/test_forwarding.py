"""The reference gateway with a provider behind it, both real servers."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import httpx
import pytest

from conformance.provider import proof
from conformance.provider.journal import Journal
from conformance.provider.server import listening
from conformance.provider.server import running as provider_running
from conformance.reference.behaviour import Behaviour
from conformance.reference.forwarding import PROVIDER_KEY
from conformance.reference.server import running

from .asking import BEARER, PICTURE

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def journal() -> Journal:
    return Journal()


@pytest.fixture(scope="module")
def url(journal: Journal) -> Iterator[str]:
    with (
        provider_running(listening("127.0.0.1", 0), journal) as provider,
        running(Behaviour(), provider) as at,
    ):
        yield at


def asked(url: str, **fields: str) -> httpx.Response:
    return httpx.post(
        f"{url}/v1/images/variations",
        headers=BEARER,
        data={"model": "openai/dall-e-2", **fields},
        files={"image": ("a.png", PICTURE, "image/png")},
    )


def test_what_is_asked_is_sent_on(url: str, journal: Journal) -> None:
    answer = asked(url, n="2", size="512x512", user="u", response_format="url")
    call = journal.calls()[-1]
    assert call.model == "dall-e-2"
    assert [call.text(k) for k in ("n", "size", "user", "response_format")] == [
        "2", "512x512", "u", "url",
    ]  # fmt: skip
    found = proof.read(httpx.get(answer.json()["data"][1]["url"]).content)
    assert found is not None
    assert found.is_of(hashlib.sha256(PICTURE).hexdigest())
    assert answer.json()["size"] == "512x512"


def test_it_presents_its_own_key(url: str, journal: Journal) -> None:
    asked(url, user="another")
    assert journal.vault.name_of(PROVIDER_KEY) == "provider"
    assert BEARER["Authorization"].partition(" ")[2] not in repr(journal.calls())


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("fault-400", 400),
        ("fault-401", 502),
        ("fault-429", 429),
        ("fault-500", 502),
        ("fault-html", 502),
        ("fault-broken-json", 502),
        ("fault-empty", 502),
        ("fault-no-data", 502),
        ("fault-drop", 502),
        ("fault-endless", 504),
        ("fault-slow", 504),
    ],
)
def test_a_failing_provider_becomes_an_envelope(url: str, fault: str, status: int) -> None:
    answer = asked(url, model=f"openai/{fault}")
    assert answer.status_code == status
    assert answer.json()["error"]["message"]
    assert answer.headers.get("retry-after") == ("1" if status == 429 else None)


def test_a_fallback_serves(url: str, journal: Journal) -> None:
    answer = asked(url, model="openai/fault-500", fallbacks="openai/gpt-image-1")
    assert answer.json()["model"] == "openai/gpt-image-1"
    assert [c.model for c in journal.calls()[-2:]] == ["fault-500", "gpt-image-1"]
