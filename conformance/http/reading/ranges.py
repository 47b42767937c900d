"""What an annotation demands of a JSON value beyond its type, by the keywords of JSON Schema.

An annotation holds them in a value with `keywords`, such as `Annotated[int, Narrowed(minimum=0)]`.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from conformance.http.reading.short import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    # Says what is wrong with a value, or nothing.
    Demand = Callable[[Any], str]


def demands(told: Iterable[object]) -> tuple[Demand, ...]:
    """Return what the values of an annotation demand; a text beside them demands nothing.

    Raises:
        TypeError: a keyword that nobody reads here; it would be promised and not held.
    """
    found: list[Demand] = []
    for one in told:
        keywords: Mapping[str, Any] = getattr(one, "keywords", {})
        for name, wanted in keywords.items():
            if name not in _DEMANDS:
                raise TypeError(f"no value is held to {name}")
            found.append(_DEMANDS[name](wanted))
    return tuple(found)


def _minimum(least: float) -> Demand:
    return lambda value: f"is {shown(value)}, less than {least}" if value < least else ""


def _maximum(most: float) -> Demand:
    return lambda value: f"is {shown(value)}, more than {most}" if value > most else ""


def _min_length(least: int) -> Demand:
    return lambda value: "" if len(value) >= least else "is empty"


def _pattern(pattern: str) -> Demand:
    # In JSON Schema, as in ECMA-262, `$` is not in front of a last line end.
    compiled = re.compile(re.sub(r"\$$", r"\\Z", pattern))
    return lambda value: "" if compiled.search(value) else f"is {shown(value)}, not {pattern}"


def _enum(members: list[Any]) -> Demand:
    listed = ", ".join(map(str, members))
    return lambda value: "" if value in members else f"is {shown(value)}, none of {listed}"


def _const(wanted: Any) -> Demand:
    return lambda value: "" if value == wanted else f"is {shown(value)}, not {shown(wanted)}"


def _required(names: list[str]) -> Demand:
    def problem(value: dict[str, Any]) -> str:
        return next((f"lacks the key {name!r}" for name in names if name not in value), "")

    return problem


def _properties(wanted: dict[str, dict[str, Any]]) -> Demand:
    """Demand the patterns of some members; their types are those of the annotation."""
    patterns = {k: _pattern(v["pattern"]) for k, v in wanted.items() if "pattern" in v}

    def problem(value: dict[str, Any]) -> str:
        found = ((k, of(value[k])) for k, of in patterns.items() if k in value)
        return next((f"has a {k!r} that {said}" for k, said in found if said), "")

    return problem


def _format(name: str) -> Demand:
    if name != "date-time":
        raise TypeError(f"no value is held to the format {name}")

    def problem(value: str) -> str:
        try:
            told = dt.datetime.fromisoformat(value).tzinfo is not None
        except ValueError:
            told = False
        return "" if told else f"is {shown(value)}, no time with its offset from UTC"

    return problem


_DEMANDS: dict[str, Callable[[Any], Demand]] = {
    "minimum": _minimum,
    "maximum": _maximum,
    "minLength": _min_length,
    "pattern": _pattern,
    "enum": _enum,
    "const": _const,
    "required": _required,
    "properties": _properties,
    "format": _format,
}
