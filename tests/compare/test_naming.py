from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pytest

from conformance.compare import naming
from conformance.compare.naming import Named
from conformance.errors import UsageError

from .values import refusing


def named(*texts: str, urls: tuple[str, ...] = ()) -> tuple[str, ...]:
    results = [
        dataclasses.replace(refusing(400), target={"url": url} if url else {})
        for url in urls or [""] * len(texts)
    ]
    return naming.names([naming.parsed(text) for text in texts], results)


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("main/reports", "pr/reports", "a=b"):
        (tmp_path / folder).mkdir(parents=True)


def test_a_name_before_the_path_is_the_name() -> None:
    assert naming.parsed("new=pr/reports") == Named(Path("pr/reports"), "new")
    assert naming.parsed("pr/reports") == Named(Path("pr/reports"))
    assert naming.parsed("a=b") == Named(Path("a=b")), "there is a folder of this name"
    assert naming.parsed("pr/a=b") == Named(Path("pr/a=b")), "a name holds no slash"


@pytest.mark.parametrize("text", ["=pr", "new=", "n\x1b[0m=pr", f"{'n' * 61}=pr"])
def test_a_name_that_no_table_can_show_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        naming.parsed(text)


def test_without_one_it_is_what_tells_the_results_apart() -> None:
    assert named("main", "pr.zip") == ("main", "pr")
    assert named("main/result.json", "pr/result.json") == ("main", "pr")
    urls = ("http://a", "http://b")
    assert named("main/reports", "pr/reports", urls=urls) == urls
    assert named("main/reports", "pr/reports") == ("main/reports", "pr/reports")
    assert named("main", "main") == ("main", "main (2)")


def test_a_given_name_is_kept_and_never_given_twice() -> None:
    assert named("main=pr", "main", "main") == ("main", "main (2)", "main (3)")
    with pytest.raises(UsageError, match="two results are named 'x'"):
        named("x=main", "x=pr")


def test_a_file_name_that_does_not_print_is_shown_all_the_same() -> None:
    assert named(f"main{os.sep}\x1b", "pr")[0] == "�"
