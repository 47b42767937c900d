"""Compares a stored result with the one that the evidence comes to, field by field."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from conformance.bundle.difference import Difference, between
from conformance.result.beside import RESULT_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.result.model import Result

# What evidence does not decide: what judged it, how long that took, and which files lie beside it.
LEFT_OUT = frozenset({"files", "judged_with", "schema"})
TIMES = frozenset({"duration_s"})


def differences(stored: Result, judged: Result) -> Iterator[Difference]:
    """Yield each place in which a stored result differs from what its evidence comes to.

    The verdict and the requirements come first.
    """
    order = ("verdict", "requirements", "observations", "diagnosis")
    names = [f.name for f in dataclasses.fields(stored) if f.name not in LEFT_OUT]
    for name in sorted(names, key=lambda n: order.index(n) if n in order else len(order)):
        yield from _of(name, getattr(stored, name), getattr(judged, name))


def _of(where: str, stored: Any, judged: Any) -> Iterator[Difference]:
    if stored == judged:
        return
    if isinstance(stored, tuple) and isinstance(judged, tuple):
        yield from _of_mappings(where, _named(stored), _named(judged))
    elif isinstance(stored, dict) and isinstance(judged, dict):
        yield from _of_mappings(where, stored, judged)
    elif dataclasses.is_dataclass(stored) and type(stored) is type(judged):
        for field in dataclasses.fields(stored):
            if field.name not in TIMES:
                inner = f"{where}.{field.name}"
                yield from _of(inner, getattr(stored, field.name), getattr(judged, field.name))
    else:
        yield between(RESULT_FILE, where, stored, judged)


def _of_mappings(
    where: str, stored: dict[Any, Any], judged: dict[Any, Any]
) -> Iterator[Difference]:
    for key in (*stored, *(k for k in judged if k not in stored)):
        inner = f"{where}[{str(key)[:80]}]"
        if key not in judged:
            yield Difference(RESULT_FILE, f"{inner}: the evidence comes to none")
        elif key not in stored:
            yield Difference(RESULT_FILE, f"{inner} is missing: the evidence comes to one")
        else:
            yield from _of(inner, stored[key], judged[key])
    if list(stored) != list(judged) and stored.keys() == judged.keys():
        yield Difference(RESULT_FILE, f"{where}: they stand in another order")


def _named(values: tuple[Any, ...]) -> dict[Any, Any]:
    """Return the values of a tuple by their ids, by the names of their nodes, or by their places."""
    for name in ("id", "node"):
        keys = [getattr(value, name, None) for value in values]
        if None not in keys and len({*keys}) == len(keys):
            return dict(zip(keys, values, strict=True))
    return dict(enumerate(values))
