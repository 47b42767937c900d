"""How many pictures a faulty request asks for, as far as a gateway reads its n at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.http.request import Request

# No gateway reads a number of more digits.
MOST_DIGITS = 40
# The most that a gateway makes which checks the range after it cut the number.
MOST_AT_ONCE = 10


def claimed(request: Request) -> int:
    """Return how many pictures a gateway that honours any n makes for a faulty request."""
    n = request.asked("n") or ""
    if not (n.isascii() and n.isdecimal()) or len(n) > MOST_DIGITS:
        return 1
    return max(int(n), 1)


def cuts(request: Request) -> dict[int, int]:
    """Return what a too large n becomes where it is cut to so many bits, if that is in the range."""
    n = claimed(request)
    cut = {bits: n % 2**bits for bits in (32, 64) if n >= 2**bits}
    return {bits: few for bits, few in cut.items() if 1 <= few <= MOST_AT_ONCE}


def wrapped(request: Request) -> int:
    """Return how many pictures a faulty request comes to at most where its n is cut."""
    return max(cuts(request).values(), default=1)
