"""The world of a run that is judged again: its evidence answers in the place of the gateway."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from conformance.evidence.log import Sealed
from conformance.evidence.tape import NotToldError, Played
from conformance.http.reading.codec import decoder, fields_of
from conformance.run.questions import SILENT
from conformance.run.world import Draws
from conformance.send.deadlines.deadline import Overtime
from conformance.send.deadlines.held_up import Cause  # noqa: TC001 - the decoder reads annotations
from conformance.send.outages import written
from conformance.send.usage import Usage
from conformance.verify.observer import RecordedObserver
from conformance.verify.sender import RecordedSender

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.evidence.reading import Recording, Section
    from conformance.http.exchange import Exchange
    from conformance.http.provider_call import Call
    from conformance.http.request import Request
    from conformance.run.world import Ended, Opening
    from conformance.target.target import Target
    from conformance.verify.difference import Differences


@dataclass(frozen=True)
class _Overtime:
    text: str
    cause: Cause | None
    ids: tuple[str, ...]


_DRAWS = decoder(Draws, whole=True)
_OVERTIME = decoder(_Overtime, whole=True)


class Recorded:
    """The world of a recorded run that ended; it is asked in the same order as that run was."""

    def __init__(
        self, recording: Recording, calls: tuple[Call, ...], differences: Differences
    ) -> None:
        assert recording.end is not None, "only a run that ended can be judged again"
        self._recording, self._calls = recording, calls
        self._differences = differences
        self._end: dict[str, Any] = recording.end
        written.demand(self._end["falls"])
        self._tape = Played(recording.told)
        self._times = [self._end["ended_at"], self._end["started_at"]]
        # The section whose target is asked now: each new target begins with its canary.
        self._number = -1

    @cached_property
    def usage(self) -> Usage:
        """What the run had cost in the end."""
        pictures = {(p, id_): made for p, id_, made in self._end["usage"]["pictures"]}
        return Usage(**{**self._end["usage"], "pictures": Counter(pictures)})

    @cached_property
    def overtime(self) -> Overtime | None:
        """Why the run's time was over before it was through; None if it was not."""
        found = self._end["overtime"]
        return None if found is None else Overtime(**fields_of(_OVERTIME(found)))

    @property
    def _section(self) -> Section:
        return self._recording.latest[self._number]

    @property
    def _draws(self) -> Draws:
        draws: Draws = _DRAWS(self._section.head.made["draws"])
        return draws

    def now(self) -> float:
        """Return when the run began, and then when it ended."""
        return float(self._times.pop() if len(self._times) > 1 else self._times[0])

    def earlier(self, _identity: dict[str, Any]) -> tuple[Section, ...]:
        """Return what the processes before the last one had settled."""
        return self._recording.earlier

    def observer(self, target: Target) -> RecordedObserver | None:
        """Return the calls to the provider, if the run played it."""
        return RecordedObserver(self._calls, self._tape) if target.observe else None

    def canary(self, _target: Target) -> tuple[None, str]:
        """Return the address that the suite's canary had."""
        if self._number + 1 < len(self._recording.latest):
            self._number += 1
        return None, self._draws.canary

    def draw(self, name: str) -> str:
        """Return what the run had drawn."""
        return str(getattr(self._draws, name))

    def approach(self, target: Target) -> None:
        """Keep nothing: the evidence is there."""

    def is_silent(self, _target: Target, _request: Request) -> bool:
        """Return whether nobody had answered; only such a run was told of it."""
        try:
            return bool(self._tape.hear(SILENT))
        except NotToldError:
            return False

    def open(self, opening: Opening) -> RecordedSender:
        """Answer from the evidence."""
        was = self._section.head.run
        for name, value in opening.identity.items():
            if was.get(name) != value:
                self._differences.note(
                    f"evidence, {name}", "what the run was made with and what it says differ"
                )
        shown = [bytes.fromhex(leaf) for leaf in self._end["certificates"]]
        opening.target.certificates.leaves[:] = shown
        rows: dict[str, Exchange] = {}
        for exchange in self._section.exchanges:
            if exchange.id in rows and not self._end["falls"]:
                self._differences.note(f"evidence {exchange.id}", "the request is there twice")
            rows[exchange.id] = exchange
        return RecordedSender(
            opening.plan,
            rows,
            opening.known,
            self._tape,
            self._end["falls"],
            self._differences,
            self._drawn_earlier(),
        )

    def _drawn_earlier(self) -> tuple[str, ...]:
        """Return what the earlier processes drew their pictures from: nothing but the seed, or a text."""
        draws: list[Draws] = [_DRAWS(s.head.made["draws"]) for s in self._recording.earlier]
        return tuple(dict.fromkeys(text for d in draws for text in (d.fresh, d.renewing)))

    def planned(self, total: Callable[[], int], pictures: int) -> None:
        """Show no progress."""

    def told(self, question: str, _value: Callable[[], Any]) -> Any:
        """Return what the run was told."""
        return self._tape.hear(question)

    def observed(self, calls: Iterable[Call]) -> None:
        """Keep nothing: the calls are there."""

    def end(self, ended: Ended) -> Sealed:
        """Return where the evidence ends."""
        if len(ended.falls) != len(self._end["falls"]):
            self._differences.note("evidence", "its end names other falls than the run saw")
        return Sealed(self._recording.rows, self._recording.last)
