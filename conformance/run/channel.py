"""What a run needs to send to one target; a run that changes its credential gets a new channel."""

from __future__ import annotations

import contextlib
import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from conformance.plan.plan import Plan
    from conformance.plan.register import Register
    from conformance.send.sender import Sender
    from conformance.target.target import Target


@dataclass
class Channel:
    """What a run needs to send to one target: who asked for what, the sender, and the canary."""

    target: Target
    register: Register
    canary: socket.socket | None
    sender: Sender | None = None

    @property
    def plan(self) -> Plan:
        """The requests for this target."""
        return self.register.plan

    def close(self) -> None:
        """Stop sending, and close the canary's socket."""
        if self.sender is not None:
            self.sender.__exit__()
        if self.canary is not None:
            with contextlib.suppress(OSError):
                self.canary.close()


def by_first_credential(target: Target) -> Iterator[Target]:
    """Yield the target with each of its credentials first, in their order."""
    yield target
    for secret in target.credentials[1:]:
        others = (s for s in target.credentials if s is not secret)
        yield dataclasses.replace(target, credentials=(secret, *others))
