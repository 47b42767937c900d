"""Signals that end a run: the first one stops it with its reports, a second one ends it at once.

SIGINT (Ctrl-C), SIGTERM and SIGHUP are alike. A signal that was ignored when the process started
stays ignored: `nohup` ignores SIGHUP. While something is held (`held`), a signal only waits: the
reports of a run that has ended are written before the process ends.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
# A shell says in this way that a process was ended by a signal.
SIGNALLED = 128
INTERRUPTED = SIGNALLED + signal.SIGINT
# `timeout`, and a terminal that closes, send one signal twice; a person takes longer for a second one.
SAME_S = 0.3


class Stopped(KeyboardInterrupt):
    """A signal came that ends the run."""


@dataclass
class _State:
    """What this process has received, and how many blocks hold it back."""

    received: list[int] = field(default_factory=list)
    first_at: float = 0.0
    held: int = 0


_state = _State()


@contextlib.contextmanager
def installed() -> Iterator[None]:
    """Handle the signals while the block runs, in the main thread."""
    _state.received.clear()
    before = {number: signal.signal(number, _received) for number in _handled()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _handled() -> list[signal.Signals]:
    if threading.current_thread() is not threading.main_thread():
        return []
    known = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
    return [number for number in known if signal.getsignal(number) is not signal.SIG_IGN]


def exit_code() -> int | None:
    """Return how the process ends if a signal came: 130 for SIGINT, 143 for SIGTERM, 129 for SIGHUP."""
    return SIGNALLED + _state.received[0] if _state.received else None


def check() -> None:
    """Raise `Stopped` if a signal came; what it raised then may have been lost in a callback."""
    if _state.received and not _state.held:
        raise Stopped


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Let a signal wait while the block runs, but for a second one."""
    _state.held += 1
    try:
        yield
    finally:
        _state.held -= 1


@contextlib.contextmanager
def released() -> Iterator[None]:
    """Let a signal stop the block, within one that holds it.

    Raises:
        Stopped: a signal came, perhaps before.
    """
    before, _state.held = _state.held, 0
    try:
        check()
        yield
    finally:
        _state.held = before


def _received(number: int, _frame: FrameType | None) -> None:
    now = time.monotonic()
    if _state.received and now - _state.first_at < SAME_S:
        return
    if _state.received:
        _end_at_once(number)
    _state.received.append(number)
    _state.first_at = now
    if not _state.held:
        raise Stopped


def _end_at_once(number: int) -> None:
    for child in multiprocessing.active_children():
        with contextlib.suppress(OSError, ValueError):
            child.kill()
    with contextlib.suppress(Exception):
        sys.stderr.write("conformance: ended at once, by a second signal\n")
        sys.stderr.flush()
    os._exit(SIGNALLED + number)
