"""Gives each exchange the calls to the provider that the run attributed to it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.run.questions import CALLS, CHANGES, OBSERVED_AT, calls_of

if TYPE_CHECKING:
    from conformance.evidence.tape import Played
    from conformance.http.exchange import Exchange
    from conformance.http.provider_call import Call


@dataclass(frozen=True)
class RecordedObserver:
    """What the observer is to a run, made of its `provider.jsonl`."""

    recorded: tuple[Call, ...]
    tape: Played

    @property
    def url(self) -> str:
        """The address where the gateway reached the provider."""
        return str(self.tape.hear(OBSERVED_AT))

    @property
    def changes(self) -> int:
        """How often the calls had changed by then."""
        return int(self.tape.hear(CHANGES))

    def calls(self) -> tuple[Call, ...]:
        """Return every call that had arrived by then."""
        return self.recorded[: self.tape.hear(CALLS)]

    def seen(self, exchange: Exchange) -> Exchange:
        """Return an exchange with the calls that it had caused by then."""
        found, unclear = self.tape.hear(calls_of(exchange.id))
        by_id = {call.id: call for call in self.recorded}
        calls = tuple(
            dataclasses.replace(by_id[id_], request=exchange.id, settled=settled)
            for id_, settled in found
        )
        return dataclasses.replace(exchange, calls=calls, calls_unclear=unclear)
