"""Writes a `Result` as `result.json`, and reads it back strictly: an error names what does not fit."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from conformance.errors import WriteError, told
from conformance.http.reading import files, strict_json
from conformance.http.reading.codec import MisfitError, decoder, fields_of, plain
from conformance.result.model import RESULT_SCHEMA_VERSION, Result

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


# A result of a run in which everything fails has some 20 MB.
MOST_BYTES = 200 * files.MB
_LONE = re.compile("[\ud800-\udfff]")


class ResultError(Exception):
    """A file that is no result of this suite: what is wrong, why, and what to do."""


def to_json(result: Result) -> str:
    """Return `result.json`: UTF-8 text, keys in the order of the fields."""
    return lines_of(result)


def lines_of(result: object) -> str:
    """Return a frozen value as the text of a JSON file.

    Each field has a line of its own, and so has each item of a tuple in it.
    """
    values = fields_of(result).items()
    return (
        "{\n" + ",\n".join(f" {_json(name)}: {_lines(value)}" for name, value in values) + "\n}\n"
    )


def _lines(value: object) -> str:
    if not isinstance(value, tuple) or not value:
        return _json(value)
    return "[\n  " + ",\n  ".join(map(_json, value)) + "\n ]"


def _json(value: object) -> str:
    # Answers may hold half of a character, which JSON can hold as an escape and UTF-8 cannot.
    text = json.dumps(value, ensure_ascii=False, default=plain)
    return _LONE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def put(path: Path, draw: Callable[[], str]) -> None:
    """Draw a text and write it to a file, whole or not at all.

    Raises:
        WriteError: it cannot be drawn or written; the message names the file.
    """
    try:
        # Only JSON still has lone surrogates here, and there the replacement is their escape.
        content = draw().encode("utf-8", "backslashreplace")
    except Exception as error:
        raise WriteError(f"{path} cannot be drawn: {told(error)}") from error
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.put(path, content)
    except OSError as error:
        raise WriteError(f"{path} cannot be written: {error.strerror or error}") from error


def read(path: Path) -> Result:
    """Read a `result.json` back.

    Raises:
        ResultError: the file cannot be read or is no result of this version of the suite.
    """
    try:
        text = files.text(path, MOST_BYTES)
    except files.UnreadableError as error:
        raise ResultError(
            f"{path} cannot be read ({error}). Name the result.json that a run wrote."
        ) from error
    return from_json(text, name=str(path))


def from_json(text: str, *, name: str = "the text") -> Result:
    """Rebuild a `Result` from the text of a `result.json`; `name` is what errors call it.

    Raises:
        ResultError: the text is no result of this version of the suite.
    """
    try:
        value = strict_json.loads(text)
    except ValueError as error:
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
        found: Result = _RESULT(value)
    except MisfitError as error:
        raise ResultError(
            f"{name} is no result: the document{error}. Name a result.json that a run wrote, unchanged."
        ) from error
    return found


_RESULT = decoder(Result)
