"""Whole runs against gateways whose answers hold odd values: each run ends, and no error is the suite's."""

from __future__ import annotations

import itertools
import json
import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.cli.embedded_runs import judged
from conformance.http.exchange import Exchange, Reply
from conformance.reference.making import finish
from conformance.result.model import Status, Verdict
from tests.amount import EVERYTHING
from tests.judging.odd_values import all_of
from tests.values import request

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.values import Answer, Call
    from conformance.result.model import Result

PATIENT_S = 30
# The answers that the run needs to begin at all.
BEFORE = 4


def errors_of(result: Result) -> list[str]:
    broke = [r for r in result.requirements if r.status is Status.ERROR]
    observed = [c for o in result.observations for c in o.findings if c.status is Status.ERROR]
    return [f"{r.id}: {r.message[-1_500:]}" for r in broke] + [c.message for c in observed]


def odd(seed: int, after: int) -> Callable[[Answer, Call], Answer]:
    """Give each answer another odd value, but for the first ones."""
    draw, numbers = random.Random(seed), itertools.count()

    def changed(answer: Answer, _: Call) -> Answer:
        try:
            body = json.loads(answer.body)
        except ValueError:
            return answer
        if next(numbers) < after or not isinstance(body, dict):
            return answer
        one = Exchange(request(), Reply(answer.status, (), answer.body))
        other = draw.choice(all_of(one)).of(one).reply
        return answer if other is None else replace(answer, body=other.body)

    return changed


@pytest.mark.parametrize("seed", [1, 2] if EVERYTHING else [1])
def test_a_gateway_of_odd_values_is_nonconformant(seed: int) -> None:
    result = judged(patches=[finish(odd(seed, BEFORE))], timeout=PATIENT_S)
    assert not errors_of(result)
    assert result.verdict is Verdict.NONCONFORMANT


def test_odd_values_from_the_first_answer_on_are_no_error_either() -> None:
    for seed in range(3):
        result = judged(patches=[finish(odd(seed, 0))], timeout=PATIENT_S, profile="smoke")
        assert not errors_of(result)
        assert result.verdict in (Verdict.NONCONFORMANT, Verdict.INCOMPLETE)


def test_what_comes_back_through_a_provider_may_be_odd_too() -> None:
    result = judged(
        patches=[finish(odd(1, BEFORE))], observed=True, timeout=PATIENT_S, profile="smoke"
    )
    assert not errors_of(result)
