"""The result of a run: statuses, verdict, and the values behind `result.json` (see `storage`).

Every report is drawn from these values and from nothing else. They are the format of the file too:
`schema` makes its JSON Schema from the annotations, where a text describes a field, and
`Narrowed` says what its type leaves open.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from conformance.result.diagnosis import PROCESS, TIME, Diagnosis
from conformance.result.exchange_summary import (
    SHA256,
    Count,
    Duration,
    ExchangeSummary,
    Named,
    Narrowed,
)
from conformance.result.finding import Finding
from conformance.result.ledger import MERGED_BY, Ledger, added
from conformance.result.provenance import Challenge, Seal
from conformance.result.status import WORST_FIRST, Status, Verdict
from conformance.result.timeline import Timeline  # noqa: TC001 - the schema reads the annotations
from conformance.result.waived import Waiver, Waivers

__all__ = [
    "MERGED_BY",
    "PROCESS",
    "RESULT_SCHEMA_VERSION",
    "TIME",
    "WORST_FIRST",
    "Challenge",
    "Check",
    "Diagnosis",
    "Finding",
    "Ledger",
    "Observation",
    "RequirementResult",
    "Result",
    "Seal",
    "Status",
    "Verdict",
    "Waiver",
    "Waivers",
    "added",
]

RESULT_SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Check:
    """One judged check: a pytest node, its status and the exchanges that it read."""

    node: Annotated[Named, "The pytest node id, relative to the checks folder."]
    status: Status
    message: Annotated[str, "The first line says what was expected and what came."] = ""
    exchanges: Annotated[tuple[str, ...], "Ids of the exchanges that it read."] = ()
    duration_s: Duration = 0.0


@dataclass(frozen=True)
class RequirementResult:
    """One requirement of the contract with the checks that judged it."""

    id: Named
    clause: str
    level: Annotated[
        str,
        Narrowed(enum=["MUST", "SHOULD", "MAY"]),
        "MUST fails the gateway, SHOULD warns; MAY counts for nothing: the chosen set of requirements does not demand it.",
    ]
    source: Annotated[
        str,
        Narrowed(enum=["stated", "shown", "inferred"]),
        "How the documentation has it: in words, only in an example, or by a standard that it leans on.",
    ]
    text: str
    basis: Annotated[str, "The line of the documentation or the section of the standard."]
    status: Annotated[Status, "The worst status of its checks."]
    hint: Annotated[str, "Where the fix usually belongs."] = ""
    message: str = ""
    checks: tuple[Check, ...] = ()
    note: Annotated[
        str, "What a reader should know besides: what the gateway left to its provider."
    ] = ""
    subject: Annotated[
        str, "The part of a request or an answer that it is about; the widest part comes first."
    ] = ""
    demand: Annotated[
        str,
        "How the chosen set of requirements differs from the contract here: `not demanded by 1.0.0`, or the level that it had then; empty where it does not.",
    ] = ""
    waived: Annotated[Waiver | None, "The waiver that covers its failure; it stays a failure."] = (
        None
    )


@dataclass(frozen=True)
class Observation:
    """Something that the documentation leaves open: recorded, never judged."""

    id: str
    clause: str
    text: str
    findings: tuple[Check, ...] = ()


@dataclass(frozen=True, repr=False)
class Result:
    """Everything that a run found out; `result.json` is this value."""

    verdict: Verdict
    profile: Annotated[Named, "The profile that was run: smoke, core or full."]
    target: Annotated[
        dict[str, Any],
        "What was tested and what it was declared to be able to do; without credentials.",
    ]
    suite: Annotated[
        dict[str, str],
        Narrowed(required=["version"]),
        "The suite that judged: its version, and the SHA-256 of its sources.",
    ]
    contract: Annotated[
        dict[str, str],
        Narrowed(
            required=["version", "sha256"],
            properties={
                "sha256": {"type": "string", "pattern": SHA256},
                "set_sha256": {"type": "string", "pattern": SHA256},
                "set_state": {"type": "string", "pattern": "^(released|draft)$"},
            },
        ),
        "The contract that was judged against: its version and the SHA-256 of the file; the version of the set of requirements that counted, the SHA-256 of what it says, and whether it is released.",
    ]
    seed: Annotated[int, "What every generated value was drawn from."]
    started: Annotated[
        str, Narrowed(format="date-time"), "When the run started, with the offset from UTC."
    ]
    duration_s: Duration
    requests: Annotated[Count, "How many requests were sent."]
    images: Annotated[Count, "How many pictures the gateway made."]
    # Before the requirements in the file, since a reader begins with it.
    findings: Annotated[
        tuple[Finding, ...], "What fails, by its cause: the gravest first; empty if nothing fails."
    ] = field(default=(), kw_only=True)
    requirements: tuple[RequirementResult, ...]
    clauses: Annotated[
        dict[str, str], "The titles of the clauses, by the names that requirements give."
    ] = field(default_factory=dict)
    observations: tuple[Observation, ...] = ()
    exchanges: Annotated[
        dict[str, ExchangeSummary], "The exchanges that the checks read, by id."
    ] = field(default_factory=dict)
    diagnosis: tuple[Diagnosis, ...] = ()
    notes: Annotated[tuple[str, ...], "What a reader of the result should know besides."] = ()
    command: Annotated[str, "The command that repeats the run."] = ""
    ledger: Ledger = field(default_factory=Ledger)
    selection: Annotated[tuple[str, ...], "The flags that selected less than the profile."] = ()
    shard: Annotated[
        str,
        Narrowed(pattern="^([0-9]+/[0-9]+)?$"),
        "Which part of a run this is, as I/N; empty for a whole one.",
    ] = ""
    evidence: Annotated[
        Seal | None, "Where evidence.jsonl ends; null where the result has no evidence of its own."
    ] = None
    files: Annotated[
        dict[str, str], "The SHA-256 of each file that was written beside the result, by its path."
    ] = field(default_factory=dict)
    timeline: Annotated[
        Timeline | None, "What went on when; null where the result was merged of several runs."
    ] = None
    judged_with: Annotated[
        dict[str, str], "The versions of Python and of the libraries that sent, read and judged."
    ] = field(default_factory=dict)
    challenge: Annotated[
        Challenge | None, "What made the seed; null where the seed was drawn or named."
    ] = None
    waivers: Annotated[
        Waivers, "The known failures that the operator waived, and what became of each waiver."
    ] = field(default_factory=Waivers)
    strict: Annotated[
        bool, "Whether a SHOULD that is not met counts for the exit code (--strict)."
    ] = False
    schema: Annotated[int, Narrowed(const=RESULT_SCHEMA_VERSION), "The version of this format."] = (
        RESULT_SCHEMA_VERSION
    )

    def __repr__(self) -> str:
        """Return what a failed assertion shows: the verdict, and how much fails."""
        return f"<Result {self.verdict}: {len(self.findings)} findings, {self.requests} requests>"
