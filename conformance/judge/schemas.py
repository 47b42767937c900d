"""Compares JSON bodies with the contract's schemas, and looks for secrets in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from conformance.contract import contract
from conformance.judge.expect import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.http.exchange import Reply

# A request asks for ten items at most. A million would take half a minute, and show nothing more.
MOST_ITEMS = 100
MOST_PROBLEMS = 100
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
    """Return the documented keys of an answer whose value has another JSON type than documented.

    Of an endless answer it looks at the first hundred items, and returns a hundred problems.

    Args:
        reply: the answer; one whose body is no JSON object has no documented keys.
        schema: the name of the contract's schema for it.
    """
    found = []
    body, data = reply.object, reply.object.get("data")
    if isinstance(data, list) and len(data) > MOST_ITEMS:
        body = {**body, "data": data[:MOST_ITEMS]}
    for error in islice(_validator(schema).iter_errors(body), MOST_PROBLEMS):
        if error.validator == "type":
            path = ".".join(str(step) for step in error.absolute_path)
            came = "null" if error.instance is None else shown(error.instance)
            text = f"{path} is {came}, its documented type is {error.validator_value}"
            found.append(TypeProblem(path, text, error.instance is None))
    return tuple(found)


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(contract.load().schema(schema))


def secrets_in(value: Any) -> Iterator[str]:
    """Yield the path of every key that names a secret and shows an unmasked text."""
    # Each value that may hold others, with its own place: the place of what holds it, and its key.
    left: list[tuple[Any, _Place]] = [(value, None)] if isinstance(value, dict | list) else []
    while left:
        value, place = left.pop()
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for key, one in inner:
            if isinstance(key, str) and SECRET_NAME.fullmatch(key) and _shown(one):
                yield _path((place, key))
            elif isinstance(one, dict | list):
                left.append((one, (place, key)))


_Place = tuple[Any, str | int] | None


def _path(place: _Place) -> str:
    words: list[str] = []
    while place is not None:
        place, key = place
        words.append(f"[{key}]" if isinstance(key, int) else f".{key}")
    return "".join(reversed(words)).removeprefix(".")


def _shown(value: Any) -> bool:
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, list):
            left += one
        elif isinstance(one, str) and one and MASKED.fullmatch(one) is None:
            return True
    return False
