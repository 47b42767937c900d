"""Merges the results of all shards of a run: statuses and verdict are those of one whole run.

A check that one shard judged stays as it is. A check that several shards judged, each over its own
requests, gets the worst of their statuses. A shard that had nothing to judge (untestable, not
applicable) does not count beside one that had. Merging judges nothing anew, so that it needs no
network and no credential.
"""

from __future__ import annotations

import dataclasses
import os
import shlex
from collections import Counter
from typing import TYPE_CHECKING, Any, TypeVar

from conformance.errors import UsageError
from conformance.evidence.log import EVIDENCE_FILE
from conformance.evidence.reading import MOST_BYTES
from conformance.http.reading import files
from conformance.http.reading.short import shown
from conformance.result import between_shards, consistency, storage, waiving
from conformance.result.consistency import shard_of
from conformance.result.findings import find
from conformance.result.model import MERGED_BY, Check, Ledger, RequirementResult, Result, Status
from conformance.result.verdict import reached, verdict_of, worst

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from conformance.result.exchange_summary import ExchangeSummary

T = TypeVar("T")
NOTHING_TO_JUDGE = frozenset({Status.UNTESTABLE, Status.NOT_APPLICABLE})
MOST_NAMED = 5
ALIKE = ("target", "challenge", "seed", "profile", "contract", "suite", "selection")


def merged(folders: list[Path]) -> Result:
    """Return the result of a whole run from the report folders of its shards.

    Raises:
        UsageError: a folder has no result of a shard, the shards are of different runs, or one is
            missing.
    """
    found = [read(folder) for folder in folders]
    _check(found, folders)
    found.sort(key=lambda r: shard_of(r.shard) or (0, 0))
    first = found[0]
    requirements = tuple(
        _requirement(rows) for rows in zip(*(r.requirements for r in found), strict=True)
    )
    diagnosis = _each_once(r.diagnosis for r in found)
    note = f"Merged from {len(found)} shards; the time is that of the longest."
    whole = dataclasses.replace(
        first,
        verdict=verdict_of(
            requirements, reached=reached(diagnosis), narrowed=bool(first.selection)
        ),
        started=min(r.started for r in found),
        duration_s=max(r.duration_s for r in found),
        requests=sum(r.requests for r in found),
        images=sum(r.images for r in found),
        requirements=requirements,
        observations=tuple(
            dataclasses.replace(rows[0], findings=_each_once(o.findings for o in rows))
            for rows in zip(*(r.observations for r in found), strict=True)
        ),
        exchanges=_exchanges(found),
        diagnosis=diagnosis,
        notes=(note, *_each_once(r.notes for r in found)),
        command=_whole_command(first.command),
        target=between_shards.target([r.target for r in found]),
        judged_with=between_shards.versions([r.judged_with for r in found]),
        ledger=_ledger([r.ledger for r in found]),
        shard="",
        strict=any(r.strict for r in found),
        evidence=None,
        timeline=None,
        files={},
    )
    waivers = waiving.united([r.waivers for r in found], folders)
    return waiving.apply(dataclasses.replace(whole, findings=find(whole)), waivers)


def read(folder: Path) -> Result:
    """Return the result of one shard.

    Raises:
        UsageError: the folder has none, or no readable evidence of it.
    """
    path = folder / "result.json"
    try:
        found = consistency.demand(storage.read(path), str(path))
    except storage.ResultError as error:
        raise UsageError(f"merge: {error}") from error
    evidence = folder / EVIDENCE_FILE
    try:
        if os.path.lexists(evidence):
            with files.opened(evidence, MOST_BYTES):
                pass
    except files.UnreadableError as error:
        raise UsageError(f"merge: {evidence} cannot be read: {error}") from error
    if not found.shard:
        raise UsageError(
            f"merge: {folder} holds a whole run, and no shard of one; name the folders of runs"
            " with --shard"
        )
    return found


