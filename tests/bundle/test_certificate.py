"""The certificate of a bundle: drawn where the rules allow one, and drawn again to compare."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.bundle import certificate, writing
from conformance.bundle.certified import SILENT, is_on_loopback, reservations, shown_in_tls
from conformance.bundle.checking import check_statement, product_of
from conformance.bundle.layout import CERTIFICATE
from conformance.bundle.reading import open_bundle
from conformance.result import storage
from conformance.result.model import Diagnosis, Seal, Status
from tests.bundle.making import (
    CERTIFIABLE,
    CHALLENGE,
    PRODUCT,
    bundle,
    report_folder,
    stated_anew,
    with_files,
)

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.bundle.reading import Opened
    from conformance.result.model import Result

OPEN = replace(CERTIFIABLE.requirements[0], id="N-9", status=Status.NOT_APPLICABLE, checks=())
HOSTILE = "</dd><script>alert(1)</script>\u202e\x1b[31m"


@pytest.fixture
def made(tmp_path: Path) -> Opened:
    return bundle(tmp_path, CERTIFIABLE)


def drawn(result: Result = CERTIFIABLE, **product: str) -> str:
    return certificate.render(result, "a1" * 32, replace(PRODUCT, **product))


def told(text: str) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]*>", " ", text, flags=re.DOTALL).split())


def problems(opened: Opened) -> list[str]:
    return [str(one) for one in check_statement(opened)]


def test_a_bundle_of_a_result_that_can_carry_one_holds_it(made: Opened, tmp_path: Path) -> None:
    assert check_statement(made) == ()
    assert product_of(made.files) == PRODUCT
    again = writing.bundled(tmp_path / "reports", PRODUCT)
    assert CERTIFICATE in again.names
    assert (str(again.until), again.uncertified) == ("2027-06-15", ())


def test_a_bundle_of_another_result_holds_none_and_says_why(tmp_path: Path) -> None:
    core = report_folder(tmp_path / "core", replace(CERTIFIABLE, profile="core"))
    found = writing.bundled(core, PRODUCT)
    assert CERTIFICATE not in found.names
    assert found.until is None
    assert found.uncertified == ("it is of the profile core; run with --profile full",)


def test_it_says_what_was_judged_of_what_and_on_what_that_rests(made: Opened) -> None:
    page = told(made.files[CERTIFICATE].decode())
    for part in (
        "Gate 1.4.2 of Acme is conformant",
        "Judged on 2026-06-15 . Holds until 2027-06-15 for this version alone",
        "MUST 1 of 1 judged, 1 of them met",
        "Sides what clients see, and what reaches the provider",
        f"Contract 1.0.0, SHA-256 {CERTIFIABLE.contract['sha256']}",
        "Target https://gateway.example/v1/images/variations",
        "Its certificates none: without TLS",
        f"Challenge {CHALLENGE}",
        f"Evidence 1,419 rows, the last one&#39;s SHA-256 {'4d' * 32}",
        "Suite 0.1.0, SHA-256",
        "This page proves nothing by itself",
        f"conformance verify bundle.zip --certificate --trust KEY.pub --challenge={CHALLENGE}",
    ):
        assert part in page, part
    assert all(line.replace("'", "&#39;") in page for line in SILENT)


def test_it_shows_the_digest_of_the_result_that_lies_beside_it(made: Opened) -> None:
    digest = hashlib.sha256(made.files["result.json"]).hexdigest()
    assert f"SHA-256 {digest}" in made.files[CERTIFICATE].decode()


def test_one_that_was_changed_does_not_fit(made: Opened) -> None:
    changed = made.files[CERTIFICATE].replace(b"2027-06-15", b"2037-06-15")
    found = problems(with_files(made, **{CERTIFICATE: changed}))
    assert f"{CERTIFICATE}: does not show what the result and the statement say" in found


def test_one_that_was_taken_out_is_missed(made: Opened) -> None:
    assert f"{CERTIFICATE}: is missing: the result can carry one" in problems(
        with_files(made, **{CERTIFICATE: None})
    )


def test_one_that_its_result_cannot_carry_is_a_forgery_whatever_the_statement_says(
    made: Opened,
) -> None:
    core = stated_anew(made, storage.to_json(replace(CERTIFIABLE, profile="core")))
    why = "it is of the profile core; run with --profile full"
    assert problems(core) == [f"{CERTIFICATE}: is there, and the result can carry none: {why}"]


def test_one_without_a_statement_is_of_nobody(made: Opened, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    (folder / CERTIFICATE).write_bytes(made.files[CERTIFICATE])
    assert problems(open_bundle(folder)) == [
        f"{CERTIFICATE}: is of a statement that is not there as statement.json"
    ]


def test_no_text_of_others_acts_in_it() -> None:
    target = dict.fromkeys(("url", "path", "model", "proxy"), HOSTILE)
    lists = {"credentials": [HOSTILE], "declared": HOSTILE, "certificate": [{"subject": HOSTILE}]}
    page = drawn(
        replace(
            CERTIFIABLE,
            target={**CERTIFIABLE.target, **target, **lists},
            diagnosis=(Diagnosis(HOSTILE, "gateway", ""),),
        ),
        name=HOSTILE,
        organization=HOSTILE,
    )
    assert "<script" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "script-src" not in page, "no script is admitted, since there is none"
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


def with_target(**changes: Any) -> Result:
    return replace(CERTIFIABLE, target={**CERTIFIABLE.target, **changes})


@pytest.mark.parametrize(
    ("result", "says"),
    [
        (
            replace(CERTIFIABLE, contract={**CERTIFIABLE.contract, "set_state": "draft"}),
            "a draft",
        ),
        (with_target(embedded=True, url="http://127.0.0.1:1"), "the suite's own reference gateway"),
        (with_target(url="http://[::1]:8080"), "at a loopback address"),
        (
            replace(CERTIFIABLE, requirements=(*CERTIFIABLE.requirements, OPEN)),
            "1 of its 2 MUST requirements were not judged",
        ),
        (replace(CERTIFIABLE, evidence=Seal(9, "4d" * 32, resumed=True)), "The run was resumed"),
        (replace(CERTIFIABLE, evidence=None), "merged from shards"),
        (
            replace(
                CERTIFIABLE, requirements=(replace(CERTIFIABLE.requirements[0], note="left"),)
            ),
            "leaves to its provider what N-2 ask",
        ),
        (replace(CERTIFIABLE, diagnosis=(Diagnosis("It fell.", "x", ""),)), "The run says: It fell"),
    ],
)  # fmt: skip
def test_what_lowers_its_worth_stands_on_top_of_it(result: Result, says: str) -> None:
    (line,) = reservations(result)
    assert says in line
    assert line.replace("'", "&#39;") in drawn(result)
    assert reservations(CERTIFIABLE) == ()


def test_the_evidence_of_a_merged_run_is_that_of_its_shards() -> None:
    files = {f"parts/{n}/evidence.jsonl": f"{n}" * 64 for n in range(1, 6)}
    page = told(drawn(replace(CERTIFIABLE, evidence=None, files=files)))
    assert f"parts/3/evidence.jsonl SHA-256 {'3' * 64} Evidence and 2 more shards" in page


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        ("http://localhost:1", True),
        ("https://127.9.9.9/x", True),
        ("https://gateway.example", False),
        ("https://10.0.0.1", False),
        ("http://[bad", False),
        ("", False),
    ],
)
def test_an_address_of_the_machine_itself_is_known(url: str, is_own: bool) -> None:  # noqa: FBT001 - a row of the table
    assert is_on_loopback(url) is is_own


def test_what_the_target_showed_in_tls_is_named_by_digest_and_owner() -> None:
    rows = [{"sha256": f"{n}" * 64, "subject": f"CN=g{n}"} for n in range(3)]
    shown = shown_in_tls(with_target(certificate=rows))
    assert shown == f"SHA-256 {'0' * 64} (CN=g0); SHA-256 {'1' * 64} (CN=g1) and 1 more"
    assert "none" in shown_in_tls(with_target(certificate="odd"))
