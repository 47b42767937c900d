"""Each setting stands in one group, under which help and documentation show it."""

from __future__ import annotations

from collections import Counter

import pytest

from conformance.cli.arguments import parser
from conformance.target import groups
from conformance.target.settings import SETTINGS

COLUMNS = 80


def test_each_setting_is_in_one_group() -> None:
    """A new setting without a group would stand at the end of the help, among "others"."""
    named = Counter(name for _, names in groups.GROUPS for name in names)
    assert {s.name for s in SETTINGS} <= set(named)
    assert set(named.values()) == {1}
    assert groups.OTHER not in {s.group for s in SETTINGS}


def test_a_setting_of_no_group_comes_last() -> None:
    assert groups.of("not-there") == groups.OTHER
    assert groups.place("not-there") > groups.place("ci")


def test_the_help_shows_each_group_once_within_80_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(COLUMNS))
    with pytest.raises(SystemExit):
        parser().parse_args(["run", "--help"])
    page = capsys.readouterr().out
    assert max(map(len, page.splitlines())) <= COLUMNS
    shown = [
        line.rstrip(":") for line in page.splitlines() if line.endswith(":") and line[0] != " "
    ]
    titles = [t for t, names in groups.GROUPS if {s.name for s in SETTINGS} & set(names)]
    assert [t for t in shown if t in titles] == titles
    # The synopsis of fifty flags is no help: it is one line.
    assert page.startswith("usage: conformance run [URL] [options]\n\n")
