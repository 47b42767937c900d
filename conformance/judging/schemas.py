"""Compares JSON bodies with the contract's schemas, and looks for secrets in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from conformance.contract import contract
from conformance.http.exchange import Reply
from conformance.http.reading.short import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

# A request asks for ten items at most. A million would take half a minute, and show nothing more.
MOST_ITEMS = 100
MOST_PROBLEMS = 100
LONGEST_KNOWN = 2_000
SECRET_NAME = re.compile(
    r"(?:proxy-)?authorization|(?:x-)?(?:goog-)?api[-_]?key|api[-_]?secret|client[-_]?secret|access[-_]?token|password",
    re.IGNORECASE,
)
LONGEST_NAME, MOST_SECRETS = 80, 20
MASKED = re.compile(
    r"(?:Bearer |Basic )?[^*•…\[\]<>]{0,8}(?:\*{2,}|•{2,}|…|\.{3}|\[[^\]]*\]|<[^>]*>|x{4,})[^*•…]{0,8}"
)


# Where a value stands: the last step, and the path to what it is in.
Path = tuple["Path", str] | None


@dataclass(frozen=True)
class TypeProblem:
    """A documented key whose value has another JSON type; `null` says that the value is null."""

    path: str
    text: str
    null: bool


# Two checks ask for the same answer: one judges wrong types, the other one nulls. Most of the errors of a
# run are the same few bodies besides, so that short ones are known by their bytes.
def type_problems(reply: Reply, schema: str) -> tuple[TypeProblem, ...]:
    """Return the documented keys of an answer whose value has another JSON type than documented.

    Of an endless answer it looks at the first hundred items, and returns a hundred problems.

    Args:
        reply: the answer; one whose body is no JSON object has no documented keys.
        schema: the name of the contract's schema for it.
    """
    if len(reply.body) <= LONGEST_KNOWN and reply.cut is None:
        return _of_body(reply.body, schema)
    return _of_reply(reply, schema)


@lru_cache(maxsize=1024)
def _of_reply(reply: Reply, schema: str) -> tuple[TypeProblem, ...]:
    return _problems(reply.object, schema)


@lru_cache(maxsize=4096)
def _of_body(body: bytes, schema: str) -> tuple[TypeProblem, ...]:
    return _problems(Reply(200, (), body).object, schema)


def _problems(body: dict[str, Any], schema: str) -> tuple[TypeProblem, ...]:
    found = []
    data = body.get("data")
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
    """Yield the path of every key that names a secret and shows an unmasked text, of the first twenty."""
    left: list[tuple[Any, Path]] = [(value, None)]
    found = 0
    while left and found < MOST_SECRETS:
        value, at = left.pop()
        if isinstance(value, dict):
            inner = [(one, (at, f".{str(key)[:LONGEST_NAME]}"), key) for key, one in value.items()]
        elif isinstance(value, list):
            inner = [(one, (at, f"[{number}]"), "") for number, one in enumerate(value)]
        else:
            continue
        for one, path, key in reversed(inner):
            if SECRET_NAME.fullmatch(str(key)) and _shown(one):
                found += 1
                yield _written(path)
            else:
                left.append((one, path))


def _written(path: Path) -> str:
    steps: list[str] = []
    while path is not None:
        path, step = path
        steps.append(step)
    return "".join(reversed(steps)).removeprefix(".")


def _shown(value: Any) -> bool:
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, list):
            left += one
        elif isinstance(one, str) and one and MASKED.fullmatch(one) is None:
            return True
    return False
