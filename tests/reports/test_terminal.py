from __future__ import annotations

import dataclasses
import io
import re

import pytest

from conformance.reports import finding_words, scope, terminal
from conformance.reports.page import Page
from conformance.reports.terminal_findings import commands as commands_of
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


@pytest.mark.parametrize("width", [80, 120])
def test_it_says_where_to_start_and_every_command_is_one_line(width: int) -> None:
    result = samples.nonconformant()
    lines = terminal.summary(result, width, color=False).splitlines()
    start = lines.index("Start here")
    assert lines[start + 1].startswith("  ≈ 1  The same bytes")
    assert "Other findings" in lines[start:]
    curls = [line for line in lines if line.startswith("       curl -sS ")]
    broken = [f for f in result.findings if finding_words.breaks(f)]
    assert curls == [f"       {c}" for f in broken if (c := finding_words.curl(f, result))]
    assert any(len(line) > width for line in curls)
    again = [line for line in lines if "--replay" in line]
    assert again
    assert all(line.startswith("       conformance run ") for line in again)


def test_the_scope_stands_beside_the_verdict() -> None:
    text = terminal.summary(samples.nonconformant(), 300, color=False)
    assert f"scope: {scope.judged(samples.nonconformant())}; " in text.partition("Findings")[0]


def test_base64_is_told_by_its_length() -> None:
    result = samples.nonconformant()
    blob = "iVBORw0KGgo" * 100
    found = tuple(
        dataclasses.replace(f, expected="a refusal", got=f'200: {{"b64_json":"{blob}"}}')
        for f in result.findings
    )
    text = terminal.summary(dataclasses.replace(result, findings=found), 120, color=False)
    assert "iVBORw0KGgo" not in text.replace(result.command, "")
    assert '"b64_json":"(1,100 characters of base64)"' in text


def test_a_command_in_a_sentence_is_never_broken() -> None:
    for width in range(40, 81):
        lines = Page(width, color=False, unicode=True).wrap(
            "Keep the folder as the proof: `conformance verify` judges it again.", "  "
        )
        assert any("`conformance verify`" in line for line in lines)
        assert max(map(len, lines)) <= width


def test_in_a_strict_run_a_warning_is_where_to_start() -> None:
    warns = samples.partial()
    rows = tuple(
        dataclasses.replace(r, status=Status.WARN, level="SHOULD") if r.status is Status.FAIL else r
        for r in warns.requirements
    )
    found = tuple(
        dataclasses.replace(f, status=Status.WARN, level="SHOULD") for f in warns.findings
    )
    result = dataclasses.replace(warns, requirements=rows, findings=found)
    assert "Start here" not in terminal.summary(result, 80, color=False)
    text = terminal.summary(dataclasses.replace(result, strict=True), 200, color=False)
    assert "Start here\n  ! 1" in text
    assert "Findings: 1 cause for 0 MUST requirements and 1 SHOULD (strict)" in text
    assert "The run is strict: a SHOULD that is not met counts" in " ".join(text.split())


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
def test_lines_fit_but_for_commands(sample: str, width: int) -> None:
    result = samples.ALL[sample]()
    text = terminal.summary(result, width, color=False, unicode=False)
    page = Page(width, color=False, unicode=False)
    commands = {line for f in result.findings for line in commands_of(f, result, page)}
    widest = max(len(line) for line in text.splitlines() if line not in commands)
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
