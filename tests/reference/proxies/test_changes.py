"""Each change means the same to a client that reads by the standards: the answers stay equal."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from conformance.reference.catalogue import BEHIND, CHANGES, behaviour, change
from conformance.reference.gateway import ROUTE
from conformance.reference.proxies.behind import VEIL
from conformance.reference.proxies.server import running
from conformance.reference.proxies.values import Asked
from conformance.reference.server import running as gateway_running
from tests.reference.asking import BEARER, BOUNDARY, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.reference.proxies.values import Change

HEADERS = {**BEARER, "Content-Type": f"multipart/form-data; boundary={BOUNDARY.decode()}"}
VARYING = ("id", "event_id", "created", "latency", "url", "x_edge", "x_null")


@pytest.fixture(scope="module")
def gateway() -> Iterator[str]:
    with gateway_running(behaviour([], ["no-cache"])) as url:
        yield url


def post(base_url: str, content: bytes | Iterator[bytes]) -> httpx.Response:
    # HTTP/1.0 has no length, so each request has a client of its own.
    with httpx.Client(trust_env=False, headers=HEADERS) as client:
        return client.post(base_url + ROUTE, content=content)


def lasting(value: Any) -> Any:
    """A body without what differs from one answer to the next."""
    if isinstance(value, dict):
        return {k: lasting(v) for k, v in value.items() if k not in VARYING}
    if isinstance(value, list):
        return [lasting(v) for v in value]
    return value.partition(" (request id")[0] if isinstance(value, str) else value


@pytest.mark.parametrize("one", CHANGES, ids=lambda c: c.id)
def test_a_change_means_the_same(one: Change, gateway: str) -> None:
    bodies = (plain(response_format="b64_json"), plain(n="0"), plain(size="é"))
    with running(gateway, [one]) as proxy:
        for content in bodies:
            direct, changed = (
                post(gateway, content),
                post(proxy, iter([content[:99], content[99:]])),
            )
            assert changed.status_code == direct.status_code
            assert lasting(changed.json()) == lasting(direct.json())


@pytest.mark.parametrize("one", CHANGES, ids=lambda c: c.id)
def test_a_change_says_what_it_does_and_why_it_may(one: Change) -> None:
    assert one.id.replace("-", "").replace(".", "").isalnum()
    assert one.sentence.endswith(".")
    assert one.source.startswith(("RFC", "the documentation is silent"))
    assert change(one.id) is one


def test_each_change_is_tried_alone() -> None:
    alone = [behind.changes[0] for behind in BEHIND if len(behind.changes) == 1]
    assert alone == [one.id for one in CHANGES]
    ids = [behind.id for behind in BEHIND]
    assert len(ids) == len(set(ids)) < 40
    assert set(VEIL) <= set(alone)


def through(one: str, gateway: str) -> httpx.Response:
    with running(gateway, [change(one)]) as proxy:
        return post(proxy, plain(n="0"))


def test_every_character_of_a_text_is_escaped(gateway: str) -> None:
    told = through("other-escapes", gateway)
    assert "message" not in told.text
    assert told.json()["error"]["param"] == "n"


def test_whole_numbers_get_a_fraction_or_an_exponent(gateway: str) -> None:
    told = json.loads(through("other-numbers", gateway).text, parse_int=str)
    assert told["status_code"] == 400.0


def test_a_body_is_compressed_if_the_request_accepts_that(gateway: str) -> None:
    assert through("compressed-when-asked", gateway).headers["content-encoding"] == "gzip"
    with (
        running(gateway, [change("compressed-when-asked")]) as proxy,
        httpx.Client(trust_env=False, headers={**HEADERS, "Accept-Encoding": "identity"}) as client,
    ):
        assert "content-encoding" not in client.post(proxy + ROUTE, content=plain()).headers


def test_urls_lead_back_through_the_proxy(gateway: str) -> None:
    with running(gateway, [change("internal-host")]) as proxy:
        url = post(proxy, plain()).json()["data"][0]["url"]
        assert url.startswith(proxy)
        assert httpx.get(url, trust_env=False).headers["content-type"] == "image/png"


def test_headers_of_one_name_keep_their_order() -> None:
    headers = (("A", "1"), ("B", "2"), ("a", "3"))
    asked = Asked("POST", "/", headers, "1.1", "g:1", Random(1))
    changed = change("other-request-names").on_request(headers, asked)
    assert [value for name, value in changed if name == "a"] == ["1", "3"]
