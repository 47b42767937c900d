"""Each defect turns exactly its requirements red, and no variant is blamed for being different."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance import contract
from conformance.reference.catalogue import DEFECTS, VARIANTS
from conformance.result import Verdict
from tests.judging_reference import blamed, judged

if TYPE_CHECKING:
    from conformance.reference.defects.making import Defect
    from conformance.reference.variants import Variant


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda d: d.id)
def test_a_defect_breaks_exactly_its_requirements(defect: Defect) -> None:
    result = judged([defect.id], arguments=["--profile", defect.profile], primary=defect.primary)
    found = blamed(result)
    if defect.widespread:
        assert set(defect.breaks) <= set(found), found
    else:
        assert set(found) == set(defect.breaks), found
    levels = contract.load().requirements
    broken = any(levels[i].level == "MUST" for i in defect.breaks)
    assert (result.verdict is Verdict.NONCONFORMANT) == broken


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: v.id)
def test_a_variant_is_not_blamed(variant: Variant) -> None:
    result = judged(variants=[variant.id], arguments=variant.declare)
    assert set(blamed(result)) == set(variant.warns), blamed(result)
    assert result.verdict is Verdict.CONFORMANT


@pytest.mark.parametrize("seed", range(2, 6))
def test_the_reference_gateway_conforms_with_every_seed(seed: int) -> None:
    result = judged(arguments=["--seed", str(seed)])
    assert blamed(result) == {}
    assert result.verdict is Verdict.CONFORMANT


def test_every_requirement_is_turned_red_by_a_defect() -> None:
    broken = {id_ for defect in DEFECTS for id_ in defect.breaks}
    assert set(contract.load().requirements) == broken
