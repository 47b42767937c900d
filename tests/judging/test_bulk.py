"""Further examples: a run sends as many as --examples asks for, and judges them like all others."""

from __future__ import annotations

import itertools

import pytest

from conformance.cases.generated import generation
from conformance.cli.embedded_runs import judged
from conformance.cli.selftest import blamed
from conformance.judging import bulk

SELECTION = ["test_properties"]


def test_a_run_asks_as_many_examples_as_were_ordered_and_is_not_blamed() -> None:
    usual = judged(profile="full", check=SELECTION)
    more = judged(profile="full", check=SELECTION, examples=400)
    assert blamed(more) == {}
    known = len(generation.for_run(1, "full"))
    assert more.requests - usual.requests >= 400 - known - len(bulk.SHARES)
    assert more.images == usual.images


def test_fewer_examples_than_usual_are_the_near_misses() -> None:
    result = judged(profile="full", check=SELECTION, examples=20)
    assert blamed(result) == {}
    assert result.requests < 40


def test_a_defect_that_only_a_further_example_meets_is_caught() -> None:
    # --check leaves out the examples with nodes of their own, so only the further ones are sent.
    result = judged(["size-case-folded"], profile="full", check=["test_further"], examples=400)
    assert set(blamed(result)) == {"SIZE-2"}


@pytest.mark.parametrize("requirement", bulk.SHARES)
def test_a_batch_is_the_same_for_the_same_seed_and_asks_for_its_requirement(
    requirement: str,
) -> None:
    drawn = [list(generation.batch(requirement, 5, 2, 16)) for _ in range(2)]
    first, second = ([case.draft for case in cases] for cases in drawn)
    assert first == second
    assert first
    for case in itertools.chain(*drawn):
        assert case.requirement == requirement
        assert requirement in case.draft.reading.broken
