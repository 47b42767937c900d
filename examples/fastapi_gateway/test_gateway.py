"""The gateway's own tests: it conforms, as the fixture says and as a program may ask itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import conformance

if TYPE_CHECKING:
    from typing import Any

    from conformance import Result
    from conformance.api.serving import ASGIApp


def test_it_conforms(conformance_result: Result) -> None:
    """All that the profile smoke asks."""
    assert conformance_result.verdict == "conformant", conformance_result.findings


def test_no_wrong_number_of_pictures_is_accepted(conformance_result: Result) -> None:
    """A single requirement of the same run."""
    rows = {row.id: row.status for row in conformance_result.requirements}
    assert rows["N-2"] == "pass"


def test_one_part_of_it_in_a_moment(
    conformance_target: ASGIApp, conformance_settings: dict[str, Any]
) -> None:
    """While one works on the form, a few requirements are enough."""
    key = conformance_settings["api_key"]
    result = conformance.judge(conformance_target, api_key=key, requirement=["N-2", "N-3"])
    assert result.verdict == "partial"
    assert conformance.exit_code(result) == 0
