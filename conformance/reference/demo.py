"""The reference gateway as a target: its demonstration credentials, and how it is recognized."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})
SERVER = "conformance-reference"
LOOK_S = 3.0


@dataclass(frozen=True)
class DemoVariables:
    """Names under which the demonstration credentials are supplied, like an operator's own."""

    api_keys: tuple[str, ...] = (
        "virtual-key=REFERENCE_VIRTUAL_KEY",
        "virtual-key-jwt=REFERENCE_VIRTUAL_KEY_JWT",
        "admin-jwt=REFERENCE_ADMIN_JWT",
    )
    other_tenant: str = "REFERENCE_OTHER_TENANT_KEY"
    expired: str = "REFERENCE_EXPIRED_JWT"
    failing_model: str = "openai/always-fails"

    def environment(self) -> Mapping[str, str]:
        """Return the credentials themselves, by these names."""
        from conformance.reference.credentials import demo_credentials  # noqa: PLC0415 - only a run against it needs them

        demo = demo_credentials()
        return {
            "REFERENCE_VIRTUAL_KEY": demo.virtual_key,
            "REFERENCE_VIRTUAL_KEY_JWT": demo.virtual_key_jwt,
            "REFERENCE_ADMIN_JWT": demo.admin_jwt,
            self.other_tenant: demo.other_tenant_key,
            self.expired: demo.expired_jwt,
        }


DEMO_VARIABLES = DemoVariables()


def answers_as_reference(url: str, *, ask: bool = True) -> bool | None:
    """Return whether the server at a URL of this machine is the reference gateway.

    None means that nothing answers there, or that it must not be asked; a URL elsewhere is never
    asked and gives False.
    """
    parts = urlsplit(url)
    if parts.hostname not in LOOPBACK_HOSTS or parts.scheme != "http":
        return False
    if not ask:
        return None
    connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=LOOK_S)
    # The time-out of a socket begins anew with each byte that comes.
    over = threading.Timer(LOOK_S, _hang_up, [connection])
    try:
        over.start()
        connection.request("GET", "/")
        return connection.getresponse().getheader("server", "").startswith(SERVER)
    except ConnectionError:
        return None
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        over.cancel()
        connection.close()


def _hang_up(connection: http.client.HTTPConnection) -> None:
    with contextlib.suppress(OSError):
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)
