"""What a run needs to send to one target; a run that changes its credential gets a new channel."""

from __future__ import annotations

import contextlib
import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.evidence import attribution
from conformance.plan.plan import Plan
from conformance.plan.register import Register
from conformance.run.listening import listener_at
from conformance.send.spare import PURSES, Spare

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from conformance.contract.profiles import Profile
    from conformance.send.sender import Sender
    from conformance.target.options import Options
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

    def spare(self, profile: Profile) -> Spare:
        """Return what decides which faulty requests need not be sent."""
        return Spare(self.register.readers, PURSES[profile])

    def close(self) -> None:
        """Stop sending, and close the canary's socket."""
        if self.sender is not None:
            self.sender.__exit__()
        if self.canary is not None:
            with contextlib.suppress(OSError):
                self.canary.close()


def new_channel(
    target: Target, options: Options, before: Channel | None = None, fresh: str = ""
) -> Channel:
    """Return a channel to a target, with a canary if the gateway can reach one.

    Args:
        target: where to.
        options: how the run is made.
        before: the channel that gives way to this one; everything that was asked there is asked here.
        fresh: a text that the pictures are drawn from besides, if a cache answered those of `before`.

    Raises:
        UsageError: the address of the canary cannot be bound.
    """
    canary, url = None, ""
    if target.listen is not None or target.on_loopback:
        canary = listener_at(target.listen or ("127.0.0.1", 0), "--listen")
        host, port = canary.getsockname()[:2]
        url = f"http://{host}:{port}"
    # One mark for the whole run: its pictures are known by it, whatever the credential.
    new = attribution.mark() if target.observe else ""
    mark = before.plan.mark if before else new
    plan = Plan(target, options.seed, url, mark, new_seed=options.new_seed, fresh=fresh)
    register = before.register.with_plan(plan) if before else Register(plan)
    return Channel(target, register, canary)


def by_first_credential(target: Target) -> Iterator[Target]:
    """Yield the target with each of its credentials first, in their order."""
    yield target
    for secret in target.credentials[1:]:
        others = (s for s in target.credentials if s is not secret)
        yield dataclasses.replace(target, credentials=(secret, *others))
