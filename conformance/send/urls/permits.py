"""Which addresses may be asked for a picture; values in, a decision out.

A gateway chooses the urls of its answers, and whoever runs the suite may reach what the gateway may not:
their own machine, their network, the metadata service of their cloud. So a public address may be
asked, and of all others only the gateway's own host, the stand-in provider of this run, and what
`--fetch-from` names. A metadata service never is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.http.urls.addresses import kind_of, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.http.urls.addresses import Address, Kind
    from conformance.http.urls.locations import Location
    from conformance.target.sources import Source

# What no connection leads to, or to something else than it says.
NEVER: frozenset[Kind] = frozenset({"multicast", "reserved", "unspecified"})


def _nobody(_: Address) -> bool:
    return False


@dataclass(frozen=True)
class Permits:
    """What a run may ask beside public addresses.

    `own` are the addresses at which the gateway itself answered, and `host` is its name. The stand-in
    provider listens at `stand_in_port` of each address for which `is_stand_in` says so.
    """

    own: frozenset[Address] = frozenset()
    host: str = ""
    sources: tuple[Source, ...] = ()
    stand_in_port: int | None = None
    is_stand_in: Callable[[Address], bool] = _nobody

    def sift(
        self, location: Location, addresses: Iterable[Address], *, after_public: bool = False
    ) -> tuple[list[Address], str]:
        """Return which addresses of a host may be asked, or none and why not.

        Args:
            location: where the url leads.
            addresses: all addresses of its host.
            after_public: whether a public address redirected there: that opens nothing else.
        """
        checked = [(a, self._why_not(location, a, after_public)) for a in map(plain, addresses)]
        return [a for a, why in checked if not why], next((why for _, why in checked if why), "")

    def _why_not(self, location: Location, address: Address, after_public: bool) -> str:  # noqa: FBT001 - handed on
        kind = kind_of(address)
        if kind == "public":
            return ""
        if kind == "cloud metadata":
            return f"names the metadata service of a cloud, {address}, which is never asked"
        if after_public:
            return f"is redirected from a public address to a {kind} one, {address}"
        may_be_named = kind not in NEVER
        if self._is_own(location, address, kind):
            return ""
        if may_be_named and self._is_named(location, address):
            return ""
        hint = f"; --fetch-from {location.host} allows it" if may_be_named else ""
        return f"names a {kind} address, {address}, which is not the gateway's own{hint}"

    def _is_own(self, location: Location, address: Address, kind: Kind) -> bool:
        kinds = {kind_of(one) for one in self.own}
        if "public" in kinds:
            # A name that leads to both was made to: no gateway of the internet is a private host.
            return False
        if kind == "loopback":
            return "loopback" in kinds
        if kind == "unspecified":
            return "loopback" in kinds and location.host == self.host
        return kind not in NEVER and address in self.own

    def _is_named(self, location: Location, address: Address) -> bool:
        if location.port == self.stand_in_port and self.is_stand_in(address):
            return True
        return any(source.has(location, address) for source in self.sources)
