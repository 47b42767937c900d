"""Every value of a result is one that its evidence decides: changed alone, with all reports drawn anew, it is found."""

from __future__ import annotations

import json
import shutil
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from conformance import reports
from conformance.cli.embedded_runs import judged
from conformance.result import storage
from conformance.verify.verifying import verify
from tests.amount import EVERYTHING
from tests.verify.conftest import keeping

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Way = tuple[str | int, ...]
# One place of so many is tried by `make test`, and all by `make matrix-all`.
OF = 1 if EVERYTHING else 6
# What judged, and how long it took: no evidence decides that. A statement has the digest of it.
UNDECIDED = {"judged_with", "suite", "duration_s"}
# The digests of other files, which are written anew with the result.
WRITTEN_ANEW = {"files"}


def leaves(value: Any, way: Way = ()) -> Iterator[Way]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*way, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from leaves(inner, (*way, at))
    else:
        yield way


def shape(way: Way) -> str:
    """Return a place without what tells one item from the others."""
    return ".".join("#" if isinstance(k, int) or len(k) == len("0123456789ab") else k for k in way)


def other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int | float) else "x" if value is None else f"{value}x"


@pytest.fixture(scope="module")
def observed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    kept = tmp_path_factory.mktemp("observed") / "reports"
    judged(["missing-model-defaulted"], profile="smoke", observed=True, then=keeping(kept))
    return kept


@cache
def places(path: Path) -> tuple[Way, ...]:
    """Return one place of each shape in a result, but for those that nothing decides."""
    ways = {shape(way): way for way in leaves(json.loads(path.read_text()))}
    left_out = UNDECIDED | WRITTEN_ANEW
    return tuple(w for s, w in sorted(ways.items()) if not left_out.intersection(s.split(".")))


def test_a_result_has_no_value_that_can_be_made_up(observed: Path, tmp_path: Path) -> None:
    missed = []
    for way in places(observed / "result.json")[::OF]:
        document = json.loads((observed / "result.json").read_text())
        at = document
        for key in way[:-1]:
            at = at[key]
        at[way[-1]] = other(at[way[-1]])
        folder = shutil.copytree(observed, tmp_path / "changed", dirs_exist_ok=True)
        (folder / "result.json").write_text(json.dumps(document))
        try:
            reports.write(storage.read(folder / "result.json"), folder)
        except storage.ResultError:
            continue  # it is no result any more, and no command reads it
        if verify(folder).holds:
            missed.append(shape(way))
    assert missed == []
