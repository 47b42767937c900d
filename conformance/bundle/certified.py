"""What a certificate says of the run that it rests on: its evidence, its target, and its limits."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from conformance.bundle.claims import JUDGED
from conformance.bundle.layout import EVIDENCE
from conformance.reports.text import clip, plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.result.model import Result

# What a reader could take it to say.
SILENT = (
    (
        "How good the pictures are, or how like the one that was sent: no documentation says so, and"
        " nothing here judges it."
    ),
    "Anything about the provider behind the gateway: the suite played it, and called no real one.",
    (
        "Anything about another version, other settings, another model or a later day: one gateway was"
        " judged, as it was set up, on one day."
    ),
    "Anything about speed, security or availability beyond the requirements of the contract.",
    (
        "That whoever ran the suite was honest: they held its machine, and had the challenge before the"
        " result was due. That rests on who signed the bundle."
    ),
)
MOST_CERTIFICATES, MOST_PARTS, LONGEST = 2, 3, 120


def evidence(result: Result) -> list[tuple[str, str]]:
    """Return where the evidence ends; of a merged run, the digest of each shard's."""
    if result.evidence is not None:
        rows = plural(result.evidence.rows, "row")
        return [("Evidence", f"{rows}, the last one's SHA-256 {result.evidence.last}")]
    parts = [(name, d) for name, d in result.files.items() if name.endswith(f"/{EVIDENCE}")]
    found = [(clip(name, LONGEST), f"SHA-256 {digest}") for name, digest in parts[:MOST_PARTS]]
    left = len(parts) - len(found)
    return [*found, *([("Evidence", f"and {plural(left, 'more shard')}")] if left else [])]


def shown_in_tls(result: Result) -> str:
    """Return what the target showed in TLS: the digest of each certificate, and whose it is."""
    rows = result.target.get("certificate")
    known = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    if not known:
        return "none: without TLS, its address alone says which server answered"
    shown = [
        f"SHA-256 {str(row.get('sha256', ''))[:64]} ({clip(str(row.get('subject', '')), 60)})"
        for row in known[:MOST_CERTIFICATES]
    ]
    left = len(known) - len(shown)
    return "; ".join(shown) + (f" and {left} more" if left else "")


def reservations(result: Result) -> tuple[str, ...]:
    """Return what keeps a certificate from being worth as much as others."""
    return tuple(_reservations(result))


def _reservations(result: Result) -> Iterator[str]:
    if result.contract.get("set_state") == "draft":
        yield "Its requirements are a draft: the version of the contract is not released yet."
    if result.target.get("embedded"):
        yield "The suite itself started the target: it is the suite's own reference gateway."
    elif is_on_loopback(str(result.target.get("url", ""))):
        yield "The target is at a loopback address: it ran on the machine of whoever ran the suite."
    if result.evidence is not None and result.evidence.resumed:
        yield "The run was resumed: it took over what an earlier process of it had settled."
    if result.evidence is None:
        yield "The run was merged from shards, each with evidence of its own."
    must = [row.status for row in result.requirements if row.level == "MUST"]
    if unjudged := sum(status not in JUDGED for status in must):
        yield f"{unjudged} of its {plural(len(must), 'MUST requirement')} were not judged: see below."
    if left := [row.id for row in result.requirements if row.note]:
        yield clip(f"The gateway leaves to its provider what {', '.join(left)} ask.", LONGEST)
    if result.diagnosis:
        yield clip(f"The run says: {result.diagnosis[0].problem}", LONGEST)


def is_on_loopback(url: Any) -> bool:
    """Return whether a target's address is one of the machine itself."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
