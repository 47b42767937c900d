"""Resolves settings: the flag wins over the variable, the variable over the file.

A value that cannot be used is a usage error; its message names where the value was given.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from typing import TYPE_CHECKING, Any

from conformance.errors import UsageError
from conformance.http.reading import files
from conformance.http.reading.short import shown
from conformance.target import challenge, waivers
from conformance.target.settings import BY_NAME, SETTINGS, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from conformance.target.setting import Setting


MOST_BYTES = files.MB
MOST_SHOWN = 80
MOST_DIGITS = 100
# What a rate counts by, and a duration is written in, in seconds.
UNITS_S = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600}
DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?) *(s|sec|m|min|h)?")


def resolve(
    flags: Mapping[str, Any], environment: Mapping[str, str], config: Path | None
) -> dict[str, Any]:
    """Return every setting's value by its Python name, and `url`.

    Args:
        flags: what the command line gave, by Python name; None where it gave nothing.
        environment: the process's environment.
        config: the configuration file, or None for `conformance.toml` if there is one here.

    Raises:
        UsageError: a value, a key or the file cannot be used; the message says which.
    """
    written = read_config(config) if config else {}
    values: dict[str, Any] = {
        "url": flags.get("url") or environment.get("CONFORMANCE_URL") or written.get("url")
    }
    origins: dict[str, tuple[int, str]] = {}
    for setting in SETTINGS:
        given = flags.get(setting.key)
        if given not in (None, []):
            origins[setting.name], raw = (0, setting.flag), given
        elif environment.get(setting.variable):
            origins[setting.name], raw = (1, setting.variable), environment[setting.variable]
        elif setting.name in written and not _is_tables(setting, written[setting.name]):
            origins[setting.name], raw = (2, f"{config}: {setting.name}"), written[setting.name]
        else:
            values[setting.key] = [] if setting.kind == "list" else setting.default
            continue
        values[setting.key] = parse(setting, raw, origins[setting.name][1])
    _one_source_of_the_seed(values, origins)
    return values


def _one_source_of_the_seed(values: dict[str, Any], origins: Mapping[str, tuple[int, str]]) -> None:
    """Leave a seed or a challenge: that which is named nearer to the command line.

    A `seed` in the configuration is for the runs of every day, and a challenge on the command line
    for the one that certifies.
    """
    if "challenge" not in origins:
        return
    challenge.check(values["challenge"], origins["challenge"][1])
    if "seed" not in origins:
        return
    (nearer, first), (other, second) = origins["challenge"], origins["seed"]
    if nearer == other:
        raise UsageError(f"{first}: makes the seed, and {second} names one; leave out one of them")
    values["seed" if nearer < other else "challenge"] = None


def _is_tables(setting: Setting, value: Any) -> bool:
    """Return whether a key holds the waivers themselves, which `waivers` reads, and no file's name."""
    return setting.name == waivers.TABLE and isinstance(value, list)


def from_flags(words: Iterable[str]) -> dict[str, Any]:
    """Return what flags of `conformance run` give, by the settings' Python names, not yet parsed.

    Raises:
        UsageError: a word is no flag of a setting, or its value is missing.
    """
    given: dict[str, Any] = {}
    left = iter(words)
    for word in left:
        setting = BY_NAME.get(word.removeprefix("--"))
        if setting is None or not word.startswith("--"):
            raise UsageError(f"{word}: no such flag")
        if setting.kind == "switch":
            given[setting.key] = True
            continue
        value = next(left, None)
        if value is None:
            raise UsageError(f"{word}: its value is missing")
        given[setting.key] = [*given.get(setting.key, ()), value] if setting.many else value
    return given


def read_config(path: Path) -> dict[str, Any]:
    """Read `conformance.toml`; every key in it is known.

    Raises:
        UsageError: the file cannot be read, is no TOML, or has a key that does not exist.
    """
    try:
        text = files.text(path, MOST_BYTES)
    except files.UnreadableError as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error
    try:
        written = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also of numbers and depths beyond Python's own
        raise UsageError(f"{path}: is no TOML: {error}") from error
    for key, value in written.items():
        if key in TABLES:
            if not isinstance(value, dict):
                raise UsageError(f"{path}: {key}: is no table; write [{key}]")
        elif key != "url" and key not in BY_NAME:
            where = f"{key}.{next(iter(value))}" if isinstance(value, dict) and value else key
            where = where if where.isprintable() and len(where) <= MOST_SHOWN else shown(where)
            near = difflib.get_close_matches(key, [*BY_NAME, "url", *TABLES], 1)
            advice = f"; did you mean {near[0]}?" if near else "; see `conformance run --help`"
            raise UsageError(f"{path}: {where}: no such setting{advice}")
    if not isinstance(written.get("url", ""), str):
        raise UsageError(f"{path}: url: is no text")
    return written


