"""Says what a verification found: a verdict, what differs and where, and what rests on the record."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from conformance.http.reading.codec import fields_of
from conformance.reports.text import clip, obeyed_by_none, plural, printable
from conformance.result.model import Verdict
from conformance.run.judged_with import versions
from conformance.verify.bundled import uncertified

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.verify.bundled import Findings
    from conformance.verify.disclosing import Disclosed

SHOWN = 50
SHORT_KEY = 16
HOLDS, DIFFERS, UNJUDGED = "VERIFIED", "DIFFERS", "NOT VERIFIED"


def text(found: Findings, disclosed: Disclosed | None, width: int) -> str:
    """Return a verification as lines for a terminal of so many columns."""
    lines = [*_lines(found), *(_of_disclosed(disclosed) if disclosed else ())]
    wrapped = [part for line in lines for part in _wrapped(line, width)]
    return "".join(f"{obeyed_by_none(line)}\n" for line in wrapped)


def document(found: Findings, disclosed: Disclosed | None) -> dict[str, Any]:
    """Return a verification as JSON holds it."""
    stored = found.verified.stored
    return {
        "verified": holds(found, disclosed),
        "verdict": stored.verdict,
        "judged": None if found.verified.judged is None else found.verified.judged.verdict,
        "product": None if found.product is None else fields_of(found.product),
        "challenge": None if stored.challenge is None else stored.challenge.nonce,
        "certificate": None if found.until is None else {"until": found.until.isoformat()},
        "no_certificate": [] if found.until else list(uncertified(stored)),
        "rows": found.verified.rows,
        "unjudged": found.verified.unjudged,
        "other_sources": found.verified.other_sources,
        "other_versions": other_versions(found),
        "differences": [
            {"where": d.where, "what": d.what, "said": d.said, "found": d.found}
            for d in found.differences
        ],
        "signatures": [
            {"keyid": s.keyid, "validity": s.validity, "by": s.by} for s in found.signatures
        ],
        "not_judged_again": list(rests_on_record(found)),
        "disclosed": None
        if disclosed is None
        else {
            "same": disclosed.same,
            "other": disclosed.other,
            "missing": disclosed.missing,
            "unmasked": disclosed.unmasked,
        },
    }


def holds(found: Findings, disclosed: Disclosed | None) -> bool:
    """Return whether everything is as it says, disclosed secrets too."""
    return found.holds and not (disclosed and (disclosed.other or disclosed.unmasked))


def _lines(found: Findings) -> Iterator[str]:
    stored, rows = found.verified.stored, found.verified.rows
    said = stored.verdict if found.holds else f"said to be {stored.verdict}"
    what = f"{said}, profile {printable(stored.profile, 20)}, {plural(rows, 'row')} of evidence"
    if found.holds:
        checks = sum(len(r.checks) for r in stored.requirements)
        yield f"✓ {HOLDS}  {what}"
        yield (
            f"  Judged again offline: {plural(len(stored.requirements), 'requirement')} and"
            f" {plural(checks, 'check')} end as the result says, with the same messages."
        )
        yield from _of_judges(found)
    else:
        unjudged = found.verified.unjudged
        count = f": {plural(len(found.differences), 'difference')}" if found.differences else ""
        yield f"✗ {DIFFERS if found.differences else UNJUDGED}  {what}{count}"
        yield from _of_judges(found)
        if unjudged:
            yield f"  - The evidence cannot be judged again: it {unjudged}."
        yield from (f"  - {one}" for one in found.differences[:SHOWN])
        if (more := len(found.differences) - SHOWN) > 0:
            yield f"  - and {more} more"
    yield from _of_origin(found)
    if found.verified.judged is not None:
        yield "  Not judged again, since the record alone tells it:"
        yield from (f"  - {line}" for line in rests_on_record(found))


def _of_origin(found: Findings) -> Iterator[str]:
    stored = found.verified.stored
    if found.holds and stored.verdict is not Verdict.CONFORMANT:
        yield f"  The record comes to {stored.verdict}: nothing here says that the gateway conforms."
    url, started = printable(str(stored.target.get("url")), 300), printable(stored.started, 60)
    yield f"  Target: {url}, run at {started}."
    yield from _of_product(found)
    yield f"  {_challenge(found)}"
    yield from _of_signatures(found)
    if found.left_out:
        names = clip(", ".join(printable(name, 80) for name in found.left_out), 500)
        yield f"  Not looked at, since no bundle holds it: {names}."


def _of_judges(found: Findings) -> Iterator[str]:
    """Yield in what the suite that made a result and the one that judges it now are not the same."""
    may = "" if found.holds else " Differences may come from there."
    if found.verified.other_sources:
        yield (
            "  Another build of this version of the suite made it: its sources have another digest than"
            f" these, which judged it now.{may}"
        )
    if others := other_versions(found):
        known = ", ".join(f"{name} {made} (here {here})" for name, (made, here) in others.items())
        yield f"  Other versions made it: {printable(known, 500)}.{may}"


def other_versions(found: Findings) -> dict[str, tuple[str, str]]:
    """Return the libraries whose version was another one in the run: theirs, and the one here."""
    here = versions()
    made = found.verified.stored.judged_with
    return {
        name: (made[name], here.get(name, "none"))
        for name in sorted(made)
        if made[name] != here.get(name)
    }


def _of_product(found: Findings) -> Iterator[str]:
    if found.product is not None:
        one = found.product
        named = printable(f"{one.name} {one.version} of {one.organization}", 500)
        yield f"  Product: {named}, says whoever made the bundle."
    if found.until is not None:
        yield f"  Certificate: holds until {found.until}."
    elif found.has_statement:
        yield "  No certificate (docs/certify.md):"
        yield from (f"  - {printable(one, 500)}" for one in uncertified(found.verified.stored))


def _challenge(found: Findings) -> str:
    stored, asked = found.verified.stored, found.demands.challenge
    if stored.challenge is None:
        return f"No challenge: the seed {stored.seed} was drawn or chosen by who ran it."
    nonce = printable(stored.challenge.nonce, 200)
    if asked is None:
        return (
            f"Challenge: {nonce}, says the run; compare it with the one that you gave: --challenge"
        )
    return f"Challenge: {nonce}, {'as you gave it' if asked == stored.challenge.nonce else 'not yours'}."


def _of_signatures(found: Findings) -> Iterator[str]:
    if not found.has_statement:
        yield "  No statement: this is a report folder, and nobody vouches for it."
    elif not found.signatures:
        yield "  Not signed: whoever had it could have made all of it anew."
    for one in found.signatures:
        by = f" by {printable(one.by, 200)}" if one.by else ""
        key = printable(one.keyid[:SHORT_KEY], SHORT_KEY)
        yield f"  Signature{by} (key {key}…): {one.validity}"
    if found.signatures and not found.demands.trusted:
        yield "  Nobody can tell whose these are without public keys: --trust FILE"


def rests_on_record(found: Findings) -> Iterator[str]:
    """Yield what a verification takes from the record, each with its reason."""
    stored = found.verified.stored
    yield (
        "When answers came, in which order, and how many were in flight: nobody can measure that again."
    )
    yield (
        "AUTH-15, PROVIDER-12 and the other checks for leaks are judged by the marks that stand in the"
        " place of secrets: the secrets were taken out before the evidence was written."
    )
    yield "Which build of the suite ran, and with which libraries: the result says so."
    if stored.target.get("observe"):
        yield (
            "Which request caused a call to the provider: that was told by pictures and times while the"
            " run played the provider."
        )
    if any("process ended" in d.problem for d in stored.diagnosis):
        yield "When the gateway's process ended: connections were refused then."
    if stored.evidence is not None and stored.evidence.resumed:
        yield "What an earlier process of this run settled: it was taken over, and its rows are judged."


def _of_disclosed(found: Disclosed) -> Iterator[str]:
    names = {
        "are those that the run had": found.same,
        "are OTHERS than those that the run had": found.other,
        "were not disclosed": found.missing,
    }
    for what, which in names.items():
        if which:
            yield f"  Secrets: {clip(', '.join(printable(n, 60) for n in which), 500)} {what}."
    if found.unmasked:
        yield f"  A disclosed secret stands in {', '.join(found.unmasked[:SHOWN])} of the evidence."
    elif found.same:
        yield "  None of them stands anywhere in the evidence."


def _wrapped(line: str, width: int) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip(" -")))
    return textwrap.wrap(
        line, max(width, 40), subsequent_indent=indent, break_on_hyphens=False
    ) or [""]
