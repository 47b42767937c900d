"""Runs the suite against the reference gateway in this process, as the self-test does."""

from __future__ import annotations

import contextlib
import os
import tempfile
from functools import reduce
from typing import TYPE_CHECKING, Any

from conformance.provider.server import listening, url_of
from conformance.reference import catalogue
from conformance.reference.demo import DEMO_VARIABLES
from conformance.reference.proxies import server as proxies
from conformance.reference.server import running
from conformance.run import launch
from conformance.run.judge import judge
from conformance.target import resolution
from conformance.target.target import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from conformance.reference.differences import Patch
    from conformance.result.model import Result

    Before = Callable[[str], AbstractContextManager[str]]

SEED = 1
TIMEOUT_S = 3
# Longer than the reference gateway waits for a provider, shorter than one that is slow on order.
OBSERVED_TIMEOUT_S = 4


def judged(
    defects: Sequence[str] = (),
    variants: Sequence[str] = (),
    arguments: Sequence[str] = (),
    primary: str = "virtual-key",
    *,
    changes: Sequence[str] = (),
    observed: bool = False,
    before: Before | None = None,
    patches: Sequence[Patch] = (),
    then: Callable[[Result, Path], object] = lambda _result, _folder: None,
    **values: Any,
) -> Result:
    """Return the result of a run against the reference gateway, in this process, over real HTTP.

    Args:
        defects: ids of the defects that it has.
        variants: ids of the variants that it is.
        arguments: flags of `conformance run`, as on its command line.
        primary: the kind of the credential that comes first.
        changes: ids of what a proxy before it changes; without any there is no proxy.
        observed: whether it forwards to a provider that the run plays.
        before: what stands before it and takes TLS off: from its URL to the one to judge.
        patches: how it differs besides, where no id says so.
        then: gets the result, and the folder of the run while it is there.
        values: more settings of the run, by their Python names.
    """
    listener = listening(LOOPBACK, 0) if observed else None
    provider = url_of(listener) if listener else ""
    behaviour = reduce(lambda b, patch: patch(b), patches, catalogue.behaviour(defects, variants))
    with (
        running(behaviour, provider, behind_tls=before is not None) as gateway,
        _proxied(gateway, changes) as changed,
        before(changed) if before else contextlib.nullcontext(changed) as url,
        tempfile.TemporaryDirectory() as folder,
    ):
        flags = {
            "url": url,
            "report_dir": folder,
            **_demo_settings(primary, observed=observed),
            **resolution.from_flags(arguments),
            **values,
        }
        environment = {**os.environ, **DEMO_VARIABLES.environment()}
        session = launch.session_for(flags, environment, embedded=True, observe_on=listener)
        result = judge(session)
        then(result, session.options.report_dir)
        return result


@contextlib.contextmanager
def _proxied(gateway: str, changes: Sequence[str]) -> Iterator[str]:
    if not changes:
        yield gateway
        return
    with proxies.running(gateway, [catalogue.change(id_) for id_ in changes]) as url:
        yield url


def _demo_settings(primary: str, *, observed: bool) -> dict[str, Any]:
    """Return the settings of every trial, with the credential of the primary kind first."""
    kinds = sorted(DEMO_VARIABLES.api_keys, key=lambda row: not row.startswith(f"{primary}="))
    known = {
        "api_key_env": kinds,
        "other_tenant_key_env": DEMO_VARIABLES.other_tenant,
        "expired_key_env": DEMO_VARIABLES.expired,
        "seed": SEED,
    }
    if observed:
        return {**known, "observe": "0", "timeout": OBSERVED_TIMEOUT_S}
    return {**known, "failing_model": DEMO_VARIABLES.failing_model, "timeout": TIMEOUT_S}
