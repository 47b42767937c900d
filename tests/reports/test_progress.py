from __future__ import annotations

import io
import itertools
import subprocess
import sys

import pytest

from conformance.reports.progress import LiveProgress, PlainProgress, Step, progress

from . import samples


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_short_run_leaves_no_line_in_a_log() -> None:
    stream, clock = io.StringIO(), Clock()
    with progress(200, stream, clock=clock) as shown:
        for done in range(1, 201):
            clock.now += 0.02
            shown.update(Step(done, done // 2))
    assert stream.getvalue() == ""


def test_a_log_gets_lines_less_and_less_often() -> None:
    stream, clock = io.StringIO(), Clock()
    with progress(1000, stream, clock=clock) as shown:
        for done in range(1, 601):
            clock.now += 1
            shown.update(Step(done, 0, expected=30))
    lines = stream.getvalue().splitlines()
    assert lines[0] == "5/1000 requests, 0 of 30 pictures, 5.0 s, about 16 min 35 s left"
    at = [int(line.partition("/")[0]) for line in lines]
    assert at[:6] == [5, 10, 15, 23, 35, 53]
    # Ten minutes are fewer than twenty lines, and no pause is longer than a minute.
    assert len(at) < 20
    assert max(b - a for a, b in itertools.pairwise(at)) == 60


def test_the_time_left_is_that_of_the_work_and_not_of_the_requests() -> None:
    stream, clock = io.StringIO(), Clock()
    with progress(100, stream, clock=clock) as shown:
        clock.now += 10
        shown.update(Step(80, 5, 0.25, what="at 60 a minute"))
        shown.total = 90
        clock.now += 10
        shown.update(Step(90, 20, 1.0))
    assert stream.getvalue() == (
        "80/100 requests, 5 pictures, 10.0 s, about 30.0 s left: at 60 a minute\n"
        "90/90 requests, 20 pictures, 20.0 s\n"
    )


@pytest.mark.parametrize(
    ("step", "spent"),
    [
        (Step(1, 3, expected=45), "3 of 45 pictures"),
        (Step(1, 46, expected=45), "46 pictures"),
        (Step(1, 3, expected=45, cap=1), "3 of at most 1 picture"),
        (Step(1, 0, cap=0), "0 of at most 0 pictures"),
    ],
)
def test_pictures_are_told_beside_the_cap_or_beside_what_is_expected(
    step: Step, spent: str
) -> None:
    assert step.spent == spent


def test_a_run_without_requests_is_no_error() -> None:
    stream = io.StringIO()
    with progress(0, stream) as shown:
        shown.update(Step(0, 0, what="nothing"))
    assert stream.getvalue() == ""


def test_a_log_stays_plain() -> None:
    stream, clock = io.StringIO(), Clock()
    with progress(1, stream, clock=clock) as shown:
        clock.now += 5
        shown.update(Step(1, 1, what=samples.HOSTILE))
        shown.say(samples.HOSTILE)
        shown.say("::error::obey")
    hostile = stream.getvalue().splitlines()
    assert len(hostile) == 3
    assert all(line.isprintable() for line in hostile)
    assert not hostile[2].startswith("::")


def test_a_log_of_few_characters_gets_escapes() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    with progress(1, stream) as shown:
        shown.say("✗ N-2")
    stream.seek(0)
    assert stream.read() == "\\u2717 N-2\n"


def test_a_terminal_gets_a_live_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    with progress(10, stream, environ={"TERM": "xterm"}) as shown:
        assert isinstance(shown, LiveProgress)
        shown.update(Step(3, 2, 0.5, what=f"n=3 {samples.HOSTILE}"))
        shown.say(f"✗ N-2  {samples.HOSTILE} [bold]not markup[/]")
    assert "3/10" in stream.getvalue()
    assert "2 pictures" in stream.getvalue()
    assert "n=3" in stream.getvalue()
    assert "✗ N-2" in stream.getvalue()
    assert "\x1b]0;" not in stream.getvalue()


def test_no_color_means_none() -> None:
    stream = Terminal()
    with progress(10, stream, environ={"TERM": "xterm", "NO_COLOR": "1"}) as shown:
        shown.update(Step(3, 2))
    assert "\x1b[3" not in stream.getvalue()
    assert "\x1b[9" not in stream.getvalue()


def test_a_dumb_terminal_gets_plain_lines() -> None:
    assert isinstance(progress(1, Terminal(), environ={"TERM": "dumb"}), PlainProgress)


def test_rich_is_only_imported_where_someone_watches() -> None:
    code = "import sys, conformance.reports.terminal; sys.exit('rich' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
