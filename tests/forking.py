"""Runs commands in processes that are forked from one that has imported the suite already.

A new Python takes up to two seconds of processor time for imports alone, and most tests of the command
line need none of that: only a process of their own, with its environment, folder, streams, limits and
exit code. One process for each worker of the tests imports the suite once, and forks for each command.
Where the start of Python itself is what a test is about (`-P`, variables of Python, streams that are
closed, signals, how fast a page of help is), `tests.commanding.python` starts a new one.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import importlib
import io
import json
import os
import resource
import runpy
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from conformance.contract import contract

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Asked(TypedDict):
    """What a command is, as a test asks for it."""

    arguments: list[str]
    cwd: str
    env: dict[str, str]
    limits: dict[str, int]


# What nearly every command imports. The checks are not among these: a run imports them itself.
WARM = (
    *("conformance.cli.main", "conformance.cli.embedded", "conformance.cli.dry_run"),
    *("conformance.run.launch", "conformance.run.judge", "conformance.run.pytest_plugin"),
    *("conformance.reports", "conformance.reports.html", "conformance.reports.junit"),
    *("conformance.reports.terminal", "conformance.result.merge", "conformance.result.storage"),
    *("conformance.cases.generated.drawing", "conformance.verify.verifying", "jsonschema"),
    *("conformance.reference.demo", "conformance.reference.credentials", "conformance.run.items"),
    *(
        "conformance.run.fixtures",
        "conformance.run.selection",
        "conformance.judging.counterexample",
    ),
    *("conformance.judging.leaks", "conformance.judging.schemas", "conformance.plan.sharding"),
    *("jwt", "cryptography.x509", "anyio._backends._asyncio", "encodings.idna"),
)
LARGEST_REQUEST = 1 << 20
# No command opens a file or connection of a larger number before it has read its arguments.
LARGEST_NUMBER = 256
STREAMS = (0, 1, 2)
TIMEOUT_S = 120


def run(
    *arguments: str,
    cwd: Path,
    env: Mapping[str, str],
    limits: Mapping[int, int] | None = None,
    timeout_s: float = TIMEOUT_S,
) -> subprocess.CompletedProcess[str]:
    """Return what a command came to: `-m conformance …` or `-c PROGRAM …`, as Python's own arguments.

    Args:
        arguments: what stands behind `python` on the command line.
        cwd: the folder it is started in.
        env: its whole environment.
        limits: limits of its resources, by the numbers of the module `resource`, in bytes or seconds.
        timeout_s: so long it may take; then it is killed, and `subprocess.TimeoutExpired` raised.
    """
    asked: Asked = {
        "arguments": list(arguments),
        "cwd": str(cwd),
        "env": dict(env),
        "limits": {str(what): most for what, most in (limits or {}).items()},
    }
    (out_read, out), (err_read, err) = os.pipe(), os.pipe()
    nothing = os.open(os.devnull, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
        connection.connect(_parent())
        socket.send_fds(connection, [json.dumps(asked).encode()], [nothing, out, err])
        for number in (nothing, out, err):
            os.close(number)
        with _read_beside(out_read) as said, _read_beside(err_read) as errors:
            pid = int(connection.recv(64))
            connection.settimeout(timeout_s)
            try:
                code = int(connection.recv(64))
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                raise subprocess.TimeoutExpired(arguments, timeout_s) from None
    return subprocess.CompletedProcess(arguments, code, said.getvalue(), errors.getvalue())


@contextlib.contextmanager
def _read_beside(number: int) -> Iterator[io.StringIO]:
    """Read a pipe in a thread, so that a full one stops nobody; all is there when the context ends."""
    text = io.StringIO()

    def read() -> None:
        with open(number, encoding="utf-8") as pipe:
            text.write(pipe.read())

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield text
    finally:
        thread.join()


@functools.cache
def _parent() -> str:
    """Start the process that forks, and return the path of its socket; it ends with this process."""
    path = str(Path(tempfile.mkdtemp(prefix="forking-")) / "socket")
    kept = {k: os.environ[k] for k in ("PATH", "HOME") if k in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.forking", path],
        cwd=Path(__file__).parents[1], env={**kept, "LANG": "C.UTF-8"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    ready = process.stdout.readline()
    assert ready == b"ready\n", "it could not import the suite"

    def end() -> None:
        process.communicate()

    atexit.register(end)
    return path


# ---------------------------------------------------------------- the process that forks


def _serve(path: str) -> Asked | None:
    """Fork for each request until standard input ends; in a child, return what it is to become."""
    for name in WARM:
        importlib.import_module(name)
    contract.load()
    gc.collect()
    gc.freeze()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(path)
    listener.listen()
    os.write(1, b"ready\n")
    while 0 not in select.select([listener.fileno(), 0], [], [])[0]:
        connection, _ = listener.accept()
        with connection:
            if os.fork() == 0 and (asked := _tended(connection)) is not None:
                return asked
        _buried(os.WNOHANG)
    shutil.rmtree(Path(path).parent)
    _buried(0)
    return None


def _buried(how: int) -> None:
    """Take the exit codes of the children that have ended, or of all."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, how)[0]:
            pass


def _tended(connection: socket.socket) -> Asked | None:
    """Fork the command and tell the test how it ends; returns in the command alone."""
    told, numbers, _, _ = socket.recv_fds(connection, LARGEST_REQUEST, len(STREAMS))
    pid = os.fork()
    if pid == 0:
        for stream, number in zip(STREAMS, numbers, strict=True):
            os.dup2(number, stream)
        os.closerange(len(STREAMS), LARGEST_NUMBER)
        connection.detach()
        asked: Asked = json.loads(told)
        return asked
    for number in numbers:
        os.close(number)
    connection.send(str(pid).encode())
    _, status = os.waitpid(pid, 0)
    with contextlib.suppress(OSError):
        connection.send(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _become(asked: Asked) -> None:
    """Be the command: in its folder and environment, with its streams and limits."""
    os.environ.clear()
    os.environ.update(asked["env"])
    os.chdir(asked["cwd"])
    for what, most in asked["limits"].items():
        resource.setrlimit(int(what), (most, most))
    given = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - the streams last as long as the process
    said = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - the streams last as long as the process
    errors = open(2, "w", 1, "utf-8", "backslashreplace", closefd=False)  # noqa: SIM115 - the streams last as long as the process
    sys.stdin, sys.stdout, sys.stderr = given, said, errors
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = given, said, errors  # type: ignore[misc] # a new Python has the same
    how, what, *arguments = asked["arguments"]
    sys.argv = [how, *arguments]
    if how == "-m":
        sys.path[0] = asked["cwd"]
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        sys.path[0] = ""
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})


if __name__ == "__main__":
    if (wanted := _serve(sys.argv[1])) is not None:
        _become(wanted)
