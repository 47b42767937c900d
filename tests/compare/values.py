"""Small results to lay side by side."""

from __future__ import annotations

import dataclasses
from typing import Any

from conformance.result.exchange_summary import ExchangeSummary
from conformance.result.findings import find
from conformance.result.model import Check, Observation, RequirementResult, Result, Status
from conformance.result.verdict import verdict_of, worst

URL = "https://gateway.example"


def check(
    status: str, *exchanges: str, case: str = "n=11", message: str = "", function: str = "test_n"
) -> Check:
    return Check(f"test_n.py::{function}[{case}]", Status(status), message, exchanges, 0.1)


def row(id_: str, *checks: Check, status: str = "", level: str = "MUST") -> RequirementResult:
    found = Status(status) if status else worst([c.status for c in checks])
    clause = id_.partition("-")[0]
    return RequirementResult(
        id_, clause, level, "stated", f"What {id_} demands.", "line 1", found, checks=checks
    )


def sent(id_: str, label: str = "n=11", status: int | None = 400, **more: Any) -> ExchangeSummary:
    where = f"{URL}/v1/images/variations"
    return ExchangeSummary(id_, label, "POST", where, status=status, **{"elapsed_s": 0.1, **more})


def result(
    *rows: RequirementResult,
    exchanges: tuple[ExchangeSummary, ...] = (),
    observations: tuple[Observation, ...] = (),
    **changes: Any,
) -> Result:
    given: dict[str, Any] = {
        "verdict": verdict_of(rows, reached=True, narrowed=False),
        "profile": "core",
        "target": {"url": URL, "path": "/v1/images/variations", "credentials": ["virtual-key"]},
        "suite": {"version": "0.1.0"},
        "contract": {"version": "1.0.0", "sha256": "0" * 64},
        "seed": 1,
        "started": "2026-01-02T03:04:05+00:00",
        "duration_s": 1.0,
        "requests": 3,
        "images": 1,
        "requirements": rows,
        "observations": observations,
        "exchanges": {e.id: e for e in exchanges},
    }
    made = Result(**{**given, **changes})
    return dataclasses.replace(made, findings=find(made))


def refusing(status: int | None, *, seed: str = "a", label: str = "n=11") -> Result:
    """A gateway that answers n=11 in this way; its ids depend on its seed, as those of runs do."""
    refused = status is not None and 400 <= status < 500
    message = "" if refused else f"expected a refusal (4xx)\ngot {status}"
    exchanges = (sent(f"{seed}0", "n=1", 200), sent(f"{seed}1", label, status, twin=f"{seed}0"))
    judged = check("pass" if refused else "fail", f"{seed}1", f"{seed}0", message=message)
    return result(row("N-2", judged), row("N-3", status="pass"), exchanges=exchanges)
