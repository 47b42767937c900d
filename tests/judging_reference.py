"""Judges the reference gateway in this process, with defects or variants, over real HTTP."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

from conformance import cli, launch
from conformance.demo import DEMO_VARIABLES
from conformance.reference import catalogue
from conformance.reference.server import running
from conformance.result import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.result import Result

TIMEOUT_S = "3"
BLAMED = (Status.FAIL, Status.WARN, Status.FLAKY, Status.ERROR)


def judged(
    defects: Sequence[str] = (),
    variants: Sequence[str] = (),
    arguments: Sequence[str] = (),
    primary: str = "virtual-key",
) -> Result:
    """Return the result of a run against the reference gateway."""
    keys = sorted(DEMO_VARIABLES.api_keys, key=lambda row: not row.startswith(f"{primary}="))
    with (
        running(catalogue.behaviour(defects, variants)) as url,
        tempfile.TemporaryDirectory() as folder,
    ):
        parsed = cli.parser().parse_args(
            [
                *("run", url, "--report-dir", folder, "--timeout", TIMEOUT_S),
                *("--failing-model", DEMO_VARIABLES.failing_model),
                *("--other-tenant-key-env", DEMO_VARIABLES.other_tenant),
                *("--expired-key-env", DEMO_VARIABLES.expired),
                *(word for row in keys for word in ("--api-key-env", row)),
                *arguments,
            ]
        )
        environment = {**os.environ, **DEMO_VARIABLES.environment()}
        return launch.judge(launch.session_for(vars(parsed), environment, embedded=True))


def blamed(result: Result) -> dict[str, str]:
    """Return what a result holds against the gateway: requirement id and message."""
    return {r.id: r.message for r in result.requirements if r.status in BLAMED}
