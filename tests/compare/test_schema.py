"""The JSON Schema of a comparison is made from its values; programs read the committed copy."""

from __future__ import annotations

import json

import jsonschema

from conformance.compare import schema
from conformance.compare.compare import compared
from conformance.reports import comparing
from conformance.result import schema as of_results

from .values import refusing, result, row

SCHEMA = schema.schema()


def test_the_committed_copy_is_what_is_made() -> None:
    assert schema.COPY.read_text(encoding="utf-8") == of_results.as_text(SCHEMA), (
        "run python -m conformance.compare.schema"
    )
    assert schema.COPY.parent == of_results.COPY.parent


def test_a_written_comparison_fits_its_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    other = result(row("N-9", status="untestable"), target={})
    found = compared([("a", refusing(400)), ("b", refusing(500)), ("c", other)])
    text = comparing.FORMATS["json"](found)
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(text))
    assert text.count("\n") > len(found.rows), "a line for each row"
