"""What a stranger may hand in as a result: each is read, or refused in one line."""

from __future__ import annotations

import dataclasses
import os
import zipfile
from typing import TYPE_CHECKING

import pytest

from conformance.bundle import archive, results
from conformance.bundle.layout import CONTRACT, DOCUMENTATION, RESULT, STATEMENT
from conformance.errors import UsageError
from conformance.result import storage
from conformance.result.model import Verdict
from tests.compare.values import refusing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GOOD = refusing(422)
TEXT = storage.to_json(GOOD).encode()


def bundle(path: Path, result: bytes = TEXT) -> Path:
    beside = dict.fromkeys((CONTRACT, DOCUMENTATION, STATEMENT), b"{}")
    path.write_bytes(archive.packed({**beside, RESULT: result}))
    return path


def test_a_folder_a_file_and_a_bundle_hold_the_same_result(tmp_path: Path) -> None:
    (tmp_path / RESULT).write_bytes(TEXT)
    for path in (tmp_path, tmp_path / RESULT, bundle(tmp_path / "b.zip")):
        assert results.read(path) == GOOD


def _by_another_program(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(RESULT, TEXT)
        file.writestr("../x", "")
    return path


def _damaged(path: Path) -> Path:
    content = bytearray(bundle(path).read_bytes())
    content[200] ^= 0xFF
    path.write_bytes(content)
    return path


def _bomb(path: Path) -> Path:
    content = bytearray(bundle(path, b" " * 5_000_000).read_bytes())
    # The directory says that it is small; the head says the same.
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.index(RESULT.encode(), content.index(signature))
        at = content.rindex(signature, 0, at)
        content[at + offset : at + offset + 4] = (10).to_bytes(4, "little")
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_by_another_program, "is no bundle of this suite"),
        (_damaged, "is no bundle of this suite"),
        (_bomb, "is no bundle of this suite"),
        (lambda p: bundle(p, b"\xff\xfe"), "is not UTF-8 text"),
        (lambda p: bundle(p, b"{}"), "is no result"),
    ],
)
def test_a_bundle_that_is_none_is_refused(
    make: Callable[[Path], Path], says: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError) as refused:
        results.read(make(tmp_path / "b.zip"))
    assert says in str(refused.value)
    assert [p.name for p in tmp_path.iterdir()] == ["b.zip"], "nothing is unpacked"


def test_a_verdict_is_computed_and_never_believed(tmp_path: Path) -> None:
    forged = dataclasses.replace(refusing(500), verdict=Verdict.CONFORMANT)
    (tmp_path / RESULT).write_text(storage.to_json(forged))
    with pytest.raises(UsageError, match="its verdict is conformant, and its requirements come to"):
        results.read(tmp_path)


def test_what_is_not_there_or_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "nowhere", tmp_path, tmp_path / "pipe", tmp_path / "a\0b"):
        with pytest.raises(UsageError, match="cannot be read"):
            results.read(path)
