"""Runs pytest as a person does, against reference gateways: in a process and a folder of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.commanding import forked

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping
    from pathlib import Path

# What the tests of this project load besides, and no test here is about.
APART = (
    "-p",
    "no:cacheprovider",
    "-p",
    "no:cov",
    "-p",
    "no:schemathesis",
    "-p",
    "no:hypothesispytest",
)
QUICK = {"CONFORMANCE_PROFILE": "smoke"}


def with_pytest(cwd: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return forked("-m", "pytest", *APART, *arguments, cwd=cwd, **env)


def checks(cwd: Path, url: str, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    own = ("--pyargs", "conformance.checks", "-q")
    return with_pytest(cwd, *own, *(("--conformance-url", url) if url else ()), *arguments, **env)


def statuses(result: Mapping[str, Any]) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """How each requirement ended, and which checks blame the gateway for it or could not judge it.

    Of several requests that a gateway accepts although it should not, a run sends a few, those that are
    answered first; so which requests of a check these are is not the same in two runs.
    """
    unlike = ("pass", "not-applicable")
    return {
        r["id"]: (
            r["status"],
            sorted(
                {
                    (c["node"].partition("[")[0], c["status"])
                    for c in r["checks"]
                    if c["status"] not in unlike
                }
            ),
        )
        for r in result["requirements"]
    }
