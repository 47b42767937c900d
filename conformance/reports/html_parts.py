"""What the HTML report shows of one check or one exchange, worked out for the template."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from markupsafe import Markup

from conformance.reports import html_findings, words
from conformance.reports.shown import Shown
from conformance.reports.text import clip, headline, pretty_json
from conformance.result.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.result.exchange_summary import (
        ExchangeSummary,
        FormField,
        Picture,
        ProviderCall,
    )
    from conformance.result.finding import Finding
    from conformance.result.model import Check, RequirementResult, Result

BODY_LIMIT = 6_000
PARSE_LIMIT = 400_000
EXCHANGES_SHOWN = 4
LABELS_SHOWN = 3
OPEN = (Status.FAIL, Status.FLAKY, Status.ERROR)
PLAIN = (Status.PASS, Status.NOT_APPLICABLE, Status.NOT_SELECTED)

_THUMBNAIL = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}")
_FIXTURE = re.compile(r"fixtures/[A-Za-z0-9][\w.-]*", re.ASCII)


def anchor(name: str) -> str:
    """Return a name as the `id` of an element, so that a link can lead to it."""
    return quote(name.encode("utf-8", "backslashreplace"), safe="").replace("%", "_")[:120]


class Difference(NamedTuple):
    """One thing in which a request differs from its control, the accepted request beside it."""

    name: str
    here: str
    there: str


class Page:
    """Remembers which exchanges a report has drawn: later mentions of one link to it."""

    def __init__(self, result: Result) -> None:
        self.exchanges = result.exchanges
        self.shown = Shown(result)
        self.drawn: set[str] = set()
        self.result = result
        self.linked = frozenset(_drawn_somewhere(result))

    def draw(self, check: Check) -> list[ExchangeSummary]:
        """Return the exchanges of a check that are drawn in full here and nowhere else."""
        if check.status in PLAIN:
            return []
        return self.claim(check.exchanges[:EXCHANGES_SHOWN])

    def claim(self, keys: tuple[str, ...]) -> list[ExchangeSummary]:
        """Return those of the exchanges that were not drawn yet, and remember them."""
        new = [k for k in dict.fromkeys(keys) if k in self.exchanges and k not in self.drawn]
        self.drawn.update(new)
        return [self.exchanges[k] for k in new]

    def drawn_already(self, finding: Finding) -> list[ExchangeSummary]:
        """Return the smallest exchange of a finding, if it was drawn before."""
        return [self.exchanges[k] for k in finding.exchanges[:1] if k in self.drawn]

    def hints(self, finding: Finding) -> list[str]:
        """Return where the fix of a finding usually belongs."""
        return html_findings.hints(finding, self.result)

    def seen(self, finding: Finding) -> list[html_findings.Seen]:
        """Return the requests that show a finding, as rows of a table, the smallest first."""
        found = []
        for id_ in finding.exchanges[: html_findings.MOST_ROWS]:
            exchange = self.exchanges.get(id_)
            differs = self.differences(exchange) if exchange else []
            found.append(html_findings.row(id_, exchange, differs, self.linked))
        return found

    def unseen(self, finding: Finding) -> int:
        """Return how many requests that show a finding are not in its table."""
        return max(len(finding.exchanges) - html_findings.MOST_ROWS, 0)

    def is_beside(self, exchange: ExchangeSummary, here: list[ExchangeSummary]) -> bool:
        """Return whether an exchange is here only as the control of another one."""
        return any(other.twin == exchange.id for other in here if other is not exchange)

    def message(self, check: Check) -> str:
        """Return what a check found, or where the same counterexample is shown."""
        return self.shown.message(check)

    def note(self, requirement: RequirementResult) -> str:
        """Return why a requirement has its status, where its open checks do not show it."""
        said = {check.message for check in requirement.checks}
        if requirement.message and requirement.message not in said:
            return requirement.message
        if requirement.status is Status.PASS or requirement.status in OPEN:
            return ""
        return headline(requirement.message) or self._first_message(requirement)

    def _first_message(self, requirement: RequirementResult) -> str:
        fitting = (c for c in requirement.checks if c.status is requirement.status)
        return next((headline(c.message) for c in fitting if c.message), "")

    def elsewhere(self, check: Check, here: list[ExchangeSummary]) -> list[tuple[str, str, bool]]:
        """Return id, label and whether it can be linked to of the check's other exchanges."""
        shown = {exchange.id for exchange in here}
        rest = [k for k in check.exchanges if k not in shown]
        return [
            (k, self.exchanges[k].label if k in self.exchanges else k, k in self.drawn)
            for k in rest[: 3 * LABELS_SHOWN]
        ]

    def brief(self, check: Check) -> str:
        """Return in one line what a check sent and got."""
        found = [self.exchanges[k] for k in check.exchanges if k in self.exchanges]
        said = [f"{clip(e.label, 80)} → {words.outcome(e)}" for e in found[:LABELS_SHOWN]]
        if left := len(check.exchanges) - len(said):
            said.append(f"{left:,} more" if said else f"{left:,} exchanges")
        return ", ".join(said)

    def short_node(self, check: Check) -> str:
        """Return a check's name without its file."""
        return check.node.partition("::")[2] or check.node

    def is_open(self, check: Check) -> bool:
        """Return whether a check's details are open from the start."""
        return check.status in OPEN

    def fields(self, exchange: ExchangeSummary) -> list[tuple[str, str, str | None]]:
        """Return name, value and fixture link of each part of the form."""
        return [(f.name, words.field_value(f), fixture(f)) for f in exchange.fields]

    def body(self, exchange: ExchangeSummary) -> tuple[str, bool]:
        """Return the start of the answer's body, indented if it is JSON, and whether it is."""
        text = exchange.reply_body
        cut_off = exchange.reply_truncated or len(text) > PARSE_LIMIT
        pretty = pretty_json(text[:PARSE_LIMIT], cut_off=cut_off)
        return clip(text if pretty is None else pretty, BODY_LIMIT), pretty is not None

    def request_body(self, exchange: ExchangeSummary) -> str:
        """Return the start of a body that is no form; a form is shown by its fields."""
        return "" if exchange.fields else clip(exchange.request_body, BODY_LIMIT)

    def call_fields(self, call: ProviderCall) -> list[tuple[str, str]]:
        """Return name and value of each part that reached the provider."""
        return [(f.name, words.field_value(f)) for f in call.fields]

    def call_outcome(self, call: ProviderCall) -> str:
        """Return what the provider did with a call."""
        return words.call_outcome(call)

    def outcome(self, exchange: ExchangeSummary) -> str:
        """Return the status code, or why there is none."""
        return words.outcome(exchange)

    def control(self, exchange: ExchangeSummary) -> ExchangeSummary | None:
        """Return the control of an exchange, if the result has it."""
        return self.exchanges.get(exchange.twin) if exchange.twin else None

    def differences(self, exchange: ExchangeSummary) -> list[Difference]:
        """Return in what a request differs from its control."""
        control = self.control(exchange)
        whole = control is not None and self.is_whole(control)
        return differences(exchange, control) if control and whole else []

    def is_whole(self, exchange: ExchangeSummary) -> bool:
        """Return whether the result holds what was sent, and not only its label and outcome."""
        return bool(exchange.fields or exchange.request_headers or exchange.request_body)

    def thumbnail(self, picture: Picture) -> Markup | None:
        """Return a picture's data URI if it is one that a report may show."""
        if picture.thumbnail and _THUMBNAIL.fullmatch(picture.thumbnail):
            return Markup(picture.thumbnail)  # noqa: S704 - the pattern leaves nothing to escape
        return None


