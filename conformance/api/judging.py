"""`conformance.judge`: a gateway's result, for a program that asks for it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from conformance.errors import ConformanceError, UsageError, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conformance.api.serving import ASGIApp
    from conformance.api.settings import Settings
    from conformance.result.model import Result
    from conformance.run.session import Session

# Runs share this process's pytest, its environment and its modules.
_ONE_AT_A_TIME = threading.Lock()


def judge(
    target: str | ASGIApp,
    *,
    api_key: str | None = None,
    config: str | os.PathLike[str] | None = None,
    **settings: Unpack[Settings],
) -> Result:
    """Judge a gateway, and return what `conformance run` would find: its `Result`.

        result = conformance.judge("http://127.0.0.1:8080", api_key=key, profile="smoke")
        assert result.verdict == "conformant", result.findings

    The call blocks until the run is through: seconds in the profile smoke, more in core. It sends real
    requests, which cost pictures as those of the command line do. Runs of one process wait for each other.

    Args:
        target: the base URL of a gateway, or an ASGI app (FastAPI, Starlette). An app is served by uvicorn on
            a free port of 127.0.0.1, in a thread with an event loop of its own, and its lifespan runs.
        api_key: the credential itself. Without it, `api_key_env` names the variables that hold
            credentials; without that, `CONFORMANCE_API_KEY` holds one. A gateway that wants none is
            `auth="none"`.
        config: a configuration file; None takes `conformance.toml` if the working directory has one.
        settings: every setting of `conformance run`, by its Python name: `max_images=20`. It wins over
            its variable, and that over the file. Without `report_dir` no file is left behind; with it, the
            folder gets the evidence and the reports, as on the command line.

    Returns:
        The result: `verdict`, `findings` (the gravest first), `requirements`, `diagnosis` and more.
        `conformance.exit_code(result)` is the exit code of the command line.

    Raises:
        UsageError: a setting or the target cannot be used; or an event loop runs in this thread, which the
            call would stop: use `await asyncio.to_thread(conformance.judge, …)` there.
        ConformanceError: the suite itself, or this machine, kept the run from going on.
        KeyboardInterrupt: Ctrl-C came; what was found until then is in `report_dir`.
    """
    _demand_no_loop()
    from conformance.api.settings import as_flags  # noqa: PLC0415 - a gateway's tests import this early

    flags = as_flags(settings)
    environment: Mapping[str, str] = os.environ
    if api_key is not None:
        from conformance.target.settings import SECRET_VARIABLE  # noqa: PLC0415 - importing the package stays quick

        if "api_key_env" in flags:
            raise UsageError("api_key and api_key_env: both name a credential; leave out one")
        environment = {**os.environ, SECRET_VARIABLE: api_key}
        flags["api_key_env"] = [SECRET_VARIABLE]
    from conformance.run import garbage  # noqa: PLC0415 - importing the package stays quick

    with (
        _ONE_AT_A_TIME,
        garbage.seldom(),
        _url_of(target) as url,
        contextlib.ExitStack() as kept,
    ):
        if "report_dir" not in flags:
            folder = tempfile.TemporaryDirectory(prefix="conformance-", ignore_cleanup_errors=True)
            flags["report_dir"] = kept.enter_context(folder)
            return _judged({**flags, "url": url}, environment, config, kept, write=False)
        return _judged({**flags, "url": url}, environment, config, kept, write=True)


def write_reports(result: Result, folder: str | os.PathLike[str]) -> list[Path]:
    """Write the reports of a result into a folder, and return their paths.

    They are those of `conformance run`, without the evidence: `conformance verify` needs a run that had this
    folder as its `report_dir`.

    Raises:
        ConformanceError: a report cannot be written.
    """
    from conformance import reports  # noqa: PLC0415 - only who wants reports needs it

    return reports.write(result, Path(folder))


def _judged(
    flags: dict[str, Any],
    environment: Mapping[str, str],
    config: str | os.PathLike[str] | None,
    kept: contextlib.ExitStack,
    *,
    write: bool,
) -> Result:
    from conformance import reports  # noqa: PLC0415 - a gateway's tests import this early
    from conformance.run import judge as running  # noqa: PLC0415 - importing the package stays quick
    from conformance.run import launch, lock  # noqa: PLC0415 - importing the package stays quick
    from conformance.run.assemble import INTERRUPTED  # noqa: PLC0415 - importing the package stays quick

    session = launch.session_for(
        flags,
        environment,
        config=Path(config) if config is not None else None,
        command=f"conformance run {flags['url']}",
        hold=lambda folder, command: kept.enter_context(lock.locked(folder, command)),
    )
    result = running.judge(session)
    if write:
        reports.write(result, session.options.report_dir, troubles=session.troubles)
    if INTERRUPTED in result.notes:
        raise KeyboardInterrupt
    _demand_whole(session)
    return result


def _demand_whole(session: Session) -> None:
    """Raise what the suite itself failed at."""
    for trouble in session.troubles:
        if isinstance(trouble, ConformanceError):
            raise trouble
        raise ConformanceError(told(trouble)) from trouble


def _demand_no_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise UsageError(
        "judge() blocks, and an event loop runs in this thread: call it from a plain function, or with"
        " `await asyncio.to_thread(conformance.judge, …)`"
    )


@contextlib.contextmanager
def _url_of(target: str | Callable[..., Any]) -> Iterator[str]:
    if isinstance(target, str):
        yield target
        return
    if not callable(target):
        raise UsageError(
            f"judge() takes a URL or an ASGI app, and got {type(target).__name__}; write the base URL, like"
            " http://127.0.0.1:8080"
        )
    from conformance.api.serving import served  # noqa: PLC0415 - only an app needs a server

    with served(target) as url:
        yield url
