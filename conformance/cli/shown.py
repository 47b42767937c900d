"""What the command line shows of a run: its progress on standard error, and its summary."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Self

from conformance.cli import streams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.http.exchange import Exchange
    from conformance.judging.outcome import Outcome
    from conformance.result.model import Result
    from conformance.send.usage import Usage
    from conformance.target.options import Options

# So many requirements that fail are shown as they are found.
MOST_FAILURES = 10
# After so many seconds without any answer somebody who watches hears why, and then each time that it
# took so many times as long.
SILENT_S, NEXT_WORD = 10.0, 2.0
LOOK_S = 0.5


def _pace(spent: Usage, now: float) -> str:
    """Return at which rate the run sends and what told it so, or what it waits for; or nothing."""
    if spent.asked_until > now:
        return f"the gateway asked to wait {spent.asked_s:.0f} s"
    if spent.per_minute:
        learnt = f" (learnt from {spent.limited} x 429)" if spent.limited else ""
        return f"at {spent.per_minute:.0f} a minute{learnt}"
    if spent.limited:
        return f"the gateway answered 429 {spent.limited} times: looking for its rate"
    return ""


def _failure(outcome: Outcome) -> str:
    """Return a failure in one line: the requirement, the case, and what it demands."""
    from conformance.contract import contract  # noqa: PLC0415 - --help needs none
    from conformance.reports.text import headline  # noqa: PLC0415 - --help needs none

    known = contract.load().requirements.get(outcome.tied_to)
    case = outcome.node.partition("[")[1] + outcome.node.partition("[")[2]
    said = known.text if known is not None else outcome.message
    return f"✗ {outcome.tied_to}{f' {case}' if case else ''}  {headline(said, 160)}"


class Shown:
    """Watches one run: progress, what it waits for, what fails, and with --verbose each exchange.

    It begins once `attend` said how the run is to be shown. Any thread may call it.
    """

    def __init__(self) -> None:
        self._options: Options | None = None
        self._progress: Any = None
        self._ended = threading.Event()
        self._heard_at = time.monotonic()
        self._next_word_s = SILENT_S
        self._failed = set[str]()
        self._spent: Usage | None = None
        self._answered, self._told = 0, ""

    def attend(self, options: Options) -> Self:
        """Learn how the run is to be shown, and show it until the context ends."""
        self._options = options
        return self

    def __enter__(self) -> None:
        self._heard()
        if self._options is not None and not self._options.quiet:
            threading.Thread(target=self._look, name="watching", daemon=True).start()

    def __exit__(self, *raised: object) -> None:
        self._ended.set()
        if self._progress is not None:
            # How a run was shown must not decide how it ends.
            with contextlib.suppress(Exception):
                self._progress.__exit__(*raised)

    # ------------------------------------------------------------------ a watcher

    def update(self, done: int, total: int, usage: Usage, share: float, expected: int) -> None:
        """Show how many requests are done, what they cost, and the share of the work."""
        self._heard()
        self._spent, self._answered = usage, usage.requests - usage.in_flight
        if not total or self._options is None or self._options.quiet:
            return  # the preflight: how much is to be done is not known yet
        from conformance.reports.progress import Step, progress  # noqa: PLC0415 - --help needs none

        if self._progress is None:
            self._progress = progress(total, streams.progress())
            self._progress.__enter__()
        self._progress.total = total
        cap = self._options.limits.max_images
        what = _pace(usage, time.monotonic())
        self._progress.update(Step(min(done, total), usage.images, share, expected, cap, what))

    def say(self, words: str) -> None:
        """Show in a line that stays what the run waits for."""
        if self._options is not None and not self._options.quiet:
            self._line(words)

    def settled(self, exchange: Exchange) -> None:
        """With --verbose, show an exchange: its label, how it ended, its time and its pictures."""
        if self._options is not None and self._options.verbose and not self._options.quiet:
            from conformance.cli.exchange_line import exchange_line  # noqa: PLC0415 - --help needs none

            self._line(exchange_line(exchange))

    def judged(self, outcomes: Sequence[Outcome]) -> None:
        """Show each requirement that failed, once, and no more than a few."""
        if self._options is None or self._options.quiet:
            return
        from conformance.result.model import Status  # noqa: PLC0415 - --help needs none

        for outcome in outcomes:
            if outcome.status is not Status.FAIL or outcome.tied_to in self._failed:
                continue
            self._failed.add(outcome.tied_to)
            if len(self._failed) <= MOST_FAILURES:
                self._line(_failure(outcome))
            elif len(self._failed) == MOST_FAILURES + 1:
                self._line("✗ … and more requirements fail: the reports name them all")

    # ------------------------------------------------------------------ what takes long

    def _heard(self) -> None:
        self._heard_at, self._next_word_s = time.monotonic(), SILENT_S

    def _look(self) -> None:
        """Say why nothing happens, as long as nothing does; on a thread of its own."""
        while not self._ended.wait(LOOK_S):
            with contextlib.suppress(Exception):
                self._look_once(time.monotonic())

    def _look_once(self, now: float) -> None:
        if self._spent is None or self._options is None:
            return
        # What is asked again counts as no request that is done, and is answered all the same.
        answered = self._spent.requests - self._spent.in_flight
        if answered != self._answered:
            self._answered = answered
            self._heard()
        if self._spent.finding_out and self._spent.finding_out != self._told:
            self._line(self._spent.finding_out)
        self._told = self._spent.finding_out
        silent_s = now - self._heard_at
        if silent_s < self._next_word_s:
            return
        self._next_word_s *= NEXT_WORD
        if why := _pace(self._spent, now):
            self._line(f"no answer for {silent_s:.0f} s: {why}")
        elif self._spent.in_flight:
            self._line(
                f"the gateway has not answered for {silent_s:.0f} s; each request may take up to"
                f" {self._options.limits.timeout_s:g} s (--timeout)"
            )

    def _line(self, line: str) -> None:
        with contextlib.suppress(Exception):
            if self._progress is None:
                from conformance.reports.progress import PlainProgress  # noqa: PLC0415 - --help needs none

                PlainProgress(0, streams.progress(), time.monotonic).say(streams.clean(line))
            else:
                self._progress.say(streams.clean(line))


def summary(result: Result, written: tuple[str, ...], system: str, *, quiet: bool = False) -> str:
    """Return the summary of a result for this terminal, and what the CI system gets besides.

    Args:
        result: what to sum up.
        written: the paths of its files.
        system: what `--ci` said.
        quiet: whether to say no more than the verdict and what failed.
    """
    from conformance.reports import ci  # noqa: PLC0415 - a page of help needs none

    text = _brief(result) if quiet else _whole(result, written)
    return ci.dressed(text, result, ci.system(system, os.environ), time.time())


def _brief(result: Result) -> str:
    from conformance.reports import terminal, terminal_brief  # noqa: PLC0415 - a page of help needs none

    return terminal_brief.summary(result, unicode=terminal.use_unicode(sys.stdout))


def _whole(result: Result, written: tuple[str, ...]) -> str:
    import shutil  # noqa: PLC0415 - a page of help needs none

    from conformance.reports import terminal  # noqa: PLC0415 - a page of help needs none

    return terminal.summary(
        result,
        width=shutil.get_terminal_size().columns,
        color=terminal.use_color(sys.stdout, dict(os.environ)),
        unicode=terminal.use_unicode(sys.stdout),
        reports=written,
    )
