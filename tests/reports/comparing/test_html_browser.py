"""The matrix in a real browser: its filters, its links, and its silence on the console."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from conformance.compare.compare import compared
from conformance.reports.comparing import html
from tests.reports.conftest import Loaded

from .test_html import comparison
from .test_texts import FIELD

if TYPE_CHECKING:
    from pathlib import Path

Load = Callable[..., Loaded]
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


# Says how much wider a page is than its window, and a matrix than its frame, at the widths of
# a telephone and of a screen.
MEASURE = """<!doctype html><pre></pre><iframe width="390" height="800" src="ten.html"></iframe>
<iframe width="1280" height="800" src="ten.html"></iframe><script>onload = () => {
  const over = (e) => e.scrollWidth - e.clientWidth;
  document.querySelector("pre").textContent = [...document.querySelectorAll("iframe")].map((f) => {
    const page = f.contentDocument;
    return [over(page.documentElement), over(page.querySelector("#matrix .frame"))].join(" ");
  }).join("\\n");
};</script>"""
SCROLLBAR = 20


def test_ten_gateways_fit_a_telephone_and_a_screen(tmp_path: Path, load: Load) -> None:
    some = list(FIELD.values())
    ten = compared([(f"gateway {n}", some[n % len(some)]) for n in range(10)])
    (tmp_path / "ten.html").write_text(html.render(ten), encoding="utf-8")
    (tmp_path / "measure.html").write_text(MEASURE, encoding="utf-8")
    # Only so may the one page look into the other; both are ours.
    loaded = load(tmp_path / "measure.html", "", "--allow-file-access-from-files")
    assert loaded.console == []
    found = re.search(r"<pre>(-?\d+) (-?\d+)\n(-?\d+) (-?\d+)</pre>", loaded.dom)
    assert found, loaded.dom[:500]
    page, frame, *at_a_screen = map(int, found.groups())
    assert page == 0
    assert frame <= SCROLLBAR
    assert at_a_screen == [0, 0]
