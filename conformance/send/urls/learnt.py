"""What a run learns while it fetches: where the gateway is, who does not answer, which names lead where."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING

from conformance.http.urls.addresses import kind_of, plain
from conformance.send.urls.lookup import Lookup
from conformance.send.urls.permits import Permits
from conformance.send.urls.quota import Strikes

if TYPE_CHECKING:
    from conformance.http.urls.addresses import Address
    from conformance.target.target import Target

# A connection to the unspecified address leads here as well.
LOOPBACK = ip_address("127.0.0.1")

LOOKUP_S = 10.0


@dataclass
class Learnt:
    """Kept for one run, on the network's thread; `peers` are the addresses that answered requests.

    What a name leads to is no proof that the gateway is there: whoever names the gateway answers
    that question anew each time. So its own addresses are those to which the run was connected.
    """

    peers: set[str] = field(default_factory=set)
    lookup: Lookup = field(default_factory=Lookup)
    strikes: Strikes = field(default_factory=Strikes)
    _behind_proxy: frozenset[Address] | None = None

    async def permits(self, target: Target, gateway: str) -> Permits:
        """Return where the urls of an answer of a gateway, which has this host, may lead.

        Public addresses are allowed in any case.
        """
        own = frozenset(LOOPBACK if _is_any(a) else a for a in _written(gateway))
        if not own and target.proxy is not None:
            own = await self._looked_up(gateway)
        elif not own:
            own = frozenset(plain(ip_address(peer.partition("%")[0])) for peer in self.peers)
        port = target.observe[1] if target.observe else None
        host = target.observe[0] if target.observe else ""
        return Permits(
            own, gateway, target.fetch_from, port, lambda address: _listens(host, address)
        )

    async def _looked_up(self, host: str) -> frozenset[Address]:
        """Return where this machine would find a gateway that only its proxy connects to."""
        if self._behind_proxy is None:
            found: frozenset[Address] = frozenset()
            with contextlib.suppress(OSError, UnicodeError):
                async with asyncio.timeout(LOOKUP_S):
                    found = frozenset(await self.lookup.addresses(host))
            self._behind_proxy = found
        return self._behind_proxy


def _written(host: str) -> frozenset[Address]:
    """Return the address that a host is written as; nothing if it is a name."""
    if host == "localhost":
        return frozenset({LOOPBACK})
    with contextlib.suppress(ValueError):
        return frozenset({plain(ip_address(host))})
    return frozenset()


def _is_any(address: Address) -> bool:
    return kind_of(address) == "unspecified"


def _listens(host: str, address: Address) -> bool:
    """Return whether what listens at a host of this machine does so at an address."""
    at = _written(host)
    if at and not any(map(_is_any, at)):
        return address in at
    # Only an address of this machine can be bound to.
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6  # noqa: PLR2004 - the version of IP
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.bind((str(address), 0))
        return True
    return False
