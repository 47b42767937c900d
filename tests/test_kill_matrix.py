"""Each defect turns exactly its requirements red, and no variant is blamed for being different.

Behind a proxy that changes what no documentation fixes, nothing ends otherwise.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

import pytest

from conformance.cli.embedded_runs import judged
from conformance.cli.selftest import (
    PATIENT_S,
    blamed,
    try_behind,
    try_defect,
    try_variant,
    unbroken,
)
from conformance.reference.catalogue import BEHIND, DEFECTS, VARIANTS
from conformance.reference.proxies.behind import MIXES, VEILED
from conformance.result.model import Verdict
from conformance.run import garbage
from tests.amount import EVERYTHING, some
from tests.verifying import comes_to_its_result

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from conformance.reference.differences import Defect, Variant
    from conformance.reference.proxies.behind import Behind
    from conformance.result.model import Result

T = TypeVar("T", "Defect", "Variant", "Behind")
TOGETHER = MIXES + len(VEILED)


# Some trials repeat others in another way, and a part of them stands for all (`make matrix-all`).
FEW_SEEDS = 3
# The evidence of one run of so many is judged again by `make test`, and of all by `make matrix-all`.
VERIFIED = 10
# `make seeds` asks for 20; a user sees another one in each run.
SEEDS = int(os.environ.get("MATRIX_SEEDS", FEW_SEEDS))
# These wait longest: begun last, they would leave the other cores with nothing to do.
LONGEST = (
    "retries-without-end",
    "ends-of-refused-fraction",
    "fields-left-to-the-provider",
    "limits-before-the-provider",
    "ends-of-odd-model-for-good",
    "deployed-once",
    "limits-strangers",
    "pipelined-request-lost",
    "fails-under-load",
    "two-at-once",
    "both-names-500",
    "missing-field-409",
    "waits-for-ever",
    "malformed-message-hangs",
)


@pytest.fixture(autouse=True, scope="session")
def _seldom() -> None:
    """Collect garbage as seldom as a run and the self-test do."""
    garbage.collect_seldom()


def chosen(defects: Sequence[Defect]) -> list[Defect]:
    """Return few defects that break every requirement, or all of them.

    One that must break its requirements and no others is taken before one that breaks most of a run.
    """
    left = {id_ for defect in defects for id_ in defect.breaks}
    found = list(defects) if EVERYTHING else []
    while left and not EVERYTHING:
        useful = [defect for defect in defects if left.intersection(defect.breaks)]
        found.append(
            max(useful, key=lambda d: (not d.widespread, len(left.intersection(d.breaks))))
        )
        left.difference_update(found[-1].breaks)
    return found


def longest_first(known: Sequence[T]) -> list[T]:
    return sorted(known, key=lambda trial: trial.id not in LONGEST)


def then(trial: Defect | Variant) -> Callable[[Result, Path], None]:
    """Return what is done with a trial's result: of some, or of all, the evidence is judged again."""
    ids = [d.id for d in DEFECTS] + [v.id for v in VARIANTS]
    place = ids.index(trial.id)
    return comes_to_its_result if EVERYTHING or place % VERIFIED == 0 else lambda *_: None


@pytest.mark.parametrize("defect", longest_first(chosen(DEFECTS)), ids=lambda d: d.id)
def test_a_defect_breaks_exactly_its_requirements(defect: Defect) -> None:
    assert not try_defect(defect, then=then(defect)).problem


@pytest.mark.parametrize("variant", longest_first(VARIANTS), ids=lambda v: v.id)
def test_a_variant_is_not_blamed(variant: Variant) -> None:
    assert not try_variant(variant, then=then(variant)).problem


@pytest.mark.parametrize(
    "defect", some([d for d in DEFECTS if d.observed], of=20), ids=lambda d: d.id
)
def test_a_call_to_the_provider_is_told_from_others_in_flight(defect: Defect) -> None:
    assert not try_defect(defect, concurrency=8).problem


@pytest.mark.parametrize(
    "variant", some([v for v in VARIANTS if v.observed], of=11), ids=lambda v: v.id
)
def test_a_forwarding_variant_is_not_blamed_with_many_in_flight(variant: Variant) -> None:
    assert not try_variant(variant, concurrency=8).problem


@pytest.mark.parametrize(
    "behind",
    # Those at the end put several changes together.
    some(BEHIND[:-TOGETHER], of=13) + some(BEHIND[-TOGETHER:], of=2),
    ids=lambda b: b.id,
)
def test_nothing_ends_otherwise_behind_a_proxy(behind: Behind) -> None:
    assert not try_behind(behind).problem


@pytest.mark.parametrize("seed", range(2, SEEDS + 1))
def test_the_reference_gateway_conforms_with_every_seed(seed: int) -> None:
    result = judged(seed=seed, timeout=PATIENT_S)
    assert blamed(result) == {}
    assert result.verdict is Verdict.CONFORMANT


@pytest.mark.parametrize("seed", range(2, SEEDS + 1) if SEEDS > FEW_SEEDS else ())
def test_the_reference_gateway_conforms_with_every_seed_and_eight_at_once(seed: int) -> None:
    result = judged(seed=seed, concurrency=8, timeout=PATIENT_S)
    assert blamed(result) == {}
    assert result.verdict is Verdict.CONFORMANT


def test_every_requirement_is_turned_red_by_a_defect() -> None:
    assert unbroken() == []
