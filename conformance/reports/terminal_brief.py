"""The summary of `--quiet`: the verdict and its scope, and what failed in one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reports import scope, waiver_words, words
from conformance.reports.page import to_ascii
from conformance.reports.text import headline, obeyed_by_none, one_line, plural
from conformance.result import verdict
from conformance.result.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.result.model import Result

LONGEST = 600
# What fails a run, or keeps it from a verdict.
BAD = (Status.FAIL, Status.ERROR, Status.FLAKY)


def summary(result: Result, *, unicode: bool = True) -> str:
    """Return the verdict, its scope, each diagnosis and each failed requirement, in one line each."""
    text = obeyed_by_none("\n".join(_lines(result)) + "\n")
    return text if unicode else to_ascii(text)


def _lines(result: Result) -> Iterator[str]:
    symbol = words.VERDICT_SYMBOLS[result.verdict]
    strict = result.strict
    bad = [r for r in result.requirements if r.status in BAD or (strict and verdict.unmet(r))]
    counted = f": {plural(len(bad), 'requirement')} failed" if bad else ""
    yield f"{symbol} {result.verdict.value.upper()}{waiver_words.count(result)}{counted}"
    target = dict(words.run_facts(result)).get("Target", "")
    yield one_line(f"{target}: {scope.line(result)}", LONGEST)
    for found in result.diagnosis:
        yield f"{one_line(found.problem, 400)}. {one_line(found.what_to_do, 400)}"
    for row in bad:
        yield f"{words.SYMBOLS[row.status]} {row.id}  {headline(row.message)}"
