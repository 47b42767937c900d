"""Opens the sockets that a run listens on; an address that cannot be bound is a usage error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.errors import UsageError
from conformance.provider.server import listening

if TYPE_CHECKING:
    import socket


def listener_at(at: tuple[str, int], flag: str) -> socket.socket:
    """Return a socket that listens at an address.

    Raises:
        UsageError: the address cannot be bound.
    """
    try:
        return listening(*at)
    except OSError as error:
        shown = f"{at[0]}:{at[1]}"
        raise UsageError(f"{flag} {shown}: cannot listen there: {error.strerror}") from error
