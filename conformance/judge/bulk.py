"""More property cases than a run keeps: drawn, sent, judged and forgotten, a bundle at a time.

They follow from the seed alone, as the others do, and ask only what must be refused, so that their
number never changes what a run costs in pictures.
"""

from __future__ import annotations

import contextlib
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.cases.generated import generation
from conformance.judge.ends import NotApplicable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.cases.generated.generation import Case
    from conformance.judge.counterexample import Counterexamples

# How often each requirement is asked among them: those with many values more often.
SHARES = {
    "N-2": 6,
    "N-4": 4,
    "SIZE-2": 4,
    "FORMAT-6": 2,
    "IMAGE-8": 3,
    **dict.fromkeys(("N-3", "N-5", "SIZE-3", "MODEL-2", "IMAGE-5"), 1),
}
BATCH = 128
# Has any number of values, is judged last, and makes up for those that ran out of theirs.
UNBOUNDED = "IMAGE-8"
# Bundles without anything new after which a requirement has no more values to ask for.
IN_VAIN = 3


@dataclass
class Bulk:
    """The further cases of a run, for one requirement after the other."""

    counterexamples: Counterexamples
    # With those that have nodes of their own.
    examples: int
    _owed: int = 0
    # What was drawn once is not drawn again; a number each, whatever they hold.
    _known: set[int] = field(default_factory=set)

    def judge(self, requirement: str) -> None:
        """Send and judge a requirement's share.

        Raises:
            AssertionError: one fails; the rest of the share is not sent.
            NotApplicable: nothing is left to ask for.
        """
        batches, count = self.counterexamples.probe.batches(), 0
        wanted = self._share(requirement)
        if requirement == UNBOUNDED:
            wanted += self._owed
        drawn = self._batches(requirement, wanted)
        for case, exchange in batches.through(drawn, lambda case: case.spec):
            with contextlib.suppress(NotApplicable):
                self.counterexamples.judge_case(exchange, case)
            batches.forget(exchange)
            count += 1
        self._owed += wanted - count
        if not count:
            raise NotApplicable("no further example was asked for, or none is left")

    def _batches(self, requirement: str, wanted: int) -> Iterator[list[Case]]:
        cases = itertools.islice(self._cases(requirement), wanted)
        while batch := list(itertools.islice(cases, BATCH)):
            yield batch

    def _share(self, requirement: str) -> int:
        run, whole = self.counterexamples.probe.facts, sum(SHARES.values())
        more = max(self.examples - len(generation.for_run(run.seed, run.profile)), 0)
        before = sum(_shares_before(requirement))
        upto = before + SHARES[requirement]
        return more * upto // whole - more * before // whole

    def _cases(self, requirement: str) -> Iterator[Case]:
        run, in_vain = self.counterexamples.probe.facts, 0
        base = generation.for_run(run.seed, run.profile)
        self._known.update(hash((c.requirement, c.draft)) for c in base)
        for turn in itertools.count(1):
            new = 0
            for case in generation.bundle(requirement, run.seed, turn, BATCH):
                known = hash((case.requirement, case.draft))
                if known not in self._known:
                    self._known.add(known)
                    new += 1
                    yield case
            in_vain = 0 if new else in_vain + 1
            if in_vain == IN_VAIN:
                return


def _shares_before(requirement: str) -> Iterator[int]:
    for id_, share in SHARES.items():
        if id_ == requirement:
            return
        yield share