def parse(setting: Setting, raw: Any, origin: str) -> Any:
    """Return a setting's value in its own type.

    Raises:
        UsageError: it has another type, is out of range, or is none of the choices.
    """
    if setting.kind == "switch":
        return _switch(raw, origin)
    if setting.kind == "list":
        return [_chosen(setting, item, origin) for item in _items(setting, raw, origin)]
    if setting.kind in ("integer", "number"):
        return _number(setting, raw, origin)
    if setting.kind == "duration":
        return _seconds(raw, origin)
    if not isinstance(raw, str):
        raise UsageError(f"{origin}: {shown(raw)} is no text; put it in quotes")
    if "\0" in raw:
        raise UsageError(f"{origin}: holds a null character")
    if setting.kind == "rate":
        return _per_second(raw, origin)
    return _chosen(setting, raw, origin)


def _items(setting: Setting, raw: Any, origin: str) -> list[str]:
    rows = raw if isinstance(raw, list) else [raw]
    if not all(isinstance(row, str) for row in rows):
        raise UsageError(f"{origin}: is a list of texts")
    if any("\0" in row for row in rows):
        raise UsageError(f"{origin}: holds a null character")
    if setting.name == "header":
        return rows
    return [part.strip() for row in rows for part in row.split(",") if part.strip()]


def _chosen(setting: Setting, value: str, origin: str) -> str:
    if setting.choices and value not in setting.choices:
        raise UsageError(f"{origin}: {shown(value)} is none of {', '.join(setting.choices)}")
    return value


def _number(setting: Setting, raw: Any, origin: str) -> float | int | str:
    if raw in setting.words:
        return str(raw)
    wanted = "a whole number" if setting.kind == "integer" else "a number"
    try:
        text = str(raw) if len(str(raw)) <= MOST_DIGITS else ""
        value = int(text) if setting.kind == "integer" else float(text)
    except ValueError:
        raise UsageError(f"{origin}: {shown(raw)} is not {wanted}{_or(setting)}") from None
    if isinstance(raw, bool) or (setting.least is not None and not value >= setting.least):
        raise UsageError(
            f"{origin}: {shown(raw)} is not {wanted} of at least {setting.least:g}{_or(setting)}"
        )
    if value == float("inf"):
        raise UsageError(f"{origin}: {shown(raw)} is not {wanted} that ends{_or(setting)}")
    return value


def _per_second(raw: str, origin: str) -> float:
    """Return the requests per second of a rate such as `60/min`."""
    count, _, unit = (piece.strip().lower() for piece in raw.partition("/"))
    seconds = UNITS_S.get(unit)
    if seconds is None or not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", count) or not float(count):
        raise UsageError(f"{origin}: {shown(raw)} is no rate; write 1/s, 60/min or 1000/h")
    return float(count) / seconds


def _seconds(raw: Any, origin: str) -> float:
    """Return the seconds of a time such as `90`, `90s`, `20m` or `2h`."""
    found = DURATION.fullmatch(str(raw).strip().lower())
    if isinstance(raw, bool) or found is None or not float(found[1]):
        raise UsageError(f"{origin}: {raw!r} is no time; write 90s, 20m or 2h")
    return float(found[1]) * UNITS_S[found[2] or "s"]


def _or(setting: Setting) -> str:
    return "".join(f", nor {word}" for word in setting.words)


def _switch(raw: Any, origin: str) -> bool:
    if isinstance(raw, bool):
        return raw
    if str(raw).lower() in ("1", "true", "yes", "on"):
        return True
    if str(raw).lower() in ("0", "false", "no", "off"):
        return False
    raise UsageError(f"{origin}: {shown(raw)} is neither true nor false")
