"""What a run was told that is no exchange: how many were in flight, in which order answers came.

Judging is a function of the exchanges and of these values. So a run writes each of them to its
evidence as it is told it, and whoever judges the evidence again asks the same questions in the same
order. A value that is told again is written once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(frozen=True)
class Told:
    """A value, and from which asking of its question on it was told.

    `more` says that the value is what a list had more than before.
    """

    question: str
    at: int
    value: Any
    more: bool = False


class Tape:
    """Writes what a run is told; used on the thread that judges.

    `write` takes each new value.
    """

    def __init__(self, write: Callable[[Told], None]) -> None:
        self._write = write
        self._asked: Counter[str] = Counter()
        self._last: dict[str, Any] = {}

    def tell(self, question: str, value: Any) -> None:
        """Write what a question was answered with, a value that JSON can hold."""
        at, before = self._asked[question], self._last.get(question)
        self._asked[question] += 1
        if at and before == value:
            return
        self._last[question] = value
        if isinstance(value, list) and isinstance(before, list) and value[: len(before)] == before:
            self._write(Told(question, at, value[len(before) :], more=True))
        else:
            self._write(Told(question, at, value))


class NotToldError(ValueError):
    """The recorded run did not ask this question, or not so often."""


@dataclass
class Played:
    """Answers questions as a recorded run was answered."""

    told: Iterable[Told]
    _values: dict[str, list[tuple[int, Any]]] = field(default_factory=dict)
    _asked: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for one in self.told:
            rows = self._values.setdefault(one.question, [])
            whole = one.value
            if one.more:
                if not rows or not isinstance(rows[-1][1], list) or not isinstance(whole, list):
                    raise NotToldError(f"{one.question!r} goes on with a list that did not begin")
                whole = [*rows[-1][1], *whole]
            rows.append((one.at, whole))

    def hear(self, question: str) -> Any:
        """Return what the question was answered with this time.

        Raises:
            NotToldError: the recorded run never asked it.
        """
        at = self._asked[question]
        self._asked[question] += 1
        rows = self._values.get(question)
        if not rows or rows[0][0] > at:
            raise NotToldError(f"the run that was recorded did not ask for {question!r}")
        while len(rows) > 1 and rows[1][0] <= at:
            del rows[0]
        return rows[0][1]
