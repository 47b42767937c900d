"""Draws `comparison.html`: one file that needs nothing else, with a matrix that a field can quote.

It has the style and the rules of `report.html`: every text is escaped, bounded and made visible, and
only the style and the script whose digests the page names can act.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.compare.model import Change
from conformance.reports.comparing import words
from conformance.reports.comparing.html_parts import Matrix
from conformance.reports.html import bars, environment, policy, source
from conformance.result.model import Status

if TYPE_CHECKING:
    from conformance.compare.model import Comparison

# More columns than this do not fit on a screen, so that the matrix scrolls in a frame of its own.
WIDE = 14


def render(comparison: Comparison) -> str:
    """Return the text of `comparison.html`."""
    style = source("report.css", "comparison.css")
    script = source("page.js", "comparison.js")
    matrix = Matrix(comparison)
    return (
        environment()
        .get_template("comparison.html.j2")
        .render(
            comparison=comparison,
            style=style,
            script=script,
            policy=policy(style, script),
            matrix=matrix,
            title=words.title(comparison),
            headline=words.headline(comparison),
            tone=_tone(comparison),
            plate=_plate(comparison),
            told=words.told(comparison),
            bars=[
                bars([row.cells[at].status or Status.NOT_SELECTED for row in comparison.rows])
                for at in range(len(comparison.gateways))
            ],
            wide=len(comparison.gateways) > WIDE,
            change_words=words.CHANGE_WORDS,
            change_symbols=words.CHANGE_SYMBOLS,
            change_meanings=words.CHANGE_MEANINGS,
            shown_changes=(Change.WORSE, Change.LOST, Change.BETTER, Change.OTHER, Change.ONE_SIDE),
            judged=words.judged,
            pace=words.pace,
            premise=lambda found: words.premise(found, comparison),
            levels=list(dict.fromkeys(row.level for row in comparison.rows)),
        )
    )


def _plate(comparison: Comparison) -> str:
    """Return what a picture of the matrix alone should say: contracts, profiles, and when it was run."""
    gateways = comparison.gateways
    contracts = dict.fromkeys(g.contract for g in gateways)
    profiles = dict.fromkeys(g.profile for g in gateways)
    days = sorted({g.started[:10] for g in gateways})
    return (
        f"contract {', '.join(contracts)} · {', '.join(profiles)} profile ·"
        f" {' to '.join(dict.fromkeys((days[0], days[-1])))} · {len(comparison.rows)} requirements"
    )


def _tone(comparison: Comparison) -> str:
    """Return the class of the page's top: as a verdict has it, by what changed."""
    seen = {change for gateway in comparison.gateways for change in gateway.changes}
    if Change.WORSE in seen:
        return "v-nonconformant"
    return "v-incomplete" if Change.LOST in seen else "v-conformant"
