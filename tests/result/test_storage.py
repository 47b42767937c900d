from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from conformance.reports import counting
from conformance.result import model as results
from conformance.result import storage
from conformance.result.model import (
    Check,
    Diagnosis,
    ExchangeSummary,
    FormField,
    Ledger,
    Observation,
    Picture,
    RequirementResult,
    Result,
    Status,
    Verdict,
)

SCHEMA = json.loads(
    (Path(results.__file__).parent / "schemas" / "result.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

EVERYTHING = Result(
    verdict=Verdict.NONCONFORMANT,
    profile="core",
    target={"url": "https://gateway.example", "sizes": ["256x256"], "max_n": 10},
    suite={"version": "0.1.0"},
    contract={"version": "1.0.0", "sha256": "0" * 64},
    seed=1,
    started="2026-01-02T03:04:05+00:00",
    duration_s=1,
    requests=2,
    images=1,
    requirements=(
        RequirementResult(
            id="N-2",
            clause="n",
            level="MUST",
            source="stated",
            text="An n outside 1 to 10 is refused.",
            basis="Range 1 <= value <= 10",
            status=Status.FAIL,
            message="1 of 1 checks failed",
            checks=(Check("test_n.py::test_n[n=11]", Status.FAIL, "expected 4xx", ("e1",), 0.5),),
        ),
    ),
    clauses={"n": "Number of pictures"},
    observations=(
        Observation("OBS-1", "n", "An empty n.", (Check("test_n.py::o", Status.PASS, "200"),)),
    ),
    exchanges={
        "e1": ExchangeSummary(
            id="e1",
            label="n=11",
            method="POST",
            url="https://gateway.example/v1/images/variations",
            request_headers=(("Accept", "*/*"),),
            fields=(FormField("image", "", "a.png", "image/png", 900, "fixtures/a.png"),),
            status=200,
            reply_headers=(("Content-Type", "application/json"),),
            reply_body="lone \udc80 \x00 \x1b 🖼",
            pictures=(Picture("data[0].url", "PNG", 256, 256, 9, "f" * 64, "data:image/png;,"),),
            twin="e0",
        )
    },
    diagnosis=(Diagnosis("No route.", "gateway", "Check --path.", ("e1",)),),
    notes=("One note.",),
    command="conformance run https://gateway.example",
    ledger=Ledger(requests=3, retried=1, waited_s=0.5, pictures={"n": 1}, taken_over=1),
    selection=("--check n=11",),
    shard="1/2",
)


def damaged(*path: str | int, **changes: Any) -> str:
    document = json.loads(storage.to_json(EVERYTHING))
    place = document
    for step in path:
        place = place[step]
    for key, value in changes.items():
        if value is ...:
            del place[key]
        else:
            place[key] = value
    return json.dumps(document)


def test_a_written_result_is_read_back_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text(storage.to_json(EVERYTHING), encoding="utf-8", errors="backslashreplace")
    assert storage.read(path) == EVERYTHING


def test_a_written_result_fits_its_schema(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text(storage.to_json(EVERYTHING), encoding="utf-8", errors="backslashreplace")
    VALIDATOR.validate(json.loads(path.read_text(encoding="utf-8")))


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "cls",
    [
        Result,
        RequirementResult,
        Check,
        Observation,
        ExchangeSummary,
        FormField,
        Picture,
        Diagnosis,
        Ledger,
    ],
)
def test_the_schema_knows_every_field(cls: type[Any]) -> None:
    schema = SCHEMA if cls is Result else SCHEMA["$defs"][cls.__name__]
    fields = dataclasses.fields(cls)
    assert list(schema["properties"]) == [f.name for f in fields]
    without_default = [
        f.name
        for f in fields
        if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
    ]
    needed = [*without_default, "schema"] if cls is Result else without_default
    assert schema["required"] == needed
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("enum", [Status, Verdict])
def test_the_schema_knows_every_word(enum: type[Status | Verdict]) -> None:
    assert SCHEMA["$defs"][enum.__name__]["enum"] == list(enum)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "the document is list, not dict"),
        ("{}", "lacks the key 'verdict'"),
        (damaged(schema=2), "version 2 of the result format"),
        (damaged(verdict="good"), "the document.verdict is 'good', none of conformant"),
        (damaged(seed=True), "the document.seed is bool, not int"),
        (damaged(seed=...), "lacks the key 'seed'"),
        (damaged(extra=1), "unknown key 'extra'"),
        (damaged("requirements", 0, "checks", 0, node=1), "requirements[0].checks[0].node is int"),
        (damaged("exchanges", "e1", reply_headers=[["a"]]), "has 1 items instead of 2"),
        (damaged("exchanges", "e1", status="200"), "exchanges['e1'].status is str, not int"),
    ],
)
def test_what_is_no_result_is_named(text: str, says: str) -> None:
    with pytest.raises(storage.ResultError) as caught:
        storage.from_json(text, name="some.json")
    assert str(caught.value).startswith("some.json ")
    assert says in str(caught.value)
    assert str(caught.value).endswith((", unchanged.", "that a run wrote.", "or run again."))


