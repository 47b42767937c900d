"""What gateways write about their limits into the headers of an answer."""

from __future__ import annotations

import pytest

from conformance.http.exchange import Reply
from conformance.send.rates.told import NOTHING, Told, told

NOW = 1_760_000_000.0


def of(**headers: str) -> Told:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return told(Reply(429, named, b""), NOW)


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"Retry-After": "17"}, 17.0),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "Thu, 09 Oct 2025 08:53:30 GMT"}, 10.0),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:10 GMT"}, 0.0),
        ({"retry-after-ms": "250", "Retry-After": "1"}, 0.25),
        ({"X-RateLimit-Reset": "30"}, 30.0),
        ({"X-RateLimit-Reset": "1760000012"}, 12.0),
        ({"X-RateLimit-Reset": "1760000012500"}, 12.5),
        ({"X-RateLimit-Reset": "1750000000"}, 0.0),
        ({"x-ratelimit-reset-requests": "1s"}, 1.0),
        ({"x-ratelimit-reset-requests": "6m0s"}, 360.0),
        ({"x-ratelimit-reset-requests": "1m0.5s"}, 60.5),
        ({"x-ratelimit-reset-requests": "20ms"}, 0.02),
        ({"RateLimit-Reset": "5"}, 5.0),
        ({"RateLimit": "limit=60, remaining=0, reset=30"}, 30.0),
        ({"RateLimit": '"default";r=0;t=12'}, 12.0),
        ({"Retry-After": "3", "X-RateLimit-Reset": "30"}, 3.0),
    ],
)
def test_a_wait_is_read_in_every_form(headers: dict[str, str], wait_s: float) -> None:
    assert of(**headers).wait_s == pytest.approx(wait_s)


@pytest.mark.parametrize(
    ("policy", "per_s"),
    [
        ("60;w=60", 1.0),
        ('"default";q=100;w=10', 10.0),
        ('"burst";q=10;w=1, "day";q=1000;w=86400', None),
        ('"day";q=1000;w=86400', None),
        ("60", None),
        ('"default";q=0;w=10', None),
        ("60;w=0", None),
        ('"default";q=²;w=10', None),
    ],
)
def test_a_rate_is_read_from_a_policy_that_is_the_only_one(
    policy: str, per_s: float | None
) -> None:
    assert of(**{"RateLimit-Policy": policy}).per_s == per_s


@pytest.mark.parametrize(
    "name", ["Retry-After", "retry-after-ms", "X-RateLimit-Reset", "RateLimit"]
)
@pytest.mark.parametrize(
    "value",
    ["nan", "inf", "-1", "soon", "", "1e9", "9" * 400, "Mon, 99 Foo 2015", "²", "1s2", "t="],
)
def test_a_value_that_is_none_is_ignored(name: str, value: str) -> None:
    assert of(**{name: value}) == NOTHING
