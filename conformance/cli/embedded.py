"""The reference gateway as `conformance run` and `conformance serve` use it."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.cli import streams
from conformance.errors import ConformanceError, UsageError
from conformance.reference.demo import DEMO_VARIABLES
from conformance.target import resolution, settings
from conformance.target.build import address
from conformance.target.target import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ANNOUNCEMENT = "listening on "


@contextlib.contextmanager
def gateway(
    flags: dict[str, Any], environment: Mapping[str, str]
) -> Iterator[tuple[dict[str, Any], Mapping[str, str], bool]]:
    """Start the reference gateway in a process of its own, if the run has no URL.

    Yields:
        The flags with its URL, the environment with its demonstration credentials, and whether
        it was started.
    """
    if flags.get("url") or environment.get("CONFORMANCE_URL") or _config_has_url(flags):
        yield flags, environment, False
        return
    if flags.get("dry_run"):
        yield (
            _aimed(flags, "http://127.0.0.1:8080"),
            {**environment, **DEMO_VARIABLES.environment()},
            False,
        )
        return
    flags, provider = _observed(flags, environment)
    process = subprocess.Popen(  # noqa: S603 - this interpreter, and an address that was read
        # -P: a json.py in the working directory must not take the place of Python's own.
        [
            sys.executable,
            "-P",
            "-m",
            "conformance.reference",
            "--port",
            "0",
            "--while-stdin-is-open",
            *provider,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        _import_while_it_starts()
        line = process.stdout.readline()
        if not line.startswith(ANNOUNCEMENT):
            raise ConformanceError(
                "the embedded gateway did not start; try `conformance serve` to see why"
            )
        url = line.removeprefix(ANNOUNCEMENT).strip()
        yield _aimed(flags, url), {**environment, **DEMO_VARIABLES.environment()}, True
    finally:
        process.kill()  # it keeps no state, so it needs no orderly end
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def _observed(
    flags: dict[str, Any], environment: Mapping[str, str]
) -> tuple[dict[str, Any], list[str]]:
    """Return the flags with a whole --observe address, and the gateway's arguments that name it."""
    file = flags.get("config") or Path(settings.CONFIG_FILE)
    values = resolution.resolve(flags, environment, file if os.path.lexists(file) else None)
    at = address(values["observe"], "--observe", LOOPBACK)
    if at is None:
        return flags, []
    if not at[1]:
        raise UsageError("--observe: name a port; the embedded gateway must know it when it starts")
    host = f"[{at[0]}]" if ":" in at[0] else at[0]
    named = f"{host}:{at[1]}"
    return {**flags, "observe": named}, ["--provider", f"http://{named}"]


def _import_while_it_starts() -> None:
    import pytest  # noqa: F401, PLC0415 - imported ahead of time, while the gateway starts

    from conformance.run import assemble, judge, launch, pytest_plugin  # noqa: F401, PLC0415 - imported ahead of time, too


def _aimed(flags: dict[str, Any], url: str) -> dict[str, Any]:
    defaults = {
        "api_key_env": list(DEMO_VARIABLES.api_keys),
        "other_tenant_key_env": DEMO_VARIABLES.other_tenant,
        "expired_key_env": DEMO_VARIABLES.expired,
        "failing_model": DEMO_VARIABLES.failing_model,
    }
    if flags.get("observe"):
        del defaults["failing_model"]  # the stand-in provider has models that fail
    given = {k: v for k, v in flags.items() if v not in (None, [])}
    return {**defaults, **given, "url": url}


def _config_has_url(flags: dict[str, Any]) -> bool:
    file = flags.get("config") or Path(settings.CONFIG_FILE)
    return bool(os.path.lexists(file) and resolution.read_config(file).get("url"))


def serve(
    port: int,
    defects: list[str],
    variants: list[str],
    provider: str = "",
    changes: Sequence[str] = (),
) -> None:
    """Serve the reference gateway until a signal comes; with a `provider` it forwards to that.

    With `changes`, a proxy before it listens at the port and makes them.

    Raises:
        UsageError: there is no such defect, variant or change, the port cannot be bound, or the
            provider is no http address.
    """
    from conformance.reference import server  # noqa: PLC0415 - a run against another gateway needs none of it
    from conformance.reference.proxies import server as proxies  # noqa: PLC0415 - the same

    behaviour, made = _behaviour(defects, variants), _changes(changes)
    if not 0 <= port <= 65535:  # noqa: PLR2004 - the largest port
        raise UsageError(f"--port {port}: is no port; 0 takes a free one")
    if provider and not re.fullmatch(r"http://[^/\s]+/?", provider):
        raise UsageError(f"--provider {provider!r}: is no http://HOST:PORT, without a path")
    provider = provider.rstrip("/")
    try:
        if not made:
            server.serve(behaviour, port=port, provider=provider, announce=_announce)
            return
        with server.running(behaviour, provider) as gateway:
            proxies.serve(gateway, made, port=port, announce=_announce)
    except OSError as error:
        raise UsageError(f"--port {port}: {error.strerror}; 0 takes a free one") from error


def _changes(ids: Sequence[str]) -> list[Any]:
    from conformance.reference import catalogue as known  # noqa: PLC0415 - a run against another gateway needs none of it

    try:
        return [known.change(id_) for id_ in ids]
    except KeyError as error:
        raise UsageError(
            f"{error.args[0]!r} is no change of the proxy; see `conformance serve --list`"
        ) from error


def _behaviour(defects: list[str], variants: list[str]) -> Any:
    from conformance.reference import catalogue as known  # noqa: PLC0415 - a run against another gateway needs none of it

    try:
        return known.behaviour(defects, variants)
    except KeyError as error:
        raise UsageError(
            f"{error.args[0]!r} is no defect or variant; see `conformance serve --list`"
        ) from error


def _announce(url: str) -> None:
    demo = DEMO_VARIABLES.environment()
    key = demo["REFERENCE_VIRTUAL_KEY"]
    streams.write(
        f"{ANNOUNCEMENT}{url}\n"
        f"judge it:  conformance run {url}\n"
        f"a key:     export CONFORMANCE_API_KEY={key}\n"
        "stop with Ctrl-C\n"
    )


def catalogue() -> str:
    """Return the list of defects, with the requirements that each breaks, of variants and changes.

    What the self-test tries behind the proxy comes last: its ids go to `conformance selftest`.
    """
    from conformance.reference import catalogue as known  # noqa: PLC0415 - a run against another gateway needs none of it

    rows = [f"{d.id:<36} {', '.join(d.breaks):<20} {d.sentence}" for d in known.DEFECTS]
    rows += ["", *(f"{v.id:<36} {'(variant)':<20} {v.sentence}" for v in known.VARIANTS)]
    rows += ["", *(f"{c.id:<36} {'(change)':<20} {c.sentence} {c.source}." for c in known.CHANGES)]
    rows += ["", *(f"{b.id:<36} {'(behind a proxy)':<20} {b.sentence}" for b in known.BEHIND)]
    return "\n".join(rows) + "\n"
