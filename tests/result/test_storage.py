from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.result import storage

from .samples import EVERYTHING, damaged

if TYPE_CHECKING:
    from pathlib import Path


def test_a_written_result_is_read_back_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text(storage.to_json(EVERYTHING), encoding="utf-8", errors="backslashreplace")
    assert storage.read(path) == EVERYTHING


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "the document is list, not dict"),
        ("{}", "lacks the key 'verdict'"),
        (damaged(schema=2), "version 2 of the result format"),
        (damaged(verdict="good"), "the document.verdict is 'good', none of conformant"),
        (damaged(seed=True), "the document.seed is bool, not int"),
        (damaged(seed=...), "lacks the key 'seed'"),
        (damaged(extra=1), "unknown key 'extra'"),
        (damaged("requirements", 0, "checks", 0, node=1), "requirements[0].checks[0].node is int"),
        (damaged("exchanges", "e1", reply_headers=[["a"]]), "has 1 items instead of 2"),
        (damaged("exchanges", "e1", status="200"), "exchanges['e1'].status is str, not int"),
    ],
)
def test_what_is_no_result_is_named(text: str, says: str) -> None:
    with pytest.raises(storage.ResultError) as caught:
        storage.from_json(text, name="some.json")
    assert str(caught.value).startswith("some.json ")
    assert says in str(caught.value)
    assert str(caught.value).endswith((", unchanged.", "that a run wrote.", "or run again."))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(storage.ResultError, match=r"none\.json cannot be read \(No such file"):
        storage.read(tmp_path / "none.json")


def test_a_binary_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    with pytest.raises(storage.ResultError, match=r"a\.png cannot be read \(it is not UTF-8"):
        storage.read(tmp_path / "a.png")
