"""Property checks blame nothing on the correct reference gateway, and the cause on a broken one."""

from __future__ import annotations

import pytest

from conformance.cli.embedded_runs import judged
from conformance.cli.selftest import blamed
from tests.amount import EVERYTHING

SELECTION = ["test_properties"]
CAUGHT = {
    "n-clamped": "N-2",
    "n-out-of-range-500": "N-2",
    "n-text-500": "N-3",
    "n-truncated": "N-4",
    "n-fraction-500": "N-4",
    "size-beginning-compared": "SIZE-2",
    "size-other-500": "SIZE-2",
    "size-stripped": "SIZE-3",
    "format-unknown-means-url": "FORMAT-6",
    "format-unknown-500": "FORMAT-6",
}
CAUGHT_IN_FULL = {
    "n-eleven-accepted": "N-2",
    "size-case-folded": "SIZE-2",
    "format-case-folded": "FORMAT-6",
    "user-ascii-only": "USER-1",
    "unknown-field-500": "ROBUST-1",
    "size-control-500": "SIZE-4",
}


@pytest.mark.parametrize("seed", range(1, 21 if EVERYTHING else 7))
def test_the_reference_gateway_is_not_blamed_with_any_seed(seed: int) -> None:
    profile = "full" if seed % 5 == 0 else "core"
    result = judged(check=SELECTION, seed=seed, profile=profile)
    assert blamed(result) == {}


@pytest.mark.parametrize("seed", [3, 4] if EVERYTHING else [3])
@pytest.mark.parametrize("defect", CAUGHT)
def test_a_defect_is_caught_under_its_requirement(defect: str, seed: int) -> None:
    result = judged([defect], check=SELECTION, seed=seed)
    assert set(blamed(result)) == {CAUGHT[defect]}


@pytest.mark.parametrize("defect", CAUGHT_IN_FULL)
def test_a_defect_is_caught_in_full(defect: str) -> None:
    result = judged([defect], check=SELECTION, seed=3, profile="full")
    assert set(blamed(result)) == {CAUGHT_IN_FULL[defect]}


def test_the_message_shows_the_smallest_form_and_its_curl_line() -> None:
    result = judged(["n-clamped"], check=SELECTION, seed=3)
    found = next(r for r in result.requirements if r.id == "N-2")
    said, _, _ = found.message.partition(":")
    label, _, exchange = said.rstrip("]").partition(" [")
    # How far it is made smaller depends on what wrong acceptances may cost.
    assert label in {"n=0", "n=11"} or len(label) <= len("n=-1234")
    shown = result.exchanges[exchange]
    assert label.replace("n=", "--form-string n=") in (shown.curl or "")
