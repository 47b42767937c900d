"""Writes frozen values as JSON, and reads them back strictly: what does not fit is named.

The annotations of a dataclass are its format. `result.json`, `evidence.jsonl` and
`provider.jsonl` are read with this module. `cattrs` was tried and reads as fast. But it reads the
text "abc" as a tuple of three texts and true as an integer. Once a hook makes texts exact, it takes
any text for a member of a `StrEnum`. Its errors leave out what was found ("invalid value"), it
cannot resolve a name that a module imports for its annotations only, and its import takes as long
as this module needs to read a result. With hooks against all that it would be no less code.
"""

from __future__ import annotations

import binascii
import dataclasses
import types
import typing
from enum import StrEnum
from functools import cache
from itertools import repeat
from typing import Annotated, Any, Literal

from conformance.http.reading.ranges import demands
from conformance.http.reading.short import shown

if typing.TYPE_CHECKING:
    from collections.abc import Callable

    Decoder = Callable[[Any], Any]


class MisfitError(ValueError):
    """A JSON value that does not fit the type it is read as.

    Its text begins with the path to the value, from the value that was given to the decoder:
    `.requirements[0].status is 'good', none of pass, fail`.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.path = ""

    def __str__(self) -> str:
        return f"{self.path} {super().__str__()}"


def plain(value: Any) -> Any:
    """Return a frozen value as JSON can hold it: hand it to `json.dumps` as `default`.

    The value's own fields are returned as they are; `json.dumps` asks again for those within.
    """
    if isinstance(value, bytes):
        return _packed(value)
    return fields_of(value)


def fields_of(value: Any) -> dict[str, Any]:
    """Return the fields of a frozen value by their names, without a copy of what is in them."""
    return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}


@cache
def decoder(kind: Any, *, whole: bool = False, known: tuple[type, ...] = ()) -> Decoder:
    """Return the function that reads a JSON value as this type; it raises `MisfitError`.

    Args:
        kind: a dataclass, or a type that the annotation of a field may be.
        whole: demand every key of every object, and not only those of fields without a default.
        known: the types that annotations name, and that their modules import for types only.
    """

    def of(inner: Any) -> Decoder:
        return decoder(inner, whole=whole, known=known)

    if kind in _SIMPLE:
        return _SIMPLE[kind]
    if typing.get_origin(kind) is Annotated:
        inner, *told = typing.get_args(kind)
        return _narrowed(of(inner), demands(told))
    if dataclasses.is_dataclass(kind):
        return _object(typing.cast("type[Any]", kind), of, whole=whole, known=known)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _one_of({str(member): member for member in kind})
    return _composed(kind, of)


def _composed(kind: Any, of: Callable[[Any], Decoder]) -> Decoder:
    """Return what reads a type that is made of others."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union) and arguments[1:] == (types.NoneType,):
        return _optional(of(arguments[0]))
    if origin is tuple:
        repeated = arguments[-1] is Ellipsis
        return _array([of(a) for a in arguments if a is not Ellipsis], repeated=repeated)
    if origin is dict and arguments[0] is str:
        return _mapping(of(arguments[1]))
    if origin is Literal:
        return _one_of({a: a for a in arguments})
    raise TypeError(f"no JSON is read as {kind}")


def _object(
    cls: type[Any], of: Callable[[Any], Decoder], *, whole: bool, known: tuple[type, ...]
) -> Decoder:
    names = {k.__name__: k for k in known}
    hints = typing.get_type_hints(cls, localns=names, include_extras=True)
    fields = {f.name: f for f in dataclasses.fields(cls)}
    missing = dataclasses.MISSING
    needed = [
        n for n, f in fields.items() if whole or f.default is f.default_factory is missing
    ]  # fmt: skip
    readers: dict[str, Decoder] = {}

    def read(value: Any) -> Any:
        if not readers:  # only now: a type may hold values of its own type
            readers.update({name: of(hints[name]) for name in fields})
        members = _demand(value, dict)
        if not members.keys() <= fields.keys():
            raise MisfitError(f"has the unknown key {shown(min(members.keys() - fields.keys()))}")
        for name in needed:
            if name not in members:
                raise MisfitError(f"lacks the key {name!r}")
        found: dict[str, Any] = {}
        name = ""
        try:
            for name, item in members.items():
                found[name] = readers[name](item)
        except MisfitError as error:
            error.path = f".{name}{error.path}"
            raise
        return cls(**found)

    return read


def _array(readers: list[Decoder], *, repeated: bool) -> Decoder:
    """Read an array: its first reader reads every item, or each reader one item."""

    def read(value: Any) -> tuple[Any, ...]:
        items = _demand(value, list)
        if not repeated and len(items) != len(readers):
            raise MisfitError(f"has {len(items)} items instead of {len(readers)}")
        found: list[Any] = []
        try:
            for read_item, item in zip(repeat(readers[0]) if repeated else readers, items):  # noqa: B905 - repeat() has no end
                found.append(read_item(item))
        except MisfitError as error:
            error.path = f"[{len(found)}]{error.path}"
            raise
        return tuple(found)

    return read


def _mapping(read_item: Decoder) -> Decoder:
    def read(value: Any) -> dict[str, Any]:
        members = _demand(value, dict)
        found = {}
        key = ""
        try:
            for key, item in members.items():
                found[key] = read_item(item)
        except MisfitError as error:
            error.path = f"[{shown(key)}]{error.path}"
            raise
        return found

    return read


def _narrowed(read_value: Decoder, wanted: tuple[Callable[[Any], str], ...]) -> Decoder:
    """Read a value that is held to more than its type."""
    if not wanted:
        return read_value

    def read(value: Any) -> Any:
        found = read_value(value)
        for problem_of in wanted:
            if problem := problem_of(value):
                raise MisfitError(problem)
        return found

    return read


def _optional(read_item: Decoder) -> Decoder:
    return lambda value: None if value is None else read_item(value)


def _one_of(members: dict[Any, Any]) -> Decoder:
    def read(value: Any) -> Any:
        if type(value) is not str or value not in members:
            raise MisfitError(f"is {shown(value)}, none of {', '.join(map(str, members))}")
        return members[value]

    return read


def _exactly(*kinds: type) -> Decoder:
    """Read a value of just these types: in Python a bool is an int, in JSON it is not."""

    def read(value: Any) -> Any:
        return value if type(value) in kinds else _demand(value, kinds[0])

    return read


def _demand(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise MisfitError(f"is {type(value).__name__}, not {kind.__name__}")
    return value


def _packed(content: bytes) -> dict[str, str]:
    try:
        return {"text": content.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": binascii.b2a_base64(content, newline=False).decode("ascii")}


def _unpacked(value: Any) -> bytes:
    (kind, content), *more = _demand(value, dict).items() or [("", "")]
    if more or kind not in ("text", "base64") or type(content) is not str:
        raise MisfitError("is neither an object with a text nor one with base64")
    try:
        return (
            content.encode() if kind == "text" else binascii.a2b_base64(content, strict_mode=True)
        )
    except ValueError as error:
        raise MisfitError(f"has no bytes as {kind} ({error})") from error


_SIMPLE: dict[Any, Decoder] = {
    Any: lambda value: value,
    str: _exactly(str),
    int: _exactly(int),
    bool: _exactly(bool),
    float: _exactly(
        float, int
    ),  # JSON has one kind of number, so a whole one may stand for a float
    bytes: _unpacked,
}
