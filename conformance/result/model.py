"""The result of a run: statuses, verdict, and the values behind `result.json` (see `stored`).

Every report is drawn from these values and from nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

RESULT_SCHEMA_VERSION = 1


class Status(StrEnum):
    """What a run says of one check or of one requirement."""

    PASS = "pass"  # noqa: S105 - a status, not a password
    FAIL = "fail"
    WARN = "warn"
    UNTESTABLE = "untestable"
    NOT_APPLICABLE = "not-applicable"
    NOT_SELECTED = "not-selected"
    FLAKY = "flaky"
    ERROR = "error"


WORST_FIRST = (
    Status.FAIL,
    Status.ERROR,
    Status.FLAKY,
    Status.UNTESTABLE,
    Status.WARN,
    Status.PASS,
    Status.NOT_APPLICABLE,
    Status.NOT_SELECTED,
)


class Verdict(StrEnum):
    """What a run says of the gateway."""

    CONFORMANT = "conformant"
    NONCONFORMANT = "nonconformant"
    INCOMPLETE = "incomplete"
    PARTIAL = "partial"


@dataclass(frozen=True)
class Check:
    """One judged check: a pytest node, its status and the exchanges that it read."""

    node: str
    status: Status
    message: str = ""
    exchanges: tuple[str, ...] = ()
    duration_s: float = 0.0


@dataclass(frozen=True)
class RequirementResult:
    """One requirement of the contract with the checks that judged it."""

    id: str
    clause: str
    level: str
    source: str
    text: str
    basis: str
    status: Status
    hint: str = ""
    message: str = ""
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True)
class Observation:
    """Something that the documentation leaves open: recorded, never judged."""

    id: str
    clause: str
    text: str
    findings: tuple[Check, ...] = ()


@dataclass(frozen=True)
class FormField:
    """One part of the form that was sent, as a person reads it."""

    name: str
    value: str = ""
    filename: str | None = None
    content_type: str | None = None
    size_bytes: int = 0
    fixture: str | None = None


@dataclass(frozen=True)
class Picture:
    """One picture of an answer, measured from its bytes."""

    source: str
    format: str | None
    width: int | None
    height: int | None
    size_bytes: int
    sha256: str
    thumbnail: str | None = None


@dataclass(frozen=True)
class ProviderCall:
    """One call that an exchange caused at the observed provider; the whole is in the evidence."""

    id: str
    method: str
    path: str
    model: str = ""
    recognized_by: str = ""
    fields: tuple[FormField, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    status: int | None = None
    end: str = ""
    pictures: int = 0
    reply_body: str = ""


@dataclass(frozen=True)
class Try:
    """An earlier answer to the same bytes: why they were sent again."""

    outcome: str
    body: str = ""
    elapsed_s: float = 0.0


@dataclass(frozen=True)
class ExchangeSummary:
    """One exchange as reports show it; the whole of it is in the evidence."""

    id: str
    label: str
    method: str
    url: str
    request_headers: tuple[tuple[str, str], ...] = ()
    fields: tuple[FormField, ...] = ()
    request_body: str = ""
    request_bytes: int = 0
    curl: str = ""
    status: int | None = None
    failure: str | None = None
    reply_headers: tuple[tuple[str, str], ...] = ()
    reply_body: str = ""
    reply_bytes: int = 0
    reply_truncated: bool = False
    elapsed_s: float = 0.0
    attempts: int = 1
    tries: tuple[Try, ...] = ()
    pictures: tuple[Picture, ...] = ()
    twin: str | None = None
    calls: tuple[ProviderCall, ...] = ()


@dataclass(frozen=True)
class Diagnosis:
    """What stood in the way of judging, whose problem it looks like, and what to do."""

    problem: str
    whose: str
    what_to_do: str
    exchanges: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ledger:
    """What a run sent, spent and waited for; `pictures` is by clause, and by other purposes."""

    requests: int = 0
    retried: int = 0
    second_looks: int = 0
    probes: int = 0
    most_in_flight: int = 0
    waited_s: float = 0.0
    pictures: dict[str, int] = field(default_factory=dict)
    uncertain: int = 0
    taken_over: int = 0
    taken_over_images: int = 0


@dataclass(frozen=True)
class Result:
    """Everything that a run found out; `result.json` is this value."""

    verdict: Verdict
    profile: str
    target: dict[str, Any]
    suite: dict[str, str]
    contract: dict[str, str]
    seed: int
    started: str
    duration_s: float
    requests: int
    images: int
    requirements: tuple[RequirementResult, ...]
    clauses: dict[str, str] = field(default_factory=dict)
    observations: tuple[Observation, ...] = ()
    exchanges: dict[str, ExchangeSummary] = field(default_factory=dict)
    diagnosis: tuple[Diagnosis, ...] = ()
    notes: tuple[str, ...] = ()
    command: str = ""
    ledger: Ledger = field(default_factory=Ledger)
    selection: tuple[str, ...] = ()
    shard: str = ""
    schema: int = RESULT_SCHEMA_VERSION


def worst(statuses: list[Status]) -> Status:
    """Return the worst of several statuses; none at all is `not-selected`."""
    return min(statuses, key=WORST_FIRST.index, default=Status.NOT_SELECTED)


def verdict_of(
    requirements: tuple[RequirementResult, ...], *, reached: bool, narrowed: bool
) -> Verdict:
    """Decide the verdict of a run.

    Args:
        requirements: every requirement of the contract with its status.
        reached: whether the preflight found a gateway that can be judged.
        narrowed: whether a selection narrower than a profile was run.
    """
    must = [r.status for r in requirements if r.level == "MUST"]
    unsettled = {Status.UNTESTABLE, Status.FLAKY, Status.ERROR}
    errors = any(r.status is Status.ERROR for r in requirements)
    judged = any(r.status in (Status.PASS, Status.WARN, Status.FAIL) for r in requirements)
    if not reached or not judged:
        return Verdict.INCOMPLETE
    if narrowed:
        undecided = Status.FAIL not in must and bool(unsettled.intersection(must))
        return Verdict.INCOMPLETE if undecided or errors else Verdict.PARTIAL
    if Status.FAIL in must:
        return Verdict.NONCONFORMANT
    if errors or unsettled.intersection(must):
        return Verdict.INCOMPLETE
    return Verdict.CONFORMANT


def exit_code(result: Result) -> int:
    """Return the process's exit code: 0 conformant, 1 nonconformant, 3 incomplete.

    A partial run exits with 1 if a MUST failed and with 0 otherwise.
    """
    if result.verdict is Verdict.INCOMPLETE:
        return 3
    failed = any(r.status is Status.FAIL and r.level == "MUST" for r in result.requirements)
    return 1 if failed else 0
