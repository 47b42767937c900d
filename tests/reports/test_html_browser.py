"""The HTML report in a real browser: its script works, and nothing in it acts that should not."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance import reports

from . import samples
from .conftest import Loaded

Load = Callable[[Path, str], Loaded]
ROW = re.compile(r'<article class="req [^>]*>')


@pytest.fixture
def report(tmp_path: Path) -> Callable[[str], Path]:
    def write(sample: str) -> Path:
        (path,) = reports.write(samples.ALL[sample](), tmp_path / sample, ["html"])
        return path

    return write


def shown(dom: str) -> list[str]:
    return [
        found.group(1)
        for row in ROW.findall(dom)
        if 'hidden=""' not in row and (found := re.search(r' id="([^"]*)"', row))
    ]


def test_this_would_notice_an_error_and_a_violation(tmp_path: Path, load: Load) -> None:
    page = tmp_path / "bad.html"
    page.write_text(
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "script-src 'unsafe-inline'\"><p style='color: red'>x</p><script>missing()</script>"
    )
    said = " ".join(load(page, "").console)
    assert "Content Security Policy" in said
    assert "missing is not defined" in said


@pytest.mark.parametrize("sample", samples.ALL)
def test_it_loads_without_an_error(sample: str, report: Callable[[str], Path], load: Load) -> None:
    loaded = load(report(sample), "")
    assert loaded.console == []
    result = samples.ALL[sample]()
    assert shown(loaded.dom) == [r.id for r in result.requirements]
    assert re.search(r"<output[^>]*>\d+ of \d+ shown</output>", loaded.dom)
    assert "<title>pwned" not in loaded.dom
    assert loaded.dom.count("<script>") == 1
    assert "onerror=" not in re.sub(r">[^<]*<", "><", loaded.dom).replace("&quot;", "")


@pytest.mark.parametrize(
    ("fragment", "ids"),
    [
        ("#status=warn", ["AUTH-3"]),
        ("#status=fail,flaky&clause=N", ["N-2"]),
        ("#level=SHOULD", ["AUTH-3", "MODEL-4", "BODY-9"]),
        ("#status=untestable&level=MUST", ["IMAGE-3"]),
        ("#q=WWW-authenticate+401", ["AUTH-3"]),
        ("#q=no-such-word", []),
    ],
)
def test_the_address_sets_the_filters(
    fragment: str, ids: list[str], report: Callable[[str], Path], load: Load
) -> None:
    loaded = load(report("nonconformant"), fragment)
    assert loaded.console == []
    assert shown(loaded.dom) == ids
    assert f"{len(ids)} of 15 shown" in loaded.dom


def test_an_anchor_opens_its_requirement(report: Callable[[str], Path], load: Load) -> None:
    closed = '<details class="checks">'
    opened = '<details class="checks" open="">'
    without = load(report("nonconformant"), "").dom
    with_anchor = load(report("nonconformant"), "#N-1").dom
    assert with_anchor.count(opened) == without.count(opened) + 1
    assert with_anchor.count(closed) == without.count(closed) - 1


def test_commands_can_be_copied(report: Callable[[str], Path], load: Load) -> None:
    dom = load(report("nonconformant"), "").dom
    assert dom.count('<div class="copy">') == dom.count(">Copy</button>") > 0
