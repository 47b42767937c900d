"""`conformance waive` writes what `conformance run` reads, and a run ends as its waivers say."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest

from conformance.cli import waive
from conformance.errors import UsageError, WriteError
from conformance.reference.catalogue import behaviour
from conformance.reference.server import running
from conformance.target import waivers
from tests.commanding import conformance, left_in, result_in
from tests.serving import KEY

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

TODAY = dt.date(2026, 6, 15)
ASKED = ("--requirement", "N-1,N-2,N-3", "--report-dir")


def asked(
    file: Path, id_: str = "N-2", until: str = "2026-12-31", **more: Any
) -> argparse.Namespace:
    told = {"reason": "known: PAY-12", "owner": "Ann", "link": None, "profile": None}
    return argparse.Namespace(**{**told, "id": id_, "until": until, "file": file, **more})


def test_a_new_file_is_made_and_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "waivers.toml"
    said = waive.waive(asked(path, "n-2", link="https://i.example/12", profile="full"), TODAY)
    assert said == f"{path}: N-2 is waived until 2026-12-31\n"
    (found,) = waivers.read(path)
    assert (found.requirement, found.reason, found.owner) == ("N-2", "known: PAY-12", "Ann")
    assert (found.link, found.profile) == ("https://i.example/12", "full")
    assert found.expires == dt.date(2026, 12, 31)


CRLF = "# a\r\n[[waivers]]\r\nrequirement='N-1'\r\nreason='r'\r\nowner='o'\r\nexpires=2027-01-01 # end\r\n"


@pytest.mark.parametrize("before", ["# only a comment", CRLF, "\ufeff# begins with a mark\n"])
def test_what_stands_in_the_file_stays_byte_for_byte(before: str, tmp_path: Path) -> None:
    path = tmp_path / "waivers.toml"
    path.write_bytes(before.encode())
    path.chmod(0o640)
    waive.waive(asked(path, "accepts:n", reason='"quotes" \\ and ü'), TODAY)
    content = path.read_bytes()
    assert content.startswith(before.encode())
    assert content.count(b"\r\n") in (0, content.count(b"\n"))
    assert path.stat().st_mode & 0o777 == 0o640
    assert waivers.read(path)[-1].reason == '"quotes" \\ and ü'
    assert [p.name for p in tmp_path.iterdir()] == ["waivers.toml"]


def test_the_last_day_may_be_today(tmp_path: Path) -> None:
    waive.waive(asked(tmp_path / "waivers.toml", until="2026-06-15"), TODAY)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"id_": "N-222"}, "'N-222' is no requirement, and no key of a finding; did you mean N-2"),
        ({"id_": "N-O1"}, "'N-O1' is no requirement"),
        ({"id_": "acepts:n"}, "'acepts:n' is no requirement, and no key of a finding"),
        ({"until": "2026-06-14"}, "--until 2026-06-14: is past"),
        ({"until": "tomorrow"}, "--until 'tomorrow': is no day"),
        ({"reason": " "}, "reason must be one line"),
        ({"owner": "a\nb"}, "owner must be one line"),
        ({"link": "ftp://x"}, "link is 'ftp://x'"),
    ],
)
def test_what_no_run_would_take_is_refused_and_nothing_is_written(
    more: dict[str, Any], says: str, tmp_path: Path
) -> None:
    path = tmp_path / "waivers.toml"
    path.write_text("# mine\n")
    with pytest.raises(UsageError) as raised:
        waive.waive(asked(path, **more), TODAY)
    assert says in str(raised.value)
    assert path.read_text() == "# mine\n"


def test_what_is_waived_already_is_refused_wherever_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "waivers.toml"
    waive.waive(asked(path), TODAY)
    for file in (path, tmp_path / "conformance.toml"):
        with pytest.raises(UsageError, match=r"N-2 is waived already: .*waivers\.toml:1"):
            waive.waive(asked(file), TODAY)


def test_a_configuration_keeps_its_settings(tmp_path: Path) -> None:
    path = tmp_path / "conformance.toml"
    path.write_text("seed = 7")
    waive.waive(asked(path), TODAY)
    assert path.read_text().startswith("seed = 7\n\n[[waivers]]\n")
    assert [w.id for w in waivers.given(None, path)] == ["N-2"]
    path.write_text("seed = ")
    with pytest.raises(UsageError, match="is no TOML"):
        waive.waive(asked(path), TODAY)


def test_a_file_that_cannot_be_written_stays_as_it_was(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="cannot be written"):
        waive.waive(asked(tmp_path / "none" / "waivers.toml"), TODAY)
    target = tmp_path / "real.toml"
    target.write_text("")
    (tmp_path / "waivers.toml").symlink_to(target)
    waive.waive(asked(tmp_path / "waivers.toml"), TODAY)
    assert (tmp_path / "waivers.toml").is_symlink()
    assert target.read_text().startswith("[[waivers]]\n")


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Runs of a gateway that takes eleven pictures: a waiver, the same accepted, and bad waivers."""
    folder = tmp_path_factory.mktemp("known")
    told = ("--reason", "PAY-12", "--owner", "Ann", "--until", "2999-12-31")
    with running(behaviour(["n-eleven-accepted"])) as url:

        def run(report: str, *more: str) -> subprocess.CompletedProcess[str]:
            return conformance("run", url, *ASKED, report, *more, cwd=folder)

        written = conformance("waive", "N-2", *told, cwd=folder)
        done = {"waived": run("waived"), "accepted": run("accepted", "--accept-waivers")}
        bad = folder / "bad.toml"
        text = (folder / "waivers.toml").read_text()
        for id_, day in (("N-1", "2999-12-31"), ("N-99", "2999-12-31"), ("N-3", "2020-01-01")):
            text += f'\n[[waivers]]\nrequirement = "{id_}"\nreason = "r"\nowner = "o"\nexpires = {day}\n'
        bad.write_text(text)
        done["bad"] = run("bad", "--accept-waivers", "--waivers", "bad.toml")
    return {"folder": folder, "written": written, **done}


