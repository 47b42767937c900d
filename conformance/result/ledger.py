"""The ledger of a run: what it sent, spent and waited for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from conformance.result.exchange_summary import (  # noqa: TC001 - the schema reads the annotations
    Count,
    Duration,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

# The key of a field's metadata that says how the values of several shards become one.
MERGED_BY = "merged by"


def added(rows: Iterable[dict[str, int]]) -> dict[str, int]:
    """Return the sum of several counts by name, the largest first."""
    found: Counter[str] = Counter()
    for row in rows:
        found.update(row)
    return dict(found.most_common())


@dataclass(frozen=True)
class Ledger:
    """What a run sent, spent and waited for; `pictures` are counted by clause, and by other purposes."""

    requests: Annotated[Count, "How many requests were sent, every try counted."] = 0
    retried: Annotated[
        Count, "How many of them were tries after a 429 or another answer that asks to retry."
    ] = 0
    second_looks: Annotated[
        Count, "How many requests were rechecked before the gateway was blamed."
    ] = 0
    probes: Annotated[Count, "How many requests checks sent beyond the plan, to find out more."] = 0
    most_in_flight: Annotated[Count, "The most requests that were in flight at once."] = field(
        default=0, metadata={MERGED_BY: max}
    )
    waited_s: Annotated[Duration, "How long the run waited because the gateway asked it to."] = 0.0
    pictures: Annotated[
        dict[str, Count],
        "Pictures by the clause that asked for them first; those of the preflight, of rechecks (second look) and of probes stand under these names.",
    ] = field(default_factory=dict, metadata={MERGED_BY: added})
    uncertain: Annotated[
        Count,
        "Pictures that may have been made although no answer brought them: they count for the cap.",
    ] = 0
    taken_over: Annotated[
        Count,
        "How many exchanges --resume took over from an earlier run, and did not send again.",
    ] = 0
    taken_over_images: Annotated[
        Count, "How many pictures these exchanges have; `images` counts them too."
    ] = 0
    limited: Annotated[
        Count, "How many answers were a 429, or a 503 with Retry-After: the gateway's rate limit."
    ] = 0
    per_minute: Annotated[
        Duration,
        "At how many requests a minute the run sent in the end: as --rate says, or as it learnt from such answers; 0 without a limit.",
    ] = field(default=0.0, metadata={MERGED_BY: max})
    paced_s: Annotated[Duration, "How long requests waited so that the run kept to that rate."] = (
        0.0
    )
