"""The reports of a comparison: text for a terminal, Markdown, JSON, and one HTML page."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from conformance.reports import put_each
from conformance.result.storage import lines_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conformance.compare.model import Comparison


def _deferred(module: str) -> Callable[[Comparison], str]:
    """Import a format's module only when it is drawn, so that `--help` stays fast."""

    def render(comparison: Comparison) -> str:
        text: str = import_module(f"{__name__}.{module}").render(comparison)
        return text

    return render


FORMATS: dict[str, Callable[[Comparison], str]] = {
    "text": _deferred("terminal"),
    "md": _deferred("markdown"),
    "json": lines_of,
    "html": _deferred("html"),
}
# What a run with --against writes beside its reports.
FILES = {"comparison.md": "md", "comparison.json": "json", "comparison.html": "html"}


def write(comparison: Comparison, folder: Path, troubles: list[BaseException]) -> list[Path]:
    """Write a comparison into a folder in every format for files, and return their paths.

    Each is written whole or not at all; what fails is added to `troubles`, and keeps no other from
    being written.
    """
    drawings = ((folder / name, partial(FORMATS[kind], comparison)) for name, kind in FILES.items())
    return put_each(drawings, troubles)
