"""A strict run fails for a SHOULD that is not met, and every report, the evidence and `verify` know it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest

from conformance.reference.catalogue import behaviour
from conformance.reference.server import running
from tests.commanding import conformance, result_in

if TYPE_CHECKING:
    from pathlib import Path

# Of a gateway that breaks one SHOULD and no MUST.
ASKED = ("--requirement", "METHOD-1,METHOD-3", "--report-dir")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("strict")
    with running(behaviour(["allow-missing"])) as url:
        done = {
            name: conformance("run", url, *ASKED, name, *more, cwd=folder)
            for name, more in (("plain", ()), ("strict", ("--strict",)))
        }
    return {"folder": folder, **done}


def test_a_strict_run_fails_where_another_one_only_warns(runs: dict[str, Any]) -> None:
    assert runs["plain"].returncode == 0, runs["plain"].stderr
    assert runs["strict"].returncode == 1, runs["strict"].stderr
    assert "Start here" not in runs["plain"].stdout
    assert "Start here" in runs["strict"].stdout
    said = " ".join(runs["strict"].stdout.split())
    assert "The run is strict: a SHOULD that is not met counts, and 1 is not met." in said


def test_every_report_says_so(runs: dict[str, Any]) -> None:
    folder: Path = runs["folder"] / "strict"
    assert result_in(folder)["strict"] is True
    assert result_in(runs["folder"] / "plain")["strict"] is False
    assert "The run is strict" in (folder / "report.md").read_text("utf-8")
    assert "The run is strict" in (folder / "report.html").read_text("utf-8")
    assert "strict" in json.loads((folder / "badge.json").read_text("utf-8"))["message"]
    plain = ET.parse(runs["folder"] / "plain" / "junit.xml").getroot()
    strict = ET.parse(folder / "junit.xml").getroot()
    assert plain.get("failures") == "0"
    assert {f.get("type") for f in strict.iter("failure")} == {"warn"}
    outputs = [
        str(o.text)
        for c in plain.iter("testcase")
        if str(c.get("name")).startswith("METHOD-3")
        for o in c.iter("system-out")
    ]
    assert outputs
    assert all(output.startswith("SHOULD not met: ") for output in outputs)


def test_the_record_holds_it_and_a_report_that_was_changed_shows(runs: dict[str, Any]) -> None:
    folder: Path = runs["folder"] / "strict"
    assert conformance("verify", str(folder), cwd=runs["folder"]).returncode == 0
    before = {name: (folder / name).read_bytes() for name in ("report.md", "badge.json")}
    for name, content in before.items():
        (folder / name).write_bytes(content.replace(b"strict", b"lenient"))
    done = conformance("verify", str(folder), cwd=runs["folder"])
    for name, content in before.items():
        (folder / name).write_bytes(content)
    assert done.returncode == 1
    assert all(name in done.stdout for name in before)


def test_a_strict_run_cannot_be_made_another_one_later(runs: dict[str, Any]) -> None:
    path = runs["folder"] / "strict" / "result.json"
    before = path.read_text("utf-8")
    path.write_text(before.replace('"strict": true', '"strict": false'), "utf-8")
    done = conformance("verify", "strict", cwd=runs["folder"])
    path.write_text(before, "utf-8")
    assert done.returncode == 1
    assert "strict" in done.stdout
