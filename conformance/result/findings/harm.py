"""Says what a failure does to those who use the gateway: by its requirement, and by what came back.

A requirement says what is at stake. The status tells what became of it: who must be refused and
gets a server error instead found no open door.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.http.status import is_client_error
from conformance.result.findings.causes import SUCCESS
from conformance.result.findings.failures import is_server_error
from conformance.result.harm import GRAVEST_FIRST, Harm

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.result.findings.failures import Failure

# What is at stake where a requirement of the clause is broken; OF_IDS has those that differ.
OF_CLAUSES = {
    "MEDIA": Harm.WRONG_REFUSAL,
    "METHOD": Harm.ERROR_SHAPE,
    "AUTH": Harm.OPEN_DOOR,
    "MODEL": Harm.SILENT,
    "IMAGE": Harm.SILENT,
    "N": Harm.SILENT,
    "SIZE": Harm.SILENT,
    "FORMAT": Harm.WRONG_ANSWER,
    "STREAM": Harm.WRONG_ANSWER,
    "USER": Harm.WRONG_REFUSAL,
    "FALLBACKS": Harm.WRONG_REFUSAL,
    "BODY": Harm.WRONG_ANSWER,
    "CACHE": Harm.SILENT,
    "TENANT": Harm.OPEN_DOOR,
    "ERROR": Harm.ERROR_SHAPE,
    "ROBUST": Harm.CRASH,
    "PROVIDER": Harm.SILENT,
}
_DIFFER = {
    Harm.OPEN_DOOR: ("CACHE-1",),
    Harm.LEAK: (
        *("AUTH-15", "BODY-16", "BODY-17", "ERROR-9", "ERROR-10", "ERROR-12", "IMAGE-13"),
        *("PROVIDER-11", "PROVIDER-12", "PROVIDER-23", "TENANT-2"),
    ),
    Harm.CRASH: (
        *("MODEL-3", "MODEL-6", "IMAGE-9", "IMAGE-11", "IMAGE-12", "N-6", "SIZE-4", "FORMAT-7"),
        *("USER-2", "FALLBACKS-8", "MEDIA-12"),
    ),
    Harm.SILENT: (
        *("METHOD-1", "MEDIA-2", "MEDIA-3", "MEDIA-4", "MEDIA-5", "AUTH-16", "AUTH-17"),
        *("FORMAT-6", "FORMAT-10", "FALLBACKS-2", "FALLBACKS-7", "FALLBACKS-9", "ROBUST-6"),
        *("ROBUST-11", "ROBUST-2"),
    ),
    Harm.WRONG_ANSWER: (
        *("IMAGE-3", "IMAGE-14", "SIZE-6", "ERROR-8", "FALLBACKS-4", "FALLBACKS-5", "N-7"),
        *("PROVIDER-14", "PROVIDER-15", "ROBUST-9"),
    ),
    Harm.WRONG_REFUSAL: (
        *("AUTH-1", "AUTH-2", "AUTH-3", "AUTH-7", "IMAGE-1", "IMAGE-2", "IMAGE-10", "SIZE-1"),
        *("ROBUST-10", "PROVIDER-19"),
    ),
    Harm.ERROR_SHAPE: (
        *("AUTH-6", "AUTH-13", "IMAGE-15", "MODEL-5", "PROVIDER-16", "PROVIDER-17", "PROVIDER-22"),
    ),
    Harm.ADVICE: (
        *("BODY-2", "BODY-6", "BODY-8", "BODY-19", "BODY-13", "BODY-14", "BODY-15", "METHOD-3"),
        *("ERROR-6", "ERROR-7", "PROVIDER-2", "PROVIDER-7", "PROVIDER-20"),
    ),
}
OF_IDS = {id_: harm for harm, ids in _DIFFER.items() for id_ in ids}
# Whether something is served is at stake here: what is answered instead says what became of it.
_SERVED = frozenset({Harm.OPEN_DOOR, Harm.SILENT, Harm.WRONG_ANSWER, Harm.WRONG_REFUSAL})
# How checks write that a success was expected.
SERVES = ("2xx", "a success", "acceptance")
# Here the provider fails on order, so that a 5xx is an answer like others.
_AFTER_A_FAILURE = ("FALLBACKS-", "PROVIDER-")
_WITH_A_HEALTHY_PRIMARY = frozenset({"FALLBACKS-1", "FALLBACKS-2", "FALLBACKS-7", "FALLBACKS-8"})


def at_stake(id_: str, clause: str) -> Harm:
    """Return what is at stake where a requirement is broken; of an unknown clause, a wrong answer."""
    return OF_IDS.get(id_) or OF_CLAUSES.get(clause.upper(), Harm.WRONG_ANSWER)


def of(failure: Failure) -> Harm:
    """Return what a failure does to users, by its requirement and by the answer that shows it."""
    row, shown = failure.requirement, failure.first
    stake = at_stake(row.id, row.clause)
    if shown is None or stake not in _SERVED or _after_a_failure(row.id):
        return stake
    if is_server_error(shown):
        return Harm.CRASH
    if is_client_error(shown.status):
        must_serve = failure.expected.startswith(SERVES) or stake not in (
            Harm.OPEN_DOOR,
            Harm.SILENT,
        )
        return Harm.WRONG_REFUSAL if must_serve else Harm.ERROR_SHAPE
    if shown.status in SUCCESS and stake is Harm.WRONG_REFUSAL:
        return Harm.WRONG_ANSWER
    return stake


def gravest(failures: Iterable[Failure]) -> Harm:
    """Return what the failures of one cause do to users at worst."""
    return min(map(of, failures), key=GRAVEST_FIRST.index, default=Harm.ADVICE)


def _after_a_failure(id_: str) -> bool:
    return id_.startswith(_AFTER_A_FAILURE) and id_ not in _WITH_A_HEALTHY_PRIMARY
