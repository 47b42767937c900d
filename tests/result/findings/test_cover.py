from __future__ import annotations

from conformance.result.findings.causes import Cause, Kind
from conformance.result.findings.cover import covered
from conformance.result.findings.failures import Failure
from conformance.result.model import Check, RequirementResult, Status


def failure(requirement: str, node: str = "") -> Failure:
    check = Check(node or f"{requirement}::test", Status.FAIL, "")
    row = RequirementResult(requirement, "N", "MUST", "stated", "A sentence.", "", Status.FAIL)
    return Failure(row, check, ())


N = Cause(Kind.ACCEPTS, "n")
ALL = Cause(Kind.REFUSALS, "JSON with error", "500")
SIZE = Cause(Kind.PART, "size", "500")


def own(requirement: str) -> Cause:
    return Cause(Kind.OWN, requirement)


def test_the_cause_that_explains_most_is_chosen_first() -> None:
    failures = [failure("A-1"), failure("A-2"), failure("A-3")]
    possible = {"A-1": (ALL, own("A-1")), "A-2": (ALL, SIZE), "A-3": (SIZE, own("A-3"))}
    found = covered(failures, lambda f: possible[f.requirement.id])
    assert [(c, [f.requirement.id for f in fs]) for c, fs in found] == [
        (ALL, ["A-1", "A-2"]),
        (SIZE, ["A-3"]),
    ]


def test_requirements_count_before_checks() -> None:
    many = [failure("A-1", f"t{i}") for i in range(5)]
    found = covered(
        [*many, failure("A-2")],
        lambda f: (N, own(f.requirement.id)) if f.check.node in ("t0", "A-2::test") else (SIZE,),
    )
    assert found[0][0] == N


def test_where_two_explain_as_much_the_first_kind_is_named() -> None:
    found = covered([failure("A-1")], lambda f: (own(f.requirement.id), SIZE, N))
    assert [cause for cause, _ in found] == [N]


def test_each_failure_has_one_cause() -> None:
    failures = [failure("A-1"), failure("A-2")]
    found = covered(failures, lambda f: (own(f.requirement.id),))
    assert sorted(f.requirement.id for _, fs in found for f in fs) == ["A-1", "A-2"]
    assert covered([], lambda _: ()) == []
