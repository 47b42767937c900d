"""The contract is valid, complete, and says what the documentation says."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections import Counter
from functools import cache
from typing import Any

import hypothesis
import pytest
import schemathesis
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.config import SchemathesisConfig

from conformance import checks
from conformance.contract import contract
from conformance.contract.contract import Contract

CONTRACT = contract.load()
LINES = dict(enumerate(CONTRACT.documentation, 1))


def rows(key: str) -> list[dict[str, Any]]:
    return list(contract._collect(CONTRACT.document, key))


@cache
def ties() -> tuple[tuple[str, str], ...]:
    """Module and requirement (or observation) of every check there is."""
    found = []
    for module in pkgutil.iter_modules(checks.__path__):
        loaded = importlib.import_module(f"conformance.checks.{module.name}")
        for name, value in vars(loaded).items():
            if name.startswith("test_"):
                found.append((f"{module.name}.{name}", getattr(value, "verifies", "")))
    return tuple(found)


def test_the_document_is_valid_openapi() -> None:
    errors = [e.message for e in OpenAPIV31SpecValidator(CONTRACT.document).iter_errors()]
    assert errors == []


def test_the_path_is_the_documented_one() -> None:
    assert list(CONTRACT.document["paths"]) == [contract.ROUTE]
    assert LINES[8] == contract.ROUTE
    assert LINES[7] == "POST"


def test_no_id_is_given_twice() -> None:
    ids = [row["id"] for key in ("x-requirements", "x-observations") for row in rows(key)]
    assert [i for i, count in Counter(ids).items() if count > 1] == []


def test_ids_are_a_clause_and_a_number() -> None:
    assert all(re.fullmatch(r"[A-Z]+-[1-9]\d*", row["id"]) for row in rows("x-requirements"))
    assert all(re.fullmatch(r"[A-Z]+-O[1-9]\d*", row["id"]) for row in rows("x-observations"))


def test_every_id_belongs_to_a_clause_and_every_clause_has_requirements() -> None:
    used = {r.clause for r in CONTRACT.requirements.values()}
    assert used == set(CONTRACT.clauses)
    assert {o.clause for o in CONTRACT.observations.values()} <= set(CONTRACT.clauses)


def test_requirements_stand_in_the_order_of_the_clauses_and_of_their_numbers() -> None:
    order = list(CONTRACT.clauses)
    places = [
        (order.index(r.clause), int(r.id.partition("-")[2])) for r in CONTRACT.requirements.values()
    ]
    assert places == sorted(places)


@pytest.mark.parametrize("row", rows("x-requirements"), ids=lambda row: row["id"])
def test_a_requirement_says_all_about_itself(row: dict[str, Any]) -> None:
    assert row["level"] in ("MUST", "SHOULD")
    assert row["source"] in ("stated", "shown", "inferred")
    assert row["basis"].strip()
    assert row["text"].endswith(".")
    assert set(row) <= {"id", "level", "source", "basis", "text", "lines", "hint"}
    assert row["source"] == "inferred" or row["lines"]


def test_every_line_of_the_documentation_is_covered_or_excluded_and_none_is_both() -> None:
    covered = {n for r in CONTRACT.requirements.values() for n in r.lines}
    excluded = set(CONTRACT.excluded_lines)
    assert sorted(LINES.keys() - covered - excluded) == []
    assert sorted(covered & excluded) == []
    assert sorted((covered | excluded) - LINES.keys()) == []


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
    assert [name for name, tied_to in ties() if tied_to not in known] == []


def test_every_requirement_and_every_observation_has_a_check() -> None:
    tied = {tied_to for _, tied_to in ties()}
    assert sorted(CONTRACT.requirements.keys() - tied) == []
    assert sorted(CONTRACT.observations.keys() - tied) == []


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
