"""The reports of a run: each format draws its text from a `Result` and from nothing else.

In comes a `Result`; out come `result.json`, `junit.xml`, `report.html` and the terminal's summary.
`cli` writes them, and so does the pytest plugin where pytest was started by hand.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

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
    "json": Format("result.json", to_json),
    "junit": Format("junit.xml", _deferred("junit")),
    "html": Format("report.html", _deferred("html")),
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
    chosen = [FORMATS[name] for name in formats]
    return put_each([(folder / f.file_name, partial(f.render, result)) for f in chosen], troubles)


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
