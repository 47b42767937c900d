"""Whether fallbacks are understood: by a success, or by more calls than without them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from conformance.http.fallback_encodings import ENCODINGS
from conformance.judging.ends import Untestable
from conformance.judging.fallbacks import calls_a_try, tried, understood
from tests.values import ScriptedProbe, attempt, exchange, request

if TYPE_CHECKING:
    from conformance.cases.spec import Spec
    from conformance.http.exchange import Exchange

ALONE = "the failing model alone"


@dataclass
class Gateway(ScriptedProbe):
    """A probe whose answers are given by the label of the request; the others are 502."""

    answers_to: dict[str, Exchange] = field(default_factory=dict)

    def send(self, spec: Spec) -> Exchange:
        return self.answers_to.get(spec.label) or exchange(502, request(spec.label), calls=CALL)


CALL: Any = ("a call",)


def named(encoding: str) -> str:
    return f"fallbacks as {encoding}: 1"


def test_each_encoding_is_tried() -> None:
    assert [name for name, _ in tried(Gateway())] == [*ENCODINGS]


def test_a_success_says_which_encoding_is_understood() -> None:
    served = exchange(200)
    found = understood(Gateway(answers_to={named("json-strings"): served}))
    assert found == ("json-strings", served)


def test_more_calls_than_without_fallbacks_say_so_too() -> None:
    twice = exchange(502, calls=CALL * 2)
    assert understood(Gateway(answers_to={named("indexed"): twice})) == ("indexed", twice)


def test_retries_and_second_looks_are_no_sign_of_understanding() -> None:
    looked_twice = exchange(502, calls=CALL * 2, earlier=(attempt(502),))
    retried = exchange(502, calls=CALL * 3)
    answers = dict.fromkeys((*map(named, ENCODINGS), ALONE), retried)
    assert understood(Gateway(answers_to={named("indexed"): looked_twice})) is None
    assert understood(Gateway(answers_to=answers)) is None


def test_where_nobody_looked_there_are_no_calls() -> None:
    assert calls_a_try(exchange(502)) == 0
    assert calls_a_try(exchange(502, calls=CALL, calls_unclear="two alike")) == 0


def test_a_rate_limit_leaves_it_open() -> None:
    with pytest.raises(Untestable, match="429"):
        understood(Gateway(answers_to={named("indexed"): exchange(429)}))
