"""Summarizes exchanges for the reports: in brief, or in full with a curl line that repeats them."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.cases.spec import readable
from conformance.errors import WriteError, noted
from conformance.evidence import curl
from conformance.http.images.condensing import mark_of
from conformance.result.exchange_summary import ExchangeSummary, FormField, ProviderCall, Try
from conformance.result.thumbnails import pictures_shown
from conformance.target.settings import SECRET_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from conformance.http.exchange import Exchange, Reply
    from conformance.http.provider_call import Call
    from conformance.http.redacting.vault import Vault
    from conformance.http.request import Request
    from conformance.run.record import RunRecord

SHOWN_BODY = 6_000
SHOWN_CALLS = 5
SHOWN_PARTS = 30
SHOWN_HEADERS, LONGEST_HEADER = 60, 1_000
# A thumbnail has up to 40 kB in the report, and an answer up to four.
MOST_WITH_THUMBNAILS = 100


@dataclass(frozen=True)
class CurlLines:
    """Writes curl lines: where their files go, and which variable stands for a credential.

    The first file that cannot be written is noted, and no further one is tried.
    """

    folder: Path
    variables: dict[str, str]
    connecting: curl.Connecting
    vault: Vault
    troubles: list[BaseException]

    def of(self, request: Request) -> str:
        """Return the line that repeats a request, and write the files that it names."""
        variable = self.variables.get(request.credential.name, SECRET_VARIABLE)
        text, sent = curl.drawn(self.vault.clean(request), variable, self.connecting)
        if not any(isinstance(trouble, WriteError) for trouble in self.troubles):
            with noted(self.troubles):
                curl.write(sent, self.folder)
        return text


def summaries(record: RunRecord, brief: set[str], full: set[str]) -> dict[str, ExchangeSummary]:
    """Return the exchanges of a run as its result shows them.

    Args:
        record: the run.
        brief: the ids of the exchanges to show in brief.
        full: the ids of the exchanges to show with every detail.
    """
    credentials = record.target.credentials
    variables = {s.kind: s.name for s in credentials}
    if credentials:
        variables["default"] = credentials[0].name
    connecting = curl.Connecting.to(record.target)
    vault, troubles = record.target.vault, record.troubles
    lines = CurlLines(record.options.report_dir, variables, connecting, vault, troubles)
    small = itertools.count()
    return {
        e.id: _full(e, lines, small) if e.id in full else _brief(e)
        for e in record.exchanges
        if e.id in brief | full
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
        reply_bytes=_size(reply) if reply else 0,
        elapsed_s=round(exchange.elapsed_s, 4),
        attempts=len(exchange.earlier) + 1,
        twin=exchange.request.control,
        calls=tuple(_call(call, exchange.request) for call in (exchange.calls or ())[:SHOWN_CALLS]),
    )


def _size(reply: Reply) -> int:
    """Return how many bytes a body had, also if its pictures were taken out, or most of it cut."""
    taken_out = sum(-(-p.size_bytes // 3) * 4 - len(mark_of(p).encode()) for p in reply.pictures)
    return reply.cut.length if reply.cut else len(reply.body) + taken_out


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


def _full(exchange: Exchange, lines: CurlLines, small: Iterator[int]) -> ExchangeSummary:
    """Return an exchange with every detail; `small` counts those that show pictures."""
    request, reply = exchange.request, exchange.reply
    # Where there is no answer, what came instead of one.
    shown = reply.text if reply else exchange.received.decode("utf-8", "replace")
    shown = shown[:SHOWN_BODY]
    brief = _brief(exchange)
    thumbnails = exchange.ok and bool(exchange.items) and next(small) < MOST_WITH_THUMBNAILS
    shown_pictures = pictures_shown(exchange, thumbnails=thumbnails)
    extra: dict[str, Any] = {
        "request_headers": (*request.headers, *_authorization(request)),
        "fields": tuple(_fields(request)),
        "request_body": ""
        if request.form
        else request.body[:SHOWN_BODY].decode("utf-8", "replace"),
        "curl": lines.of(request),
        "tries": tuple(
            Try(str(a.status or f"{a.failure}: {a.text}"), a.text if a.status else "", a.elapsed_s)
            for a in exchange.earlier
        ),
        "reply_headers": _first(reply.headers) if reply else (),
        "reply_body": shown,
        "reply_truncated": reply is not None
        and (reply.cut is not None or len(reply.text) > len(shown)),
        "pictures": shown_pictures,
    }
    return dataclasses.replace(brief, **extra)


def _first(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((k[:LONGEST_HEADER], v[:LONGEST_HEADER]) for k, v in headers[:SHOWN_HEADERS])


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
