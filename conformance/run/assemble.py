"""Puts a run's outcomes and exchanges together: the `Result` that every report is drawn from."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance import __version__
from conformance.cases.spec import readable
from conformance.contract import contract
from conformance.evidence import curl
from conformance.result.exchange_summary import (
    ExchangeSummary,
    FormField,
    ProviderCall,
    Try,
)
from conformance.result.model import (
    Check,
    Diagnosis,
    Ledger,
    Observation,
    RequirementResult,
    Result,
    Status,
    Verdict,
)
from conformance.result.thumbnails import pictures_shown
from conformance.result.verdict import verdict_of, worst

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from conformance.http.exchange import Exchange, Request
    from conformance.http.provider_call import Call
    from conformance.judge.outcome import Outcome, Outcomes
    from conformance.run.session import Session

SHOWN_BODY = 6_000
SHOWN_CALLS = 5
SHOWN_PARTS = 30
INTERRUPTED = "The run was interrupted: what had not been judged is not counted."
CONCERNING = frozenset({Status.FAIL, Status.WARN, Status.UNTESTABLE, Status.FLAKY, Status.ERROR})


def assemble(session: Session, judged: Outcomes) -> Result:
    """Return the result of a run that ended."""
    known = contract.load()
    diagnosis = session.diagnosis + tuple(_broken(judged))
    elapsed = {e.id: e.elapsed_s for e in session.exchanges}
    checks = [(o.tied_to, _check(o, elapsed)) for o in judged.outcomes]
    requirements = tuple(
        _requirement(r, tuple(check for id_, check in checks if id_ == r.id))
        for r in known.requirements.values()
    )
    if judged.interrupted:
        requirements = tuple(map(_stopped, requirements))
    observations = tuple(
        Observation(
            o.id,
            o.clause,
            o.text,
            tuple(check for id_, check in checks if id_ == o.id and check.message),
        )
        for o in known.observations.values()
    )
    reached = not diagnosis and not judged.interrupted
    verdict = verdict_of(requirements, reached=reached, narrowed=session.options.narrowed)
    if (
        session.options.shard
        and reached
        and not any(r.status is Status.ERROR for r in requirements)
    ):
        verdict = Verdict.PARTIAL  # what one part cannot say, another one may
    return Result(
        verdict=verdict,
        profile=session.options.profile,
        target=_target(session),
        suite={"name": "image-variations-conformance", "version": __version__},
        contract={"version": known.version, "sha256": known.sha256},
        seed=session.options.seed,
        started=dt.datetime.fromtimestamp(session.started_at, dt.UTC).isoformat(timespec="seconds"),
        duration_s=round(time.time() - session.started_at, 3),
        requests=session.spent.requests,
        images=session.spent.images,
        requirements=requirements,
        observations=observations,
        exchanges=_exchanges(session, requirements, observations, diagnosis),
        diagnosis=diagnosis,
        notes=(*session.options.notes, *_notes(session, judged)),
        command=session.options.command,
        ledger=_ledger(session),
        selection=session.options.selection,
        shard=session.options.shard,
        clauses=known.clauses,
    )


def _target(session: Session) -> dict[str, Any]:
    """Return what was tested; the embedded gateway is the same one at whatever port."""
    known = session.target.describe()
    return {**known, "embedded": True} if session.options.embedded else known


def _ledger(session: Session) -> Ledger:
    """Return what the run has counted; every field of the ledger is one of `Usage`."""
    counted = {f.name: getattr(session.spent, f.name) for f in dataclasses.fields(Ledger)}
    counted["waited_s"] = round(session.spent.waited_s, 3)
    return Ledger(**{**counted, "pictures": session.pictures()})


def _requirement(row: contract.Requirement, checks: tuple[Check, ...]) -> RequirementResult:
    status = worst([c.status for c in checks])
    message = next((c.message for c in checks if c.status is status), "")
    return RequirementResult(
        id=row.id,
        clause=row.clause,
        level=row.level,
        source=row.source,
        text=row.text,
        basis=row.basis,
        status=status,
        hint=row.hint,
        message=message,
        checks=checks,
    )


def _stopped(row: RequirementResult) -> RequirementResult:
    """Return a requirement of an interrupted run: what no check came to was not left out."""
    if row.status is not Status.NOT_SELECTED:
        return row
    message = "the run was interrupted before this was judged"
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
            "the run was interrupted", "whoever stopped it", "Run it again, and let it end."
        )
    for text in judged.broken:
        yield Diagnosis(
            f"a check could not be read: {text[-1500:]}",
            "this suite",
            "Report it with this text, and with the suite's version.",
        )


def _notes(session: Session, judged: Outcomes) -> Iterable[str]:
    target = session.target
    if judged.interrupted:
        yield INTERRUPTED
    if target.base_url.startswith("http://") and not target.on_loopback and target.credentials:
        yield "The credential travels over plain http beyond this machine (RFC 6750 §5.3)."
    if session.observer is not None:
        calls = session.observer.calls()
        strange = sum(bool(c.claim.refusal) for c in calls)
        yield (
            f"The provider's side was observed: {len(calls) - strange} call(s) of this run"
            f" (provider.jsonl), and {strange} that belong to none of its requests."
        )


@dataclass(frozen=True)
class _Detail:
    """Where details go, and what stands for the credential in a curl line."""

    folder: Path
    variables: dict[str, str]


def _exchanges(
    session: Session,
    requirements: tuple[RequirementResult, ...],
    observations: tuple[Observation, ...],
    diagnosis: tuple[Diagnosis, ...],
) -> dict[str, ExchangeSummary]:
    target = session.target
    variables = {s.kind: s.name for s in target.credentials}
    if target.credentials:
        variables["default"] = target.credentials[0].name
    detail = _Detail(session.options.report_dir, variables)
    checks = [c for r in requirements for c in r.checks]
    named = {i for c in checks for i in c.exchanges}
    named |= {i for o in observations for c in o.findings for i in c.exchanges}
    full = {i for c in checks if c.status in CONCERNING for i in c.exchanges}
    full |= {i for d in diagnosis for i in d.exchanges}
    full |= {e.request.control for e in session.exchanges if e.id in full and e.request.control}
    return {
        e.id: _full(e, detail) if e.id in full else _brief(e)
        for e in session.exchanges
        if e.id in named | full
    }


def _brief(exchange: Exchange) -> ExchangeSummary:
    reply = exchange.reply
    return ExchangeSummary(
        id=exchange.id,
        label=exchange.request.label,
        method=exchange.request.method,
        url=exchange.request.url,
        request_bytes=len(exchange.request.body),
        status=exchange.status,
        failure=None if reply else exchange.outcome,
        reply_bytes=len(reply.body) if reply else 0,
        elapsed_s=round(exchange.elapsed_s, 4),
        attempts=len(exchange.earlier) + 1,
        twin=exchange.request.control,
        calls=tuple(_call(call, exchange.request) for call in (exchange.calls or ())[:SHOWN_CALLS]),
    )


def _call(call: Call, request: Request) -> ProviderCall:
    """Return a call as reports show it; a file that the client sent is shown under its name."""
    told = call.answered
    sent = (
        {hashlib.sha256(p.content).hexdigest(): p for p in request.form.parts if p.filename}
        if request.form
        else {}
    )
    return ProviderCall(
        id=call.id,
        method=call.method,
        path=call.path,
        model=call.model,
        recognized_by=call.claim.by,
        fields=tuple(
            FormField(
                p.name,
                p.value,
                p.file_name,
                p.content_type,
                p.size_bytes,
                curl.fixture_name(sent[p.sha256].content, curl.suffix_of(sent[p.sha256]))
                if p.sha256 in sent
                else None,
            )
            for p in call.parts[:SHOWN_PARTS]
        ),
        headers=call.headers,
        status=told.status if told else None,
        end=call.end,
        pictures=told.pictures if told else 0,
        reply_body=told.text if told else "",
    )


def _full(exchange: Exchange, detail: _Detail) -> ExchangeSummary:
    request, reply = exchange.request, exchange.reply
    variable = detail.variables.get(request.credential.name, "CONFORMANCE_API_KEY")
    shown = reply.text[:SHOWN_BODY] if reply else ""
    brief = _brief(exchange)
    extra: dict[str, Any] = {
        "request_headers": (*request.headers, *_authorization(request)),
        "fields": tuple(_fields(request)),
        "request_body": ""
        if request.form
        else request.body[:SHOWN_BODY].decode("utf-8", "replace"),
        "curl": curl.line(request, variable, detail.folder),
        "tries": tuple(
            Try(str(a.status or f"{a.failure}: {a.text}"), a.text if a.status else "", a.elapsed_s)
            for a in exchange.earlier
        ),
        "reply_headers": reply.headers if reply else (),
        "reply_body": shown,
        "reply_truncated": reply is not None and len(reply.text) > len(shown),
        "pictures": pictures_shown(exchange),
    }
    return ExchangeSummary(**{**_fields_of(brief), **extra})


def _fields_of(brief: ExchangeSummary) -> dict[str, Any]:
    return {name: getattr(brief, name) for name in brief.__dataclass_fields__}


def _authorization(request: Request) -> list[tuple[str, str]]:
    if not request.credential.name or request.credential.query:
        return []
    return [("authorization", f"{request.credential.scheme} «{request.credential}»".strip())]


def _fields(request: Request) -> Iterable[FormField]:
    for part in request.form.parts if request.form else ():
        is_file = part.filename is not None
        yield FormField(
            name=part.name,
            value="" if is_file else readable(part.content),
            filename=readable(part.filename) if part.filename is not None else None,
            content_type=part.content_type,
            size_bytes=len(part.content),
            fixture=curl.fixture_name(part.content, curl.suffix_of(part)) if is_file else None,
        )
