"""What an IP address leads to, as the registries of special addresses say; values in, a kind out.

Sources: the IANA registries of IPv4 and IPv6 special-purpose addresses (RFC 6890), multicast (RFC 5771,
RFC 4291 §2.7), and the addresses at which clouds document that they serve credentials. An IPv6
address that carries an IPv4 address leads where that one leads: mapped and compatible (RFC 4291
§2.5.5), translated (RFC 2765 §2.1), 6to4 (RFC 3056), Teredo (RFC 4380), ISATAP (RFC 5214) and NAT64
(RFC 6052, RFC 8215).
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Kind = Literal[
    "public",
    "loopback",
    "private",
    "link-local",
    "unspecified",
    "multicast",
    "reserved",
    "translated",
    "cloud metadata",
]

# Whole ranges in which clouds serve credentials and put their services.
METADATA_RANGES = ("169.254.169.0/24", "169.254.170.0/24")
METADATA_ADDRESSES = (
    "169.254.169.254", "169.254.169.253", "169.254.169.255",  # nearly all clouds
    "169.254.170.2", "169.254.170.23",  # AWS: containers, pods
    "169.254.0.23",  # Tencent
    "169.254.42.42",  # Scaleway
    "100.100.100.200",  # Alibaba
    "168.63.129.16",  # Azure
    "192.0.0.192",  # Oracle
    "fd00:ec2::254", "fd00:ec2::253", "fd00:ec2::23",  # AWS
    "fd20:ce::254",  # Google
    "fd00:42::42",  # Scaleway
    "fd00:c1::a9fe:a9fe",  # Oracle
    "fd00:a9fe:a9fe::1",  # Linode
    "fe80::a9fe:a9fe",  # OpenStack
)  # fmt: skip
METADATA_NAMES = frozenset(
    {
        "metadata", "metadata.google.internal", "metadata.goog", "metadata.tencentyun.com",
        "metadata.platformequinix.com", "metadata.packet.net", "metadata.azure.internal",
        "instance-data", "instance-data.ec2.internal", "rancher-metadata",
    }
)  # fmt: skip
_METADATA = frozenset(map(ip_address, METADATA_ADDRESSES))
_METADATA_NETWORKS = tuple(map(ip_network, METADATA_RANGES))

# The first range that holds an address says its kind.
RANGES: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    ("unspecified", ("0.0.0.0/32", "::/128")),
    ("loopback", ("127.0.0.0/8", "::1/128")),
    ("link-local", ("169.254.0.0/16", "fe80::/10")),
    (
        "private",
        (
            "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15",
            "fc00::/7", "fec0::/10", "64:ff9b:1::/48",
        ),
    ),
    ("multicast", ("224.0.0.0/4", "ff00::/8")),
    (
        "reserved",
        (
            "0.0.0.0/8", "240.0.0.0/4", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "192.88.99.0/24",
            "2001:db8::/32", "2001:2::/48", "2001:10::/28", "3fff::/20",
        ),
    ),
    ("public", ("0.0.0.0/0", "2000::/3", "64:ff9b::/96")),
)  # fmt: skip
_NETWORKS = tuple((kind, tuple(map(ip_network, rows))) for kind, rows in RANGES)

_MAPPED, _TRANSLATED = 0xFFFF, 0xFFFF0000
_TO_4, _TEREDO, _NAT64 = 0x2002, 0x20010000, 0x0064FF9B << 64
_NAT64_LOCAL = 0x0064FF9B0001
# The identifier of an interface that ends in an IPv4 address, with and without its universal bit.
_ISATAP = (0x00005EFE, 0x02005EFE)
# How many bits may precede the address that NAT64 embeds; it leaves out bits 64 to 71.
_PREFIXES = (32, 40, 48, 56, 64, 96)


def kind_of(address: Address) -> Kind:
    """Return what an address leads to.

    "translated" is an IPv6 address that carries an IPv4 address which is not public; a mapped one is
    of the kind of what it carries, because a socket connects to that.
    """
    address = plain(address)
    carried = _carried(address) if isinstance(address, IPv6Address) else []
    if _is_metadata(address) or any(map(_is_metadata, carried)):
        return "cloud metadata"
    if isinstance(address, IPv6Address):
        # The networks of a translator are its operator's choice, so each place may hold an address.
        if any(_embedded(address, bits) in _METADATA for bits in _PREFIXES):
            return "cloud metadata"
        if any(_listed(one) != "public" for one in carried):
            return "translated"
    return _listed(address)


def plain(address: Address) -> Address:
    """Return the IPv4 address that a mapped one stands for, and any other without its scope."""
    if isinstance(address, IPv4Address):
        return address
    return (
        IPv4Address(int(address) & 0xFFFFFFFF) if int(address) >> 32 == _MAPPED else _bare(address)
    )


def is_metadata_name(host: str) -> bool:
    """Return whether a cloud's service of credentials has this name, however it is written."""
    return host.lower().strip(".") in METADATA_NAMES


def _bare(address: IPv6Address) -> IPv6Address:
    return IPv6Address(int(address)) if address.scope_id else address


def _is_metadata(address: Address) -> bool:
    return address in _METADATA or any(address in network for network in _METADATA_NETWORKS)


def _listed(address: Address) -> Kind:
    for kind, networks in _NETWORKS:
        if any(address in network for network in networks):
            return kind
    return "reserved"


def _carried(address: IPv6Address) -> list[IPv4Address]:
    """Return the IPv4 addresses that the form of an IPv6 address says it leads to."""
    number, low = int(address), int(address) & 0xFFFFFFFF
    found: list[int] = []
    if number >> 32 == _TRANSLATED or (number >> 32 == 0 and number > 1):
        found.append(low)
    if number >> 112 == _TO_4:
        found.append(number >> 80 & 0xFFFFFFFF)
    if number >> 96 == _TEREDO:
        found += [number >> 64 & 0xFFFFFFFF, low ^ 0xFFFFFFFF]
    if number >> 32 == _NAT64 or number >> 80 == _NAT64_LOCAL:
        found.append(low)
    if (number >> 32 & 0xFFFFFFFF) in _ISATAP:
        found.append(low)
    return [IPv4Address(one) for one in found]


def _embedded(address: IPv6Address, bits: int) -> IPv4Address:
    """Return the IPv4 address behind a prefix of so many bits (RFC 6052 §2.2)."""
    number, width = int(address), 128
    if bits <= 64:  # noqa: PLR2004 - behind it stand the eight bits that are left out
        number, width = number >> 64 << 56 | number & (1 << 56) - 1, 120
    return IPv4Address(number >> width - bits - 32 & 0xFFFFFFFF)
