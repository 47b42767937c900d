"""The scope of a verdict: how much was judged, with what, under which settings."""

from __future__ import annotations

import dataclasses

from conformance.reports import scope
from conformance.result.model import Status

from . import samples


def test_a_line_says_how_much_was_judged_with_what_and_under_which_settings() -> None:
    result = samples.nonconformant()
    must = [r for r in result.requirements if r.level == "MUST"]
    target = {
        **result.target,
        "auth": "bearer",
        "credentials": ["virtual-key", "admin-jwt"],
        "other_tenant": False,
        "expired": True,
        "observe": None,
        "declared": ["raw-echo"],
        "limits": ["--sizes 256x256", "--max-n 4"],
        "fetch": False,
        "insecure": True,
    }
    said = scope.line(dataclasses.replace(result, target=target))
    assert f"of {len(must)} MUST" in said
    assert said.partition("; ")[0].endswith("SHOULD judged")
    assert said.partition("; ")[2] == (
        "the client's side only; credentials: virtual-key, admin-jwt, an expired one, without"
        " another tenant's; profile core; --declare raw-echo, --sizes 256x256, --max-n 4,"
        " --no-fetch, --insecure"
    )


def test_what_could_not_be_settled_was_not_judged() -> None:
    result = samples.incomplete()
    assert scope.judged(result).startswith("0 of ")


def test_a_run_that_saw_both_sides_without_a_credential_says_so() -> None:
    target = {
        "url": "http://127.0.0.1",
        "auth": "none",
        "observe": "127.0.0.1:9",
        "credentials": [],
    }
    said = scope.line(dataclasses.replace(samples.conformant(), target=target))
    assert "both sides; no credentials (--auth none); profile core" in said


def test_whatever_a_result_holds_the_scope_is_one_short_visible_line() -> None:
    hostile = ["\x1b[31m\n::error::" * 1_000]
    target = {"declared": hostile, "credentials": hostile, "limits": hostile}
    said = scope.line(dataclasses.replace(samples.hostile(), target=target))
    assert "\n" not in said
    assert "\x1b" not in said
    assert len(said) < 2_000


def test_a_strict_run_says_what_became_of_its_recommendations() -> None:
    result = dataclasses.replace(samples.nonconformant(), strict=True)
    assert "counts, and 1 is not met." in scope.strict(result)
    met = tuple(r for r in result.requirements if r.status is Status.PASS)
    as_should = tuple(dataclasses.replace(r, level="SHOULD") for r in met)
    assert "and all that were judged are met." in scope.strict(
        dataclasses.replace(result, requirements=as_should)
    )
    must = tuple(dataclasses.replace(r, level="MUST") for r in met)
    assert "and none was judged." in scope.strict(dataclasses.replace(result, requirements=must))
    assert scope.strict(samples.nonconformant()) == ""
