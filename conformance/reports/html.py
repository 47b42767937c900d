"""Draws `report.html`: one file that needs nothing else, for people.

Every text is escaped by the template and made visible by `finalize`, and the Content Security
Policy admits only the style and the script whose digests it names. So no text of a
gateway can act, and the report can be mailed or attached as it is.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup, escape

from conformance.reports import finding_words, markdown, scope, timeline, waiver_words, words
from conformance.reports.counting import by_clause, count_statuses
from conformance.reports.html_parts import Page, anchor
from conformance.reports.text import headline, plural, printable, seconds, size
from conformance.result.model import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.result.model import RequirementResult, Result

LIMIT = 16_384
# What is no finding about the gateway, and needs a look all the same.
ATTENTION = ((Status.ERROR, "Errors of the suite"), (Status.UNTESTABLE, "Could not be tested"))
_OPTION = re.compile(r"(?<!\S)(--?[A-Za-z][A-Za-z-]{0,30})(?!\S)")
BAR_WIDTH = 1000
BAR_GAP = 4


@cache
def template() -> jinja2.Template:
    """Return the compiled template: the slowest step, and the only one that needs no result."""
    return environment().get_template("report.html.j2")


def render(result: Result) -> str:
    """Return the text of `report.html`."""
    style, script = source("report.css", "start.css"), source("page.js", "report.js")
    return template().render(
        result=result,
        style=style,
        script=script,
        policy=policy(style, script),
        meaning=words.meaning(result),
        findings_title=finding_words.title(result),
        decided=finding_words.DECIDED,
        failed=any(finding_words.fails(f, result) for f in result.findings),
        harm=finding_words.harm,
        issue=lambda finding: markdown.issue(finding, result),
        scope=scope.line(result),
        next_step=words.next_step(result),
        waived=waiver_words,
        replay=lambda exchange: words.replay(result, exchange.id),
        facts=_facts(result),
        ledger=words.ledger(result),
        counts=count_statuses(result.requirements),
        statuses=[s for s in Status if any(r.status is s for r in result.requirements)],
        bars=bars([r.status for r in result.requirements]),
        attention=[
            (status, title, found)
            for status, title in ATTENTION
            if (found := _with_status(result, status))
        ],
        clauses=by_clause(result.requirements),
        levels=list(dict.fromkeys(r.level for r in result.requirements)),
        page=Page(result),
        timeline=timeline.drawing(result.timeline),
    )


@cache
def environment() -> jinja2.Environment:
    """Return what every page of the suite is drawn with: it escapes, and bounds, all that is printed."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("conformance.reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    made.globals.update(
        words=words.STATUS_WORDS,
        meanings=words.STATUS_MEANINGS,
        symbols=words.SYMBOLS,
        verdict_symbols=words.VERDICT_SYMBOLS,
        plural=plural,
        seconds=seconds,
        size=size,
        anchor=anchor,
        headline=headline,
        unbroken=_unbroken,
    )
    return made


def _finalize(value: Any) -> Any:
    """Make every text that a template prints visible and bounded, before it is escaped."""
    if isinstance(value, Markup):
        return value
    return printable(str(value), LIMIT)


def _unbroken(command: str) -> Markup:
    """Keep a browser from breaking the lines of a command within `-F` or `--seed`."""
    safe = str(escape(_finalize(command)))
    return Markup(_OPTION.sub(r'<span class="nowrap">\1</span>', safe))  # noqa: S704 - escaped above


def source(*names: str) -> Markup:
    """Return the text of our own styles or scripts, one behind the other."""
    loader = environment().loader
    assert loader is not None
    texts = (loader.get_source(environment(), name)[0] for name in names)
    return Markup("".join(texts))  # noqa: S704 - our own files


def policy(style: Markup, script: Markup | None = None) -> Markup:
    """Return the Content Security Policy that admits this style and this script alone, or no script."""
    scripts = f"script-src '{_digest(script)}'; " if script is not None else ""
    return Markup(  # noqa: S704 - made of digests alone
        f"default-src 'none'; style-src '{_digest(style)}'; {scripts}"
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _facts(result: Result) -> list[tuple[str, str]]:
    return [
        *words.run_facts(result),
        ("Duration", seconds(result.duration_s)),
        ("Requests", f"{result.requests:,}"),
        ("Pictures spent", f"{result.images:,}"),
    ]


def _with_status(result: Result, status: Status) -> list[RequirementResult]:
    found = [r for r in result.requirements if r.status is status]
    return sorted(found, key=lambda r: r.level != "MUST")


def bars(statuses: Sequence[Status]) -> list[tuple[Status, int, int]]:
    """Return the stretches of a bar that shows statuses: status, start and length."""
    total = len(statuses)
    found, start = [], 0
    for status in words.SYMBOLS:
        count = statuses.count(status)
        end = start + (BAR_WIDTH * count // total if total else 0)
        if count:
            found.append((status, start, max(end - start - BAR_GAP, BAR_GAP)))
        start = end
    return found
