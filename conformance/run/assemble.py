"""Puts a run's outcomes and exchanges together as the `Result`, the source of every report."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

from conformance.contract import contract
from conformance.errors import WriteError, told
from conformance.reports.text import plural
from conformance.result.findings import find
from conformance.result.model import (
    Challenge,
    Check,
    Diagnosis,
    Ledger,
    Observation,
    RequirementResult,
    Result,
    Seal,
    Status,
    Verdict,
)
from conformance.result.verdict import broke, reached, verdict_of, worst
from conformance.run import grading, judged_with, provider_side, read_exchanges
from conformance.run.ended import fell
from conformance.run.overtime import overtime
from conformance.run.summaries import summaries
from conformance.run.timeline import timeline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.http.exchange import Exchange
    from conformance.judging.outcome import Outcome, Outcomes
    from conformance.run.record import RunRecord
    from conformance.target.options import Options

INTERRUPTED = "The run was interrupted: what had not been judged is not counted."


def assemble(record: RunRecord, judged: Outcomes, *, whole: bool = True) -> Result:
    """Return the result of a run that ended; without `whole`, only what the checks said."""
    known = contract.load()
    late = () if record.diagnosis else overtime(record.overtime, record.options.limits)
    diagnosis = (*fell(record.falls), *record.diagnosis, *late, *_broken(judged))
    checks = _checks_by_id(record, judged)
    left = {e.id: e for e in record.exchanges if provider_side.left_to_it(e)}
    requirements = tuple(
        _requirement(r, tuple(checks.get(r.id, ())), left, record.options)
        for r in known.requirements.values()
    )
    if judged.interrupted or judged.failures:
        why = "was interrupted" if judged.interrupted else "broke off"
        requirements = tuple(_stopped(r, why) for r in requirements)
    observations = tuple(
        Observation(o.id, o.clause, o.text, tuple(c for c in checks.get(o.id, ()) if c.message))
        for o in known.observations.values()
    )
    judgeable = reached(diagnosis) and not judged.interrupted
    shown = read_exchanges.chosen(record, requirements, observations, diagnosis)
    # It may note a trouble: before the notes.
    exchanges = summaries(record, *shown) if whole else {}
    result = Result(
        verdict=_verdict(record.options, requirements, judgeable=judgeable),
        profile=record.options.profile,
        target=_target(record),
        suite=judged_with.suite(),
        judged_with=judged_with.versions(),
        contract=grading.judged_by(known, record.options),
        seed=record.options.seed,
        started=dt.datetime.fromtimestamp(record.started_at, dt.UTC).isoformat(timespec="seconds"),
        duration_s=round(record.ended_at - record.started_at, 3),
        requests=record.usage.requests,
        images=record.usage.images,
        requirements=requirements,
        observations=observations,
        exchanges=exchanges,
        diagnosis=diagnosis,
        notes=(*record.options.notes, *_notes(record, judged, requirements)),
        command=record.options.command,
        ledger=_ledger(record),
        selection=record.options.selection,
        shard=record.options.shard,
        strict=record.options.strict,
        clauses=known.clauses,
        evidence=_seal(record),
        challenge=Challenge(record.options.challenge) if record.options.challenge else None,
    )
    # Findings quote what requirements and exchanges say, so these are cleaned before.
    clean = record.target.vault.clean(result)
    if not whole:
        return grading.waived(dataclasses.replace(clean, findings=()), record)
    findings = find(clean)
    line = record.target.vault.clean(timeline(record, findings))
    return grading.waived(dataclasses.replace(clean, findings=findings, timeline=line), record)


def put_together(record: RunRecord, judged: Outcomes) -> Result:
    """Return the result of a run; if the suite fails at that, what the checks said is not lost."""
    try:
        return assemble(record, judged)
    except Exception as error:  # noqa: BLE001 - whatever it is, the verdicts of the checks stand
        record.troubles.append(error)
        judged.failures.append(error)
        return assemble(record, judged, whole=False)


def _checks_by_id(record: RunRecord, judged: Outcomes) -> dict[str, list[Check]]:
    """Return the checks of a run by the requirement or the observation that each is tied to."""
    elapsed = {e.id: e.elapsed_s for e in record.exchanges}
    found: dict[str, list[Check]] = {}
    for outcome in judged.outcomes:
        found.setdefault(outcome.tied_to, []).append(_check(outcome, elapsed))
    return found


def _verdict(
    options: Options, requirements: tuple[RequirementResult, ...], *, judgeable: bool
) -> Verdict:
    """Return the verdict; a shard alone is partial, because the other shards judge the rest."""
    if options.shard and judgeable and not broke(requirements):
        return Verdict.PARTIAL
    return verdict_of(requirements, reached=judgeable, narrowed=options.narrowed)


def _seal(record: RunRecord) -> Seal | None:
    sealed = record.sealed
    return Seal(sealed.rows, sealed.last, record.options.resume) if sealed else None


def _target(record: RunRecord) -> dict[str, Any]:
    """Return what was tested; the embedded gateway is the same target at any port."""
    target = record.target
    known = {**target.describe(), "certificate": target.certificates.rows()}
    return {**known, "embedded": True} if record.options.embedded else known


def _ledger(record: RunRecord) -> Ledger:
    """Return what the run has counted; every field of the ledger is one of `Usage`."""
    counted = {f.name: getattr(record.usage, f.name) for f in dataclasses.fields(Ledger)}
    for name in ("waited_s", "paced_s", "per_minute"):
        counted[name] = round(counted[name], 3)
    if record.calls:
        counted["uncertain"] = 0  # the provider's side tells what was made
    return Ledger(**{**counted, "pictures": record.pictures})


def _requirement(
    row: contract.Requirement,
    checks: tuple[Check, ...],
    left: dict[str, Exchange],
    options: Options,
) -> RequirementResult:
    level, demand, checks = grading.grade(row, checks, options)
    status = worst([c.status for c in checks])
    message = next((c.message for c in checks if c.status is status), "")
    return RequirementResult(
        id=row.id,
        clause=row.clause,
        level=level,
        source=row.source,
        text=row.text,
        basis=row.basis,
        status=status,
        hint=row.hint,
        message=message,
        checks=checks,
        note=provider_side.note_on(row.text, checks, left),
        subject=row.subject,
        demand=demand,
    )


def _stopped(row: RequirementResult, why: str) -> RequirementResult:
    """Return a requirement of a run that ended early: it is untestable if no check judged it."""
    if row.status is not Status.NOT_SELECTED:
        return row
    message = f"the run {why} before this was judged"
    return dataclasses.replace(row, status=Status.UNTESTABLE, message=message)


def _check(outcome: Outcome, elapsed: dict[str, float]) -> Check:
    """Return a check's result; its time is the judging and the longest of its exchanges."""
    waited = max((elapsed.get(i, 0.0) for i in outcome.exchanges), default=0.0)
    return Check(
        node=outcome.node,
        status=outcome.status,
        message=outcome.message,
        exchanges=outcome.exchanges,
        duration_s=round(outcome.duration_s + waited, 4),
    )


