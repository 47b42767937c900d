"""The report as Markdown, and one finding as an issue: what a parser of Markdown makes of them."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from conformance.reports import markdown, marked, scope

from . import samples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

PARSER = MarkdownIt("commonmark").enable("table")
OWN_HTML = re.compile(r"(</?(details|summary)>|<!-- -->|[^<>])*")
BAD = (
    "@octocat #12 !3 <img src=x onerror=alert(1)> [x](javascript:alert(1)) ![x](http://x/y.png)"
    " `x` | *x* https://evil.example www.evil.example \x1b[31m ::error::x \u202e $x$"
)


def tokens(text: str) -> Iterator[Token]:
    for token in PARSER.parse(text):
        yield token
        yield from token.children or ()


def test_it_says_verdict_scope_and_where_to_start() -> None:
    result = samples.nonconformant()
    text = markdown.render(result)
    assert text.startswith("## ✗ Image Variations Conformance: nonconformant\n")
    assert f"Scope: {marked.text(scope.line(result), 2_000)}." in text
    assert text.index("### Start here") < text.index("#### ≈ 1 ") < text.index("| MUST |")
    assert "```sh\ncurl -sS -X POST https://gateway.example" in text
    assert "<summary>Not judged: " in text
    assert "left out by profile core; full runs it" in text


def test_an_early_end_is_told_by_its_diagnosis_alone() -> None:
    text = markdown.render(samples.incomplete())
    assert "#### What stood in the way" in text
    assert "  - do: Check the address and --path" in text
    assert "Not judged" not in text
    assert "Start here" not in text


@pytest.mark.parametrize("sample", samples.ALL)
def test_its_size_is_bounded(sample: str) -> None:
    assert len(markdown.render(samples.ALL[sample]()).encode()) <= markdown.LONGEST


def test_what_does_not_fit_is_left_out_whole_and_said() -> None:
    parts = ["ä" * 100, "b" * 100, "c" * 100]
    assert marked.bounded(parts, 320, "left out") == f"{parts[0]}\n\n{parts[1]}\n\nleft out\n"


@pytest.mark.parametrize("what", ["report", "issue"])
def test_hostile_text_shows_and_does_nothing(what: str) -> None:
    result = samples.hostile()
    if what == "report":
        texts = [markdown.render(result)]
    else:
        texts = [markdown.issue(finding, result) for finding in result.findings]
    assert texts
    for text in texts:
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e\u2028\ud800-\udfff]", text)
        for token in tokens(text):
            assert token.type not in ("link_open", "image", "heading_open") or token.tag[:1] == "h"
            if token.type in ("html_block", "html_inline"):
                assert OWN_HTML.fullmatch(token.content), token.content


@pytest.mark.parametrize("text", [BAD, "x\n```\n<b>\n````\n# x", "``````", "/close\n/assign @me"])
def test_nothing_ends_a_fence(text: str) -> None:
    block = marked.block(text, "sh")
    found = [t for t in PARSER.parse(f"a\n\n{block}\n\nb") if t.type != "inline"]
    kinds = [t.type for t in found]
    paragraph = ["paragraph_open", "paragraph_close"]
    assert kinds == [*paragraph, "fence", *paragraph]


def test_a_foreign_cause_makes_one_heading_and_no_mention() -> None:
    result = samples.nonconformant()
    finding = dataclasses.replace(result.findings[0], cause=BAD, key=BAD, got=BAD, expected=BAD)
    found = list(tokens(markdown.issue(finding, result)))
    assert sum(t.type == "heading_open" for t in found) == 1
    assert not [t for t in found if t.type in ("link_open", "image", "code_inline", "em_open")]
    lines = markdown.issue(finding, result).splitlines()
    assert not [line for line in lines if re.search(r"@octocat|(?<!&)#12|!3|https://evil", line)]


def test_an_issue_stands_by_itself() -> None:
    result = samples.nonconformant()
    finding = next(f for f in result.findings if f.requirements == ("N-2",))
    text = markdown.issue(finding, result)
    assert text.startswith("### ")
    for fact in (
        "- breaks N-2 (MUST): An integer outside 1 to 10 is refused.",
        "- to users: served otherwise than asked, without a word",
        "- 1 request shows it",
        "- likely place of the fix: The gateway passes n to the provider unchecked.",
        "```sh\ncurl -sS -X POST https://gateway.example",
        "was answered with 200",
        "Found by Image Variations Conformance: target https",
        "seed 20260101",
    ):
        assert fact in text, fact
