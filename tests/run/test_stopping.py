"""The first signal stops a run, a second one ends it at once; what is held is finished first."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

PROGRAM = """
import sys, time
from conformance.run import stopping

def waits(seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(0.01)

with stopping.installed():
    try:
        {body}
    except KeyboardInterrupt as error:
        print("stopped", type(error).__name__, flush=True)
    sys.exit(stopping.exit_code() or 0)
"""
WAITS = "print('ready', flush=True); waits(60)"
HELD = """
        with stopping.held():
            print('ready', flush=True)
            waits(1.5)
            print('written', flush=True)
            try:
                with stopping.released():
                    waits(60)
            except stopping.Stopped:
                print('released', flush=True)
        print('after', flush=True)
""".strip()


def run(body: str, *signals: tuple[float, signal.Signals]) -> tuple[int, str, str]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(body=body)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    for after_s, number in signals:
        time.sleep(after_s)
        process.send_signal(number)
    out, errors = process.communicate(timeout=60)
    return process.returncode, out, errors


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_each_signal_stops_and_has_its_exit_code(number: signal.Signals, code: int) -> None:
    assert run(WAITS, (0, number)) == (code, "stopped Stopped\n", "")


def test_a_signal_waits_for_what_is_held() -> None:
    assert run(HELD, (0, signal.SIGTERM)) == (143, "written\nreleased\nafter\n", "")


def test_a_second_signal_ends_at_once() -> None:
    code, out, errors = run(HELD, (0, signal.SIGTERM), (0.6, signal.SIGINT))
    assert (code, out) == (130, "")
    assert errors == "conformance: ended at once, by a second signal\n"


def test_a_signal_that_is_sent_twice_by_a_program_is_one() -> None:
    """`timeout` signals the process and its group, a terminal that closes the same."""
    code, out, _ = run(HELD, (0, signal.SIGTERM), (0.05, signal.SIGTERM))
    assert (code, out) == (143, "written\nreleased\nafter\n")


def test_what_was_ignored_stays_ignored() -> None:
    """As under `nohup`."""
    body = "print('ready', flush=True); waits(1.5); print('done')"
    program = PROGRAM.format(body=body).replace(
        "with stopping.inst", "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\nwith stopping.inst"
    )  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGHUP)
    assert process.communicate(timeout=60)[0] == "done\n"
    assert process.returncode == 0
