"""A request that went out, and what has become of it, as the search for a culprit keeps it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.http import status
from conformance.http.exchange import Exchange, Reply

if TYPE_CHECKING:
    from conformance.http.request import Request

NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass
class Asked:
    """A request that went out, and what has become of it; times are those of the run's clock."""

    request: Request
    began: float
    ended: float | None = None
    status: int | None = None
    # How its answer shows in a list: `400`, `dropped`, or nothing while it is in flight.
    outcome: str = ""
    refused: bool = False

    @property
    def oddity(self) -> int:
        """How likely a program trips over it: 2 for bytes that are no text, 0 for a good request."""
        if self.request.expected == "accepted":
            return 0
        try:
            told = _without_picture(self.request).decode()
        except UnicodeDecodeError:
            return 2
        return 1 + bool(NO_TEXT.search(told))


def shown(asked: Asked) -> Exchange:
    """Return a candidate as an exchange, for a report that has no other of it."""
    if asked.status is None:
        return Exchange(asked.request, None, "dropped", asked.outcome or "in flight")
    return Exchange(asked.request, Reply(asked.status, (), b""))


def _without_picture(request: Request) -> bytes:
    start, end = request.picture_at
    return request.body[:start] + request.body[end:]


def costs_nothing(asked: Asked) -> bool:
    """Return whether a request may be asked again without a picture: it was refused before."""
    if asked.status is None:
        return asked.request.expected == "refused"
    return status.is_client_error(asked.status)