def test_the_command_says_what_it_wrote(known: dict[str, Any]) -> None:
    assert known["written"].returncode == 0
    assert known["written"].stdout == "waivers.toml: N-2 is waived until 2999-12-31\n"


def test_a_waived_failure_fails_the_run_unless_waivers_are_accepted(known: dict[str, Any]) -> None:
    assert known["waived"].returncode == 1
    assert known["accepted"].returncode == 0, known["accepted"].stderr
    for report in ("waived", "accepted"):
        result = result_in(known["folder"] / report)
        row = next(r for r in result["requirements"] if r["id"] == "N-2")
        assert (row["status"], row["waived"]["owner"]) == ("fail", "Ann")
        assert result["waivers"]["applied"] == 1
        assert "(1 waived)" in known[report].stdout.splitlines()[0]
        page = (known["folder"] / report / "report.html").read_text()
        assert "waived until 2999-12-31 by Ann: PAY-12" in page


def test_junit_has_a_failure_or_a_skipped_case_and_never_a_passed_one(
    known: dict[str, Any],
) -> None:
    for report, tag in (("waived", "failure"), ("accepted", "skipped")):
        root = ET.fromstring((known["folder"] / report / "junit.xml").read_text())
        failed = [c for c in root.iter("testcase") if "[n=11]" in c.get("name", "")]
        assert [c.find(tag) is not None for c in failed] == [True]
        assert "waived until 2999-12-31 by Ann: PAY-12" in ET.tostring(failed[0], "unicode")
    assert root.find(".//failure") is None


def test_bad_waivers_fail_the_run_with_a_line_each(known: dict[str, Any]) -> None:
    assert known["bad"].returncode == 1
    lines = [x for x in known["bad"].stderr.splitlines() if "bad.toml:" in x]
    assert [line.split(": ", 2)[2] for line in lines] == [
        "the waiver of N-1 is stale, since N-1 passes now: remove it",
        "the waiver names N-99, which is no requirement of the contract: remove it, or correct it",
        "the waiver of N-3 expired after 2020-01-01: remove it, or renew it with a later day",
    ]
    root = ET.fromstring((known["folder"] / "bad" / "junit.xml").read_text())
    assert [f.get("type") for f in root.iter("failure")] == ["stale", "unknown", "expired"]


def test_a_report_that_is_drawn_again_shows_the_waivers(known: dict[str, Any]) -> None:
    stored = known["folder"] / "bad" / "result.json"
    done = conformance("report", str(stored), cwd=known["folder"])
    assert done.returncode == 1
    assert "Waivers (4)" in done.stdout
    assert len([line for line in done.stderr.splitlines() if "bad.toml:" in line]) == 3
    forged = json.loads(stored.read_text())
    forged["waivers"]["given"][1]["state"] = "unused"
    stored.write_text(json.dumps(forged))
    done = conformance("report", str(stored), cwd=known["folder"])
    assert done.returncode == 2
    assert "its waivers do not fit" in done.stderr


def test_a_bad_file_of_waivers_ends_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "waivers.toml").write_text("\n[[waivers]]\nrequirement = 'N-2'\n")
    done = conformance("run", "http://127.0.0.1:9", cwd=tmp_path, CONFORMANCE_API_KEY=KEY)
    assert done.returncode == 2
    assert done.stderr.startswith("conformance: waivers.toml:2: the waiver has no reason")
    assert left_in(tmp_path) == {"waivers.toml"}


def test_whoever_judges_again_comes_to_the_same_waivers(known: dict[str, Any]) -> None:
    folder = known["folder"]
    for report in ("waived", "accepted"):
        done = conformance("verify", report, cwd=folder)
        assert done.returncode == 0, done.stdout + done.stderr
    stored = folder / "accepted" / "result.json"
    hidden = json.loads(stored.read_text())
    hidden["waivers"] = {}
    for row in (*hidden["requirements"], *hidden["findings"]):
        row["waived"] = None
    stored.write_text(json.dumps(hidden))
    done = conformance("verify", "accepted", cwd=folder)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "waived" in done.stdout + done.stderr
