"""The matrix in a real browser: its filters, its links, and its silence on the console."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.reports.comparing import html
from tests.reports.conftest import Loaded

from .test_html import comparison

Load = Callable[[Path, str], Loaded]
ROW = re.compile(r'<tr class="row"([^>]*)>\s*<th scope="row"><a href="#r-([^"]*)"')


@pytest.fixture
def page(tmp_path: Path) -> Callable[[str], Path]:
    def write(name: str) -> Path:
        path = tmp_path / f"{name}.html"
        path.write_text(html.render(comparison(name)), encoding="utf-8")
        return path

    return write


def shown(dom: str) -> list[str]:
    return [id_ for attributes, id_ in ROW.findall(dom) if 'hidden=""' not in attributes]


@pytest.mark.parametrize("name", ["field", "hostile"])
def test_it_loads_without_an_error(name: str, page: Callable[[str], Path], load: Load) -> None:
    loaded = load(page(name), "")
    assert loaded.console == []
    rows = len(comparison(name).rows)
    assert len(shown(loaded.dom)) == rows
    assert f"{rows} of {rows} shown" in loaded.dom
    reached = re.findall(r'<a href="#r-[^>]*tabindex="0"', loaded.dom)
    assert len(reached) == 1, "the arrow keys reach the other cells"


@pytest.mark.parametrize(
    ("fragment", "ids"),
    [
        ("#only=1", ["N-2", "N-3"]),
        ("#change=worse", ["N-2"]),
        ("#change=worse&at=1&q=n-2", []),
        ("#status=not-selected,untestable", ["N-2", "N-3"]),
    ],
)
def test_the_address_sets_the_filters(
    fragment: str, ids: list[str], page: Callable[[str], Path], load: Load
) -> None:
    loaded = load(page("field"), fragment)
    assert loaded.console == []
    assert shown(loaded.dom) == ids
    assert f"{len(ids)} of 2 shown" in loaded.dom


def test_a_link_to_a_requirement_opens_what_every_gateway_does(
    page: Callable[[str], Path], load: Load
) -> None:
    loaded = load(page("field"), "#r-N-2")
    assert loaded.console == []
    (panel,) = re.findall(r"<dialog .*?</dialog>", loaded.dom, re.DOTALL)
    assert 'open=""' in panel.partition(">")[0]
    assert "N-2 MUST" in panel
    assert "got 500" in panel
