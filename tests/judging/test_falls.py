"""Which requirement a request is charged to that ended the gateway's process."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.cases.spec import (
    BAD_N,
    MODEL,
    PLAIN,
    Upload,
    beside_a_fault,
    either,
    fault,
    uploaded,
    variation,
)
from conformance.http.deliveries import MALFORMED
from conformance.http.request import Credential, Request
from conformance.judging import ends
from conformance.judging.falls import charge, forbidden_by, restarts
from conformance.plan.plan import Plan
from conformance.send.outages.asked import Asked
from conformance.send.outages.falls import Culprit, Fall
from tests.serving import target_at
from tests.values import exchange

if TYPE_CHECKING:
    from conformance.cases.spec import Spec

TARGET = target_at("http://127.0.0.1:1")
NO_TEXT = either(variation("no text", model=MODEL.encode() + b"\xff"))


def bound(spec: Spec) -> Request:
    found = Plan(TARGET, 1).bind(spec)
    assert isinstance(found, Request)
    return found


def fall(*specs: Spec, sure: bool = True, back: bool = True) -> Fall:
    requests = [bound(spec) for spec in specs]
    culprits = tuple(
        Culprit(exchange(200, r), "it ended the process twice", r.label) for r in requests
    )
    asked = [Asked(r, 0, 1, 200, "200") for r in requests or [bound(PLAIN)]]
    return Fall(0.0, 1.0, sure, asked, back, looked_into=True, culprits=culprits)


@pytest.mark.parametrize(
    ("spec", "requirement"),
    [
        (NO_TEXT, "MODEL-3"),
        (fault(variation(n="1.5"), control=PLAIN), "N-4"),
        (fault(variation(n="11"), control=PLAIN), "N-2"),
        (either(variation(user="a\x00b")), "USER-2"),
        (fault(uploaded("no image", None), control=PLAIN), "IMAGE-4"),
        # Only a SHOULD demands that these are refused; that they are answered is a MUST all the same.
        (fault(variation(n="11.0"), control=PLAIN), "ROBUST-1"),
        (either(variation("both", x_unknown="1")), "ROBUST-1"),
        (PLAIN, "ROBUST-5"),
        (replace(BAD_N, delivery=next(iter(MALFORMED))), "ROBUST-5"),
        (replace(PLAIN, credential=Credential(name=""), expected="refused"), "ROBUST-5"),
        (replace(PLAIN, method="HEAD", expected="either"), "ROBUST-5"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.label,
)
def test_a_culprit_is_charged_to_the_must_that_its_input_breaks(
    spec: Spec, requirement: str
) -> None:
    assert forbidden_by(bound(spec), TARGET) == requirement


def test_a_gateway_without_keys_is_charged_alike() -> None:
    keyless = replace(TARGET, auth="none")
    request = Plan(keyless, 1).bind(NO_TEXT)
    assert isinstance(request, Request)
    assert forbidden_by(request, keyless) == "MODEL-3"


def test_the_fault_beside_an_odd_input_is_not_charged() -> None:
    odd = beside_a_fault("an odd file name", upload=Upload(filename='a"b.png'))
    assert forbidden_by(bound(odd), TARGET) == "N-3"
    assert forbidden_by(bound(odd), TARGET, bound(BAD_N)) == "ROBUST-1"


def test_each_requirement_fails_once_and_names_its_culprits() -> None:
    bad = fault(variation(n="0.5"), control=PLAIN)
    worse = fault(variation(n="1.5"), control=PLAIN)
    with pytest.raises(ends.Failed) as caught:
        charge([fall(bad), fall(NO_TEXT), fall(worse), fall(bad)], TARGET)
    failed = [caught.value, *caught.value.others]
    assert [f.requirement for f in failed] == ["N-4", "MODEL-3"]
    assert [len(f.exchanges) for f in failed] == [2, 1]
    assert all(str(f).startswith("your gateway's process ended") for f in failed)


def test_a_process_that_is_gone_fails_with_what_it_was_asked_last() -> None:
    with pytest.raises(ends.Failed, match=r"did not come back.*plain") as caught:
        charge([fall(back=False)], TARGET)
    assert caught.value.requirement == "ROBUST-5"
    assert caught.value.exchanges == (bound(PLAIN).id,)


def test_one_restart_without_a_culprit_is_recorded_and_several_are_flaky() -> None:
    charge([fall(), fall(sure=False)], TARGET)
    assert len(restarts([fall(), fall(sure=False), fall(NO_TEXT), fall(back=False)])) == 1
    with pytest.raises(ends.Flaky, match="2 times"):
        charge([fall(), fall()], TARGET)
