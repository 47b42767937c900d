"""A certificate that is asked for holds that day, or every reason why not is told."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.cli.main import main
from conformance.verify.bundled import certificate_missed
from tests.bundle.making import CERTIFIABLE
from tests.verify.changing import change_result
from tests.verify.test_command import bundle_of

if TYPE_CHECKING:
    from pathlib import Path

UNTIL = dt.date(2027, 6, 15)


@pytest.mark.parametrize(
    ("until", "day", "says"),
    [
        (UNTIL, None, []),
        (UNTIL, UNTIL, []),
        (
            UNTIL,
            dt.date(2027, 6, 16),
            ["certificate.html: it held until 2027-06-15, and today is 2027-06-16"],
        ),
        (None, None, []),
        (
            None,
            UNTIL,
            [
                "certificate.html: there is none: the result can carry one, and no bundle of it holds one"
            ],
        ),
    ],
)
def test_one_holds_until_its_last_day(
    until: dt.date | None, day: dt.date | None, says: list[str]
) -> None:
    assert [str(one) for one in certificate_missed(CERTIFIABLE, until, day)] == says


def test_every_reason_why_there_is_none_is_told() -> None:
    result = replace(CERTIFIABLE, profile="core", shard="1/2")
    assert [one.what for one in certificate_missed(result, None, UNTIL)] == [
        "there is none: it is of the profile core; run with --profile full",
        "there is none: it is shard 1/2; put all together: conformance merge",
    ]


def test_a_bundle_of_any_verdict_is_verified_and_certified_is_another_matter(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    path = str(bundle_of(folder, tmp_path / "bundle.zip"))
    assert main(["verify", path]) == 0
    said = capsys.readouterr().out
    assert "The record comes to nonconformant: nothing here says that the gateway conforms." in said
    assert "Product: Gateway 1.2.3 of Example Ltd., says whoever made the bundle." in said
    assert "No certificate (docs/certify.md):\n  - its verdict is nonconformant\n  - it is" in said
    assert main(["verify", path, "--certificate", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert {d["where"] for d in found["differences"]} == {"certificate.html"}
    assert (found["certificate"], len(found["no_certificate"])) == (None, 4)
    assert found["product"]["version"] == "1.2.3"
    assert found["verdict"] == found["judged"] == "nonconformant"


def test_what_differs_is_only_said_to_be_of_its_verdict(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "evidence.jsonl").write_text("")
    assert main(["verify", str(folder)]) == 1
    said = capsys.readouterr().out
    assert said.startswith("✗ DIFFERS  said to be nonconformant, profile smoke")
    assert "Not judged again" not in said, "nothing was"


def test_other_versions_are_named_before_the_differences_that_may_come_from_them(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change_result(
        folder, lambda r: replace(r, judged_with={**r.judged_with, "hypothesis": "6.1.0"})
    )
    assert main(["verify", str(folder)]) == 0, "versions alone are no difference"
    said = capsys.readouterr().out
    assert "Other versions made it: hypothesis 6.1.0 (here " in said
    assert "Differences may come from there" not in said
    (folder / "report.html").write_text("drawn otherwise")
    assert main(["verify", str(folder), "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["other_versions"]["hypothesis"][0] == "6.1.0"
