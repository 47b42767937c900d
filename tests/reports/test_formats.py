from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import jsonschema
import pytest

from conformance import reports
from conformance.result import storage

from . import samples

SCHEMA = Path(storage.__file__).parent / "schemas" / "result.schema.json"


@pytest.mark.parametrize("sample", samples.ALL)
def test_every_format_is_written_and_result_json_is_read_back(sample: str, tmp_path: Path) -> None:
    given = samples.ALL[sample]()
    paths = reports.write(given, tmp_path / "new" / "folder")
    assert [p.name for p in paths] == [
        *("result.json", "junit.xml", "report.html", "report.md", "badge.json")
    ]
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    if sample == "hostile":  # its thumbnails are none on purpose
        with pytest.raises(storage.ResultError, match="thumbnail is 'javascript:alert"):
            storage.read(paths[0])
    else:
        back = storage.read(paths[0])
        assert dataclasses.replace(back, files=given.files) == given
        assert {"junit.xml", "report.html", "report.md", "badge.json"} <= back.files.keys()
        jsonschema.Draft202012Validator(schema).validate(json.loads(paths[0].read_text("utf-8")))


@pytest.mark.parametrize("sample", [name for name in samples.ALL if name != "hostile"])
def test_what_is_read_back_is_drawn_the_same(sample: str) -> None:
    given = samples.ALL[sample]()
    back = storage.from_json(storage.to_json(given).encode("utf-8", "backslashreplace").decode())
    for name, (_, render) in reports.FORMATS.items():
        assert render(back) == render(given), name


def test_one_format_alone(tmp_path: Path) -> None:
    assert reports.write(samples.conformant(), tmp_path, ["junit"]) == [tmp_path / "junit.xml"]
