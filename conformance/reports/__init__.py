"""The reports of a run: each format draws its text from a `Result` and from nothing else.

In comes a `Result`; out come `result.json`, `junit.xml`, `report.html` and the terminal's summary.
`cli` writes them, and so does the pytest plugin where pytest was started by hand.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from conformance.result.storage import to_json

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


def write(result: Result, folder: Path, formats: Iterable[str] = tuple(FORMATS)) -> list[Path]:
    """Write reports into a folder, create it if it is missing, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in formats:
        file_name, render = FORMATS[name]
        path = folder / file_name
        # Only JSON still has lone surrogates here, and there the replacement is their escape.
        path.write_text(render(result), encoding="utf-8", errors="backslashreplace", newline="\n")
        paths.append(path)
    return paths
