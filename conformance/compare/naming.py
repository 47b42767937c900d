"""Gives each result that is compared a name of its own, which tables can show."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from conformance.errors import UsageError
from conformance.http.reading.short import shown

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from conformance.result.model import Result

LONGEST = 60


class Named(NamedTuple):
    """What a person asked to compare: a path, and the name that it was given, if any."""

    path: Path
    name: str = ""


def parsed(text: str) -> Named:
    """Read `PATH` or `NAME=PATH`; a path that is there and has an equals sign in it is a path.

    Raises:
        UsageError: the name or the path is empty, or the name cannot be shown in a table.
    """
    name, equals, path = text.partition("=")
    if not equals or "/" in name or _is_there(text):
        return Named(Path(text))
    if not name or not path:
        raise UsageError(f"{shown(text)}: write NAME=PATH, with both of them")
    if len(name) > LONGEST or not name.isprintable():
        raise UsageError(
            f"{shown(name)}: a name has at most {LONGEST} characters, all of them printable"
        )
    return Named(Path(path), name)


def _is_there(text: str) -> bool:
    try:
        return Path(text).exists()
    except (OSError, ValueError):
        return False


def names(asked: Sequence[Named], results: Sequence[Result]) -> tuple[str, ...]:
    """Return a name for each result, no two of them equal.

    The name is the one that was given, else that of the folder or file, else the target's address,
    else the path as it was written, else that with a number.

    Raises:
        UsageError: one name was given twice.
    """
    given = Counter(one.name for one in asked if one.name)
    if twice := [name for name, count in given.items() if count > 1]:
        raise UsageError(f"two results are named {shown(twice[0])}; give each a name of its own")
    for kind in (_of_file, _of_url, _of_path):
        found = [one.name or kind(one, r) for one, r in zip(asked, results, strict=True)]
        if len(set(found)) == len(found) and all(found):
            return tuple(found)
    used: dict[str, None] = dict.fromkeys(given)
    for one, name in zip(asked, found, strict=True):
        if not one.name:
            used[_free(name or "result", used)] = None
    unnamed = iter([name for name in used if name not in given])
    return tuple(one.name or next(unnamed) for one in asked)


def _free(name: str, used: Collection[str]) -> str:
    numbered = (name, *(f"{name} ({number})" for number in range(2, len(used) + 3)))
    return next(free for free in numbered if free not in used)


def _of_file(one: Named, _: Result) -> str:
    path = Path(one.path).resolve()
    if path.name == "result.json":
        path = path.parent
    return _fit(path.name if path.is_dir() else path.stem)


def _of_url(_: Named, result: Result) -> str:
    return _fit(str(result.target.get("url") or ""))


def _of_path(one: Named, _: Result) -> str:
    return _fit(str(one.path))


def _fit(name: str) -> str:
    """Return a name as a table can hold it; of a long one the end, which tells it from others."""
    clean = "".join(c if c.isprintable() else "�" for c in name)
    return clean if len(clean) <= LONGEST else f"…{clean[1 - LONGEST :]}"
