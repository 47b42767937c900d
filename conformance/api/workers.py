"""What the workers of pytest-xdist share, and where a pytest keeps what was judged in it."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import argparse

    from conformance.api.shared import Judged

INI = "conformance_url"
# Nobody else has a value of this name.
DEST = "conformance_plugin_url"
URL_VARIABLE = "CONFORMANCE_URL"
# What the controller of pytest-xdist hands to its workers.
HANDED = "conformance"
SEEDS = 2**31
HANDOVER: pytest.StashKey[dict[str, Any]] = pytest.StashKey()
# Why the checks cannot be used in this pytest.
UNUSABLE: pytest.StashKey[str] = pytest.StashKey()
MADE: pytest.StashKey[list[Judged]] = pytest.StashKey()


def are_needless(given: argparse.Namespace, checks: Path) -> bool:
    """Return whether workers were asked for where nothing but the checks runs.

    One run judges all checks and sends its requests at once by itself. Workers would start, collect
    the checks again each, and wait for it: half as long again as the run itself.

    Args:
        given: what the command line says.
        checks: the folder of the checks.
    """
    asked = getattr(given, "numprocesses", None) and not getattr(given, "collectonly", False)
    named: list[str] = list(given.file_or_dir)
    return bool(asked and named) and all(_are_checks(name, checks) for name in named)


def _are_checks(name: str, checks: Path) -> bool:
    path = Path(name.partition("::")[0])
    return name.startswith("conformance.checks") or path.absolute().is_relative_to(checks)


def hand_over(node: Any) -> None:
    """Hand to a worker what all of them share: a seed, and a folder for what one of them has found."""
    handed = node.config.stash.get(HANDOVER, None)
    if handed is None:
        folder = tempfile.mkdtemp(prefix="conformance-workers-")
        handed = {"folder": folder, "seed": secrets.randbelow(SEEDS)}
        node.config.stash[HANDOVER] = handed
    node.workerinput[HANDED] = handed


def is_one(config: pytest.Config) -> bool:
    """Return whether this process is a worker of pytest-xdist."""
    return hasattr(config, "workerinput")


def seed(config: pytest.Config) -> int | None:
    """Return the seed that all workers draw from; None where there are none."""
    return _handed(config).get("seed")


def folder(config: pytest.Config) -> Path | None:
    """Return the folder that all workers share; None where there are none."""
    at = _handed(config).get("folder")
    return Path(at) if at else None


def _handed(config: pytest.Config) -> dict[str, Any]:
    return dict(getattr(config, "workerinput", {}).get(HANDED, {}))


def keep(config: pytest.Config, judged: Judged) -> None:
    """Keep what was judged, for the end of this pytest."""
    config.stash.setdefault(MADE, []).append(judged)


def all_made(config: pytest.Config) -> list[Judged]:
    """Return what was judged in this pytest, by itself or by its workers."""
    if handed := config.stash.get(HANDOVER, None):
        from conformance.api.shared import all_in  # noqa: PLC0415 - other pytest runs load this module, too

        return all_in(Path(handed["folder"]))
    return config.stash.get(MADE, [])


def clear(config: pytest.Config) -> None:
    """Remove what the workers shared."""
    if handed := config.stash.get(HANDOVER, None):
        shutil.rmtree(handed["folder"], ignore_errors=True)


def url(config: pytest.Config) -> str | None:
    """Return the gateway that this pytest names: by its flag, a variable, or the ini file."""
    given = getattr(config.option, DEST, None) or os.environ.get(URL_VARIABLE)
    return given or str(config.getini(INI) or "") or None
