"""What a terminal and a log show of a run while it goes on: it decides nothing, and nothing is obeyed."""

from __future__ import annotations

import dataclasses
import io
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.cli import shown, streams
from conformance.cli.exchange_line import exchange_line
from conformance.http.exchange import Attempt
from conformance.http.redacting.vault import Vault
from conformance.judging.outcome import Outcome
from conformance.result.model import Status
from conformance.send.usage import Usage
from conformance.target.options import Limits, Options
from tests.commanding import conformance
from tests.serving import KEY
from tests.values import exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HOSTILE = "\x1b]0;x\x07\n::error::obey \u202e##[section]"


def options(**more: object) -> Options:
    made = {"profile": "core", "level": "should", "checks": (), "requirements": (), "seed": 1}
    return Options(**made, limits=Limits(), report_dir=Path("reports"), **more)  # type: ignore[arg-type] # fields of several kinds


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """What standard error has got so far; the process knows a secret meanwhile."""
    streams.keep_secret(Vault([("KEY", KEY)]))
    text = [""]

    def so_far() -> str:
        text[0] += capsys.readouterr().err
        return text[0]

    yield so_far
    streams.keep_secret(Vault())


def failed(
    id_: str, message: str = "expected a refusal\ngot 200", status: Status = Status.FAIL
) -> Outcome:
    return Outcome("test_n[n=11]", id_, status, message, (), 0.0)


def test_a_requirement_that_fails_is_shown_once(said: Callable[[], str]) -> None:
    watching = shown.Shown().attend(options())
    watching.judged([failed("N-2"), failed("N-2"), failed("N-3", status=Status.WARN)])
    watching.judged([failed("N-2"), failed("ZZZ-4", f"{HOSTILE} {KEY}")])
    first, second = said().splitlines()
    assert first == "✗ N-2 [n=11]  Every integer outside 1 to 10 is refused."
    assert second.startswith("✗ ZZZ-4 [n=11]  ")
    assert second.isprintable()
    assert KEY not in second


def test_no_more_than_a_few_failures_are_shown(said: Callable[[], str]) -> None:
    watching = shown.Shown().attend(options())
    watching.judged([failed(f"N-{i}") for i in range(60)])
    lines = said().splitlines()
    assert len(lines) == shown.MOST_FAILURES + 1
    assert lines[-1] == "✗ … and more requirements fail: the reports name them all"


def test_quiet_shows_nothing(said: Callable[[], str]) -> None:
    watching = shown.Shown().attend(options(quiet=True, verbose=True))
    with watching:
        watching.update(5, 10, Usage(images=3), 0.5, 6)
        watching.say("waiting")
        watching.settled(exchange(200))
        watching.judged([failed("N-2")])
    assert said() == ""


def test_verbose_shows_each_exchange(said: Callable[[], str]) -> None:
    watching = shown.Shown().attend(options(verbose=True))
    watching.settled(exchange(400))
    shown.Shown().attend(options()).settled(exchange(400))
    assert said().count("\n") == 1
    assert ": 400, " in said()


def test_an_exchange_in_one_line_names_its_tries() -> None:
    tried = (Attempt(429, None, "", 0.1), Attempt(None, "timeout", "", 0.1))
    found = exchange(400, earlier=tried)
    hostile = dataclasses.replace(found.request, label=HOSTILE)
    line = exchange_line(dataclasses.replace(found, request=hostile))
    assert "after 2 tries (429, timeout)" in line
    assert line.isprintable()


@pytest.mark.parametrize(
    ("spent", "why"),
    [
        (Usage(in_flight=2), "the gateway has not answered for 12 s; each request may take up to 60 s (--timeout)"),
        (Usage(in_flight=1, limited=3), "no answer for 12 s: the gateway answered 429 3 times: looking for its rate"),
        (Usage(in_flight=1, limited=3, per_minute=60), "no answer for 12 s: at 60 a minute (learnt from 3 x 429)"),
    ],
)  # fmt: skip
def test_a_long_silence_is_explained_and_less_and_less_often(
    spent: Usage, why: str, said: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    watching = shown.Shown().attend(options())
    watching.update(1, 0, spent, 0.0, 0)
    for _ in range(60):
        now[0] += 1
        watching._look_once(now[0] + 2)
    lines = said().splitlines()
    assert len(lines) == 3
    assert lines[0].replace("10 s", "12 s", 1) == why


def test_what_the_run_finds_out_is_said_once_and_its_answers_are_signs_of_life(
    said: Callable[[], str],
) -> None:
    spent = Usage()
    watching = shown.Shown().attend(options())
    watching.update(1, 0, spent, 0.0, 0)
    spent.finding_out = "asking again, alone"
    for seconds in (1, 9):
        spent.requests += 1
        watching._look_once(time.monotonic() + seconds)
    assert said() == "asking again, alone\n"


def test_a_wait_that_the_gateway_asked_for_is_named(said: Callable[[], str]) -> None:
    spent = Usage(in_flight=1, limited=1)
    spent.asked(20.0)
    watching = shown.Shown().attend(options())
    watching.update(1, 0, spent, 0.0, 0)
    watching._look_once(time.monotonic() + 11)
    assert "the gateway asked to wait 20 s" in said()


def test_a_closed_standard_error_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    stream.close()
    monkeypatch.setattr(sys, "stderr", stream)
    watching = shown.Shown().attend(options(verbose=True))
    with watching:
        watching.say("x")
        watching.settled(exchange(200))
        watching.judged([failed("N-2")])
        watching.update(1, 2, Usage(), 0.5, 0)


def test_quiet_prints_the_verdict_in_one_line(tmp_path: Path) -> None:
    """And what failed in one line each; the exit code of `report` is that of the run."""
    done = conformance("run", "http://127.0.0.1:9", "--auth", "none", "--quiet", cwd=tmp_path)
    assert done.returncode == 3
    assert done.stderr == ""
    verdict, scope, why = done.stdout.splitlines()
    assert verdict == "? INCOMPLETE"
    assert scope.startswith("http://127.0.0.1:9/v1/images/variations: 0 of ")
    assert why.startswith("http://127.0.0.1:9 cannot be reached")
    assert conformance("report", cwd=tmp_path).returncode == 3
