"""What a run needs to send to one target; a run that changes its credential gets a new channel."""

from __future__ import annotations

import contextlib
import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.plan.plan import Plan
from conformance.plan.register import Register
from conformance.send.spare import PURSES, Spare

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from conformance.contract.profiles import Profile
    from conformance.run.world import World
    from conformance.send.sending import Sending
    from conformance.target.options import Options
    from conformance.target.target import Target


@dataclass
class Channel:
    """What a run needs to send to one target: who asked for what, the sender, and the canary."""

    target: Target
    register: Register
    canary: socket.socket | None
    sender: Sending | None = None

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
            self.sender.close()
        if self.canary is not None:
            with contextlib.suppress(OSError):
                self.canary.close()


def new_channel(
    target: Target,
    options: Options,
    world: World,
    before: Channel | None = None,
    *,
    afresh: bool = False,
) -> Channel:
    """Return a channel to a target, with a canary if the gateway can reach one.

    Args:
        target: where to.
        options: how the run is made.
        world: what listens, and draws what no other run has.
        before: the channel that gives way to this one; everything that was asked there is asked here.
        afresh: whether a cache answered the pictures of `before`, so that others are drawn.

    Raises:
        UsageError: the address of the canary cannot be bound.
    """
    canary, url = world.canary(target)
    # One mark for the whole run: its pictures are known by it, whatever the credential.
    new = world.draw("mark") if target.observe and before is None else ""
    plan = Plan(
        target,
        options.seed,
        url,
        before.plan.mark if before else new,
        new_seed=options.new_seed,
        fresh=world.draw("fresh") if afresh else "",
        renewing=world.draw("renewing"),
    )
    register = before.register.with_plan(plan) if before else Register(plan)
    return Channel(target, register, canary)


def by_first_credential(target: Target) -> Iterator[Target]:
    """Yield the target with each of its credentials first, in their order."""
    yield target
    for secret in target.credentials[1:]:
        others = (s for s in target.credentials if s is not secret)
        yield dataclasses.replace(target, credentials=(secret, *others))
