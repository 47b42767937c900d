"""`conformance verify` says in words, as JSON and by its exit code whether a record holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from conformance.bundle import keys, reading, signing, writing
from conformance.bundle.product import Product
from conformance.cli.main import main
from tests.verify.changing import change_result, rows_of, write_rows

if TYPE_CHECKING:
    from pathlib import Path

PRODUCT = Product("Example Ltd.", "Gateway", "1.2.3", "https://example.com/", "a@example.com")


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def bundle_of(folder: Path, path: Path) -> Path:
    writing.save(path, writing.bundled(folder, PRODUCT).content)
    return path


@pytest.fixture
def signed(folder: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Return a signed bundle, and the public key."""
    path, key = bundle_of(folder, tmp_path / "bundle.zip"), keys.generated()
    writing.save(path, signing.signed(reading.open_bundle(path), key))
    public = tmp_path / "key.pub"
    public.write_bytes(keys.public_pem(key.public("vendor")))
    return path, public


def test_a_folder_is_verified(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(folder)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("✓ VERIFIED  nonconformant, profile smoke, ")
    assert "No statement: this is a report folder, and nobody vouches for it." in said
    assert "AUTH-15" in said


def test_a_signed_bundle_is_verified_by_its_key(
    signed: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    bundle, public = signed
    assert main(["verify", str(bundle), "--trust", str(public)]) == 0
    said = capsys.readouterr().out
    assert "✓ VERIFIED" in said
    assert "valid" in said


def test_a_bundle_that_another_key_signed_differs(
    signed: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.pub"
    other.write_bytes(keys.public_pem(keys.generated().public("other")))
    assert main(["verify", str(signed[0]), "--trust", str(other)]) == 1
    assert "none is of a key that was named" in capsys.readouterr().out


def test_a_chain_that_was_made_anew_is_found_by_the_signature_alone(
    folder: Path, signed: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = rows_of(folder)
    row = next(r for r in rows if r.get("reply"))
    row["local_port"] += 1  # neither a check nor the timeline reads it
    write_rows(folder, rows)
    change_result(folder, lambda result: result)
    again = bundle_of(folder, tmp_path / "again.zip")
    assert main(["verify", str(again)]) == 0
    assert "Not signed" in capsys.readouterr().out
    assert main(["verify", str(again), "--trust", str(signed[1])]) == 1


def test_a_challenge_is_asked_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(folder), "--challenge", "0123456789abcdef"]) == 1
    assert "challenge: the run was made with none" in capsys.readouterr().out


def test_json_says_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(folder), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["verified"] is True
    assert (found["differences"], found["signatures"]) == ([], [])
    assert found["not_judged_again"]
    (folder / "report.html").write_text("<p>All is well</p>")
    assert main(["verify", str(folder), "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert {d["where"] for d in found["differences"]} == {"report.html"}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"{}"])
def test_what_is_no_bundle_is_one_line(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(content)
    assert main(["verify", str(path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["verify", str(tmp_path / "nothing")]) == 2


def test_nothing_that_somebody_wrote_reaches_the_terminal_as_it_is(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "evidence.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"text": "', b'"text": "\x1b[31m::error::', 1))
    assert main(["verify", str(folder)]) == 1
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert not any(line.startswith("::") for line in said.splitlines())


def test_secrets_that_nobody_disclosed_are_no_proof(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = rows_of(folder)
    rows[-1]["end"]["commitments"] = {"GATEWAY_KEY": ["0" * 64]}
    write_rows(folder, rows)
    monkeypatch.setenv("CONFORMANCE_DISCLOSURE_KEY", "a key of the commitments, long enough")
    monkeypatch.delenv("GATEWAY_KEY", raising=False)
    assert main(["verify", str(folder), "--disclosed"]) == 2
    assert (
        "no variable holds a secret of the run; set those of GATEWAY_KEY" in capsys.readouterr().err
    )


def test_a_result_alone_is_told_to_be_named_with_its_folder(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(folder / "result.json")]) == 2
    assert "name the folder in which it lies" in capsys.readouterr().err