def _check(found: list[Result], folders: list[Path]) -> None:
    """Refuse results that are not the shards of one run, each of them once."""
    for name in ALIKE:
        for other, folder in zip(found[1:], folders[1:], strict=True):
            was, now = getattr(found[0], name), getattr(other, name)
            if between_shards.common(was) != between_shards.common(now):
                raise UsageError(
                    f"merge: {folder} is of another {name} than {folders[0]}: {_differing(now, was)},"
                    f" not {_differing(was, now)}; run the shards of one run with the same settings"
                )
    for name in ("requirements", "observations"):
        ids = [[row.id for row in getattr(one, name)] for one in found]
        for folder, own in zip(folders, ids, strict=True):
            if own != ids[0]:
                raise UsageError(f"merge: {folder} has other {name} than {folders[0]}")
    shards = [shard_of(r.shard) or (0, 0) for r in found]
    counts = {count for _, count in shards}
    if len(counts) > 1:
        into = ", ".join(map(str, sorted(counts)))
        raise UsageError(f"merge: the run was split differently: into {into}")
    count = counts.pop()
    there = Counter(number for number, _ in shards)
    missing = [f"{i}/{count}" for i in range(1, count + 1) if i not in there]
    if missing:
        more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
        raise UsageError(
            f"merge: missing: shard {', '.join(missing[:MOST_NAMED])}{more}; run it, and name its"
            " folder"
        )
    twice = [f"{i}/{count}" for i, times in there.items() if times > 1]
    if twice:
        raise UsageError(f"merge: there more than once: shard {', '.join(twice)}")


def _differing(value: Any, other: Any) -> str:
    """Return a value as text; of an object only the keys in which it differs from the other."""
    if isinstance(value, dict) and isinstance(other, dict):
        return shown({k: v for k, v in value.items() if other.get(k) != v})
    return shown(value)


def _requirement(rows: tuple[RequirementResult, ...]) -> RequirementResult:
    by_node: dict[str, list[Check]] = {}
    for check in (c for row in rows for c in row.checks):
        by_node.setdefault(check.node, []).append(check)
    checks = tuple(_check_of(found) for found in by_node.values())
    status = worst([c.status for c in checks])
    message = next((c.message for c in checks if c.status is status), "")
    note = "\n".join(dict.fromkeys(r.note for r in rows if r.note))
    return dataclasses.replace(rows[0], checks=checks, status=status, message=message, note=note)


def _check_of(found: list[Check]) -> Check:
    """Merge what several shards found out about one check, each over its own requests."""
    judged = [c for c in found if c.status not in NOTHING_TO_JUDGE] or found
    status = worst([c.status for c in judged])
    alike = [c for c in judged if c.status is status]
    return dataclasses.replace(
        alike[0],
        message="\n".join(_each_once([c.message] for c in alike if c.message)),
        exchanges=_each_once(c.exchanges for c in alike),
        duration_s=round(sum(c.duration_s for c in found), 4),
    )


def _exchanges(found: list[Result]) -> dict[str, ExchangeSummary]:
    """Return every exchange once; the headers are there where a shard kept the whole of it."""
    exchanges: dict[str, ExchangeSummary] = {}
    for shard in found:
        for id_, exchange in shard.exchanges.items():
            if id_ not in exchanges or exchange.request_headers:
                exchanges[id_] = exchange
    return exchanges


def _ledger(found: list[Ledger]) -> Ledger:
    return Ledger(
        **{
            field.name: field.metadata.get(MERGED_BY, _sum)([getattr(k, field.name) for k in found])
            for field in dataclasses.fields(Ledger)
        }
    )


def _sum(values: list[float]) -> float:
    return round(sum(values), 3)  # adding floats makes digits beyond milliseconds


def _each_once(rows: Iterable[Iterable[T]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(value for row in rows for value in row))


def _whole_command(command: str) -> str:
    """Return the command of a shard without its `--shard`."""
    words = shlex.split(command)
    kept = [
        word
        for before, word in zip(["", *words], words, strict=False)
        if before != "--shard" and word != "--shard" and not word.startswith("--shard=")
    ]
    return shlex.join(kept)
