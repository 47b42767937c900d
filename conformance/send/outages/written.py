"""Falls of the gateway's process as a row of evidence holds them: requests and exchanges by their ids."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from conformance.http.reading.codec import decoder
from conformance.send.outages.asked import Asked
from conformance.send.outages.falls import Culprit, Fall

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.http.exchange import Exchange


@dataclass(frozen=True)
class _Asked:
    request: str
    began: float
    ended: float | None
    status: int | None
    outcome: str
    refused: bool


@dataclass(frozen=True)
class _Culprit:
    exchange: str
    text: str
    label: str
    control: str | None


@dataclass(frozen=True)
class _Fall:
    at: float
    moment: float
    sure: bool
    candidates: tuple[_Asked, ...]
    back: bool
    looked_into: bool
    culprits: tuple[_Culprit, ...]


_FALLS = decoder(tuple[_Fall, ...], whole=True)


def as_rows(falls: Iterable[Fall]) -> list[dict[str, Any]]:
    """Return falls as JSON can hold them."""
    return [
        {
            **{f.name: getattr(fall, f.name) for f in fields(Fall)},
            "candidates": [
                {**{f.name: getattr(a, f.name) for f in fields(Asked)}, "request": a.request.id}
                for a in fall.candidates
            ],
            "culprits": [
                asdict(_Culprit(c.exchange.id, c.text, c.label, c.control)) for c in fall.culprits
            ],
        }
        for fall in falls
    ]


def demand(rows: Any) -> None:
    """Check that rows are those of falls.

    Raises:
        ValueError: they are not.
    """
    _FALLS(rows)


def of_rows(rows: Any, known: Mapping[str, Exchange]) -> tuple[Fall, ...]:
    """Return the falls of rows.

    Args:
        rows: what `as_rows` returned.
        known: the exchanges of the run by their ids.

    Raises:
        ValueError: the rows are none.
        KeyError: they name an exchange that the run does not have.
    """
    found: tuple[_Fall, ...] = _FALLS(rows)
    return tuple(
        Fall(
            *(one.at, one.moment, one.sure),
            [
                Asked(known[a.request].request, a.began, a.ended, a.status, a.outcome, a.refused)
                for a in one.candidates
            ],
            back=one.back,
            looked_into=one.looked_into,
            culprits=tuple(
                Culprit(known[c.exchange], c.text, c.label, c.control) for c in one.culprits
            ),
        )
        for one in found
    )
