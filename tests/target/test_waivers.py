"""Waivers are read strictly: what cannot be used is told with its file and its line."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from conformance.errors import UsageError
from conformance.target import resolution, waivers
from conformance.target.waivers import Waiver

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
# What we know of.
[[waivers]]
requirement = "N-2"
reason = "PAY-12 removes it"
owner = "Ann Example"
link = "https://issues.example/PAY-12"
expires = 2026-12-31

[[waivers]]
finding = "accepts:size"
reason = "as agreed"
owner = "Bob"
expires = "2027-01-31"
profile = "full"
"""


def test_a_file_of_waivers_is_read_with_its_lines() -> None:
    assert waivers.parsed(GOOD, "waivers.toml") == (
        Waiver(
            *("N-2", "", "PAY-12 removes it", "Ann Example", dt.date(2026, 12, 31)),
            *("https://issues.example/PAY-12", "core", "waivers.toml", 2),
        ),
        Waiver(
            *("", "accepts:size", "as agreed", "Bob", dt.date(2027, 1, 31)),
            *("", "full", "waivers.toml", 9),
        ),
    )
    assert waivers.parsed("", "waivers.toml") == ()


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        ('requirement = "N-2"\n', "", "w.toml:2: a waiver names either a requirement or a finding"),
        ('finding = "', 'requirement = "N-3"\nfinding = "', "w.toml:9: a waiver names either"),
        ('reason = "as agreed"\n', "", "w.toml:9: the waiver has no reason"),
        ('owner = "Bob"\n', "", "w.toml:9: the waiver has no owner"),
        ("expires = 2026-12-31\n", "", "w.toml:2: the waiver has no expires"),
        ("expires = 2026-12-31", "expires = 2026-12-31T10:00:00", "w.toml:7: expires is "),
        ("expires = 2026-12-31", "expires = 20261231", "w.toml:7: expires is 20261231, and no day"),
        ('"2027-01-31"', '"2027-02-30"', "w.toml:13: expires is '2027-02-30', and no day"),
        ('"2027-01-31"', '"31.1.2027"', "w.toml:13: expires is '31.1.2027', and no day"),
        ('"Bob"', "7", "w.toml:12: owner is 7, and no text"),
        ('"Bob"', '" "', "w.toml:12: owner must be one line"),
        ('"Bob"', '"B\\u001bob"', "w.toml:12: owner must be one line"),
        ('"as agreed"', '"""a\nb"""', "w.toml:11: reason must be one line"),
        ('"as agreed"', f'"{"x" * 501}"', "w.toml:11: reason must be one line of at most 500"),
        ('"https://issues', '"javascript://issues', "w.toml:6: link is 'javascript:"),
        ('"full"', '"huge"', "w.toml:14: profile is none of smoke, core, full"),
        ("owner", "ovner", "w.toml:5: 'ovner' is no key of a waiver"),
        ("accepts:size", "N-2", None),
        ("# What we know of.", "seed = 1", "w.toml: 'seed': a file of waivers holds [[waivers]] alone"),
        ("[[waivers]]\nfinding", "[[waivers]\nfinding", "w.toml: is no TOML"),
        (GOOD, "waivers = [{requirement = 'N-2'}]", "w.toml: write each waiver as a table of its own"),
        (GOOD, "[waivers]\nrequirement = 'N-2'", "w.toml: write each waiver as a table of its own"),
        (GOOD, "waivers = 'other.toml'", "w.toml: write each waiver as a table of its own"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_told_with_its_line(was: str, now: str, says: str | None) -> None:
    assert was in GOOD
    text = GOOD.replace(was, now, 1)
    if says is None:  # a key of a finding that no finding can have is for the run to tell
        assert len(waivers.parsed(text, "w.toml")) == 2
        return
    with pytest.raises(UsageError) as raised:
        waivers.parsed(text, "w.toml")
    assert str(raised.value).startswith(says)
    assert "\n" not in str(raised.value)


def test_waivers_stand_in_their_own_file_or_in_the_configuration_or_in_both(tmp_path: Path) -> None:
    config, beside = tmp_path / "conformance.toml", tmp_path / "waivers.toml"
    first, _, second = GOOD.partition("\n\n")
    config.write_text("seed = 7\n" + first)
    assert [w.id for w in waivers.given(None, config)] == ["N-2"]
    beside.write_text(second)
    assert [w.id for w in waivers.given(None, config)] == ["N-2", "accepts:size"]
    assert [w.id for w in waivers.given(str(beside), config)] == ["accepts:size"]
    assert [w.id for w in waivers.given(str(config), config)] == ["N-2"]
    assert resolution.resolve({}, {}, config)["waivers"] is None
    assert resolution.resolve({}, {}, config)["seed"] == 7


def test_a_configuration_can_name_the_file(tmp_path: Path) -> None:
    config = tmp_path / "conformance.toml"
    config.write_text('waivers = "known.toml"\naccept-waivers = true\n')
    values = resolution.resolve({}, {}, config)
    assert (values["waivers"], values["accept_waivers"]) == ("known.toml", True)
    (tmp_path / "known.toml").write_text(GOOD)
    assert len(waivers.given(str(tmp_path / "known.toml"), config)) == 2


def test_nothing_is_waived_twice(tmp_path: Path) -> None:
    config, beside = tmp_path / "conformance.toml", tmp_path / "waivers.toml"
    config.write_text(GOOD)
    beside.write_text(GOOD)
    with pytest.raises(UsageError, match=r"waivers\.toml:2: 'N-2' is waived already, in .*toml:2"):
        waivers.given(None, config)


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"missing\.toml: cannot be read"):
        waivers.given(str(tmp_path / "missing.toml"), None)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read: Is a directory"),
        (b"\xff\xfe", "cannot be read: it is not UTF-8 text"),
        (b"x = " + b"[" * 5_000, "is no TOML"),
        (b"#" * 1_000_001, "cannot be read: it is larger than 1 MB"),
        (b"[[waivers]]\nx = 1\n" * 10, "waivers.toml:2: 'x' is no key of a waiver"),
    ],
)
def test_an_odd_file_is_one_line(content: bytes | None, says: str, tmp_path: Path) -> None:
    path = tmp_path / "waivers.toml"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(UsageError) as raised:
        waivers.read(path)
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)
