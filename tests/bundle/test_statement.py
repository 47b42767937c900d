"""The statement of a bundle: what it claims, and that every claim is compared with the files."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.bundle import claims, writing
from conformance.bundle.checking import check_statement
from conformance.bundle.difference import Difference
from conformance.bundle.layout import STATEMENT
from conformance.bundle.reading import open_bundle
from conformance.result.model import Status, Verdict
from tests.bundle.making import PRODUCT, RESULT, bundle, report_folder, stated_anew, with_files

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.bundle.reading import Opened

ROW = RESULT.requirements[0]


@pytest.fixture
def made(tmp_path: Path) -> Opened:
    return bundle(tmp_path)


def told(opened: Opened) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(opened.files[STATEMENT])
    return found


def test_a_statement_is_one_of_in_toto_with_the_digest_of_every_file(made: Opened) -> None:
    said = told(made)
    assert said["_type"] == "https://in-toto.io/Statement/v1"
    assert said["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    assert {s["name"]: s["digest"]["sha256"] for s in said["subject"]} == {
        name: hashlib.sha256(content).hexdigest()
        for name, content in made.files.items()
        if name != STATEMENT
    }
    assert said["predicate"]["result"] == "FAILED"
    assert said["predicate"]["failedTests"] == ["N-2"]
    assert [c["name"] for c in said["predicate"]["configuration"]][:2] == [
        "contract/image-variations.yaml",
        "contract/endpoint.txt",
    ]


def test_a_statement_says_what_was_judged_by_what_and_for_whom(made: Opened) -> None:
    own = told(made)["predicate"]["conformance"]
    assert own["verdict"] == "nonconformant"
    assert own["counts"] == {"MUST": {"fail": 1}}
    assert own["scope"]["judged"] == {"MUST": {"judged": 1, "of": 1, "not_judged": {}}}
    assert own["scope"]["sides"] == ["client"]
    assert (own["seed"], own["profile"]) == (RESULT.seed, "core")
    assert own["product"]["version"] == "1.4.2"
    assert (own["suite"], own["judged_with"]) == (RESULT.suite, RESULT.judged_with)


def with_rows(*rows: tuple[str, Status], verdict: Verdict = Verdict.CONFORMANT) -> Any:
    requirements = tuple(
        replace(ROW, id=f"N-{n}", level=level, status=status)
        for n, (level, status) in enumerate(rows)
    )
    return replace(RESULT, verdict=verdict, requirements=requirements)


@pytest.mark.parametrize(
    ("rows", "verdict", "outcome"),
    [
        ([("MUST", Status.PASS)], Verdict.CONFORMANT, "PASSED"),
        ([("MUST", Status.PASS), ("SHOULD", Status.WARN)], Verdict.CONFORMANT, "WARNED"),
        ([("MUST", Status.PASS), ("SHOULD", Status.FLAKY)], Verdict.CONFORMANT, "WARNED"),
        ([("MUST", Status.PASS), ("MAY", Status.FAIL)], Verdict.CONFORMANT, "PASSED"),
        ([("MUST", Status.FAIL)], Verdict.NONCONFORMANT, "FAILED"),
        ([("MUST", Status.UNTESTABLE)], Verdict.INCOMPLETE, "FAILED"),
        ([("MUST", Status.PASS)], Verdict.PARTIAL, "FAILED"),
    ],
)
def test_who_knows_the_predicate_alone_takes_nothing_unsettled_for_a_success(
    rows: list[tuple[str, Status]], verdict: Verdict, outcome: str
) -> None:
    assert claims.outcome(with_rows(*rows, verdict=verdict)) == outcome


def test_each_requirement_is_in_the_list_of_how_it_ended() -> None:
    rows = [("MUST", s) for s in Status] + [("SHOULD", s) for s in Status]
    found = claims.tests(with_rows(*rows))
    number = {row: f"N-{n}" for n, row in enumerate(rows)}
    unsettled = (Status.UNTESTABLE, Status.FLAKY, Status.ERROR)
    failed = [("MUST", s) for s in (Status.FAIL, *unsettled)] + [("SHOULD", Status.FAIL)]
    assert {*found["failedTests"]} == {number[row] for row in failed}
    assert {*found["passedTests"]} == {number[level, Status.PASS] for level in ("MUST", "SHOULD")}
    warned = [("SHOULD", s) for s in (Status.WARN, *unsettled)] + [("MUST", Status.WARN)]
    assert {*found["warnedTests"]} == {number[row] for row in warned}


def test_what_was_not_judged_is_told_by_its_reason() -> None:
    rows = [("MUST", s) for s in (Status.PASS, Status.UNTESTABLE, Status.NOT_APPLICABLE)]
    own = claims.of(with_rows(*rows, ("SHOULD", Status.NOT_SELECTED)))
    assert own["scope"]["judged"]["MUST"] == {
        "judged": 1,
        "of": 3,
        "not_judged": {"untestable": ["N-1"], "not-applicable": ["N-2"]},
    }
    assert claims.in_words(own) == "conformant (core; 1 of 3 MUST judged, 0 of 1 SHOULD judged)"


def test_a_bundle_as_it_was_made_fits_and_so_does_a_folder_without_a_statement(
    made: Opened, tmp_path: Path
) -> None:
    assert check_statement(made) == ()
    assert check_statement(open_bundle(tmp_path / "reports")) == ()


def test_the_same_folder_makes_the_same_bytes_wherever_it_is(tmp_path: Path) -> None:
    one, other = (writing.bundled(report_folder(tmp_path / n), PRODUCT).content for n in ("a", "b"))
    assert one == other


def edited(path: str, value: Any) -> Any:
    def edit(said: dict[str, Any]) -> dict[str, Any]:
        place: Any = said
        *steps, last = path.split(".")
        for step in steps:
            place = place[int(step) if step.isdigit() else step]
        if value is ...:
            del place[last]
        else:
            place[int(last) if last.isdigit() else last] = value
        return said

    return edit


OWN = "predicate.conformance"


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (f"{OWN}.verdict", "conformant", f"{OWN}.verdict is said to be 'conformant'"),
        (f"{OWN}.counts.MUST", {"pass": 1}, "counts.MUST.fail is missing"),
        (f"{OWN}.seed", 7, f"{OWN}.seed is said to be 7, and is 1"),
        (f"{OWN}.contract.sha256", "0", "contract.sha256"),
        (f"{OWN}.format", True, "format is said to be True, and is 1"),
        (f"{OWN}.suite.version", "9", "suite.version"),
        (f"{OWN}.more", "x", "comes to no such value"),
        (f"{OWN}.product.version", "main", "is no released version"),
        (f"{OWN}.product.more", "x", "product has the unknown key 'more'"),
        (f"{OWN}.product", ..., "product is NoneType"),
        ("predicate.result", "PASSED", "predicate.result"),
        ("predicate.failedTests", [], "failedTests"),
        ("predicate.configuration", [], "configuration"),
        ("predicateType", "x", "predicateType"),
        ("_type", ..., "_type is missing"),
        ("subject.0.digest.sha256", "0" * 64, "its SHA-256 is said to be"),
        ("subject.0.digest.sha512", "0", "names a file without its one digest"),
        ("subject.0", 7, "names a file without its one digest"),
        ("subject.0.name", "gone.txt", "names the file 'gone.txt', which is not there"),
        ("subject", [], "is there, and the statement does not name it"),
        ("subject", None, "is there, and the statement does not name it"),
    ],
)  # fmt: skip
def test_each_claim_is_compared_with_the_files(
    path: str, value: Any, says: str, made: Opened
) -> None:
    text = json.dumps(edited(path, value)(told(made)), indent=1, sort_keys=True) + "\n"
    found = check_statement(with_files(made, **{STATEMENT: text.encode()}))
    assert any(says in str(one) for one in found), found


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"\xff", b'{"a": 1, "a": 1}'])
def test_what_is_no_statement_is_said(text: bytes, made: Opened) -> None:
    (found, *_) = check_statement(with_files(made, **{STATEMENT: text}))
    assert found.where == STATEMENT
    assert "is no statement" in found.what


def test_a_statement_that_is_written_otherwise_is_found(made: Opened) -> None:
    text = json.dumps(told(made)).encode()
    (found,) = check_statement(with_files(made, **{STATEMENT: text}))
    assert "not written as this suite writes it" in str(found)


def test_a_file_that_changed_was_added_or_taken_away_is_named(made: Opened) -> None:
    other = with_files(made, **{"report.html": b"x", "junit.xml": b"<x/>"})
    assert [one.where for one in check_statement(other)] == ["junit.xml", "report.html"]
    less = with_files(other, **{"report.html": None, "junit.xml": None})
    (found,) = check_statement(less)
    assert "names the file 'report.html', which is not there" in str(found)


def test_a_result_that_does_not_fit_itself_is_found_even_if_the_statement_fits_it(
    made: Opened,
) -> None:
    text = made.files["result.json"].decode().replace('"nonconformant"', '"conformant"', 1)
    found = check_statement(stated_anew(made, text))
    assert found == (
        Difference(
            "result.json", "its verdict is conformant, and its requirements come to nonconformant"
        ),
    )


def test_a_result_that_was_judged_by_another_contract_than_that_of_the_bundle_is_found(
    made: Opened,
) -> None:
    text = made.files["result.json"].decode().replace(RESULT.contract["sha256"], "0" * 64)
    (found,) = check_statement(stated_anew(made, text))
    assert found.what == "the SHA-256 of contract/image-variations.yaml"


def test_a_result_that_is_none_is_said(made: Opened) -> None:
    found = check_statement(with_files(made, **{"result.json": b"\xff"}))
    assert any("not UTF-8" in str(one) for one in found)


def test_a_difference_is_one_line_whatever_it_quotes() -> None:
    assert str(Difference("a.json", "its \x1b[31m\n::error::")) == "a.json: its \\x1b[31m ::error::"
    assert str(Difference("a", "b", "1", "2")) == "a: b is said to be 1, and is 2"
    assert len(str(Difference("a", "b" * 9_000))) < 1_100


def test_of_many_differences_the_first_ones_are_told(made: Opened) -> None:
    said = told(made)
    said["predicate"] |= {f"more{n}": n for n in range(1000)}
    text = json.dumps(said, indent=1, sort_keys=True) + "\n"
    assert len(check_statement(with_files(made, **{STATEMENT: text.encode()}))) == 200