@pytest.mark.parametrize("text", [damaged(extra=1), damaged(verdict="good"), damaged(seed=...)])
def test_the_schema_refuses_it_too(text: str) -> None:
    assert not VALIDATOR.is_valid(json.loads(text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(storage.ResultError, match=r"none\.json cannot be read \(No such file"):
        storage.read(tmp_path / "none.json")


def test_a_binary_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    with pytest.raises(storage.ResultError, match=r"a\.png is no result: it is not UTF-8"):
        storage.read(tmp_path / "a.png")


def requirement(level: str, status: Status) -> RequirementResult:
    return RequirementResult("A-1", "a", level, "stated", "It does.", "its words", status)


def test_the_worst_status_wins() -> None:
    assert results.worst([Status.PASS, Status.WARN, Status.NOT_APPLICABLE]) is Status.WARN
    assert results.worst([Status.ERROR, Status.FAIL]) is Status.FAIL
    assert results.worst([]) is Status.NOT_SELECTED
    assert set(results.WORST_FIRST) == set(Status)


@pytest.mark.parametrize(
    ("requirements", "reached", "narrowed", "verdict", "code"),
    [
        ([("MUST", "pass"), ("SHOULD", "warn")], True, False, "conformant", 0),
        ([("MUST", "pass"), ("MUST", "not-applicable")], True, False, "conformant", 0),
        ([("MUST", "fail"), ("MUST", "untestable")], True, False, "nonconformant", 1),
        ([("MUST", "untestable")], True, False, "incomplete", 3),
        ([("MUST", "flaky")], True, False, "incomplete", 3),
        ([("MUST", "pass"), ("SHOULD", "error")], True, False, "incomplete", 3),
        ([("MUST", "pass"), ("SHOULD", "untestable")], True, False, "conformant", 0),
        ([("MUST", "pass")], False, False, "incomplete", 3),
        ([("MUST", "pass"), ("MUST", "not-selected")], True, True, "partial", 0),
        ([("MUST", "fail"), ("MUST", "untestable")], True, True, "partial", 1),
        ([("MUST", "untestable")], True, True, "incomplete", 3),
    ],
)
def test_verdict_and_exit_code(
    requirements: list[tuple[str, str]],
    reached: bool,  # noqa: FBT001 - a row of the table
    narrowed: bool,  # noqa: FBT001 - a row of the table
    verdict: str,
    code: int,
) -> None:
    judged = tuple(requirement(level, Status(status)) for level, status in requirements)
    found = results.verdict_of(judged, reached=reached, narrowed=narrowed)
    assert found == verdict
    result = dataclasses.replace(EVERYTHING, requirements=judged, verdict=found)
    assert results.exit_code(result) == code


def test_statuses_are_counted_by_level() -> None:
    counts = counting.count_statuses(
        (requirement("SHOULD", Status.WARN), requirement("MAY", Status.PASS))
    )
    assert list(counts) == ["MUST", "SHOULD", "MAY"]
    assert counts["SHOULD"][Status.WARN] == 1
    assert sum(counts["MUST"].values()) == 0


def test_clauses_keep_their_order() -> None:
    first, second = (requirement("MUST", Status.PASS) for _ in range(2))
    other = dataclasses.replace(first, clause="b")
    assert list(counting.by_clause((other, first, second))) == ["b", "a"]
    assert counting.by_clause((other, first, second))["a"] == [first, second]
