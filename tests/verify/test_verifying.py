"""What a run wrote comes to its result again, and nothing that was changed afterwards does."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from conformance.errors import UsageError
from conformance.evidence.reading import read
from conformance.result import storage
from conformance.result.model import Status, Verdict
from conformance.send.outages import written
from conformance.send.outages.falls import Fall
from conformance.verify.demanding import demand_judged
from conformance.verify.verifying import verify
from tests.verify.changing import change_result, rows_of, write_rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conformance.result.model import Result

    Row = dict[str, Any]


def differences(folder: Path) -> list[str]:
    found = verify(folder)
    assert not found.holds
    return [str(one) for one in found.differences]


def test_what_a_run_wrote_comes_to_its_result(folder: Path) -> None:
    found = verify(folder)
    assert found.holds, found.differences
    assert found.judged is not None
    assert found.judged.verdict is Verdict.NONCONFORMANT
    assert found.rows == len((folder / "evidence.jsonl").read_bytes().splitlines())


def test_verifying_changes_nothing(folder: Path) -> None:
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    verify(folder)
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before


def passed(result: Result) -> Result:
    """Turn everything green, consistently."""
    rows = tuple(
        dataclasses.replace(
            r,
            status=Status.PASS,
            message="",
            checks=tuple(dataclasses.replace(c, status=Status.PASS, message="") for c in r.checks),
        )
        if r.status is Status.FAIL
        else r
        for r in result.requirements
    )
    return dataclasses.replace(result, requirements=rows, findings=(), verdict=Verdict.CONFORMANT)


def without_a_check(result: Result) -> Result:
    rows = tuple(
        dataclasses.replace(r, checks=r.checks[1:]) if len(r.checks) > 1 else r
        for r in result.requirements
    )
    return dataclasses.replace(result, requirements=rows)


def first_message(result: Result) -> Result:
    rows = tuple(
        dataclasses.replace(r, message=r.message + ".") if r.status is Status.FAIL else r
        for r in result.requirements
    )
    return dataclasses.replace(result, requirements=rows)


CHANGED_RESULTS: dict[str, tuple[Callable[[Result], Result], str]] = {
    "everything green": (passed, "verdict is said to be 'conformant', and is 'nonconformant'"),
    "a check less": (without_a_check, "is missing"),
    "another message": (first_message, ".message is said to be"),
    "another seed": (lambda r: dataclasses.replace(r, seed=r.seed + 1), "seed is said to be"),
    "another target": (
        lambda r: dataclasses.replace(r, target={**r.target, "model": "acme/other"}),
        "target[model] is said to be",
    ),
    "another profile": (lambda r: dataclasses.replace(r, profile="full"), "profile is said to be"),
    "fewer pictures": (lambda r: dataclasses.replace(r, images=1), "images is said to be"),
    "a note more": (lambda r: dataclasses.replace(r, notes=("All is well.",)), "notes"),
    "a finding less": (lambda r: dataclasses.replace(r, findings=()), "findings"),
}


@pytest.mark.parametrize("name", CHANGED_RESULTS)
def test_a_result_that_was_made_up_is_found_though_all_reports_show_it(
    name: str, folder: Path
) -> None:
    change, says = CHANGED_RESULTS[name]
    change_result(folder, change)
    assert any(says in line for line in differences(folder)), differences(folder)


def exchanges(rows: list[Row]) -> list[Row]:
    return [row for row in rows if "id" in row]


def turned_green(rows: list[Row], _: Path) -> list[Row]:
    """Let the gateway refuse what it accepted: a form without a model is answered as n=0 is."""
    by_label = {row["request"]["label"]: row for row in exchanges(rows)}
    refused, accepted = by_label["n=0"], by_label["no model"]
    for name in ("reply", "earlier", "fetched"):
        accepted[name] = refused[name]
    return rows


def another_body(rows: list[Row], _: Path) -> list[Row]:
    row = next(r for r in exchanges(rows) if r["reply"] and r["reply"]["status"] == 200)
    row["reply"]["body"] = {"text": "{}"}
    return rows


def one_less(rows: list[Row], _: Path) -> list[Row]:
    rows.remove(exchanges(rows)[3])
    return rows


def one_more(rows: list[Row], folder: Path) -> list[Row]:
    first = next(read(folder / "evidence.jsonl"))
    copy = dataclasses.replace(first.request, copy=77)
    extra = {**exchanges(rows)[0], "id": copy.id}
    extra["request"] = {**extra["request"], "copy": 77}
    return [*rows[:-1], extra, rows[-1]]


def one_twice(rows: list[Row], _: Path) -> list[Row]:
    return [*rows[:-1], exchanges(rows)[0], rows[-1]]


CHANGED_ROWS: dict[str, tuple[Callable[[list[Row], Path], list[Row]], str]] = {
    "an answer in the place of another": (turned_green, "is said to be 'fail', and is 'pass'"),
    "an answer with another body": (another_body, "is said to be 'pass'"),
    "a row less": (one_less, "is not there"),
    "a row more": (one_more, "no check of this run asks for this request"),
    "a row twice": (one_twice, "the request is there twice"),
}


@pytest.mark.parametrize("name", CHANGED_ROWS)
def test_a_row_that_was_changed_is_found_though_the_chain_is_whole(name: str, folder: Path) -> None:
    change, says = CHANGED_ROWS[name]
    write_rows(folder, change(rows_of(folder), folder))
    assert any(says in line for line in differences(folder)), differences(folder)


def test_a_row_that_was_changed_breaks_the_chain(folder: Path) -> None:
    path = folder / "evidence.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if b'"finished_at": 1' in line)
    lines[at] = lines[at].replace(b'"finished_at": 1', b'"finished_at": 2', 1)
    path.write_bytes(b"".join(lines))
    found = differences(folder)
    assert (
        f"evidence.jsonl: line {at + 2} does not follow line {at + 1}: one of them was changed"
        in found
    )
    assert "evidence.jsonl: it is not the file that was written beside the result" in found


@pytest.mark.parametrize("order", [(2, 1), (1, 1)], ids=["swapped", "twice"])
def test_rows_in_another_order_break_the_chain(order: tuple[int, int], folder: Path) -> None:
    path = folder / "evidence.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], *(lines[i] for i in order), *lines[3:]]))
    assert any("does not follow" in line for line in differences(folder))


def test_evidence_without_its_last_rows_is_found(folder: Path) -> None:
    path = folder / "evidence.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-2]))
    found = verify(folder)
    assert not found.holds
    assert "was not closed" in found.unjudged
    assert any("names another end" in str(one) for one in found.differences)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("report.html", "is not the file that was written"),
        ("junit.xml", "it does not show what the result says"),
    ],
)
def test_a_report_that_was_changed_is_found(name: str, says: str, folder: Path) -> None:
    path = folder / name
    path.write_bytes(path.read_bytes().replace(b"MODEL-1", b"MODEL-2"))
    assert any(line.startswith(name) and says in line for line in differences(folder))


def test_a_report_whose_digest_was_changed_with_it_is_found(folder: Path) -> None:
    page = folder / "report.html"
    page.write_text(page.read_text().replace("MODEL-1", "MODEL-2"))
    stored = storage.read(folder / "result.json")
    # The result names the digests of what lies beside it when it is written.
    from conformance.result import beside  # noqa: PLC0415 - this test alone writes a result by itself

    whole = dataclasses.replace(stored, files=beside.digests(folder))
    (folder / "result.json").write_text(storage.to_json(whole))
    assert differences(folder) == ["report.html: it does not show what the result says"]


def test_a_file_that_is_missing_or_added_is_found(folder: Path) -> None:
    (folder / "junit.xml").unlink()
    fixtures = folder / "fixtures"
    fixtures.mkdir(exist_ok=True)
    (fixtures / "0123456789ab.png").write_bytes(b"x")
    found = differences(folder)
    assert "junit.xml: the result names it, and it is not there" in found
    assert any(line.startswith("fixtures/0123456789ab.png: it lies beside") for line in found)


def test_the_requests_are_those_of_the_seed(folder: Path) -> None:
    rows = rows_of(folder)
    for row in rows:
        if "run" in row:
            row["run"]["seed"] = row["made"]["options"]["seed"] = 5
    write_rows(folder, rows)
    change_result(folder, lambda r: dataclasses.replace(r, seed=5))
    assert any("is not there" in line for line in differences(folder))


def test_a_result_of_another_version_is_not_judged_by_this_one(folder: Path) -> None:
    change_result(folder, lambda r: dataclasses.replace(r, suite={**r.suite, "version": "0.0.9"}))
    with pytest.raises(UsageError, match=r"made by version 0\.0\.9 of this suite"):
        verify(folder)


def test_a_command_refuses_a_result_that_its_evidence_does_not_come_to(folder: Path) -> None:
    demand_judged(folder, "merge")
    change_result(folder, passed)
    with pytest.raises(UsageError, match=r"^merge: the evidence of .* does not come to its result"):
        demand_judged(folder, "merge")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("started_at", 1e300),
        ("usage", []),
        ("falls", 1),
        ("certificates", ["zz"]),
        ("overtime", {}),
    ],
)
def test_an_end_that_no_run_has_is_a_difference(key: str, value: Any, folder: Path) -> None:
    rows = rows_of(folder)
    rows[-1]["end"][key] = value
    write_rows(folder, rows)
    says = ("it is not that of a run", "it cannot be judged again")
    assert any(text in line for line in differences(folder) for text in says)


def test_a_fall_that_no_run_saw_is_a_difference(folder: Path) -> None:
    rows = rows_of(folder)
    fall = Fall(1.0, 1.0, sure=True, candidates=[], back=True)
    rows[-1]["end"]["falls"] = written.as_rows([fall])
    write_rows(folder, rows)
    assert "evidence: its end names other falls than the run saw" in differences(folder)


def test_a_run_that_broke_off_is_not_judged_again(folder: Path) -> None:
    rows = rows_of(folder)
    rows[-1]["end"]["stopped"] = "interrupted"
    write_rows(folder, rows)
    found = verify(folder)
    assert not found.holds
    assert found.unjudged == "is of a run that was interrupted; go on with --resume"
