"""Finds the requests that several runs have in common.

The ids of exchanges come from the bytes that were sent, so that they differ from seed to seed. A
request is the same one if the same check read it under the same label: checks, cases and labels
stay, while pictures and boundaries are drawn anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.http.status import NEVER_ASKED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.result.exchange_summary import ExchangeSummary
    from conformance.result.model import Check, Result

Key = tuple[str, str, int]
NO_ANSWER = "no answer"


@dataclass(frozen=True)
class Asked:
    """One request and its exchange at each gateway; None where it was not asked.

    Attributes:
        label: what the request is called.
        requirements: the ids of what is judged by it.
        exchanges: one for each result.
    """

    label: str
    requirements: tuple[str, ...]
    exchanges: tuple[ExchangeSummary | None, ...]

    @property
    def outcomes(self) -> tuple[str, ...]:
        """What each gateway answered; "" where it was not asked."""
        return tuple(outcome(e) if e else "" for e in self.exchanges)


def outcome(exchange: ExchangeSummary) -> str:
    """Return the status code of an answer, or that there was none; "" for what was never sent."""
    if exchange.failure and exchange.failure.partition(":")[0] in NEVER_ASKED:
        return ""
    return NO_ANSWER if exchange.status is None else str(exchange.status)


def own(check: Check, exchanges: Mapping[str, ExchangeSummary]) -> list[ExchangeSummary]:
    """Return the exchanges that a check is about: the controls beside them are not."""
    read = [exchanges[id_] for id_ in check.exchanges if id_ in exchanges]
    controls = {exchange.twin for exchange in read}
    return [exchange for exchange in read if exchange.id not in controls]


def asked(results: Sequence[Result]) -> tuple[Asked, ...]:
    """Return the requests of several results, each once, with what they came to in each result."""
    keyed = [_keyed(result) for result in results]
    requirements: dict[tuple[str | None, ...], dict[str, None]] = {}
    labels: dict[tuple[str | None, ...], str] = {}
    for key in dict.fromkeys(key for found in keyed for key in found):
        ids = tuple(found[key][1] if key in found else None for found in keyed)
        labels.setdefault(ids, key[1])
        names = (found[key][0] for found in keyed if key in found)
        requirements.setdefault(ids, {}).update(dict.fromkeys(names))
    return tuple(
        Asked(
            labels[ids],
            tuple(filter(None, named)),
            tuple(r.exchanges[i] if i else None for r, i in zip(results, ids, strict=True)),
        )
        for ids, named in requirements.items()
    )


def _keyed(result: Result) -> dict[Key, tuple[str, str]]:
    """Return requirement and exchange id of each request, by what is the same in every run."""
    found: dict[Key, tuple[str, str]] = {}
    for requirement, check in _checks(result):
        times: dict[str, int] = {}
        for exchange in own(check, result.exchanges):
            number = times[exchange.label] = times.get(exchange.label, 0) + 1
            found.setdefault((check.node, exchange.label, number), (requirement, exchange.id))
    return found


def _checks(result: Result) -> Iterator[tuple[str, Check]]:
    for row in result.requirements:
        for check in row.checks:
            yield row.id, check
    for observation in result.observations:
        for check in observation.findings:
            yield "", check
