"""What the command line shows of a run: its progress on standard error, and its summary."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import TYPE_CHECKING, Any

from conformance.cli import streams

if TYPE_CHECKING:
    from conformance.result.model import Result
    from conformance.send.usage import Usage


def _pace(spent: Usage) -> str:
    """Return at which rate the run sends, and what told it so, or nothing."""
    if spent.per_minute:
        learnt = f" (learnt from {spent.limited} x 429)" if spent.limited else ""
        return f"at {spent.per_minute:.0f} a minute{learnt}"
    return "the gateway answers 429: looking for its rate" if spent.limited else ""


class Shown:
    """Progress on standard error, begun when the first answer comes."""

    def __init__(self) -> None:
        self._progress: Any = None

    def __enter__(self) -> None:
        return None

    def __exit__(self, *raised: object) -> None:
        if self._progress is not None:
            # How a run was shown must not decide how it ends.
            with contextlib.suppress(Exception):
                self._progress.__exit__(*raised)

    def update(self, done: int, total: int, spent: Usage, share: float) -> None:
        """Show how many requests are done, what they cost, and the share of the work."""
        if not total:
            return  # the preflight: how much is to be done is not known yet
        if self._progress is None:
            from conformance.reports.progress import progress  # noqa: PLC0415 - --help needs none

            self._progress = progress(total, streams.progress())
            self._progress.__enter__()
        self._progress.total = total
        self._progress.update(min(done, total), spent.images, share, _pace(spent))


def summary(result: Result, written: tuple[str, ...], system: str) -> str:
    """Return the summary of a result for this terminal, and what the CI system gets besides.

    Args:
        result: what to sum up.
        written: the paths of its files.
        system: what `--ci` said.
    """
    import shutil  # noqa: PLC0415 - a page of help needs none

    from conformance.reports import ci, terminal  # noqa: PLC0415 - a page of help needs none

    text = terminal.summary(
        result,
        width=shutil.get_terminal_size().columns,
        color=terminal.use_color(sys.stdout, dict(os.environ)),
        unicode=terminal.use_unicode(sys.stdout),
        reports=written,
    )
    return ci.dressed(text, result, ci.system(system, os.environ), time.time())
