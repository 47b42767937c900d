"""The certificate in a real browser: silent, no wider than its window, and one page on paper."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.bundle import certificate
from conformance.bundle.product import LONGEST, Product
from conformance.result.model import Diagnosis, Status
from tests.bundle.making import CERTIFIABLE, PRODUCT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conformance.result.model import Result

    from .conftest import Loaded

    Load = Callable[..., Loaded]

# One page of a PDF as Chromium writes it, with its size in points.
PAGE = re.compile(rb"/Type\s*/Page\b.*?/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", re.DOTALL)
PAPERS = {"letter": (612, 792), "A4": (595, 842)}
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
WIDTHS = (390, 1280)
MEASURE = """<!doctype html><pre></pre>%s<script>onload = () => {
  document.querySelector("pre").textContent = [...document.querySelectorAll("iframe")].map((f) => {
    const page = f.contentDocument.documentElement;
    return page.scrollWidth + " of " + page.clientWidth;
  }).join(", ");
};</script>"""


def longest() -> tuple[Result, Product]:
    """A certificate that says all there is to say, in texts as long as they may be."""
    row = CERTIFIABLE.requirements[0]
    rows = [
        replace(row, id=f"{level}-{status}-{n}", level=level, status=status, note="left", checks=())
        for level in ("MUST", "SHOULD")
        for status in (Status.PASS, Status.WARN, Status.UNTESTABLE, Status.NOT_APPLICABLE)
        for n in range(60)
    ]
    word = "W" * 300
    seen = [{"sha256": "0f" * 32, "subject": word}] * 4
    names = dict.fromkeys(("path", "model", "proxy"), word)
    result = replace(
        CERTIFIABLE,
        target={
            **CERTIFIABLE.target,
            **names,
            "url": f"http://127.0.0.1/{word}",
            "certificate": seen,
            "credentials": [word] * 9,
            "declared": [f"declared-{n}" for n in range(99)],
        },
        contract={
            **CERTIFIABLE.contract,
            "set": "1.0.0",
            "set_sha256": "1e" * 32,
            "set_state": "draft",
        },
        requirements=tuple(rows),
        diagnosis=(Diagnosis(word, "gateway", ""),) * 5,
        evidence=None,
        files={f"parts/{n}/evidence.jsonl": "1e" * 32 for n in range(1, 200)},
    )
    text = "M" * LONGEST
    return result, Product(text, text, text, text, text)


SAMPLES = {"usual": (CERTIFIABLE, PRODUCT), "longest": longest()}


@pytest.fixture(params=SAMPLES)
def page(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    result, product = SAMPLES[request.param]
    path = tmp_path / "certificate.html"
    path.write_text(certificate.render(result, "2d" * 32, product), "utf-8")
    return path


@pytest.mark.parametrize("paper", PAPERS)
def test_it_is_one_page_on_paper(paper: str, page: Path, load: Load) -> None:
    # The page leaves the paper to the printer, and so to this test.
    chosen = f"<style>@page {{ size: {paper}; }}</style>"
    page.write_text(POLICY.sub("", page.read_text("utf-8")).replace("</head>", f"{chosen}</head>"))
    pdf = page.with_suffix(".pdf")
    load(page, "", "--no-pdf-header-footer", f"--print-to-pdf={pdf}")
    pages = [(round(float(w)), round(float(h))) for w, h in PAGE.findall(pdf.read_bytes())]
    assert pages == [PAPERS[paper]]


def test_it_is_silent_and_no_wider_than_its_window(page: Path, load: Load) -> None:
    assert load(page, "").console == []
    frames = "".join(
        f'<iframe width="{w}" height="800" src="{page.name}"></iframe>' for w in WIDTHS
    )
    measuring = page.with_name("measure.html")
    measuring.write_text(MEASURE % frames)
    dom = load(measuring, "", "--allow-file-access-from-files").dom
    found = re.findall(r"(\d+) of (\d+)", dom)
    assert len(found) == len(WIDTHS), dom
    assert all(wide == window for wide, window in found), found
