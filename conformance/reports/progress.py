"""Shows how far a run is: a live line on a terminal, few plain lines elsewhere.

Whatever is shown may quote the gateway: control characters are written out, and no CI system takes a
line for a command of its own.
"""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

from conformance.reports.text import obeyed_by_none, one_line, plural, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import TextIO

    from rich.progress import Progress as RichProgress

# The first plain line comes after so long; each further pause is this share of the time so far.
FIRST_S, LONGEST_S, SHARE = 5.0, 60.0, 0.5
# The columns of the bar and the numbers; what is left shows what the run waits for.
OTHER_COLUMNS = 62
LONGEST_LINE = 300
MINUTE_S = 59.5


@dataclass(frozen=True)
class Step:
    """How far a run is.

    `share` is how much of the work is done, from 0 to 1 (None: the share of requests), `expected` how
    many pictures a correct gateway makes, `cap` how many may be spent, and `what` what the run waits for.
    """

    done: int
    pictures: int
    share: float | None = None
    expected: int = 0
    cap: int | None = None
    what: str = ""

    @property
    def spent(self) -> str:
        """The pictures so far, beside the cap or beside what a correct gateway makes."""
        if self.cap is not None:
            return f"{self.pictures:,} of at most {plural(self.cap, 'picture')}"
        if self.pictures <= self.expected:
            return f"{self.pictures:,} of {plural(self.expected, 'picture')}"
        return plural(self.pictures, "picture")


class Progress(Protocol):
    """Shows how far a run is, as a context manager; any thread may call it.

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

    def update(self, step: Step) -> None:
        """Show how far the run is."""
        ...

    def say(self, line: str) -> None:
        """Show a line that stays, above what is drawn anew."""
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


def shown(line: str) -> str:
    """Return a line as it may be printed, whatever is in it."""
    return obeyed_by_none(one_line(line, LONGEST_LINE))


class PlainProgress:
    """Writes a line after five seconds, and then less and less often: for logs."""

    def __init__(self, total: int, stream: TextIO, clock: Callable[[], float]) -> None:
        self.total = total
        self.stream = stream
        self.clock = clock
        self.started = clock()
        self.due = self.started + FIRST_S
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self.started = self.clock()
        self.due = self.started + FIRST_S
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stream.flush()

    def update(self, step: Step) -> None:
        """Write a line if it is time for one."""
        with self._lock:
            now = self.clock()
            if now < self.due:
                return
            took = now - self.started
            self.due = now + min(max(FIRST_S, SHARE * took), LONGEST_S)
        left = _rest(took, _share(step, self.total))
        self.say(
            f"{step.done}/{self.total} requests, {step.spent}, {seconds(took)}"
            f"{f', about {left} left' if left else ''}{f': {step.what}' if step.what else ''}"
        )

    def say(self, line: str) -> None:
        """Write a line."""
        encoding = self.stream.encoding or "utf-8"
        text = f"{shown(line)}\n".encode(encoding, "backslashreplace").decode(encoding)
        with self._lock:
            self.stream.write(text)
            self.stream.flush()


def _share(step: Step, total: int) -> float:
    if step.share is not None:
        return step.share
    return step.done / total if total else 0.0


def _rest(took_s: float, share: float) -> str:
    """Return how long the rest takes at the pace so far, or "" where there is no pace or no rest."""
    if not 0 < share < 1:
        return ""
    left_s = took_s / share * (1 - share)
    return f"{max(left_s, 1):.0f} s" if left_s < MINUTE_S else seconds(left_s)


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

    def update(self, step: Step) -> None:
        """Draw the line anew."""
        left = _rest(self.clock() - self.started, _share(step, self.total))
        room = max(0, self.shown.console.width - OTHER_COLUMNS)
        self.shown.update(
            self.task,
            total=self.total,
            completed=step.done,
            pictures=step.spent,
            left=f"{left} left" if left else "",
            what=one_line(step.what, room) if room else "",
        )

    def say(self, line: str) -> None:
        """Print a line above the one that is drawn anew."""
        from rich.text import Text  # noqa: PLC0415 - only a terminal needs rich

        self.shown.console.print(Text(shown(line)), no_wrap=True, overflow="ellipsis", crop=True)


def _rich_progress(stream: TextIO, *, color: bool) -> RichProgress:
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs rich, and importing it takes long
    from rich.progress import (  # noqa: PLC0415 - only a terminal needs rich, and importing it takes long
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )
    from rich.table import Column  # noqa: PLC0415 - only a terminal needs rich, and importing it takes long

    def text(name: str) -> TextColumn:
        return TextColumn(
            f"{{task.fields[{name}]}}", markup=False, table_column=Column(no_wrap=True)
        )

    return Progress(
        BarColumn(bar_width=10),
        MofNCompleteColumn(),
        *(text("pictures"), TimeElapsedColumn(), text("left"), text("what")),
        console=Console(file=stream, no_color=not color, force_terminal=True, highlight=False),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
