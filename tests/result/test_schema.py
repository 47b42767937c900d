"""The JSON Schema is made from the dataclasses; programs read the committed copy."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from conformance.result import exchange_summary, finding, model, schema, storage, timeline, waived
from conformance.result.model import Result, Status, Verdict

from .samples import EVERYTHING, damaged

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = schema.schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
CLASSES = [
    value
    for module in (model, exchange_summary, finding, timeline, waived)
    for value in vars(module).values()
    if dataclasses.is_dataclass(value) and value.__module__ == module.__name__
]


def test_the_committed_copy_is_what_is_made() -> None:
    assert schema.COPY.read_text(encoding="utf-8") == schema.text(), (
        "run python -m conformance.result.schema"
    )


def test_a_written_result_fits_its_schema(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text(storage.to_json(EVERYTHING), encoding="utf-8", errors="backslashreplace")
    VALIDATOR.validate(json.loads(path.read_text(encoding="utf-8")))


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("cls", CLASSES)
def test_the_schema_knows_every_field(cls: type[Any]) -> None:
    made = SCHEMA if cls is Result else SCHEMA["$defs"][cls.__name__]
    fields = dataclasses.fields(cls)
    assert list(made["properties"]) == [f.name for f in fields]
    without_default = [
        f.name
        for f in fields
        if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
    ]
    needed = [*without_default, "schema"] if cls is Result else without_default
    assert made["required"] == needed
    assert made["additionalProperties"] is False


@pytest.mark.parametrize("enum", [Status, Verdict])
def test_the_schema_knows_every_word(enum: type[Status | Verdict]) -> None:
    assert SCHEMA["$defs"][enum.__name__]["enum"] == list(enum)


EXCHANGE = ("exchanges", "e1")


@pytest.mark.parametrize(
    "document",
    [
        damaged(extra=1),
        damaged(verdict="good"),
        damaged(seed=...),
        damaged(seed=True),
        damaged(schema=2),
        damaged("requirements", 0, status="fine"),
        damaged("requirements", 0, "checks", 0, node=1),
        damaged("observations", 0, findings={}),
        damaged("diagnosis", 0, whose=...),
        damaged("ledger", extra=1),
        damaged("waivers", applied="1"),
        damaged("waivers", "given", 0, reason=...),
        damaged("ledger", pictures={"n": "1"}),
        damaged("timeline", in_flight=[1.5]),
        damaged("timeline", "moments", 0, text=...),
        damaged(*EXCHANGE, reply_headers=[["a"]]),
        damaged(*EXCHANGE, status="200"),
        damaged(*EXCHANGE, "fields", 0, size_bytes=None),
        damaged(*EXCHANGE, "pictures", 0, sha256=...),
        damaged(*EXCHANGE, "tries", 0, outcome=429),
        damaged(*EXCHANGE, "tries", 0, extra=1),
        damaged(*EXCHANGE, "calls", 0, id=...),
        damaged(*EXCHANGE, "calls", 0, "fields", 0, name=None),
    ],
)
def test_the_schema_and_the_reader_refuse_the_same(document: str) -> None:
    assert not VALIDATOR.is_valid(json.loads(document))
    with pytest.raises(storage.ResultError):
        storage.from_json(document)


@pytest.mark.parametrize(
    "document",
    [
        damaged(started=1),
        damaged(shard="1 of 2"),
        damaged(images=-1),
        damaged(profile=""),
        damaged(suite={}),
        damaged(contract={"version": "1", "sha256": "0"}),
        damaged("requirements", 0, level="SHALL"),
        damaged("requirements", 0, source="guessed"),
        damaged("ledger", waited_s=-1),
        damaged("timeline", pictures=[-1]),
        damaged("timeline", "moments", 0, kind="lunch"),
        damaged("waivers", day="today"),
        damaged("waivers", "given", 0, state="fine"),
        damaged("waivers", "given", 0, owner=""),
        damaged("requirements", 0, "waived", expires="soon"),
        damaged(*EXCHANGE, "pictures", 0, thumbnail="https://h/p.png"),
        damaged(*EXCHANGE, "calls", 0, pictures=-1),
    ],
)
def test_the_schema_says_what_types_leave_open(document: str) -> None:
    assert not VALIDATOR.is_valid(json.loads(document))


@pytest.mark.parametrize(
    "document",
    [
        damaged(duration_s=1),
        damaged(target={}),
        damaged(ledger={}),
        damaged(ledger=...),
        damaged(waivers=...),
        damaged(timeline=...),
        damaged("requirements", 0, waived=...),
        damaged("requirements", 0, waived=None),
        damaged(*EXCHANGE, status=None, failure="timeout"),
        damaged(*EXCHANGE, tries=...),
    ],
)
def test_what_has_a_default_may_be_missing(document: str) -> None:
    VALIDATOR.validate(json.loads(document))
    storage.from_json(document)
