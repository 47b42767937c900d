"""One rule: which words, codes and statuses of an answer tell a cause."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.http.said import Said
    from conformance.run.whose.causes import Cause

ERRORS = range(400, 600)


@dataclass(frozen=True)
class Rule:
    """A cause, with the words or codes that tell it, and the statuses beside which they do.

    `page` restricts it to answers that are pages of HTML, or to those that are none.
    """

    cause: Cause
    words: re.Pattern[str] | None = None
    codes: frozenset[str] = frozenset()
    statuses: range | tuple[int, ...] = ERRORS
    page: bool | None = None

    def holds(self, said: Said) -> bool:
        """Return whether an answer says so."""
        if said.status not in self.statuses or self.page not in (None, said.page):
            return False
        if self.words is None and not self.codes:
            return True
        return bool(self.codes & said.codes or (self.words and self.words.search(said.message)))


def rule(
    cause: Cause,
    *words: str,
    codes: str = "",
    statuses: range | tuple[int, ...] = ERRORS,
    page: bool | None = None,
) -> Rule:
    """Return a rule; each of `words` is an alternative, and `codes` are separated by spaces."""
    pattern = re.compile("|".join(words)) if words else None
    return Rule(cause, pattern, frozenset(codes.split()), statuses, page)
