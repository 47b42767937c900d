from __future__ import annotations

import io
import re

import pytest

from conformance.reports import terminal
from conformance.result.model import Status

from . import samples

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


class Stream(io.TextIOWrapper):
    def __init__(self, encoding: str, *, tty: bool) -> None:
        super().__init__(io.BytesIO(), encoding)
        self.tty = tty

    def isatty(self) -> bool:
        return self.tty


@pytest.mark.parametrize(
    ("sample", "first"),
    [
        ("conformant", "✓ CONFORMANT"),
        ("nonconformant", "✗ NONCONFORMANT"),
        ("incomplete", "? INCOMPLETE"),
        ("partial", "◐ PARTIAL"),
    ],
)
def test_the_verdict_comes_first(sample: str, first: str) -> None:
    assert terminal.summary(samples.ALL[sample](), 80, color=False).splitlines()[0] == first


def test_a_failure_says_what_was_expected_and_what_came() -> None:
    text = terminal.summary(
        samples.nonconformant(), 80, color=False, reports=("reports/report.html",)
    )
    assert (
        "       breaks    N-2 (1 check)\n"
        "       expected  a refusal (4xx) because of n\n"
        "       got       200\n"
    ) in text
    assert "MUST   4 pass  4 fail  1 flaky  1 untestable  1 not applicable  1 not selected" in text
    assert text.endswith("Reports: reports/report.html\n")


def test_everything_that_is_not_settled_is_there() -> None:
    result = samples.nonconformant()
    text = terminal.summary(result, 80, color=False)
    quiet = {Status.PASS, Status.NOT_APPLICABLE, Status.NOT_SELECTED}
    for requirement in result.requirements:
        assert bool(re.search(rf"\b{requirement.id}\b", text)) is (requirement.status not in quiet)


def test_a_diagnosis_stands_for_everything_that_it_made_untestable() -> None:
    text = terminal.summary(samples.incomplete(), 80, color=False)
    assert "no such route" in text
    assert "Untestable (" not in text


@pytest.mark.parametrize("sample", samples.ALL)
@pytest.mark.parametrize("width", [10, 60, 100, 500])
def test_lines_fit(sample: str, width: int) -> None:
    text = terminal.summary(samples.ALL[sample](), width, color=False, unicode=False)
    widest = max(len(line) for line in text.splitlines())
    assert widest <= max(terminal.NARROWEST, min(width, terminal.WIDEST))
    assert text.isascii()


@pytest.mark.parametrize("sample", samples.ALL)
def test_without_color_there_is_no_escape_code(sample: str) -> None:
    plain = terminal.summary(samples.ALL[sample](), 80, color=False)
    assert "\x1b" not in plain
    colored = terminal.summary(samples.ALL[sample](), 80, color=True)
    assert "\x1b[" in colored
    assert ESCAPE.sub("", colored) == plain


def test_text_of_the_gateway_cannot_steer_the_terminal() -> None:
    text = ESCAPE.sub("", terminal.summary(samples.hostile(), 80, color=True))
    assert text.replace("\n", "").isprintable()
    assert "\\x1b[31mred" in text
    assert len(text) < 20_000


@pytest.mark.parametrize(
    ("tty", "environ", "color"),
    [
        (True, {"TERM": "xterm"}, True),
        (False, {"TERM": "xterm"}, False),
        (True, {"TERM": "dumb"}, False),
        (True, {"TERM": "xterm", "NO_COLOR": "1"}, False),
        (True, {"TERM": "xterm", "NO_COLOR": ""}, True),
    ],
)
def test_when_there_is_color(tty: bool, environ: dict[str, str], color: bool) -> None:  # noqa: FBT001 - rows of the table
    assert terminal.use_color(Stream("utf-8", tty=tty), environ) is color


@pytest.mark.parametrize(
    ("encoding", "symbols"), [("utf-8", True), ("ascii", False), ("latin-1", False)]
)
def test_when_there_are_symbols(encoding: str, symbols: bool) -> None:  # noqa: FBT001 - a row of the table
    assert terminal.use_unicode(Stream(encoding, tty=True)) is symbols
