"""Shows how far a run is: a live line on a terminal, few plain lines elsewhere."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Protocol, Self

from conformance.reports.text import one_line, plural, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import TextIO

    from rich.progress import Progress as RichProgress

EVERY_S = 5.0
QUARTERS = 4
OTHER_COLUMNS = 71  # columns that the bar and the numbers take


class Progress(Protocol):
    """Shows how far a run is, as a context manager; the sender calls `update` after every step.

    `total`, the number of requests, may grow: the run draws more examples on the way.
    """

    total: int

    def __enter__(self) -> Self:
        """Start to show it."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop showing it, and leave the terminal as it was."""
        ...

    def update(self, done: int, pictures: int, share: float | None = None, what: str = "") -> None:
        """Show how many requests are answered, how many pictures came, and the latest request.

        Args:
            done: requests that are answered.
            pictures: pictures that came.
            share: how much of the work is done, from 0 to 1; None takes the share of requests.
            what: the latest request, in a few words.
        """
        ...


def progress(
    total_requests: int,
    stream: TextIO,
    *,
    environ: Mapping[str, str] = os.environ,
    clock: Callable[[], float] = time.monotonic,
) -> Progress:
    """Return the progress display for a stream: a live line on a terminal, plain lines elsewhere."""
    if stream.isatty() and environ.get("TERM") != "dumb":
        return LiveProgress(total_requests, stream, clock, color=not environ.get("NO_COLOR"))
    return PlainProgress(total_requests, stream, clock)


class PlainProgress:
    """Writes a line every five seconds and at every quarter: for logs."""

    def __init__(self, total: int, stream: TextIO, clock: Callable[[], float]) -> None:
        self.total = total
        self.stream = stream
        self.clock = clock
        self.started = self.last = clock()
        self.quarter = 0

    def __enter__(self) -> Self:
        self.started = self.last = self.clock()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stream.flush()

    def update(self, done: int, pictures: int, share: float | None = None, what: str = "") -> None:
        """Write a line if it is time for one."""
        now = self.clock()
        quarter = QUARTERS * done // self.total if self.total else 0
        if quarter <= self.quarter and now - self.last < EVERY_S:
            return
        self.quarter, self.last = max(quarter, self.quarter), now
        doing = f": {one_line(what, 80)}" if what else ""
        line = (
            f"{done}/{self.total} requests, {plural(pictures, 'picture')}, "
            f"{seconds(now - self.started)}{self._left(done, share, now)}{doing}\n"
        )
        encoding = self.stream.encoding or "utf-8"
        self.stream.write(line.encode(encoding, "backslashreplace").decode(encoding))
        self.stream.flush()

    def _left(self, done: int, share: float | None, now: float) -> str:
        """Return how long the rest takes, once the run is old enough to tell."""
        took = now - self.started
        left = _rest(took, _share(done, self.total, share)) if took >= EVERY_S else ""
        return f", {left} left" if left else ""


def _share(done: int, total: int, share: float | None) -> float:
    return (done / total if total else 0.0) if share is None else share


def _rest(took_s: float, share: float) -> str:
    """Return how long the rest takes at the pace so far, or "" where there is no pace or no rest."""
    return seconds(took_s / share * (1 - share)) if 0 < share < 1 else ""


class LiveProgress:
    """Draws one line again and again, and removes it at the end: for people."""

    def __init__(
        self, total: int, stream: TextIO, clock: Callable[[], float], *, color: bool
    ) -> None:
        self.total = total
        self.clock = clock
        self.started = clock()
        self.shown = _rich_progress(stream, color=color)
        self.task = self.shown.add_task("", total=total, pictures="0 pictures", left="", what="")

    def __enter__(self) -> Self:
        self.shown.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.shown.stop()

    def update(self, done: int, pictures: int, share: float | None = None, what: str = "") -> None:
        """Draw the line anew; any thread may call this."""
        left = _rest(self.clock() - self.started, _share(done, self.total, share))
        self.shown.update(
            self.task,
            total=self.total,
            completed=done,
            pictures=plural(pictures, "picture"),
            left=f"{left} left" if left else "",
            what=one_line(what, max(0, self.shown.console.width - OTHER_COLUMNS)),
        )


def _rich_progress(stream: TextIO, *, color: bool) -> RichProgress:
    # Only a terminal needs rich, and importing it takes long.
    from rich.console import Console  # noqa: PLC0415 - see above
    from rich.progress import (  # noqa: PLC0415 - see above
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    return Progress(
        TextColumn("Sending"),
        BarColumn(bar_width=12),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pictures]}", markup=False),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}", markup=False),
        TextColumn("{task.fields[what]}", markup=False),
        console=Console(file=stream, no_color=not color, force_terminal=True, highlight=False),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
