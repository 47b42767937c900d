"""Finds the keys of a JSON body that its documented schema does not have, and what they may stand for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True)
class Undocumented:
    """A key that is not documented.

    `path` is where it stands, without the numbers of items; `meant` is the documented key that it is
    another spelling of, and that the same object lacks, or is empty.
    """

    path: str
    meant: str = ""


def undocumented(value: Any, schema: Mapping[str, Any], path: str = "") -> Iterator[Undocumented]:
    """Yield each key that a schema does not have, where the schema describes an object's keys.

    Args:
        value: the body, or a part of it.
        schema: its schema, with all that it holds written out.
        path: where the value stands in the body.
    """
    if not hasattr(schema, "get"):  # `true`: the documentation leaves it open
        return
    if isinstance(value, list):
        for item in value:
            yield from undocumented(item, schema.get("items", {}), path)
    known = schema.get("properties", {})
    if not isinstance(value, dict) or not known:
        return
    spelled = {plain(name): name for name in known}
    for key, inner in value.items():
        at = f"{path}.{key}" if path else key
        if key in known:
            yield from undocumented(inner, known[key], at)
        else:
            meant = spelled.get(plain(key), "")
            yield Undocumented(at, "" if meant in value else meant)


def plain(key: str) -> str:
    """Return a key without what spellings differ in: its case, underscores and hyphens."""
    return key.replace("_", "").replace("-", "").lower()
