"""Each kind of address, in each form that carries one: a table of values."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest

from conformance.http.urls import addresses
from conformance.http.urls.addresses import kind_of

KINDS = [
    ("8.8.8.8", "public"),
    ("93.184.216.34", "public"),
    ("100.63.255.255", "public"),
    ("100.128.0.0", "public"),
    ("172.15.255.255", "public"),
    ("172.32.0.0", "public"),
    ("2001:4860:4860::8888", "public"),
    ("2a00:1450:4001::1", "public"),
    ("0.0.0.0", "unspecified"),
    ("::", "unspecified"),
    ("127.0.0.1", "loopback"),
    ("127.255.255.254", "loopback"),
    ("::1", "loopback"),
    ("10.0.0.1", "private"),
    ("172.16.0.1", "private"),
    ("172.31.255.255", "private"),
    ("192.168.1.1", "private"),
    ("100.64.0.1", "private"),
    ("100.127.255.255", "private"),
    ("198.18.0.1", "private"),
    ("198.19.255.255", "private"),
    ("192.0.0.8", "private"),
    ("fc00::1", "private"),
    ("fd12:3456:789a::1", "private"),
    ("fec0::1", "private"),
    ("169.254.1.1", "link-local"),
    ("169.254.171.3", "link-local"),
    ("fe80::1", "link-local"),
    ("fe80::1%eth0", "link-local"),
    ("febf:ffff::1", "link-local"),
    ("224.0.0.1", "multicast"),
    ("239.255.255.250", "multicast"),
    ("ff02::1", "multicast"),
    ("255.255.255.255", "reserved"),
    ("240.0.0.1", "reserved"),
    ("0.1.2.3", "reserved"),
    ("192.0.2.1", "reserved"),
    ("198.51.100.1", "reserved"),
    ("203.0.113.1", "reserved"),
    ("192.88.99.1", "reserved"),
    ("2001:db8::1", "reserved"),
    ("3fff::1", "reserved"),
    ("100::1", "reserved"),
    ("4000::1", "reserved"),
    # Mapped: a socket connects to the address that is carried.
    ("::ffff:8.8.8.8", "public"),
    ("::ffff:127.0.0.1", "loopback"),
    ("::ffff:10.0.0.1", "private"),
    ("::ffff:0.0.0.0", "unspecified"),
    ("::ffff:169.254.1.1", "link-local"),
    # Compatible, and translated without a state.
    ("::127.0.0.1", "translated"),
    ("::10.0.0.1", "translated"),
    ("::8.8.8.8", "reserved"),
    ("::ffff:0:127.0.0.1", "translated"),
    ("::ffff:0:8.8.8.8", "reserved"),
    # 6to4, and Teredo with a private server or client.
    ("2002:0808:0808::1", "public"),
    ("2002:7f00:0001::1", "translated"),
    ("2002:c0a8:0101::1", "translated"),
    ("2001:0:808:808::f7f7:f7f7", "public"),
    ("2001:0:0a00:0001::f7f7:f7f7", "translated"),
    ("2001:0:808:808::80ff:fffe", "translated"),  # 127.0.0.1, with each bit turned
    # NAT64 with its well-known prefix, and with one of local use.
    ("64:ff9b::8.8.8.8", "public"),
    ("64:ff9b::127.0.0.1", "translated"),
    ("64:ff9b::10.0.0.1", "translated"),
    ("64:ff9b::0.0.0.0", "translated"),
    ("64:ff9b:1::8.8.8.8", "private"),
    ("64:ff9b:1:ffff::1", "translated"),
    # ISATAP
    ("2a00:1::5efe:10.0.0.1", "translated"),
    ("2a00:1::200:5efe:10.0.0.1", "translated"),
    ("2a00:1::200:5efe:8.8.8.8", "public"),
]


@pytest.mark.parametrize(("text", "kind"), KINDS)
def test_an_address_is_of_its_kind(text: str, kind: str) -> None:
    assert kind_of(ip_address(text)) == kind


@pytest.mark.parametrize("text", addresses.METADATA_ADDRESSES)
def test_each_service_of_metadata_is_known(text: str) -> None:
    assert kind_of(ip_address(text)) == "cloud metadata"


def test_whole_ranges_of_metadata_are_known() -> None:
    for text in ("169.254.169.0", "169.254.169.255", "169.254.170.2", "169.254.170.255"):
        assert kind_of(ip_address(text)) == "cloud metadata"


def carrying(address: IPv4Address) -> list[IPv6Address]:
    """Each form of IPv6 that carries an IPv4 address; those of NAT64 with each length of a prefix."""
    number, turned = int(address), int(address) ^ 0xFFFFFFFF
    high, low = number >> 16, number & 0xFFFF
    bytes_ = address.packed
    ends = (0, 0x5EFE << 32, 0x0200_5EFE << 32, 0xFFFF << 32, 0xFFFF0000 << 32)
    forms = [IPv6Address(end | number) for end in ends]
    forms += [IPv6Address((0x2A00 << 112) | end | number) for end in ends]
    forms += [
        IPv6Address(f"2002:{high:x}:{low:x}::1"),
        IPv6Address((0x20010000 << 96) | number << 64),
        IPv6Address((0x20010000 << 96) | (0x08080808 << 64) | turned),
        IPv6Address(f"64:ff9b::{high:x}:{low:x}"),
        IPv6Address(f"64:ff9b:1:2:3:4:{high:x}:{low:x}"),
    ]
    for bits in (32, 40, 48, 56, 64, 96):
        octets = list(bytes.fromhex("2a001234567890ab00cdef12" + "00000000"))
        places = [p for p in range(bits // 8, 16) if bits == 96 or p != 8][:4]
        for place, octet in zip(places, bytes_, strict=True):
            octets[place] = octet
        octets[8] = octets[8] if bits == 96 else 0
        forms.append(IPv6Address(bytes(octets)))
    return forms


@pytest.mark.parametrize(
    "text", [t for t in addresses.METADATA_ADDRESSES if ":" not in t and t != "169.254.0.23"]
)
def test_a_service_of_metadata_is_known_in_every_form_that_carries_it(text: str) -> None:
    for form in carrying(IPv4Address(text)):
        assert kind_of(form) == "cloud metadata", form


@pytest.mark.parametrize("text", ["127.0.0.1", "10.1.2.3", "192.168.0.1", "0.0.0.0", "224.0.0.1"])
def test_no_form_that_carries_a_private_address_is_public(text: str) -> None:
    forms = carrying(IPv4Address(text))
    # Of a network's own prefix for NAT64, and of an address that merely ends so, nobody can know.
    known = [*forms[:5], *(forms[i] for i in (6, 7)), *forms[10:15]]
    for form in known:
        assert kind_of(form) != "public", form


@pytest.mark.parametrize(
    "host",
    ["metadata.google.internal", "METADATA.google.internal.", "metadata", "instance-data", "metadata.goog.."],
)  # fmt: skip
def test_a_service_of_metadata_is_known_by_its_name(host: str) -> None:
    assert addresses.is_metadata_name(host)


@pytest.mark.parametrize("host", ["", "google.internal", "my-metadata.example", "metadata.example"])
def test_no_other_name_is_one(host: str) -> None:
    assert not addresses.is_metadata_name(host)


def test_each_address_has_a_kind() -> None:
    for number in range(0, 2**128, 2**121 + 0x1234567890ABCDEF):
        assert kind_of(IPv6Address(number))
    for number in range(0, 2**32, 2**22 + 12345):
        assert kind_of(IPv4Address(number))
