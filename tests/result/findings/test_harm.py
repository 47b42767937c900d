"""What a failure does to users: every requirement has a class, and the answer refines it."""

from __future__ import annotations

import dataclasses

import pytest

from conformance.contract import contract
from conformance.result.exchange_summary import ExchangeSummary
from conformance.result.findings import find, harm
from conformance.result.findings.failures import Failure
from conformance.result.harm import Harm
from conformance.result.model import Check, RequirementResult, Status
from tests.result.samples import EVERYTHING


def failing(id_: str, status: int | None, *, level: str = "MUST", said: str = "") -> Failure:
    said = said or "expected a refusal, got another answer"
    check = Check(f"test_x.py::test_x[{id_}]", Status.FAIL, said, (id_,))
    clause = id_.partition("-")[0]
    row = RequirementResult(
        id_,
        clause,
        level,
        "stated",
        "It does.",
        "a line",
        Status.FAIL,
        checks=(check,),
        subject=id_,
    )
    body = f'{{"is_bifrost_error": true, "error": {{"message": "{id_}"}}}}'
    shown = ExchangeSummary(
        id_, "a request", "POST", "http://gateway.example", status=status, reply_body=body
    )
    return Failure(row, check, (shown,))


def test_every_requirement_of_the_contract_has_a_class_and_no_class_names_another_one() -> None:
    known = contract.load().requirements
    assert {r.clause for r in known.values()} == set(harm.OF_CLAUSES)
    assert set(harm.OF_IDS) <= set(known)


@pytest.mark.parametrize(
    ("id_", "status", "what"),
    [
        ("AUTH-5", 200, Harm.OPEN_DOOR),
        ("AUTH-5", 500, Harm.CRASH),
        ("AUTH-5", 404, Harm.ERROR_SHAPE),
        ("AUTH-3", 401, Harm.WRONG_REFUSAL),
        ("AUTH-15", 401, Harm.LEAK),
        ("CACHE-1", 200, Harm.OPEN_DOOR),
        ("ERROR-9", 500, Harm.LEAK),
        ("N-2", 200, Harm.SILENT),
        ("N-2", None, Harm.CRASH),
        ("N-6", 500, Harm.CRASH),
        ("ERROR-1", 500, Harm.ERROR_SHAPE),
        ("FORMAT-1", 200, Harm.WRONG_ANSWER),
        ("MEDIA-7", 400, Harm.WRONG_REFUSAL),
        ("MEDIA-7", 200, Harm.WRONG_ANSWER),
        ("FALLBACKS-3", 502, Harm.WRONG_REFUSAL),
        ("FALLBACKS-1", 500, Harm.CRASH),
        ("BODY-2", 201, Harm.ADVICE),
    ],
)
def test_the_answer_says_what_became_of_what_is_at_stake(
    id_: str, status: int | None, what: Harm
) -> None:
    assert harm.of(failing(id_, status)) is what


def test_a_good_request_that_is_refused_is_no_matter_of_form() -> None:
    said = "expected a success (2xx), got 400"
    assert harm.of(failing("N-1", 400, said=said)) is Harm.WRONG_REFUSAL


def test_an_open_door_a_leak_and_a_crash_come_before_a_missing_header() -> None:
    failed = [
        failing("ERROR-1", 400),
        failing("N-6", 500),
        failing("ERROR-9", 400, said="shows a stack trace"),
        failing("TENANT-1", 200, level="SHOULD"),
        failing("AUTH-5", 200),
    ]
    result = dataclasses.replace(
        EVERYTHING,
        requirements=tuple(f.requirement for f in failed),
        exchanges={e.id: e for f in failed for e in f.shown},
    )
    assert [(f.requirements, f.harm) for f in find(result)] == [
        (("AUTH-5",), "open-door"),
        (("ERROR-9",), "leak"),
        (("N-6",), "crash"),
        (("ERROR-1",), "error-shape"),
        (("TENANT-1",), "open-door"),
    ]
