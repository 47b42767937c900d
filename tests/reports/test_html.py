from __future__ import annotations

import dataclasses
import re
from collections import Counter
from html.parser import HTMLParser
from importlib import resources
from itertools import pairwise

import pytest

from conformance.reports import html
from conformance.reports.html_parts import anchor, differences
from conformance.reports.words import STATUS_WORDS
from conformance.result.model import Status

from . import samples

CSS = (resources.files("conformance.reports") / "templates" / "report.css").read_text("utf-8")


class Document(HTMLParser):
    """The elements of a page with their attributes, and the text within each open element."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))

    def having(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module", params=samples.ALL)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def page(name: str) -> Document:
    return Document(html.render(samples.ALL[name]()))


def test_nothing_is_loaded_and_nothing_acts(page: Document) -> None:
    for tag, attributes in page.elements:
        assert tag not in {"link", "iframe", "object", "embed", "base"}
        assert not [key for key in attributes if key.startswith("on") or key in ("style", "action")]
        if "src" in attributes:
            assert attributes["src"].startswith("data:image/png;base64,")
        assert re.fullmatch(
            r"#.*|evidence\.jsonl|result\.json|junit\.xml|fixtures/[\w.-]+",
            attributes.get("href", "#"),
        )
    assert len(page.having("script")) == 1
    assert len(page.having("style")) == 1


def test_the_policy_admits_only_what_it_names(page: Document) -> None:
    (policy,) = [m["content"] for m in page.having("meta") if "http-equiv" in m]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "script-src 'sha256-" in policy


def test_ids_are_unique_and_every_link_leads_somewhere(page: Document) -> None:
    ids = Counter(a["id"] for _, a in page.elements if "id" in a)
    assert [key for key, count in ids.items() if count > 1] == []
    for link in page.having("a"):
        target = link["href"]
        if target.startswith("#") and "=" not in target:
            assert target[1:] in ids


def test_every_requirement_is_there_with_its_status_in_words(name: str, page: Document) -> None:
    rows = {a["id"]: a for a in page.having("article") if a["class"].startswith("req ")}
    result = samples.ALL[name]()
    assert list(rows) == [anchor(r.id) for r in result.requirements]
    for requirement in result.requirements:
        assert rows[requirement.id]["data-status"] == requirement.status
        assert STATUS_WORDS[requirement.status] in page.text


def test_headings_leave_no_level_out(page: Document) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert [b for a, b in pairwise(levels) if b > a + 1] == []


def test_what_can_be_scrolled_can_be_reached_by_keyboard(page: Document) -> None:
    assert [a for a in page.having("pre") if a.get("tabindex") != "0" or not a["aria-label"]] == []


def test_a_failure_tells_the_whole_story() -> None:
    text = Document(html.render(samples.nonconformant())).text
    for fact in (
        "The gateway broke 4 of the 8 MUST requirements that were judged.",
        "expected a refusal (4xx) because of n got 200 data has 3 items",
        "Differs from the request a good request , which got 200 , in this alone:",
        'file "variation.png", image/png, 1.2 kB, fixtures/001.png',
        "-F 'n=11'",
        '"id": "var-2"',
        "data[2].b64_json PNG, 512×512, 18.2 kB",
        "Where to look. The gateway passes n to the provider unchecked.",
        "the connection was closed before an answer came",
        "412 ms · 2 attempts",
        "Whole exchange: x002 in evidence.jsonl",
        "What an empty n, null and 2.0 are answered with.",
        "The run recorded these and did not judge them",
    ):
        spaced = re.sub(r"\s+", "", fact)
        assert spaced in re.sub(r"\s+", "", text), fact


def test_a_diagnosis_stands_before_everything_else() -> None:
    text = Document(html.render(samples.incomplete())).text
    assert text.index("gateway or address") < text.index("Requirements")
    assert "some gateways serve /openai/v1/images/variations" in text


def test_hostile_text_is_shown_as_text() -> None:
    page = html.render(samples.hostile())
    page.encode()
    assert "\\x00\\x01\\x08\\x0b\\x1b[31mred" in page
    assert "\\u202eevil" in page
    assert not {c for c in page if ord(c) < 32} - {"\n", "\t"}
    assert "{{ 7*7 }}" in page
    assert len(page) < 400_000


def test_only_pictures_are_shown_as_pictures() -> None:
    page = Document(html.render(samples.hostile()))
    assert {i["src"] for i in page.having("img")} <= {samples.THUMBNAIL}
    assert "noimg" in str(page.elements)


def test_each_exchange_is_drawn_once_and_passing_checks_draw_none() -> None:
    page = html.render(samples.large())
    drawn = page.count('<section class="exchange"')
    assert 0 < drawn < 80
    assert len(page) < 1_500_000


def test_it_is_the_same_every_time() -> None:
    assert html.render(samples.nonconformant()) == html.render(samples.nonconformant())


def test_nothing_unjudged_is_green() -> None:
    green = [line for line in CSS.splitlines() if "var(--pass" in line]
    assert green
    for line in green:
        selectors = re.findall(r"([^{}]+)\{[^}]*var\(--pass[^}]*\}", line)
        for selector in ",".join(selectors).split(","):
            assert re.search(r"pass|conformant", selector)
            assert "nonconformant" not in selector


def test_twins_are_compared_field_by_field() -> None:
    exchanges = {e.id: e for e in samples.EXCHANGES}
    (found,) = differences(exchanges["x002"], exchanges["x001"])
    assert found == ("n", "11", "(not sent)")


def test_a_twin_that_is_only_named_is_not_compared() -> None:
    result = samples.nonconformant()
    named = dataclasses.replace(result.exchanges["x001"], fields=(), request_headers=())
    brief = dataclasses.replace(result, exchanges={**result.exchanges, "x001": named})
    text = Document(html.render(brief)).text
    assert "which got 200." in text
    assert "(not sent)" not in text
    assert "The bytes differ" not in text


def test_a_message_is_not_repeated() -> None:
    result = samples.nonconformant()
    rows = tuple(
        dataclasses.replace(r, message=next((c.message for c in r.checks if c.message), ""))
        for r in result.requirements
    )
    page = html.render(dataclasses.replace(result, requirements=rows))
    assert page.count("data has 3 items") == 1


def _luminance(color: str) -> float:
    digits = color[1:] if len(color) == 7 else "".join(c * 2 for c in color[1:])
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
def test_text_has_enough_contrast(scheme: int) -> None:
    block = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[scheme]
    colors = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block))
    for text in ("text", "dim", "link", "pass", "fail", "warn", "odd", "open"):
        for ground in ("page", "card", "code"):
            assert _contrast(colors[text], colors[ground]) >= 4.5, (text, ground)
    for text in ("pass", "fail", "warn", "odd", "open"):
        assert _contrast(colors[text], colors[f"{text}-bg"]) >= 4.5, text


def test_a_finding_whose_request_is_above_leads_there() -> None:
    result = samples.nonconformant()
    first = result.findings[0]
    twice = (first, dataclasses.replace(first, cause="Another cause of the same request"))
    page = html.render(dataclasses.replace(result, findings=twice))
    assert page.count(f'id="x-{anchor(first.exchanges[0])}"') == 1
    assert "The smallest request that shows it is above" in page


def test_recommendations_alone_are_no_alarm() -> None:
    result = samples.nonconformant()
    warned = dataclasses.replace(result.findings[0], level="SHOULD", status=Status.WARN)
    page = html.render(dataclasses.replace(result, findings=(warned,)))
    assert "Worth mending" in page
    assert ">Start here<" not in page


def test_a_table_of_requests_is_bounded_and_says_what_is_left() -> None:
    result = samples.nonconformant()
    ids = tuple(f"gone-{n}" for n in range(500))
    finding = dataclasses.replace(result.findings[0], exchanges=ids)
    page = html.render(dataclasses.replace(result, findings=(finding,)))
    assert page.count("in the evidence</th>") == 200
    assert "And 300 requests more" in page
