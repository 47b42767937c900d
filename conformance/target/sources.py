"""Where else than from the gateway's own host pictures may be fetched: the rows of `--fetch-from`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from conformance.errors import UsageError
from conformance.http.urls.addresses import is_metadata_name, kind_of, plain
from conformance.http.urls.locations import UnaskedError, located

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.http.urls.addresses import Address, Network
    from conformance.http.urls.locations import Location

# The sizes of the link-local networks, by the version of IP.
LINK_LOCAL_BITS = {4: 16, 6: 10}


@dataclass(frozen=True)
class Source:
    """A host, or a network, that the operator allows; `port` None means any."""

    row: str
    host: str = ""
    network: Network | None = None
    port: int | None = None

    def has(self, location: Location, address: Address) -> bool:
        """Return whether the operator means this: where a url leads, and an address of its host.

        A network that is wider than the link-local one does not mean a link-local address.
        """
        if self.port not in (None, location.port):
            return False
        if self.network is None:
            return self.host == location.host.rstrip(".")
        if address.version != self.network.version or address not in self.network:
            return False
        # Both networks hold the address, so one of them lies in the other.
        within = self.network.prefixlen >= LINK_LOCAL_BITS[address.version]
        return within or kind_of(address) != "link-local"


def build(rows: Iterable[str]) -> tuple[Source, ...]:
    """Return the sources that the operator allows.

    Raises:
        UsageError: a row is neither HOST, HOST:PORT nor ADDRESS/BITS, or names what is never asked.
    """
    return tuple(_source(row) for row in rows)


def _source(row: str) -> Source:
    if "@" in row or "://" in row:
        raise UsageError(
            "--fetch-from: is a host, not a url; write HOST, HOST:PORT or ADDRESS/BITS"
        )
    if "/" in row:
        try:
            network = ip_network(row.strip("[]"))
        except ValueError as error:
            raise UsageError(
                f"--fetch-from {row!r}: is no network ({error}); write ADDRESS/BITS, like 10.1.0.0/16"
            ) from None
        if network.num_addresses == 1:
            return _single(row, network.network_address, None)
        return Source(row, network=network)
    # An IPv6 address needs no brackets where no port follows.
    text = f"[{row}]" if row.count(":") > 1 and not row.startswith("[") else row
    try:
        location = located(f"http://{text}")
    except (ValueError, UnaskedError):
        location = None
    if location is None or location.target != "/":
        raise UsageError(
            f"--fetch-from {row!r}: is neither HOST, HOST:PORT nor a network like 10.1.0.0/16"
        )
    port = location.port if re.search(r":[0-9]+$", text) else None
    if location.address is not None:
        return _single(row, location.address, port)
    if is_metadata_name(location.host):
        raise UsageError(_never(row))
    return Source(row, host=location.host.rstrip("."), port=port)


def _single(row: str, address: Address, port: int | None) -> Source:
    if kind_of(address) == "cloud metadata":
        raise UsageError(_never(row))
    address = plain(ip_address(address))
    return Source(row, network=ip_network(address), port=port)


def _never(row: str) -> str:
    return (
        f"--fetch-from {row!r}: is the metadata service of a cloud, from which nothing is fetched,"
        " whatever is allowed"
    )
