"""Runs a program to its end, against a gateway of its own, and says what that took of the machine."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Took:
    """What a program took: seconds, processor seconds, most memory; and what the gateway counted."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    output: str = ""
    requests: int = 0
    successes: int = 0
    pictures: int = 0


@dataclass
class Gateway:
    """A gateway that was started: where it is, and, once it ended, what it was asked."""

    url: str
    counts: dict[str, int] = field(default_factory=dict)


@contextlib.contextmanager
def gateway(drawing_s: float) -> Iterator[Gateway]:
    """Serve the reference gateway in a process of its own while the block runs."""
    command = [sys.executable, str(HERE / "gateway.py"), str(drawing_s)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - this interpreter
        assert process.stdout is not None
        found = Gateway(process.stdout.readline().strip())
        try:
            yield found
        finally:
            process.send_signal(signal.SIGTERM)
            found.counts.update(json.loads(process.stdout.readline()))


def measured(drawing_s: float, command: Callable[[str], list[str]], cwd: Path) -> Took:
    """Run a program against a fresh gateway; `command` gives its words for the gateway's URL."""
    with gateway(drawing_s) as served:
        took = run(command(served.url), cwd)
    return Took(took.wall_s, took.cpu_s, took.peak_mb, took.output, **served.counts)


def run(command: list[str], cwd: Path) -> Took:
    """Run a program to its end and return what it took of the machine.

    Raises:
        RuntimeError: it broke; the message holds what it wrote.
    """
    started = time.perf_counter()
    with (cwd / "output").open("w+b") as output:
        process = subprocess.Popen(command, cwd=cwd, stdout=output, stderr=subprocess.STDOUT)  # noqa: S603 - this interpreter
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read().decode("utf-8", "replace")
    # 1: a run that finds something; st run always does.
    if process.returncode not in (0, 1):
        raise RuntimeError(f"{command} ended with {process.returncode}:\n{said[-3000:]}")
    return Took(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, said)
