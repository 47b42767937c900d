"""Signatures of a bundle: made, added, and told apart by whose they are and whether they hold."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.bundle import envelope, signing
from conformance.bundle.checking import check_statement
from conformance.bundle.layout import SIGNATURES, STATEMENT
from conformance.bundle.reading import open_bundle
from conformance.bundle.signing import Checked, Validity, check_signatures, is_vouched_for
from conformance.errors import UsageError
from tests.bundle import ed25519
from tests.bundle.making import bundle, key, opened, stated_anew, with_files

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.bundle.reading import Opened

VENDOR, LAB, NOBODY = (key(n).public(name) for n, name in enumerate(("vendor", "lab", "-"), 1))


@pytest.fixture
def made(tmp_path: Path) -> Opened:
    return bundle(tmp_path)


@pytest.fixture
def signed(made: Opened, tmp_path: Path) -> Opened:
    return opened(tmp_path, signing.signed(made, key()))


def validities(bundle: Opened, *trusted: Any) -> list[str]:
    return [one.validity for one in check_signatures(bundle, trusted)]


def test_a_signature_is_valid_for_whoever_trusts_its_key(signed: Opened) -> None:
    assert check_statement(signed) == ()
    assert check_signatures(signed, [LAB, VENDOR]) == (
        Checked(VENDOR.keyid, Validity.VALID, by="vendor"),
    )
    assert check_signatures(signed, [LAB]) == (Checked(VENDOR.keyid, Validity.UNKNOWN_KEY),)
    assert is_vouched_for(check_signatures(signed, [VENDOR]))
    assert not is_vouched_for(check_signatures(signed, [LAB]))


def test_a_bundle_without_a_signature_has_none(made: Opened) -> None:
    assert check_signatures(made, [VENDOR]) == ()
    assert not is_vouched_for(())


def test_another_implementation_reads_the_signed_statement(signed: Opened) -> None:
    payload = ed25519.payload_that(VENDOR.der[-32:], signed.files[SIGNATURES])
    assert payload == signed.files[STATEMENT]


def test_several_sign_and_their_order_changes_nothing(made: Opened, tmp_path: Path) -> None:
    both = signing.signed(opened(tmp_path, signing.signed(made, key(1))), key(2))
    turned = signing.signed(opened(tmp_path, signing.signed(made, key(2))), key(1))
    assert both == turned
    found = opened(tmp_path, both)
    assert {one.by for one in check_signatures(found, [VENDOR, LAB])} == {"vendor", "lab"}
    assert sorted(validities(found, LAB)) == ["unknown key", "valid"]
    assert is_vouched_for(check_signatures(found, [LAB]))


def test_who_signs_twice_signs_once(signed: Opened) -> None:
    content = signed.path.read_bytes()
    assert signing.signed(signed, key()) == content


def test_the_signed_bundle_is_the_same_each_time(made: Opened) -> None:
    assert signing.signed(made, key()) == signing.signed(made, key())


def with_envelope(bundle: Opened, **changes: Any) -> Opened:
    before = envelope.read(bundle.files[SIGNATURES])
    written = envelope.written(replace(before, **changes))
    return with_files(bundle, **{SIGNATURES: written})


def test_the_id_of_a_key_decides_nothing(signed: Opened) -> None:
    (one,) = envelope.read(signed.files[SIGNATURES]).signatures
    for keyid in ("", "A", LAB.keyid):
        other = with_envelope(signed, signatures=(replace(one, keyid=keyid),))
        assert check_signatures(other, [LAB, VENDOR])[0] == check_signatures(signed, [VENDOR])[0]
    assert validities(with_envelope(signed, signatures=(replace(one, keyid=LAB.keyid),)), LAB) == [
        "invalid"
    ]


def test_a_changed_signature_is_invalid(signed: Opened) -> None:
    (one,) = envelope.read(signed.files[SIGNATURES]).signatures
    for content in (b"", one.content[:-1], bytes(64), one.content[:-1] + b"\0"):
        other = with_envelope(signed, signatures=(replace(one, content=content),))
        assert validities(other, VENDOR) == ["invalid"]
        assert not is_vouched_for(check_signatures(other, [VENDOR]))


def test_one_broken_signature_spoils_the_others(signed: Opened, tmp_path: Path) -> None:
    both = opened(tmp_path, signing.signed(signed, key(2)))
    rows = envelope.read(both.files[SIGNATURES]).signatures
    other = with_envelope(both, signatures=(rows[0], replace(rows[1], content=bytes(64))))
    assert sorted(validities(other, VENDOR, LAB)) == ["invalid", "valid"]
    assert not is_vouched_for(check_signatures(other, [VENDOR, LAB]))


def test_a_result_that_was_changed_with_its_statement_is_found_by_the_signature_alone(
    signed: Opened,
) -> None:
    document = json.loads(signed.files["result.json"])
    document["requirements"][0]["status"] = document["requirements"][0]["checks"][0]["status"] = (
        "pass"
    )
    document["verdict"], document["requirements"][0]["waived"] = "conformant", None
    document["waivers"] = {}
    forged = stated_anew(signed, json.dumps(document))
    assert validities(forged, VENDOR) == ["invalid"]
    assert [one.where for one in check_statement(forged)] == [SIGNATURES]
    unsigned = with_files(forged, **{SIGNATURES: None})
    assert check_statement(unsigned) == ()


def test_a_signature_over_another_statement_or_another_kind_is_invalid(signed: Opened) -> None:
    for changes in ({"payload": b"{}"}, {"kind": "text/plain"}):
        other = with_envelope(signed, **changes)
        assert validities(other, VENDOR) == ["invalid"]
        assert check_statement(other) != ()


def test_what_is_no_envelope_is_invalid(signed: Opened) -> None:
    other = with_files(signed, **{SIGNATURES: b"{}"})
    (found,) = check_signatures(other, [VENDOR])
    assert found.validity is Validity.INVALID
    assert "cannot be read" in found.why


def test_a_folder_that_has_signatures_and_no_statement_is_found(
    signed: Opened, tmp_path: Path
) -> None:
    signed.spread(tmp_path / "spread")
    (tmp_path / "spread" / STATEMENT).unlink()
    found = open_bundle(tmp_path / "spread")
    assert [one.where for one in check_statement(found)] == [SIGNATURES]
    assert validities(found, VENDOR) == ["invalid"]


def test_nothing_is_signed_whose_statement_does_not_fit(made: Opened, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is not signed: report\.html: its SHA-256"):
        signing.signed(with_files(made, **{"report.html": b"x"}), key())
    with pytest.raises(UsageError, match="is a folder; make one file of it"):
        signing.signed(open_bundle(tmp_path / "reports"), key())
