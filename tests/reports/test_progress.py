from __future__ import annotations

import io
import subprocess
import sys
from typing import TYPE_CHECKING

from conformance.reports.progress import LiveProgress, PlainProgress, progress

from . import samples

if TYPE_CHECKING:
    import pytest


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_log_gets_a_line_each_quarter() -> None:
    stream, clock = io.StringIO(), Clock()
    with progress(200, stream, clock=clock) as shown:
        for done in range(1, 201):
            clock.now += 0.01
            shown.update(done, done // 2, what=f"n={done}")
    assert stream.getvalue().splitlines() == [
        "50/200 requests, 25 pictures, 500 ms: n=50",
        "100/200 requests, 50 pictures, 1.0 s: n=100",
        "150/200 requests, 75 pictures, 1.5 s: n=150",
        "200/200 requests, 100 pictures, 2.0 s: n=200",
    ]


def test_a_log_gets_a_line_every_five_seconds() -> None:
    stream, clock = io.StringIO(), Clock()
    with progress(1000, stream, clock=clock) as shown:
        for done in range(1, 12):
            clock.now += 1
            shown.update(done, 0)
    assert stream.getvalue() == (
        "5/1000 requests, 0 pictures, 5.0 s, 16 min 35 s left\n"
        "10/1000 requests, 0 pictures, 10.0 s, 16 min 30 s left\n"
    )


def test_the_time_left_is_that_of_the_work_and_not_of_the_requests() -> None:
    stream, clock = io.StringIO(), Clock()
    with progress(100, stream, clock=clock) as shown:
        clock.now += 10
        shown.update(80, 5, 0.25)
        shown.total = 90
        clock.now += 10
        shown.update(90, 20, 1.0)
    assert stream.getvalue() == (
        "80/100 requests, 5 pictures, 10.0 s, 30.0 s left\n90/90 requests, 20 pictures, 20.0 s\n"
    )


def test_a_run_without_requests_is_no_error() -> None:
    stream = io.StringIO()
    with progress(0, stream) as shown:
        shown.update(0, 0, what="nothing")
    assert stream.getvalue() == ""


def test_a_log_stays_plain() -> None:
    stream, clock = io.StringIO(), Clock()
    with progress(1, stream, clock=clock) as shown:
        shown.update(1, 1, what=samples.HOSTILE)
    (line,) = stream.getvalue().splitlines()
    assert line.isprintable()


def test_a_terminal_gets_a_live_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    with progress(10, stream, environ={"TERM": "xterm"}) as shown:
        assert isinstance(shown, LiveProgress)
        shown.update(3, 2, 0.5, f"n=3 {samples.HOSTILE}")
    assert "3/10" in stream.getvalue()
    assert "2 pictures" in stream.getvalue()
    assert "n=3" in stream.getvalue()
    assert "\x1b]0;" not in stream.getvalue()


def test_no_color_means_none() -> None:
    stream = Terminal()
    with progress(10, stream, environ={"TERM": "xterm", "NO_COLOR": "1"}) as shown:
        shown.update(3, 2)
    assert "\x1b[3" not in stream.getvalue()
    assert "\x1b[9" not in stream.getvalue()


def test_a_dumb_terminal_gets_plain_lines() -> None:
    assert isinstance(progress(1, Terminal(), environ={"TERM": "dumb"}), PlainProgress)


def test_rich_is_only_imported_where_someone_watches() -> None:
    code = "import sys, conformance.reports.terminal; sys.exit('rich' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
