"""Opening a bundle: a zip or a folder, no links, nothing that does not belong to it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from conformance.bundle import folder, writing
from conformance.bundle.reading import open_bundle
from conformance.errors import UsageError
from tests.bundle.making import FIXTURE, PICTURE, PRODUCT, bundle, report_folder, with_files

if TYPE_CHECKING:
    from pathlib import Path


def test_a_report_folder_is_opened_as_it_is(tmp_path: Path) -> None:
    found = open_bundle(report_folder(tmp_path / "reports"))
    assert not found.is_zip
    assert not found.has_statement
    assert [*found.files] == ["evidence.jsonl", FIXTURE, "report.html", "result.json"]
    assert found.files[FIXTURE] == PICTURE


def test_a_zip_and_its_unpacked_folder_are_the_same(tmp_path: Path) -> None:
    made = bundle(tmp_path)
    with made.as_folder() as spread:
        again = open_bundle(spread)
        assert again.files == made.files
        assert again.has_statement
        assert again.left_out == ()
    assert not spread.exists()


def test_what_belongs_to_no_bundle_is_left_out_and_said(tmp_path: Path) -> None:
    reports = report_folder(tmp_path / "reports")
    for name in ("disclosure.key", "comparison.html", ".lock", "fixtures/odd name.png"):
        (reports / name).write_text("secret")
    (reports / "replay-e1").mkdir()
    made = writing.bundled(reports, PRODUCT)
    assert made.left_out == (
        "comparison.html", "disclosure.key", "fixtures/odd name.png", "replay-e1/",
    )  # fmt: skip
    assert b"disclosure" not in made.content
    assert "disclosure.key" not in made.names
    assert open_bundle(reports).left_out == made.left_out


@pytest.mark.parametrize("name", ["result.json", FIXTURE, "fixtures", "contract"])
def test_a_link_is_refused(name: str, tmp_path: Path) -> None:
    reports = report_folder(tmp_path / "reports")
    place = reports / name
    elsewhere = tmp_path / "elsewhere"
    if place.exists():
        place.rename(elsewhere)
    else:
        elsewhere.mkdir()
    place.symlink_to(elsewhere)
    for opening in (open_bundle, lambda path: writing.bundled(path, PRODUCT)):
        with pytest.raises(UsageError, match="is a link"):
            opening(reports)


def test_what_is_no_file_or_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = report_folder(tmp_path / "reports")
    os.mkfifo(reports / "junit.xml")
    with pytest.raises(UsageError, match=r"junit\.xml: cannot be read: it is a pipe"):
        open_bundle(reports)
    (reports / "junit.xml").unlink()
    with monkeypatch.context() as patched:
        patched.setattr(folder, "MOST_OF_ALL", 100)
        with pytest.raises(UsageError, match=r"cannot be read: it is larger"):
            open_bundle(reports)
    monkeypatch.setattr(folder, "MOST_FILES", 1)
    with pytest.raises(UsageError, match="more than 1 files"):
        open_bundle(reports)


def test_a_folder_without_a_result_is_none_of_a_run(tmp_path: Path) -> None:
    reports = report_folder(tmp_path / "reports")
    (reports / "result.json").unlink()
    with pytest.raises(UsageError, match=r"is no bundle of this suite: it has no result\.json"):
        open_bundle(reports)
    with pytest.raises(UsageError, match=r"has no result\.json"):
        writing.bundled(reports, PRODUCT)


def test_a_result_without_evidence_is_not_bundled_and_that_of_a_part_counts(tmp_path: Path) -> None:
    reports = report_folder(tmp_path / "reports")
    (reports / "evidence.jsonl").rename(tmp_path / "evidence.jsonl")
    with pytest.raises(UsageError, match=r"has no evidence\.jsonl, and nobody can verify"):
        writing.bundled(reports, PRODUCT)
    (reports / "parts" / "1").mkdir(parents=True)
    (tmp_path / "evidence.jsonl").rename(reports / "parts" / "1" / "evidence.jsonl")
    assert "parts/1/evidence.jsonl" in writing.bundled(reports, PRODUCT).names


@pytest.mark.parametrize("name", ["statement.json", "contract/endpoint.txt", "result.json"])
def test_a_zip_without_its_statement_contract_or_result_is_no_bundle(
    name: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=f"it has no {name}"):
        with_files(bundle(tmp_path), **{name: None})


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        open_bundle(tmp_path / "none.zip")
    (tmp_path / "text").write_text("no zip")
    with pytest.raises(UsageError, match="is no bundle of this suite: it is no zip"):
        open_bundle(tmp_path / "text")


def test_a_result_of_another_contract_or_that_is_none_is_not_bundled(tmp_path: Path) -> None:
    reports = report_folder(tmp_path / "reports")
    text = (reports / "result.json").read_text("utf-8")
    (reports / "result.json").write_text(
        text.replace('"nonconformant"', '"conformant"', 1), "utf-8"
    )
    with pytest.raises(UsageError, match="is no result: its verdict is conformant"):
        writing.bundled(reports, PRODUCT)
    sha = '"sha256": "'
    at = text.index(sha) + len(sha)
    (reports / "result.json").write_text(text[:at] + "0" * 64 + text[at + 64 :], "utf-8")
    with pytest.raises(UsageError, match="judged by another contract"):
        writing.bundled(reports, PRODUCT)
