"""`result.json`: a `Result` as text, and back, strictly: what does not fit is named, not guessed."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from conformance.result.model import (
    RESULT_SCHEMA_VERSION,
    Check,
    Diagnosis,
    ExchangeSummary,
    FormField,
    Ledger,
    Observation,
    Picture,
    ProviderCall,
    RequirementResult,
    Result,
    Try,
)

if TYPE_CHECKING:
    from pathlib import Path


class ResultError(Exception):
    """A file that is no result of this suite: what is wrong, why, and what to do."""


def to_json(result: Result) -> str:
    """Return `result.json`: UTF-8 text, keys in the order of the classes above.

    Each value has a line of its own, and so has each requirement and each exchange.
    """
    values = _fields(result).items()
    return (
        "{\n" + ",\n".join(f" {_json(name)}: {_lines(value)}" for name, value in values) + "\n}\n"
    )


def _lines(value: object) -> str:
    if not isinstance(value, tuple) or not value:
        return _json(value)
    return "[\n  " + ",\n  ".join(map(_json, value)) + "\n ]"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_fields)


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}


def read(path: Path) -> Result:
    """Read a `result.json` back.

    Raises:
        ResultError: the file cannot be read or is no result of this version of the suite.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ResultError(
            f"{path} cannot be read ({error.strerror}). Name the result.json that a run wrote."
        ) from error
    except UnicodeDecodeError as error:
        raise ResultError(
            f"{path} is no result: it is not UTF-8 text. Name the result.json that a run wrote."
        ) from error
    return from_json(text, name=str(path))


def from_json(text: str, *, name: str = "the text") -> Result:
    """Rebuild a `Result` from the text of a `result.json`; `name` is what errors call it.

    Raises:
        ResultError: the text is no result of this version of the suite.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ResultError(
            f"{name} is no result: it is not JSON ({error}). Name the result.json that a run wrote."
        ) from error
    version = value.get("schema") if isinstance(value, dict) else None
    if isinstance(version, int) and version != RESULT_SCHEMA_VERSION:
        raise ResultError(
            f"{name} has version {version} of the result format; this suite reads version "
            f"{RESULT_SCHEMA_VERSION}. Use the version of the suite that wrote it, or run again."
        )
    try:
        return typing.cast("Result", _rebuild(Result, value, "the document"))
    except _Mismatch as error:
        raise ResultError(
            f"{name} is no result: {error}. Name a result.json that a run wrote, unchanged."
        ) from error


class _Mismatch(Exception):  # noqa: N818 - never leaves this module
    """A JSON value that does not fit the dataclass field it is for."""


def _rebuild(hint: Any, value: Any, where: str) -> Any:
    """Return the JSON value as the type that a dataclass field is declared to have."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType:  # every union here is `X | None`
        return None if value is None else _rebuild(arguments[0], value, where)
    if origin is tuple:
        items = _demand(list, value, where)
        kinds = [arguments[0]] * len(items) if arguments[-1] is Ellipsis else list(arguments)
        if len(kinds) != len(items):
            raise _Mismatch(f"{where} has {len(items)} items instead of {len(kinds)}")
        pairs = enumerate(zip(kinds, items, strict=True))
        return tuple(_rebuild(kind, item, f"{where}[{i}]") for i, (kind, item) in pairs)
    if origin is dict:
        members = _demand(dict, value, where)
        return {k: _rebuild(arguments[1], v, f"{where}[{k!r}]") for k, v in members.items()}
    return _rebuild_one(hint, value, where)


def _rebuild_one(hint: Any, value: Any, where: str) -> Any:
    if dataclasses.is_dataclass(hint):
        return _rebuild_dataclass(typing.cast("type[Any]", hint), value, where)
    # JSON has one kind of number, so a whole one may stand where a float is declared.
    if hint is Any or (hint is float and type(value) is int):
        return value
    if issubclass(hint, StrEnum):
        if value not in list(hint):
            raise _Mismatch(f"{where} is {value!r}, none of {', '.join(hint)}")
        return hint(value)
    return _demand(hint, value, where)


def _rebuild_dataclass(cls: type[Any], value: Any, where: str) -> Any:
    members = _demand(dict, value, where)
    hints = _HINTS[cls]
    fields = {f.name: f for f in dataclasses.fields(cls)}
    if unknown := members.keys() - fields.keys():
        raise _Mismatch(f"{where} has the unknown key {min(unknown)!r}")
    for name, declared in fields.items():
        needed = declared.default is declared.default_factory is dataclasses.MISSING
        if needed and name not in members:
            raise _Mismatch(f"{where} lacks the key {name!r}")
    return cls(**{k: _rebuild(hints[k], v, f"{where}.{k}") for k, v in members.items()})


def _demand(kind: type, value: Any, where: str) -> Any:
    if type(value) is not kind:  # exactly: in Python a bool is an int, in JSON it is not
        raise _Mismatch(f"{where} is {type(value).__name__}, not {kind.__name__}")
    return value


_HINTS = {
    cls: typing.get_type_hints(cls)
    for cls in (
        Result,
        RequirementResult,
        Check,
        Observation,
        ExchangeSummary,
        FormField,
        Picture,
        ProviderCall,
        Try,
        Diagnosis,
        Ledger,
    )
}
