"""Judges further property cases in batches: each case is drawn, sent, judged and then forgotten.

The seed alone decides which cases these are. They ask only for what the gateway must refuse, so
their number never changes how many pictures a run costs.
"""

from __future__ import annotations

import contextlib
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.cases.generated import generation
from conformance.judging.ends import NotApplicable, Untestable
from conformance.judging.partial import guarded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.cases.generated.generation import Case
    from conformance.judging.counterexample import Counterexamples

# The share of each requirement in the further cases: larger if it has more possible values.
SHARES = {
    "N-2": 6,
    "N-4": 4,
    "SIZE-2": 4,
    "FORMAT-6": 2,
    "IMAGE-8": 3,
    **dict.fromkeys(("N-3", "N-5", "SIZE-3", "MODEL-2", "IMAGE-5"), 1),
}
BATCH = 128
# It has an unlimited number of values and is judged last, so it also takes over the cases that
# other requirements had no values for.
UNBOUNDED = "IMAGE-8"
# After this many batches in a row without a new case, a requirement has run out of values.
MOST_EMPTY = 3
# After so many falls of the gateway's process no further case is sent.
MOST_FALLS = 20


@dataclass
class Bulk:
    """Judges the further cases of a run, one requirement after the other."""

    counterexamples: Counterexamples
    # All cases of the run, those with pytest nodes of their own included.
    examples: int
    _owed: int = 0
    # The hashes of all cases so far, so that none is sent twice; a hash takes little memory.
    _known: set[int] = field(default_factory=set)

    def judge(self, requirement: str) -> None:
        """Send and judge the further cases of one requirement.

        Raises:
            AssertionError: a case fails; the cases after it are not sent.
            NotApplicable: there is no case to send.
            Untestable: the gateway's process ends again and again.
        """
        batches, count = self.counterexamples.probe.batches(), 0
        wanted = self._share(requirement)
        if requirement == UNBOUNDED:
            wanted += self._owed
        drawn = self._batches(requirement, wanted)
        for case, exchange in batches.through(drawn, lambda case: case.spec):
            with contextlib.suppress(NotApplicable):
                self.counterexamples.judge_case(guarded(exchange), case)
            batches.forget(exchange)
            count += 1
            self._go_on()
        self._owed += wanted - count
        if not count:
            raise NotApplicable(
                "the run sent no further case of this requirement: raise --examples, unless all of"
                " its values were sent already"
            )

    def _go_on(self) -> None:
        """Send no more to a gateway whose process ends again and again: each time takes a second."""
        falls = sum(fall.sure for fall in self.counterexamples.probe.seen_falls)
        if falls > MOST_FALLS:
            raise Untestable(
                f"your gateway's process ended {falls} times by now: the further examples are not sent"
            )

    def _batches(self, requirement: str, wanted: int) -> Iterator[list[Case]]:
        cases = itertools.islice(self._cases(requirement), wanted)
        while batch := list(itertools.islice(cases, BATCH)):
            yield batch

    def _share(self, requirement: str) -> int:
        run, whole = self.counterexamples.probe.facts, sum(SHARES.values())
        more = max(
            self.examples - len(generation.for_run(run.seed, run.profile, run.target.sizes)), 0
        )
        before = sum(_shares_before(requirement))
        upto = before + SHARES[requirement]
        return more * upto // whole - more * before // whole

    def _cases(self, requirement: str) -> Iterator[Case]:
        run, empty = self.counterexamples.probe.facts, 0
        base = generation.for_run(run.seed, run.profile, run.target.sizes)
        self._known.update(hash((c.requirement, c.draft)) for c in base)
        for turn in itertools.count(1):
            new = 0
            for case in generation.batch(requirement, run.seed, turn, BATCH, run.target.sizes):
                known = hash((case.requirement, case.draft))
                if known not in self._known:
                    self._known.add(known)
                    new += 1
                    yield case
            empty = 0 if new else empty + 1
            if empty == MOST_EMPTY:
                return


def _shares_before(requirement: str) -> Iterator[int]:
    for id_, share in SHARES.items():
        if id_ == requirement:
            return
        yield share