def _drawn_somewhere(result: Result) -> Iterator[str]:
    """Yield the exchanges that the report draws in full, here or there."""
    named = [d.exchanges for d in result.diagnosis]
    named += [f.exchanges[:1] for f in result.findings]
    named += [
        c.exchanges[:EXCHANGES_SHOWN]
        for r in result.requirements
        for c in r.checks
        if c.status not in PLAIN
    ]
    yield from (id_ for ids in named for id_ in ids if id_ in result.exchanges)


def fixture(part: FormField) -> str | None:
    """Return the link to the file that a field sent, if it is one of the report's own."""
    return part.fixture if part.fixture and _FIXTURE.fullmatch(part.fixture) else None


def differences(exchange: ExchangeSummary, control: ExchangeSummary) -> list[Difference]:
    """Return in what two requests differ: address, headers and fields."""
    found = []
    if (exchange.method, exchange.url) != (control.method, control.url):
        here, there = (f"{e.method} {e.url}" for e in (exchange, control))
        found.append(Difference("request line", here, there))
    found += _pairs(_headers(exchange), _headers(control), "header ")
    found += _pairs(_parts(exchange), _parts(control), "")
    return found


def _headers(exchange: ExchangeSummary) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in exchange.request_headers:
        if name.lower() != "content-length":
            grouped.setdefault(name.lower(), []).append(value)
    return grouped


def _parts(exchange: ExchangeSummary) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for part in exchange.fields:
        grouped.setdefault(part.name, []).append(words.field_value(part))
    return grouped


def _pairs(
    here: dict[str, list[str]], there: dict[str, list[str]], prefix: str
) -> list[Difference]:
    return [
        Difference(prefix + name, *("(not sent)" if v is None else clip(v, 200) for v in pair))
        for name in dict.fromkeys((*here, *there))
        for pair in zip_longest(here.get(name, []), there.get(name, []))
        if pair[0] != pair[1]
    ]
