"""What is tried behind the proxy: each change alone, several at once, and defects behind several."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.reference.proxies.values import Change

PREFIX = "proxy:"
MIXES = 4
# In each mix so many of the changes; every other one also plays the provider.
MIXED = 9
# What a defect is looked for behind: as much as goes together and hides nothing.
VEIL = (
    *("other-key-order", "other-escapes", "other-numbers", "further-keys", "indented"),
    *("odd-chunks", "in-pieces", "interim-answers", "other-name-case", "other-reasons"),
    *("further-headers", "other-media-type", "forwarded-headers", "internal-host"),
    *("other-request-names", "early-continue"),
)
VEILED = (
    *("jwt-not-verified", "n-eleven-accepted", "created-in-milliseconds"),
    *("python-trace-shown", "n-not-sent-on"),
)


@dataclass(frozen=True)
class Behind:
    """A gateway behind a proxy that changes something.

    Attributes:
        id: its name on the command line.
        sentence: what the proxy does.
        changes: the ids of the changes.
        defect: the id of the gateway's defect, or empty for the reference gateway.
        hides: the requirements that no run can judge behind the proxy.
        observed: the gateway forwards to a provider that the run plays.
    """

    id: str
    sentence: str
    changes: tuple[str, ...]
    defect: str = ""
    hides: tuple[str, ...] = ()
    observed: bool = False


def all_behind(changes: Iterable[Change]) -> tuple[Behind, ...]:
    """Return all that is tried behind a proxy that can change these."""
    known = tuple(changes)
    alone = [_behind(f"{PREFIX}{c.id}", (c,)) for c in known]
    mixes = [
        replace(_behind(f"{PREFIX}mix-{n}", _mix(known, n)), observed=n % 2 == 0)
        for n in range(1, MIXES + 1)
    ]
    veil = tuple(c for c in known if c.id in VEIL)
    veiled = [replace(_behind(f"{PREFIX}veil:{defect}", veil), defect=defect) for defect in VEILED]
    return (*alone, *mixes, *veiled)


def _mix(known: tuple[Change, ...], seed: int) -> tuple[Change, ...]:
    chosen = Random(seed).sample(range(len(known)), MIXED)  # noqa: S311 - drawn from a seed, guards nothing
    return tuple(known[at] for at in sorted(chosen))


def _behind(id_: str, changes: tuple[Change, ...]) -> Behind:
    hides = {requirement for change in changes for requirement in change.hides}
    sentence = changes[0].sentence if len(changes) == 1 else ", ".join(c.id for c in changes) + "."
    return Behind(id_, sentence, tuple(c.id for c in changes), hides=tuple(sorted(hides)))
