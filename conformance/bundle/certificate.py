"""Draws `certificate.html`, the page of a bundle that says in brief what was judged, of which product.

It shows a result and a product and nothing else, so that whoever has both draws the same page again and
compares it byte by byte. The page itself proves nothing, and says so.
"""

from __future__ import annotations

import hashlib
import shlex
from collections import Counter
from typing import TYPE_CHECKING, Any

from conformance.bundle import certified, claims
from conformance.bundle.layout import CERTIFICATE, RESULT
from conformance.reports.scope import requirement_set
from conformance.reports.text import clip
from conformance.result.certifying import day_of, last_day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.bundle.product import Product
    from conformance.result.model import Result

Row = tuple[str, str]
# A page has room for so much of a value; the statement has all of it.
LONGEST, LONGEST_LIST = 120, 150
# A name that is longer is written smaller, and so is a page on paper whose values are longer together.
LONG_NAME, LONG_PAGE = 60, 1_900


def page_of(files: Mapping[str, bytes], result: Result, product: Product) -> dict[str, bytes]:
    """Return the certificate of a bundle as its file; no file if the result can carry none.

    Args:
        files: those of the bundle.
        result: what `result.json` among them says.
        product: what was judged.
    """
    if last_day(result) is None:
        return {}
    drawn = render(result, hashlib.sha256(files[RESULT]).hexdigest(), product)
    return {CERTIFICATE: drawn.encode("utf-8", "backslashreplace")}


def render(result: Result, digest: str, product: Product) -> str:
    """Return the text of `certificate.html`.

    Args:
        result: one that can carry a certificate.
        digest: the SHA-256 of its `result.json`.
        product: what was judged.
    """
    from conformance.reports import html  # noqa: PLC0415 - few commands draw one

    style = html.source("certificate.css")
    groups = [
        ("What was judged", _judged(result)),
        ("Of what, and when", _of_what(result, product)),
        ("What it rests on", _rests_on(result, digest)),
    ]
    reservations = certified.reservations(result)
    names = (product.name, product.version, product.organization)
    values = (*(value for _, rows in groups for _, value in rows), *reservations, *names)
    return (
        html.environment()
        .get_template("certificate.html.j2")
        .render(
            style=style,
            policy=html.policy(style),
            verdict=result.verdict,
            product=product,
            is_long=max(map(len, names)) > LONG_NAME,
            day=day_of(result),
            until=last_day(result),
            groups=groups,
            reservations=reservations,
            is_dense=sum(map(len, values)) > LONG_PAGE,
            silent=certified.SILENT,
            command=command_for(result),
        )
    )


def command_for(result: Result) -> str:
    """Return the command by which anybody verifies a bundle with this result."""
    nonce = result.challenge.nonce if result.challenge is not None else ""
    given = f" --challenge={shlex.quote(nonce)}" if nonce else ""
    return f"conformance verify bundle.zip --certificate --trust KEY.pub{given}"


def _judged(result: Result) -> list[Row]:
    scope: dict[str, Any] = claims.of(result)["scope"]
    ended = claims.tests(result)
    met = Counter(row.level for row in result.requirements if row.id in ended["passedTests"])
    warned = ended["warnedTests"]
    return [
        *(
            (level, _of_level(row, met[level]))
            for level, row in scope["judged"].items()
            if level != "MAY"
        ),
        *([("Not met, or open", _listed(warned))] if warned else []),
        ("Sides", "what clients see, and what reaches the provider, which the suite played"),
        ("Profile", result.profile),
        ("Credentials", _listed(scope["credentials"]) or "none"),
        ("Declared", _listed(scope["declared"]) or "nothing"),
        ("Contract", f"{result.contract.get('version', '')}, SHA-256 {result.contract['sha256']}"),
        *_set(result),
    ]


def _of_level(row: dict[str, Any], met: int) -> str:
    others = "; ".join(
        f"{status.replace('-', ' ')}: {_listed(ids)}" for status, ids in row["not_judged"].items()
    )
    told = f"{row['judged']} of {row['of']} judged, {met} of them met"
    return f"{told} ({others})" if others else told


def _set(result: Result) -> list[Row]:
    version, digest = requirement_set(result), result.contract.get("set_sha256", "")
    return [("Requirements", f"{version}, SHA-256 {digest}")] if version else []


def _of_what(result: Result, product: Product) -> list[Row]:
    target = result.target
    named = [
        ("Described at", product.url),
        ("Contact", product.contact),
        ("Target", f"{target.get('url', '')}{target.get('path', '')}"),
        ("Model", str(target.get("model") or "")),
        ("Proxy", str(target.get("proxy") or "")),
    ]
    return [
        *((name, clip(value, LONGEST)) for name, value in named if value),
        ("Its certificates", certified.shown_in_tls(result)),
        ("Started", result.started),
        ("Challenge", result.challenge.nonce if result.challenge is not None else ""),
        ("Seed", str(result.seed)),
    ]


def _rests_on(result: Result, digest: str) -> list[Row]:
    suite = result.suite
    return [
        *certified.evidence(result),
        (RESULT, f"SHA-256 {digest}"),
        ("Suite", f"{suite.get('version', '')}, SHA-256 {suite.get('sha256', 'unknown')}"),
        ("Judged with", f"Python {result.judged_with.get('python', 'of an unknown version')}"),
    ]


def _listed(values: Any) -> str:
    """Return the members of a list in one line, as far as the page has room."""
    found = [str(v) for v in values] if isinstance(values, list | tuple) else [str(values)]
    text, shown = "", 0
    for value in found:
        longer = f"{text}, {value}" if text else clip(value, LONGEST)
        if text and len(longer) > LONGEST_LIST:
            break
        text, shown = longer, shown + 1
    left = len(found) - shown
    return f"{text} and {left} more" if left else text
