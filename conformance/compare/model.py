"""The values of a comparison; they are the format of `comparison.json` too (see `schema`).

A tuple that has one item for each gateway has them in the order of `Comparison.gateways`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from conformance.result.exchange_summary import Count, Duration, Named, Narrowed
from conformance.result.status import Status, Verdict  # noqa: TC001 - the schema reads the annotations

COMPARISON_SCHEMA_VERSION = 1
Ratio = Annotated[float, Narrowed(minimum=0)]


class Change(StrEnum):
    """How a gateway stands to the baseline in one requirement."""

    WORSE = "worse"
    LOST = "lost"
    BETTER = "better"
    OTHER = "other"
    ONE_SIDE = "one-side"
    NEITHER = "neither"
    SAME = "same"


class Seen(StrEnum):
    """How a gateway stands to the baseline in one cause of failures."""

    NEW = "new"
    GONE = "gone"
    SAME = "same"
    UNSEEN = "unseen"
    ABSENT = "absent"


@dataclass(frozen=True)
class Tally:
    """How many requirements of one level came to what."""

    level: str
    passed: Count = 0
    failed: Annotated[Count, "Those that fail, or warn where the level is SHOULD."] = 0
    unsettled: Annotated[Count, "Those that are flaky, untestable or an error of the suite."] = 0
    unjudged: Annotated[Count, "Those that do not apply or were not selected."] = 0


@dataclass(frozen=True)
class Timing:
    """How long a gateway took for what the baseline was asked too, and both accepted or refused."""

    requests: Annotated[Count, "How many requests both answered at the first try."] = 0
    median_s: Duration = 0.0
    ratio: Annotated[
        Ratio, "The median of its time divided by the baseline's, request by request; 0 if unknown."
    ] = 0.0
    notable: Annotated[bool, "Whether the difference is large enough to be named."] = False


@dataclass(frozen=True)
class Gateway:
    """One result that is compared: its name, how it was judged, and what that came to."""

    name: Named
    verdict: Verdict
    url: str
    profile: str
    contract: Annotated[str, "The version of the contract."]
    suite: Annotated[str, "The version of the suite."]
    started: str
    seed: int
    requests: Count
    images: Count
    duration_s: Duration
    findings: Annotated[Count, "How many causes make something fail."]
    tallies: tuple[Tally, ...]
    changes: Annotated[
        dict[str, Count], "How many requirements have each change against the baseline."
    ]
    timing: Timing


@dataclass(frozen=True)
class Premise:
    """Something in which the runs differ, so that a difference need not come from the gateways."""

    subject: Named
    values: Annotated[tuple[str, ...], "What it was for each gateway."]
    text: Annotated[str, "What a reader should know."]


@dataclass(frozen=True)
class Cell:
    """One requirement at one gateway."""

    status: Annotated[Status | None, "null where the contract of its run has no such requirement."]
    change: Change
    why: Annotated[str, "What makes the change; empty where nothing changed."] = ""
    message: Annotated[str, "The start of what the first check found that has this status."] = ""
    checks: Annotated[Count, "How many checks judged it."] = 0
    failing: Annotated[Count, "How many of them did not pass, of those that judged."] = 0
    finding: Annotated[
        Count, "The number of the cause that breaks it here, from 1; 0 for none."
    ] = 0
    request: Annotated[str, "The label of the smallest request that shows it."] = ""
    outcome: Annotated[str, "The status code of that request, or `no answer`."] = ""


@dataclass(frozen=True)
class Row:
    """One requirement at all gateways."""

    id: Named
    clause: str
    level: str
    text: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class CauseRow:
    """One cause of failures, and which gateways have it. Equal causes are told by what is done wrong."""

    cause: Annotated[Named, "The cause in one sentence, as the first gateway that has it words it."]
    level: str
    requirements: Annotated[tuple[str, ...], "Ids of what it breaks at any of them."]
    seen: Annotated[tuple[Seen, ...], "For each gateway, against the baseline."]
    findings: Annotated[
        tuple[int, ...],
        "For each gateway, the number of the finding in its own report; 0 for none.",
    ]


@dataclass(frozen=True)
class RequestRow:
    """One request that all or some gateways were asked, and that they answered differently."""

    label: str
    requirements: Annotated[tuple[str, ...], "Ids of what is judged by it."]
    outcomes: Annotated[
        tuple[str, ...], "For each gateway a status code or `no answer`; empty if not asked."
    ]


@dataclass(frozen=True)
class SlowRow:
    """One request for which a gateway took far longer, or far less, than its other times suggest."""

    label: str
    requirements: tuple[str, ...]
    gateway: Annotated[Count, "The place of the gateway among `gateways`, from 0."]
    baseline_s: Duration
    took_s: Duration


@dataclass(frozen=True)
class ObservationRow:
    """One thing that runs record and do not judge, where what they recorded differs."""

    id: Named
    text: str
    case: Annotated[str, "The check, and the case, that recorded it."]
    said: Annotated[tuple[str, ...], "For each gateway; empty where nothing was recorded."]


@dataclass(frozen=True)
class Comparison:
    """Several results side by side; `comparison.json` is this value."""

    gateways: tuple[Gateway, ...]
    baseline: Annotated[Count, "The place of the baseline among the gateways, from 0."]
    premises: tuple[Premise, ...]
    clauses: dict[str, str]
    rows: tuple[Row, ...]
    causes: tuple[CauseRow, ...] = ()
    requests: tuple[RequestRow, ...] = ()
    slow: tuple[SlowRow, ...] = ()
    observations: tuple[ObservationRow, ...] = ()
    schema: Annotated[
        int, Narrowed(const=COMPARISON_SCHEMA_VERSION), "The version of this format."
    ] = COMPARISON_SCHEMA_VERSION
