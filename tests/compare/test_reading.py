"""What a stranger may hand in as a result: each is read, or refused in one line."""

from __future__ import annotations

import dataclasses
import os
import zipfile
from typing import TYPE_CHECKING

import pytest

from conformance.compare import reading
from conformance.errors import UsageError
from conformance.result import storage
from conformance.result.model import Verdict

from .values import refusing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GOOD = refusing(422)
TEXT = storage.to_json(GOOD)


def bundle(path: Path, *members: tuple[str | zipfile.ZipInfo, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members:
            file.writestr(name, content)
    return path


def test_a_folder_a_file_and_a_bundle_hold_the_same_result(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text(TEXT)
    packed = bundle(
        tmp_path / "b.zip",
        ("evidence.jsonl", "{}\n"),
        ("result.json", TEXT),
        ("fixtures/001.png", b""),
    )
    for path in (tmp_path, tmp_path / "result.json", packed):
        assert reading.read(path) == GOOD


def _encrypted(path: Path) -> Path:
    content = bytearray(bundle(path, ("result.json", TEXT)).read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= reading.ENCRYPTED
    path.write_bytes(content)
    return path


def _damaged(path: Path) -> Path:
    content = bytearray(bundle(path, ("result.json", TEXT)).read_bytes())
    content[60] ^= 0xFF
    path.write_bytes(content)
    return path


def _cut(path: Path) -> Path:
    content = bundle(path, ("result.json", TEXT)).read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path


def _twice(path: Path) -> Path:
    with pytest.warns(UserWarning, match="Duplicate"):
        return bundle(path, ("result.json", TEXT), ("result.json", TEXT))


def _link(path: Path) -> Path:
    member = zipfile.ZipInfo("result.json")
    member.external_attr = 0o120777 << 16
    return bundle(path, (member, "/etc/passwd"))


def _packed_oddly(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as file:
        file.writestr("result.json", TEXT)
    return path


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_encrypted, "its result.json is encrypted"),
        (_damaged, "is no bundle"),
        (_cut, "is no bundle"),
        (_twice, "it holds 2 result.jsons"),
        (_link, "its result.json is no file"),
        (_packed_oddly, "packed in a way that bundles do not use"),
        (bundle, "it holds no result.json"),
        (lambda p: bundle(p, ("reports/result.json", TEXT)), "it holds no result.json"),
        (lambda p: bundle(p, ("result.json", TEXT), ("../x", "")), "which leads out of it"),
        (lambda p: bundle(p, ("result.json", TEXT), ("/etc/x", "")), "which leads out of it"),
        (lambda p: bundle(p, ("result.json", TEXT), ("a\\b", "")), "which no bundle has"),
        (lambda p: bundle(p, ("result.json", TEXT), ("a\x1b[0m", "")), "which no bundle has"),
        (lambda p: bundle(p, ("result.json", b"\xff\xfe")), "is not UTF-8 text"),
        (lambda p: bundle(p, ("result.json", "{}")), "is no result"),
    ],
)
def test_a_bundle_that_is_none_is_refused(
    make: Callable[[Path], Path], says: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError) as refused:
        reading.read(make(tmp_path / "b.zip"))
    assert says in str(refused.value)
    assert "\x1b" not in str(refused.value)
    assert [p.name for p in tmp_path.iterdir()] == ["b.zip"], "nothing is unpacked"


def test_a_bomb_is_not_unpacked_beyond_what_a_result_may_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "MOST_BYTES", 1_000_000)
    path = bundle(tmp_path / "b.zip", ("result.json", b" " * 5_000_000))
    assert path.stat().st_size < 10_000
    with pytest.raises(UsageError, match="it is larger than 1 MB"):
        reading.read(path)


def test_a_bundle_of_very_many_files_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_MEMBERS", 2)
    path = bundle(tmp_path / "b.zip", ("result.json", TEXT), ("a", ""), ("b", ""))
    with pytest.raises(UsageError, match="it holds more than 2 files"):
        reading.read(path)


def test_a_verdict_is_computed_and_never_believed(tmp_path: Path) -> None:
    forged = dataclasses.replace(refusing(500), verdict=Verdict.CONFORMANT)
    (tmp_path / "result.json").write_text(storage.to_json(forged))
    with pytest.raises(UsageError, match="its verdict is conformant, and its requirements come to"):
        reading.read(tmp_path)


def test_what_is_not_there_or_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "nowhere", tmp_path, tmp_path / "pipe", tmp_path / "a\0b"):
        with pytest.raises(UsageError, match="cannot be read"):
            reading.read(path)
