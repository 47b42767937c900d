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
OTHER_COLUMNS = 71  # what the bar and the numbers take of the line


class Progress(Protocol):
    """How far a run is; a context manager that is told of every step."""

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

    def update(self, done: int, pictures: int, what: str = "") -> None:
        """Say how many requests are answered, how many pictures came, and what is going on."""
        ...


def progress(
    total_requests: int,
    stream: TextIO,
    *,
    environ: Mapping[str, str] = os.environ,
    clock: Callable[[], float] = time.monotonic,
) -> Progress:
    """Return what shows the progress of a run on this stream: live only on a real terminal."""
    if stream.isatty() and environ.get("TERM") != "dumb":
        return LiveProgress(total_requests, stream, color=not environ.get("NO_COLOR"))
    return PlainProgress(total_requests, stream, clock)


class PlainProgress:
    """At most a line every five seconds or every quarter: for logs."""

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

    def update(self, done: int, pictures: int, what: str = "") -> None:
        """Write a line if it is time for one."""
        now = self.clock()
        quarter = QUARTERS * done // self.total if self.total else 0
        if quarter <= self.quarter and now - self.last < EVERY_S:
            return
        self.quarter, self.last = max(quarter, self.quarter), now
        doing = f": {one_line(what, 80)}" if what else ""
        line = (
            f"{done}/{self.total} requests, {plural(pictures, 'picture')}, "
            f"{seconds(now - self.started)}{self._left(done, now)}{doing}\n"
        )
        encoding = self.stream.encoding or "utf-8"
        self.stream.write(line.encode(encoding, "backslashreplace").decode(encoding))
        self.stream.flush()

    def _left(self, done: int, now: float) -> str:
        """Say how long the rest takes if it takes as long as what is done, once that means much."""
        took = now - self.started
        if took < EVERY_S or not 0 < done < self.total:
            return ""
        return f", {seconds(took / done * (self.total - done))} left"


class LiveProgress:
    """One line that is drawn over and over, and is gone at the end: for people."""

    def __init__(self, total: int, stream: TextIO, *, color: bool) -> None:
        self.total = total
        self.shown = _rich_progress(stream, color=color)
        self.task = self.shown.add_task("", total=total, pictures="0 pictures", what="")

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

    def update(self, done: int, pictures: int, what: str = "") -> None:
        """Draw the line anew; any thread may call this."""
        self.shown.update(
            self.task,
            completed=done,
            pictures=plural(pictures, "picture"),
            what=one_line(what, max(0, self.shown.console.width - OTHER_COLUMNS)),
        )


def _rich_progress(stream: TextIO, *, color: bool) -> RichProgress:
    # rich is only needed, and only imported, where someone watches.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("Sending"),
        BarColumn(bar_width=12),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pictures]}", markup=False),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[what]}", markup=False),
        console=Console(file=stream, no_color=not color, force_terminal=True, highlight=False),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
