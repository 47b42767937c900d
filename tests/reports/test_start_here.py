"""What comes first in the report, used with real keys in a real browser, and printed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from conformance.reports import html, markdown
from tests.amount import EVERYTHING

from . import samples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

# A page of a PDF as Chromium writes it.
SHEET = re.compile(rb"/Type\s*/Page\b")
MOST_SHEETS = 8
FOCUSED = "document.activeElement.closest('[id]')?.id"


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("six") / "report.html"
    path.write_text(html.render(samples.many(samples.conformant(), 6)), "utf-8")
    return path


@pytest.fixture
def page(browser: Browser, six: Path) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    made = context.new_page()
    said: list[str] = []
    made.on("console", lambda message: said.append(message.text))
    made.on("pageerror", lambda error: said.append(str(error)))
    made.goto(six.as_uri())
    yield made
    assert said == []
    context.close()


def press(page: Page, *keys: str) -> str:
    for key in keys:
        page.keyboard.press(key)
    return str(page.evaluate(FOCUSED))


def test_the_first_screen_says_verdict_scope_and_where_to_start(page: Page) -> None:
    for text in ("h1", ".scope", "#start-title", "#finding-1 h3"):
        box = page.locator(text).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 900, text
    assert "of " in page.locator(".scope").inner_text()


def test_the_first_finding_is_whole_and_the_others_are_a_line_each(page: Page) -> None:
    first = page.locator("#finding-1").inner_text()
    for text in ("Harm", "Served otherwise", "3 requests", "Where to look", "curl -sS", "Key"):
        assert text in first
    heights = [
        box["height"]
        for one in page.locator(".findings > .finding").all()
        if (box := one.bounding_box())
    ]
    assert len(heights) == 5
    assert max(heights) < 70


def test_skip_links_come_first_and_lead_to_the_findings(page: Page) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#findings"


def test_keys_go_from_failure_to_failure_and_the_focus_shows(page: Page) -> None:
    assert press(page, "j") == "finding-1"
    style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert style == "solid"
    assert press(page, "j", "j") == "finding-3"
    assert press(page, "k") == "finding-2"
    assert not page.evaluate("document.activeElement.parentElement.open")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.parentElement.open")
    # From within an open finding, the next one follows.
    page.keyboard.press("Tab")
    assert press(page, "j") == "finding-3"
    first = next(r for r in samples.many(samples.conformant(), 6).requirements if r.hint)
    assert press(page, *"jjjj") == first.id
    assert press(page, *"kkkkkk") == "finding-1"
    assert press(page, "k") == "finding-1"
    expect(page.locator("#said")).to_have_text("There is no previous failure")


def test_keys_are_left_alone_where_somebody_types_or_has_switched_them_off(page: Page) -> None:
    assert press(page, "j", "/") != "finding-1"
    page.keyboard.type("jk")
    assert page.input_value("[name=q]") == "jk"
    page.locator("h1").click()
    assert press(page, "Control+j") != "finding-1"
    page.locator("[data-keys]").focus()
    page.keyboard.press("Space")
    for key in ("j", "/"):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.hasAttribute('data-keys')")


def test_the_filter_is_used_with_keys_alone(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("every integer from 1 to 10")
    expect(page.locator("output")).to_have_text("1 of 12 shown")
    assert page.locator("#N-1").is_visible()
    # Level, clause, then the statuses: each is reached with Tab and chosen with Space.
    while page.evaluate("document.activeElement.value") != "fail":
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('form') !== null")
    page.keyboard.press("Space")
    expect(page.locator("output")).to_have_text("0 of 12 shown")
    while page.evaluate("document.activeElement.textContent") != "Clear":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("output")).to_have_text("12 of 12 shown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("#N-1 details.checks").get_attribute("open") is not None
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("#N-1 details.checks").get_attribute("open") is None


def test_what_is_copied_is_announced_and_keeps_the_focus(page: Page) -> None:
    result = samples.many(samples.conformant(), 6)
    button = page.locator("#finding-1 .actions button")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_have_text("Copied the finding as a Markdown issue")
    assert page.locator("#said").get_attribute("aria-live") == "polite"
    assert button.inner_text() == "Copied"
    assert page.evaluate("document.activeElement.textContent") == "Copied"
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == markdown.issue(result.findings[0], result)
    curl = page.locator("#finding-1 .copy button").first
    curl.focus()
    page.keyboard.press("Space")
    expect(page.locator("#said")).to_have_text("Copied the command that repeats the request")
    assert page.evaluate("navigator.clipboard.readText()").startswith("curl ")


def test_every_request_of_a_finding_is_in_its_table(page: Page) -> None:
    page.locator("#finding-2 summary").first.click()
    page.locator("#finding-2 .rest > summary").click()
    rows = page.locator("#finding-2 .seen tbody tr").all_inner_texts()
    assert [row.split("\t")[0] for row in rows] == ["n=200", "n=201", "n=202"]
    page.locator("#finding-2 .seen a").nth(1).click()
    shown = page.locator(page.evaluate("location.hash"))
    assert shown.is_visible()


def test_without_its_script_the_page_has_everything(browser: Browser, six: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(six.as_uri())
    assert page.locator(".help").is_hidden()
    page.locator("#finding-2 summary").first.click()
    page.locator("#finding-2 .issue > summary").click()
    assert page.locator("#finding-2 .issue pre").is_visible()
    context.close()


@pytest.mark.parametrize("count", [1, 6, 60] if EVERYTHING else [60])
def test_on_paper_it_is_short(count: int, browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(html.render(samples.many(samples.nonconformant(), count)))
    assert len(SHEET.findall(page.pdf(format="A4"))) <= MOST_SHEETS
    page.close()


def test_on_paper_everything_else_is_by_choice(page: Page) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("#finding-1 .exchange").is_visible()
    assert page.locator("#N-1").is_hidden()
    assert page.locator(".on-paper").is_visible()
    page.evaluate("document.getElementById('paper').click()")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#N-1").is_visible()
    assert page.locator("#finding-6 .exchange").is_visible()
    assert page.locator(".on-paper").is_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not page.evaluate("document.querySelector('#finding-6 details').open")
