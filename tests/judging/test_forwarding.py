"""What a check says where a failure on order never reached the provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.judging.ends import Untestable
from conformance.judging.forwarding import failed_at_provider
from tests.values import exchange, request

if TYPE_CHECKING:
    from conformance.http.exchange import Failure

ORDERED = request("a page instead of JSON", provider_fault="html")


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_model_that_the_gateway_refuses_is_to_be_added(status: int) -> None:
    with pytest.raises(Untestable, match=r"fault-html .*add it to the models"):
        failed_at_provider(exchange(status, ORDERED, calls=()))


@pytest.mark.parametrize("failure", ["limited", "down", "budget", "timeout", "dropped"])
def test_a_request_without_an_answer_says_nothing_of_the_models(failure: Failure) -> None:
    unasked = exchange(None, ORDERED, failure=failure, failure_text="why", calls=())
    with pytest.raises(Untestable, match=f"{failure}: why") as ended:
        failed_at_provider(unasked)
    assert "add it" not in str(ended.value)


@pytest.mark.parametrize("status", [200, 429, 500, 502])
def test_an_answer_that_refuses_no_model_says_nothing_of_the_models(status: int) -> None:
    with pytest.raises(Untestable) as ended:
        failed_at_provider(exchange(status, ORDERED, calls=()))
    assert "add it" not in str(ended.value)
