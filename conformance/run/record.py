"""The record of a run that has ended: everything that its result is assembled from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.evidence.log import Sealed
    from conformance.http.exchange import Exchange
    from conformance.http.provider_call import Call
    from conformance.result.model import Diagnosis
    from conformance.send.deadlines.deadline import Overtime
    from conformance.send.outages.falls import Fall
    from conformance.send.usage import Usage
    from conformance.target.options import Options
    from conformance.target.target import Target


@dataclass(frozen=True)
class RunRecord:
    """A run that has ended: its target and options, every settled exchange, and what it cost.

    `pictures` holds how many pictures each clause and each other purpose took. `calls` are the
    calls to the provider, or None if the run did not observe it. `falls` say when the gateway's
    process ended, and `overtime` why the run's time was over before it was through; `sealed` says where
    its evidence ends. `troubles` are what the suite itself failed at, and grow while the result is put
    together. Times are in seconds since the epoch.
    """

    target: Target
    options: Options
    started_at: float
    ended_at: float
    diagnosis: tuple[Diagnosis, ...]
    exchanges: tuple[Exchange, ...]
    usage: Usage
    pictures: dict[str, int]
    calls: tuple[Call, ...] | None = None
    falls: tuple[Fall, ...] = ()
    overtime: Overtime | None = None
    sealed: Sealed | None = None
    troubles: list[BaseException] = field(default_factory=list)
