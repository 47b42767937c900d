"""What a run has sent and spent, counted as it happens: for the progress, the cap and the ledger.

Each picture is counted for a purpose: the plan, a second look (a recheck), a probe by which a check
finds something out, or the preflight. `by_clause` splits the plan by the clauses of the contract.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.http.payload import pictures_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.http.exchange import Exchange
    from conformance.http.request import Purpose


@dataclass
class Usage:
    """What a run has cost so far; all counts are of this process, but for those of `--resume`."""

    requests: int = 0
    images: int = 0
    retried: int = 0
    second_looks: int = 0
    probes: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    waited_s: float = 0.0
    # How many answers asked to be slower, what pace that came to, and how long requests waited for it.
    limited: int = 0
    per_minute: float = 0.0
    paced_s: float = 0.0
    uncertain: int = 0
    taken_over: int = 0
    # Answers from a cache that an earlier run filled.
    foreign_hits: int = 0
    taken_over_images: int = 0
    # For whoever watches, and no part of the count: how long an answer asked to wait, and until when
    # that is on the monotonic clock. Without an annotation they are no fields.
    asked_s = 0.0
    asked_until = 0.0
    # What the run finds out just now, if that takes long and sends little.
    finding_out = ""
    pictures: Counter[tuple[Purpose, str]] = field(default_factory=Counter)

    def began(self, purpose: Purpose, tries: int) -> None:
        """Count a request that is sent now, after so many earlier tries."""
        self.requests += 1
        self.retried += tries > 0
        self.second_looks += purpose == "second look" and not tries
        self.probes += purpose == "probe" and not tries
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)

    def asked(self, wait_s: float | None) -> None:
        """Note for whoever watches that the gateway asked to wait so long."""
        if wait_s:
            self.asked_s, self.asked_until = wait_s, time.monotonic() + wait_s

    def ended(self, purpose: Purpose, exchange: Exchange) -> None:
        """Count the pictures of an answer that came."""
        self.in_flight -= 1
        self._add(purpose, exchange)

    def took_over(self, exchange: Exchange) -> None:
        """Count an exchange of an earlier run that is not sent again."""
        self.taken_over += 1
        self.taken_over_images += pictures_in(exchange)
        self._add("plan", exchange)

    def _add(self, purpose: Purpose, exchange: Exchange) -> None:
        if made := pictures_in(exchange):
            self.images += made
            self.pictures[purpose, exchange.id] += made


def by_clause(
    pictures: Mapping[tuple[Purpose, str], int], clause_of: Mapping[str, str]
) -> dict[str, int]:
    """Return how many pictures each purpose took; the plan's are split by clause.

    Args:
        pictures: by purpose and request id, as `Usage` counts them.
        clause_of: the clause of the first check that asked for a request, by its id.
    """
    found: Counter[str] = Counter()
    for (purpose, id_), made in pictures.items():
        found[clause_of.get(id_, "other") if purpose == "plan" else purpose] += made
    return dict(found.most_common())
