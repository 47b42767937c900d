"""The contract is valid, complete, and says what the documentation says."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
import schemathesis
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.config import SchemathesisConfig

from conformance.cli.listing import checks_with_ids
from conformance.contract import contract
from conformance.contract.contract import Contract
from conformance.errors import ConformanceError
from tests.guards import CHECKS, YAML, clause_of, near, no_problem

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTRACT = contract.load()
LINES = dict(enumerate(CONTRACT.documentation, 1))


def rows(key: str) -> list[dict[str, Any]]:
    return list(contract._collect(CONTRACT.document, key))


@cache
def ties() -> tuple[tuple[str, str], ...]:
    """Every check with the requirement or the observation that it is tied to."""
    try:
        return tuple(checks_with_ids())
    except ConformanceError as error:
        problem = str(error)
    # Outside the `except` block: a chain of tracebacks would hide the line.
    pytest.fail(problem, pytrace=False)


def test_the_document_is_valid_openapi() -> None:
    errors = [e.message for e in OpenAPIV31SpecValidator(CONTRACT.document).iter_errors()]
    assert errors == []


def test_the_path_is_the_documented_one() -> None:
    assert list(CONTRACT.document["paths"]) == [contract.ROUTE]
    assert LINES[8] == contract.ROUTE
    assert LINES[7] == "POST"


def test_no_id_is_given_twice() -> None:
    ids = [row["id"] for key in ("x-requirements", "x-observations") for row in rows(key)]
    no_problem(
        f"{id_} is given twice in {YAML}: give the newer row the next free number"
        for id_, count in Counter(ids).items()
        if count > 1
    )


def test_ids_are_a_clause_and_a_number() -> None:
    for key, form in (("x-requirements", "BODY-18"), ("x-observations", "BODY-O3")):
        pattern = r"[A-Z]+-O[1-9]\d*" if "O" in form.partition("-")[2] else r"[A-Z]+-[1-9]\d*"
        no_problem(
            f"{row['id']!r} in the {key} of {YAML} is no id: write it like {form}"
            for row in rows(key)
            if not re.fullmatch(pattern, row["id"])
        )


def test_every_id_belongs_to_a_clause_and_every_clause_has_requirements() -> None:
    used = {r.clause for r in CONTRACT.requirements.values()}
    assert used == set(CONTRACT.clauses)
    assert {o.clause for o in CONTRACT.observations.values()} <= set(CONTRACT.clauses)


def test_requirements_come_in_the_order_of_the_clauses_and_of_their_numbers() -> None:
    order = list(CONTRACT.clauses)
    places = [
        (order.index(r.clause), int(r.id.partition("-")[2])) for r in CONTRACT.requirements.values()
    ]
    assert places == sorted(places)


@pytest.mark.parametrize("row", rows("x-requirements"), ids=lambda row: row["id"])
def test_a_requirement_says_all_about_itself(row: dict[str, Any]) -> None:
    no_problem(f"{row['id']} in {YAML}: {problem}" for problem in problems_of(row))


def problems_of(row: dict[str, Any]) -> Iterator[str]:
    known = ("id", "level", "source", "basis", "text", "lines", "hint", "subject")
    yield from (f"{key!r} is no key of a requirement" for key in row if key not in known)
    if row.get("level") not in ("MUST", "SHOULD"):
        yield "level must be MUST or SHOULD"
    if row.get("source") not in ("stated", "shown", "inferred"):
        yield "source must be stated, shown or inferred"
    elif row["source"] != "inferred" and not row.get("lines"):
        yield f"what is {row['source']} names the lines of the documentation that say so: lines"
    if not row.get("basis", "").strip():
        yield "basis must say where it comes from"
    if not row.get("text", "").endswith("."):
        yield "text must be a sentence with a full stop"


def test_every_line_of_the_documentation_is_covered_or_excluded_and_none_is_both() -> None:
    covered = {n: r.id for r in CONTRACT.requirements.values() for n in r.lines}
    no_problem(
        f"line {n} of the documentation ({LINES[n].strip()!r}) is covered by no requirement: add"
        f" {n} to the lines of one in {YAML}, or to x-excluded-lines with a reason"
        for n in sorted(LINES.keys() - covered.keys() - CONTRACT.excluded_lines.keys())
    )
    no_problem(
        f"line {n} of the documentation is covered by {covered[n]} and excluded as"
        f" {CONTRACT.excluded_lines[n]!r}: take it out of x-excluded-lines in {YAML}"
        for n in sorted(covered.keys() & CONTRACT.excluded_lines.keys())
    )
    no_problem(
        f"the documentation has no line {n}, which {covered.get(n, 'x-excluded-lines')} names in"
        f" {YAML}: it ends with line {len(LINES)}"
        for n in sorted((covered.keys() | CONTRACT.excluded_lines.keys()) - LINES.keys())
    )


def test_no_line_is_excluded_twice_and_each_exclusion_has_a_reason() -> None:
    listed = [n for row in CONTRACT.document["x-excluded-lines"] for n in row["lines"]]
    assert [n for n, count in Counter(listed).items() if count > 1] == []
    assert all(CONTRACT.excluded_lines.values())


def test_lines_that_are_excluded_as_blank_are_blank() -> None:
    blank = {n for n, reason in CONTRACT.excluded_lines.items() if reason == "Blank"}
    assert blank == {n for n, line in LINES.items() if not line.strip()}


def test_no_requirement_names_a_line_twice() -> None:
    assert [r.id for r in CONTRACT.requirements.values() if len(r.lines) != len({*r.lines})] == []


def quoted_values(line: int) -> list[str]:
    return re.findall(r'"([^"]+)"', LINES[line])


def test_the_range_of_n_is_the_documented_one() -> None:
    assert LINES[28] == f"Range{CONTRACT.n_min} <= value <= {CONTRACT.n_max}"
    assert CONTRACT.field("n")["type"] == "integer"


def test_the_sizes_are_the_documented_ones_in_their_order() -> None:
    assert list(CONTRACT.sizes) == quoted_values(33)


def test_the_formats_and_their_default_are_the_documented_ones() -> None:
    assert list(CONTRACT.formats) == quoted_values(39)
    assert [CONTRACT.default_format] == quoted_values(38)


def test_the_fields_are_the_documented_ones() -> None:
    heads = [re.match(r"(model|image|n|size|response_format|user|fallbacks)(\??)[a-z]", line)
             for line in CONTRACT.documentation[14:45]]  # fmt: skip
    documented = {m[1]: bool(m[2]) for m in heads if m}
    known = CONTRACT.schema("VariationRequest")
    assert set(documented) | {"image[]"} == set(known["properties"])
    assert [name for name, optional in documented.items() if not optional] == ["model", "image"]
    assert known["required"] == ["model"]
    assert known["anyOf"] == [{"required": ["image"]}, {"required": ["image[]"]}]


def keys_of(value: Any, at: str = "") -> set[str]:
    if isinstance(value, list):
        return {k for inner in value for k in keys_of(inner, at)}
    if not isinstance(value, dict):
        return set()
    found = {f"{at}{k}" for k in value}
    return found.union(*(keys_of(v, f"{at}{k}.") for k, v in value.items()))


def keys_in(schema: Any, at: str = "") -> set[str]:
    if not isinstance(schema, dict):
        return set()
    inner = schema.get("properties", {}) or schema.get("items", {}).get("properties", {})
    found = {f"{at}{k}" for k in inner}
    return found.union(*(keys_in(v, f"{at}{k}.") for k, v in inner.items()))


def documented_bodies() -> list[Any]:
    text = "\n".join(CONTRACT.documentation[50:138])
    decoder, bodies = json.JSONDecoder(), []
    at = text.index("{")
    while at >= 0:
        body, end = decoder.raw_decode(text, at)
        bodies.append(body)
        at = text.find("{", end)
    return bodies


@pytest.mark.parametrize(
    ("number", "schema"), [(0, "VariationResponse"), (1, "Error"), (2, "Error")]
)
def test_a_documented_body_has_the_keys_and_the_types_of_its_schema(
    number: int, schema: str
) -> None:
    body = documented_bodies()[number]
    assert keys_of(body) == keys_in(CONTRACT.schema(schema))
    assert list(Draft202012Validator(CONTRACT.schema(schema)).iter_errors(body)) == []


def examples() -> list[tuple[str, str, Any]]:
    answers = CONTRACT.document["paths"][contract.ROUTE]["post"]["responses"]
    return [
        (f"{status} {name}", content["schema"]["$ref"].rpartition("/")[2], example["value"])
        for status, answer in answers.items()
        for content in answer["content"].values()
        for name, example in content["examples"].items()
    ]


@pytest.mark.parametrize(
    ("schema", "value"), [e[1:] for e in examples()], ids=[e[0] for e in examples()]
)
def test_an_example_is_what_its_schema_says(schema: str, value: Any) -> None:
    assert list(Draft202012Validator(CONTRACT.schema(schema)).iter_errors(value)) == []


def test_there_is_an_example_for_each_format() -> None:
    assert {f"200 {name}" for name in CONTRACT.formats} <= {name for name, *_ in examples()}


def test_every_check_verifies_something_that_is_known() -> None:
    known = CONTRACT.requirements.keys() | CONTRACT.observations.keys()
    no_problem(
        f"{CHECKS}/{check} verifies {tied_to}, which is not in {YAML}{near(tied_to, known)}"
        if tied_to
        else f'{CHECKS}/{check} verifies nothing: put @verifies("…") with its requirement above it'
        for check, tied_to in ties()
        if tied_to not in known
    )


def test_a_check_lies_in_the_file_of_its_clause() -> None:
    no_problem(
        f"{CHECKS}/{check} verifies {tied_to}: move it to {CHECKS}/test_{clause_of(tied_to)}.py"
        for check, tied_to in ties()
        if tied_to
        and not check.startswith((f"test_{clause_of(tied_to)}.", f"test_{clause_of(tied_to)}_"))
        # One module holds the property cases of all clauses.
        and not check.startswith("test_properties.")
    )


def test_every_requirement_and_every_observation_has_a_check() -> None:
    tied = {tied_to for _, tied_to in ties()}
    no_problem(
        f'{id_} has no check: add one with @verifies("{id_}") to {CHECKS}/test_{clause_of(id_)}.py'
        for id_ in CONTRACT.requirements
        if id_ not in tied
    )
    no_problem(
        f'{id_} is recorded by no check: add one with @observes("{id_}")'
        f" to {CHECKS}/test_{clause_of(id_)}.py"
        for id_ in CONTRACT.observations
        if id_ not in tied
    )


def test_the_digest_is_that_of_the_file() -> None:
    changed = Contract(CONTRACT.text + "\n", CONTRACT.documentation)
    assert len(CONTRACT.sha256) == 64
    assert changed.sha256 != CONTRACT.sha256


def test_schemathesis_reads_the_contract_and_draws_a_request(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "schemathesis.toml").write_text("nonsense = true\n")
    config = SchemathesisConfig.from_str("seed = 1")
    schema = schemathesis.openapi.from_dict(CONTRACT.document, config=config)
    operation = schema[contract.ROUTE]["POST"]
    drawn: list[schemathesis.Case[Any]] = []

    @hypothesis.given(case=operation.as_strategy())
    @hypothesis.settings(
        max_examples=3, database=None, derandomize=True, deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    def draw(case: schemathesis.Case[Any]) -> None:
        drawn.append(case)

    draw()
    assert {c.method for c in drawn} == {"POST"}
    assert {c.media_type for c in drawn} == {"multipart/form-data"}
    assert all(isinstance(c.body, dict) and "model" in c.body for c in drawn)
