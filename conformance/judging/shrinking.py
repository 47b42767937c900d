"""Makes a failing form smaller as long as it still fails: delta debugging on its parts.

The rest of the form stays as it should be. The search tries only smaller forms, in a fixed order.
So it ends, and it finds the same form again for the same gateway.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.cases.generated.draft import Draft
from conformance.cases.spec import MODEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conformance.cases.spec import Value

MOST = 20
SHORT = 12
SIMPLE = "01a"


class OutOfBudget(Exception):  # noqa: N818 - a bound, not an error
    """The search for a smaller form may send no more requests."""


def shrunk(draft: Draft, fails: Callable[[Draft], bool], known: Iterable[Draft] = ()) -> Draft:
    """Return the smallest form found that still fails like a given one.

    Args:
        draft: a form that fails.
        fails: sends a form and says whether it fails too; raises `OutOfBudget` to end the search.
        known: forms that failed before, to be tried first.
    """
    tried = {draft}
    smaller = True
    try:
        while smaller:
            smaller = False
            for candidate in (*known, *simpler(draft)):
                if candidate in tried or weight(candidate) >= weight(draft):
                    continue
                tried.add(candidate)
                if fails(candidate):
                    draft, smaller = candidate, True
                    break
    except OutOfBudget:
        pass
    return draft


def weight(draft: Draft) -> tuple[object, ...]:
    """Return how large a form is: its parts, then their order, then what they hold."""
    values = [_text(value) for _, value in draft.fields]
    return (
        len(draft.fields),
        draft.order != draft.usual_order,
        draft.filename != Draft.filename,
        len(draft.picture or b""),
        sum(map(len, values)),
        [_complexity(value) for value in values],
        [name for name, _ in draft.fields],
        values,
    )


def simpler(draft: Draft) -> Iterator[Draft]:
    """Yield forms that may be simpler: the boldest first."""
    plain = Draft()
    for name, value in draft.fields:
        if name != "model":
            yield plain.with_field(name, value)
    yield plain
    yield draft.in_usual_order()
    for index, (name, _) in enumerate(draft.fields):
        if name != "model":
            yield draft.without(index)
    yield replace(draft, filename=Draft.filename)
    for name, value in draft.fields:
        for shorter in _shorter(value) if value != MODEL else ():
            yield draft.with_field(name, shorter)


def _shorter(value: Value) -> Iterator[Value]:
    """Yield shorter values, then ones with simpler characters."""
    yield from (value[:1], value[-1:])
    half = len(value) // 2
    yield from (value[:half], value[half:])
    if len(value) > SHORT:
        return
    yield from (value[:at] + value[at + 1 :] for at in range(len(value)))  # type: ignore[operator]  # two slices of one value have one type
    if isinstance(value, str):
        places = ((at, sign) for at in range(len(value)) for sign in SIMPLE)
        yield from (value[:at] + sign + value[at + 1 :] for at, sign in places)


def _complexity(value: str) -> tuple[int, int]:
    """Return how odd a text looks: its characters beyond ASCII, then its signs and spaces."""
    return (sum(not c.isascii() for c in value), sum(not c.isalnum() for c in value))


def _text(value: Value) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