def _broken(judged: Outcomes) -> Iterable[Diagnosis]:
    if judged.interrupted:
        yield Diagnosis(
            "the run was interrupted",
            "the person or the job that stopped it",
            "Run it again and let it end; --resume goes on from its evidence.",
        )
    for failure in judged.failures[:1]:
        yield Diagnosis(
            f"the run broke off: {told(failure)}",
            "this suite, or the machine that it runs on",
            "It says nothing about the gateway. Settle what it names; --resume goes on from the"
            " evidence. If the suite itself failed, report it with this text.",
        )
    for text in judged.broken:
        yield Diagnosis(
            f"pytest could not import a module of checks: {text[-1500:]}",
            "this suite",
            "Report it with this text, and with the suite's version.",
        )


def _notes(
    record: RunRecord, judged: Outcomes, requirements: tuple[RequirementResult, ...]
) -> Iterable[str]:
    target = record.target
    yield from grading.notes(requirements, record.options)
    if judged.interrupted:
        yield INTERRUPTED
    for trouble in record.troubles:
        if isinstance(trouble, WriteError):
            yield f"Not everything could be written: {trouble}"
    if target.base_url.startswith("http://") and not target.on_loopback and target.credentials:
        yield "The credential travels over plain http beyond this machine (RFC 6750 §5.3)."
    if target.tls.insecure:
        yield (
            "No certificate was verified (--insecure): whoever stood between could read the"
            " credential and change every answer."
        )
    if hits := record.usage.foreign_hits:
        yield (
            f"{plural(hits, 'answer')} came from a cache that an earlier run with the same pictures"
            " had filled. They count for the cache alone; the requests were sent again with pictures"
            " of this run. Without --seed each run has pictures of its own."
        )
    if record.calls is not None:
        yield from provider_side.notes(record.calls, requirements, record.exchanges)
