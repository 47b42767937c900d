"""Long forms are as long as they say, refused for their n alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.cases.long_forms import CORE, FULL, HARMLESS, LONG, MEGABYTE, filled
from conformance.http.request import HEAVY
from tests.plan.planning import plan_for

if TYPE_CHECKING:
    from conformance.cases.spec import Spec
    from conformance.http.request import Request

SHORT = {
    "a Content-Type with 4,000 backslashes",
    "8,000 files",
    "one field 10,000 times",
}


def asked(spec: Spec) -> Request:
    return next(r for r in plan_for(spec).requests.values() if r.label == spec.label)


@pytest.mark.parametrize("spec", [HARMLESS, *LONG], ids=lambda spec: spec.label)
def test_a_long_form_has_a_megabyte_and_a_faulty_n(spec: Spec) -> None:
    request = asked(spec)
    assert b'name="n"\r\n\r\nabc\r\n' in request.body
    assert request.phase == HEAVY
    assert spec.label in SHORT or MEGABYTE <= len(request.body) <= 1.01 * MEGABYTE
    assert len(request.body) < 2**20, "a limit of 1 MB, which many servers have, refuses it unread"


def test_each_is_compared_with_the_harmless_one() -> None:
    assert {spec.control for spec in LONG} == {HARMLESS}
    assert len(LONG) == len(CORE) + len(FULL)


def test_a_text_is_repeated_to_the_byte() -> None:
    assert filled(b"abc", 7) == b"abcabca"
