"""Compares JSON bodies with the contract's schemas, and looks for secrets in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from conformance.contract import contract

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.http.exchange import Reply

SECRET_NAME = re.compile(
    r"(?:proxy-)?authorization|(?:x-)?(?:goog-)?api[-_]?key|api[-_]?secret|client[-_]?secret|access[-_]?token|password",
    re.IGNORECASE,
)
MASKED = re.compile(
    r"(?:Bearer |Basic )?[^*•…\[\]<>]{0,8}(?:\*{2,}|•{2,}|…|\.{3}|\[[^\]]*\]|<[^>]*>|x{4,})[^*•…]{0,8}"
)


@dataclass(frozen=True)
class TypeProblem:
    """A documented key whose value has another JSON type; `null` says that the value is null."""

    path: str
    text: str
    null: bool


# Two checks ask for the same answer: one judges wrong types, the other one nulls.
@lru_cache(maxsize=1024)
def type_problems(reply: Reply, schema: str) -> tuple[TypeProblem, ...]:
    """Return every documented key of an answer whose value has another JSON type than documented.

    Args:
        reply: the answer; one whose body is no JSON object has no documented keys.
        schema: the name of the contract's schema for it.
    """
    found = []
    for error in _validator(schema).iter_errors(reply.object):
        if error.validator == "type":
            path = ".".join(str(step) for step in error.absolute_path)
            shown = "null" if error.instance is None else repr(error.instance)[:60]
            text = f"{path} is {shown}, its documented type is {error.validator_value}"
            found.append(TypeProblem(path, text, error.instance is None))
    return tuple(found)


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(contract.load().schema(schema))


def secrets_in(value: Any, path: str = "") -> Iterator[str]:
    """Yield the path of every key that names a secret and shows an unmasked text."""
    if isinstance(value, dict):
        for key, inner in value.items():
            at = f"{path}.{key}" if path else str(key)
            if SECRET_NAME.fullmatch(str(key)) and _shown(inner):
                yield at
            else:
                yield from secrets_in(inner, at)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from secrets_in(inner, f"{path}[{number}]")


def _shown(value: Any) -> bool:
    if isinstance(value, list):
        return any(_shown(item) for item in value)
    return isinstance(value, str) and len(value) > 0 and MASKED.fullmatch(value) is None
