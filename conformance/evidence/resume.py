"""Resumes a run: takes over the exchanges that an earlier run of the same plan has settled.

So no picture is paid for twice. A request is known by its id, a digest of its bytes and of how they
are sent. It is sent again if it has no answer that counts, or if it names the canary of the earlier run.
It is also sent again if it only makes sense together with a request that is sent: one on the same
connection, the one that it comes after, or, in the last phase, any request of an earlier phase.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance import __version__
from conformance.contract import contract
from conformance.errors import UsageError
from conformance.evidence import reading
from conformance.evidence.log import EVIDENCE_FILE
from conformance.http.reading.short import shown
from conformance.http.request import LAST
from conformance.http.status import asks_to_retry
from conformance.target.challenge import problem_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from conformance.evidence.reading import Section
    from conformance.http.exchange import Exchange
    from conformance.http.request import Request
    from conformance.target.target import Target

NO_ANSWER_AT_ALL = frozenset({"budget", "spared", "down", "limited", "overtime", "unreachable"})


def identity(
    target: Target, seed: int, profile: str, shard: str, challenge: str = ""
) -> dict[str, Any]:
    """Return what two runs must have in common to have the same plan, as evidence keeps it.

    The text that made the seed is there only if one did.
    """
    image = hashlib.sha256(target.image).hexdigest() if target.image is not None else None
    known: dict[str, Any] = {
        "target": {
            **target.describe(),
            "fetch": target.fetch,
            "fallbacks_encoding": target.fallbacks_encoding,
            "image": image,
        },
        "seed": seed,
        "profile": profile,
        "shard": shard,
        "contract": contract.load().sha256,
        "suite": __version__,
        **({"challenge": challenge} if challenge else {}),
    }
    plain: dict[str, Any] = json.loads(json.dumps(known))
    return plain


def seed_in(folder: Path) -> int | None:
    """Return the seed of the run that wrote a folder's evidence, or None if the file does not say it.

    `runs_in` explains what is wrong with such a file.
    """
    try:
        seed = reading.first_run(folder / EVIDENCE_FILE).get("seed")
    except ValueError:
        return None
    return seed if type(seed) is int and seed >= 0 else None


def challenge_in(folder: Path) -> str:
    """Return the text that made the seed of the run that wrote a folder's evidence, or nothing.

    `runs_in` explains what is wrong with a text that did not.
    """
    try:
        nonce = reading.first_run(folder / EVIDENCE_FILE).get("challenge")
    except ValueError:
        return ""
    return nonce if isinstance(nonce, str) and not problem_of(nonce) else ""


def runs_in(folder: Path, wanted: dict[str, Any]) -> tuple[Section, ...]:
    """Return the runs in a folder's evidence, if they can be resumed.

    Raises:
        UsageError: there is no evidence, or another run wrote it; the message says how they differ.
    """
    path = folder / EVIDENCE_FILE
    advice = "run without --resume, or name the folder of that run with --report-dir"
    if not os.path.lexists(path):
        raise UsageError(f"--resume: there is no {path}, so that nothing can go on; {advice}")
    try:
        runs = reading.recording(path).sections
    except ValueError as error:
        raise UsageError(
            f"--resume: {path} is no evidence of this suite ({error}); {advice}"
        ) from None
    if not runs:
        raise UsageError(f"--resume: {path} does not say of which run it is; {advice}")
    for name, value in {"challenge": None, **wanted}.items():
        was = runs[0].head.run.get(name)
        if was != value:
            raise UsageError(
                f"--resume: {path} is of another {name}: {_shown(was, value)}, not"
                f" {_shown(value, was)}; give what that run was given, or {advice}"
            )
    return runs


def _shown(value: Any, other: Any) -> str:
    """Return a value as text; of an object only the keys in which it differs from the other."""
    if isinstance(value, dict) and isinstance(other, dict):
        return (
            ", ".join(f"{k} {shown(v)}" for k, v in value.items() if other.get(k) != v)
            or "without it"
        )
    return shown(value)


def known_of(runs: Iterable[Section], wanted: dict[str, Any]) -> dict[str, Exchange]:
    """Return the exchanges, by id, of those runs that have the wanted identity."""
    return {e.id: e for run in runs if run.head.run == wanted for e in run.exchanges}


def taken(requests: Iterable[Request], known: Mapping[str, Exchange]) -> dict[str, Exchange]:
    """Return the exchanges that are taken over, by id, for requests that are sent together."""
    wanted = list(requests)
    found = {r.id: r for r in wanted if r.id in known and _counts(r, known[r.id])}
    sent = [r for r in wanted if r.id not in found]
    while sent:
        sent = _sent_with(sent, found.values())
        for request in sent:
            del found[request.id]
    return {id_: bound(request, known[id_]) for id_, request in found.items()}


def _sent_with(sent: list[Request], settled: Iterable[Request]) -> list[Request]:
    """Return the settled requests that only make sense together with requests that are sent."""
    connections = {r.connection for r in sent if r.connection}
    ids = {r.id for r in sent}
    before_last = any(r.phase < LAST for r in sent)
    return [
        r
        for r in settled
        if r.connection in connections or r.after in ids or (before_last and r.phase == LAST)
    ]


def bound(request: Request, exchange: Exchange) -> Exchange:
    """Return an exchange of the evidence with this run's request, in its earlier burst."""
    return replace(exchange, request=replace(request, burst=exchange.request.burst))


def _counts(request: Request, exchange: Exchange) -> bool:
    """Return whether an exchange may be taken over: planned, without a canary, settled and whole."""
    answered = exchange.failure not in NO_ANSWER_AT_ALL and not asks_to_retry(exchange)
    whole = all(reply is None or reply.cut is None for reply in (exchange.reply, *exchange.behind))
    return answered and whole and not request.canary and request.purpose == "plan"
