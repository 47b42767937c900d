"""Makes the JSON Schema of `result.json` from the annotations of its values.

The committed copy, `schemas/result.schema.json`, is for programs that read results. After a change
of the model, write it anew: `python -m conformance.result.schema`.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from conformance.result.exchange_summary import Narrowed
from conformance.result.model import RESULT_SCHEMA_VERSION, Result

COPY = Path(__file__).parent / "schemas" / "result.schema.json"
PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    types.NoneType: {"type": "null"},
}


def schema() -> dict[str, Any]:
    """Return the JSON Schema of `result.json`."""
    return document(Result, "result", RESULT_SCHEMA_VERSION)


def document(cls: type[Any], name: str, version: int) -> dict[str, Any]:
    """Return the JSON Schema of the file `NAME.json` that holds a value of this dataclass."""
    defined: dict[str, dict[str, Any]] = {}
    whole = _object(cls, defined)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:image-variations-conformance:{name}:{version}",
        "title": f"{name}.json of Image Variations Conformance",
        **whole,
        "$defs": dict(sorted(defined.items())),
    }


def text() -> str:
    """Return the schema as the committed copy holds it."""
    return as_text(schema())


def as_text(made: dict[str, Any]) -> str:
    """Return a schema as a committed copy holds it."""
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def _object(cls: type[Any], defined: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the schema of a dataclass; those that it names are put into `defined`."""
    hints = typing.get_type_hints(cls, include_extras=True)
    fields = dataclasses.fields(cls)
    properties = {f.name: _of(hints[f.name], defined) for f in fields}
    missing = dataclasses.MISSING
    needed = {f.name for f in fields if f.default is f.default_factory is missing}
    needed |= {name for name, found in properties.items() if "const" in found}
    return {
        "description": cls.__doc__,
        "type": "object",
        "additionalProperties": False,
        "required": [name for name in properties if name in needed],
        "properties": properties,
    }


def _of(kind: Any, defined: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the schema of what a field is annotated with."""
    if typing.get_origin(kind) is Annotated:
        inner, *told = typing.get_args(kind)
        found = _of(inner, defined)
        for more in told:
            found |= more.keywords if isinstance(more, Narrowed) else {"description": more}
        listed = {"enum", "const"} & found.keys()  # the listed values have their type
        return {k: v for k, v in found.items() if k != "type"} if listed else found
    if isinstance(kind, type) and (dataclasses.is_dataclass(kind) or issubclass(kind, StrEnum)):
        if kind.__name__ not in defined:
            defined[kind.__name__] = {}  # so that it is not begun again within itself
            defined[kind.__name__] = (
                {"description": kind.__doc__, "enum": list(kind)}
                if issubclass(kind, StrEnum)
                else _object(kind, defined)
            )
        return {"$ref": f"#/$defs/{kind.__name__}"}
    return dict(PLAIN[kind]) if kind in PLAIN else _composed(kind, defined)


def _composed(kind: Any, defined: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the schema of a type that is made of others."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is dict:
        inner = arguments[1]
        values: Any = True if inner is Any else _of(inner, defined)
        return {"type": "object", "additionalProperties": values}
    if origin is tuple and arguments[-1] is Ellipsis:
        return {"type": "array", "items": _of(arguments[0], defined)}
    if origin is tuple:
        items = [_of(a, defined) for a in arguments]
        return {"type": "array", "prefixItems": items, "items": False, "minItems": len(items)}
    if origin in (types.UnionType, typing.Union):
        return {"anyOf": [_of(a, defined) for a in arguments]}
    raise TypeError(f"no JSON Schema is known for {kind}")


if __name__ == "__main__":
    COPY.write_text(text(), encoding="utf-8")
