"""The reports of a run: each format draws its text from a `Result` and from nothing else.

In comes a `Result`; out come `result.json`, `junit.xml`, `report.html`, `report.md`,
`badge.json` and the terminal's summary.
`cli` writes them, and so does the pytest plugin where pytest was started by hand.
"""

from __future__ import annotations

import dataclasses
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from conformance.result import beside
from conformance.result.storage import put, to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from conformance.result.model import Result


class Format(NamedTuple):
    """One format of a report: the name of its file, and the function that draws it."""

    file_name: str
    render: Callable[[Result], str]


def _deferred(module: str) -> Callable[[Result], str]:
    """Import a format's module only when it is drawn, so that `--help` stays fast."""

    def render(result: Result) -> str:
        text: str = import_module(f"{__name__}.{module}").render(result)
        return text

    return render


FORMATS = {
    "json": Format(beside.RESULT_FILE, to_json),
    "junit": Format(beside.JUNIT_FILE, _deferred("junit")),
    "html": Format(beside.HTML_FILE, _deferred("html")),
    "markdown": Format(beside.MARKDOWN_FILE, _deferred("markdown")),
    "badge": Format(beside.BADGE_FILE, _deferred("badge")),
}


def write(
    result: Result,
    folder: Path,
    formats: Iterable[str] = tuple(FORMATS),
    troubles: list[BaseException] | None = None,
) -> list[Path]:
    """Write reports into a folder, create it if it is missing, and return their paths.

    Each is written whole or not at all, and one that fails keeps no other from being written.

    Args:
        result: what to report.
        folder: where to.
        formats: which reports, by their names in `FORMATS`.
        troubles: gets what failed; without it, the first of that is raised.

    Raises:
        WriteError: a report cannot be drawn or written.
    """
    drawings: dict[Path, Callable[[], str]] = {}
    for name in formats:
        file_name, render = FORMATS[name]
        of_result = name == "json"
        draw = partial(_with_digests if of_result else render, result)
        drawings[folder / file_name] = partial(draw, folder) if of_result else draw
    # The result is written behind the others, since it names their digests.
    last = folder / beside.RESULT_FILE
    written = put_each(sorted(drawings.items(), key=lambda item: item[0] == last), troubles)
    return [path for path in drawings if path in written]


def _with_digests(result: Result, folder: Path) -> str:
    """Return `result.json` with the digests of what lies beside it now, or lay there when it was made."""
    there = {**result.files, **beside.digests(folder)}
    return to_json(dataclasses.replace(result, files=there))


def put_each(
    drawings: Iterable[tuple[Path, Callable[[], str]]],
    troubles: list[BaseException] | None = None,
) -> list[Path]:
    """Draw texts, write each to its file as `write` does, and return the paths of those that could be.

    Raises:
        WriteError: one cannot be drawn or written, and no `troubles` were given to get it.
    """
    failed: list[BaseException] = []
    paths = []
    for path, draw in drawings:
        try:
            put(path, draw)
            paths.append(path)
        except Exception as error:  # noqa: BLE001 - a fault of one report must not cost the others
            failed.append(error)
    if failed and troubles is None:
        raise failed[0]
    if troubles is not None:
        troubles += failed
    return paths
