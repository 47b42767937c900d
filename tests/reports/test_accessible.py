"""Every page of the suite, with everything open, in the eyes of axe-core: no violation on any screen."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest

from conformance.bundle import certificate
from conformance.reports import html
from conformance.reports.comparing import html as comparing
from tests.amount import EVERYTHING
from tests.bundle.making import CERTIFIABLE, PRODUCT

from . import samples
from .comparing.test_html import comparison

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

# axe-core itself, as the package for Playwright carries it.
AXE = (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
SCREENS = [(1280, "light"), (390, "dark"), (390, "light"), (1280, "dark")]
PAGES: dict[str, Callable[[], str]] = {
    "failures": lambda: html.render(samples.nonconformant()),
    "conformant": lambda: html.render(samples.conformant()),
    "incomplete": lambda: html.render(samples.incomplete()),
    "hostile": lambda: html.render(samples.hostile()),
    "comparison": lambda: comparing.render(comparison("field")),
    "certificate": lambda: certificate.render(CERTIFIABLE, "2d" * 32, PRODUCT),
}
# The least that `make test` looks at: what people see first, and each page once.
ALWAYS = {
    *(("failures", screen) for screen in SCREENS[:2]),
    *((name, SCREENS[1]) for name in ("incomplete", "comparison", "certificate")),
}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    # The policy of the pages admits no script but their own, and axe is one.
    context = browser.new_context(bypass_csp=True)
    yield context.new_page()
    context.close()


def violations(page: Page) -> list[dict[str, Any]]:
    page.evaluate(AXE)
    found = page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations)"
    )
    return [dict(one) for one in found]


def cases() -> Iterator[tuple[str, int, str]]:
    for name in PAGES:
        for width, scheme in SCREENS:
            if EVERYTHING or (name, (width, scheme)) in ALWAYS:
                yield name, width, scheme


@pytest.mark.parametrize(("name", "width", "scheme"), [*cases()])
def test_no_rule_of_axe_is_violated(name: str, width: int, scheme: str, page: Page) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_content(PAGES[name]())
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    found = violations(page)
    said = [
        f"{one['id']}: {one['help']}: {[n['target'] for n in one['nodes'][:5]]} "
        f"{one['nodes'][0]['failureSummary'][:300]}"
        for one in found
    ]
    assert said == []
    wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1], "the page is wider than its window"


def test_this_would_notice_a_violation(page: Page) -> None:
    page.set_content("<html lang='en'><title>x</title><main><h1>x</h1><img src='x.png'></main>")
    found = {one["id"] for one in violations(page)}
    assert "image-alt" in found
