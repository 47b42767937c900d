"""A comparison on a terminal and as Markdown."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

import pytest

from conformance.compare.compare import compared
from conformance.reports import marked
from conformance.reports.comparing import FORMATS, markdown, terminal
from tests.compare.values import check, refusing, result, row, sent
from tests.reports.samples import HOSTILE, hostile

if TYPE_CHECKING:
    from conformance.compare.model import Comparison

FIELD = {
    "first": refusing(400),
    "says-422": refusing(422, seed="b"),
    "breaks": refusing(500, seed="c"),
    "smaller": dataclasses.replace(
        result(row("N-2", status="not-selected"), row("N-3", status="untestable")), profile="smoke"
    ),
}


def field(*names: str, baseline: int = 0) -> Comparison:
    return compared([(name, FIELD[name]) for name in names or FIELD], baseline)


HOSTILES = compared([(f"name {HOSTILE}"[:60], hostile()), ("b", refusing(500))], 1)


def test_a_pair_says_what_became_worse_and_shows_the_request() -> None:
    text = terminal.render(field("first", "breaks"))
    assert text.startswith("breaks compared with first\n  1 requirement is worse.\n")
    for line in (
        "  ▼ N-2  MUST  pass → fail: What N-2 demands.",
        "      n=11: expected a refusal (4xx), got 500",
        "  + finding, new: 500 for N, as in n=11",
        "  ≠ 400 → 500 for n=11",
    ):
        assert line in text.splitlines(), text


def test_a_field_has_a_table_of_what_differs_and_says_in_what_the_runs_do() -> None:
    text = terminal.render(field())
    assert "1 requirement is worse at breaks; 1 requirement could not be tested any more" in text
    assert re.search(r"N-2 +MUST +✓  ✓  ✗  ○\n", text)
    assert "note: profile: core (first, says-422 and breaks); smoke (smaller)" in text or (
        "note: profile: core (first, says-422, breaks); smoke (smaller)" in text
    )


def test_without_a_difference_it_says_that_nothing_is_worse() -> None:
    text = terminal.render(field("first", "first"))
    assert "Nothing is worse." in text
    assert "first: 2 same" in text


@pytest.mark.parametrize("width", [20, 80, 300])
def test_no_line_is_wider_than_a_terminal(width: int) -> None:
    for found in (field(), field("first", "breaks")):
        lines = terminal.render(found, width).splitlines()
        assert max(map(len, lines)) <= max(80, min(width, terminal.WIDEST))


def test_a_terminal_without_colors_or_symbols_gets_none() -> None:
    assert "\x1b[" not in terminal.render(field())
    assert "\x1b[31m" in terminal.render(field(), color=True)
    assert terminal.render(field(), unicode=False).isascii()


@pytest.mark.parametrize("kind", ["text", "md"])
def test_hostile_text_is_shown_and_does_not_act(kind: str) -> None:
    text = FORMATS[kind](HOSTILES)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e\u2028]", text)
    assert not re.search(r"^[ \t]*::", text, re.MULTILINE)
    assert "##[" not in text
    if kind == "md":
        told = text.replace("<details>", "").replace("</details>", "").replace("<!-- -->", "")
        assert "<" not in re.sub(r"</?summary>", "", told)


@pytest.mark.parametrize(
    "said",
    ["@octocat", "#12", "a | b", "![x](http://x/y.png)", "<img src=x>", "`x`", "*x*", "- x", "1. x", "$x$", "~~x~~", "www.x.org"],
)  # fmt: skip
def test_no_mark_of_a_foreign_text_is_left_in_markdown(said: str) -> None:
    shown = marked.text(said).replace("<!-- -->", "\0")
    assert not re.search(r"[@#](?!\d+;)|[|\[\]<>`*$~]|^-|^\d\.|://|www\.", shown)
    assert re.sub(r"&#(\d+);", lambda m: chr(int(m[1])), shown).replace("\0", "") == said


def test_markdown_is_a_table_with_what_is_worse_above_what_is_other() -> None:
    text = markdown.render(field())
    assert text.startswith("### ✗ Image Variations Conformance: 3 gateways compared with first\n")
    assert "| breaks | ✗ nonconformant | 1/2 | – | 1 | 1 | · | · | · | · |  |" in text
    of_one = text[text.index("#### breaks") :]
    assert of_one.index("**▼ Worse**") < of_one.index("<details><summary>≠ Other")
    for row_ in re.findall(r"^\|.*$", text, re.MULTILINE):
        assert row_.endswith("|")


def test_a_comment_on_a_pull_request_never_gets_too_long() -> None:
    rows = [row(f"N-{n}", check("fail", "a1", message="x" * 500)) for n in range(400)]
    bad = result(*rows, exchanges=(sent("a1", "n=11", 500),))
    good = result(*(row(f"N-{n}", status="pass") for n in range(400)))
    found = compared([("good", good), *((f"bad {n}", bad) for n in range(30))])
    text = markdown.render(found)
    assert len(text) < 65_536
    assert text.endswith("see `comparison.html`.*\n")
