"""Where the urls of answers may lead: a table of targets, settings and addresses."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest

from conformance.http.urls.addresses import METADATA_ADDRESSES
from conformance.http.urls.locations import located
from conformance.send.urls.learnt import Learnt
from tests.send.downloading import Names
from tests.serving import HOST, free_port, target_at

if TYPE_CHECKING:
    from conformance.send.urls.permits import Permits

PUBLIC = "http://93.184.216.34"
HERE = "http://127.0.0.1:8080"
PRIVATE = "http://10.1.2.3:8080"
NAMED = "http://gateway.example"
ADDRESSES = (
    "8.8.8.8", "127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", "::", "10.1.2.3", "10.1.2.4", "192.168.1.1", "100.64.0.1",
    "fd00::1", "fe80::1", "169.254.1.1", "224.0.0.1", "255.255.255.255", "203.0.113.1", "::ffff:127.0.0.1", "::ffff:10.1.2.3",
    "64:ff9b::127.0.0.1", "64:ff9b::10.1.2.3", "2002:a01:203::1", *METADATA_ADDRESSES,
)  # fmt: skip
LOOPBACK = {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}


def permits(url: str, *peers: str, **flags: Any) -> Permits:
    target = target_at(url, **flags)
    learnt = Learnt(peers=set(peers), lookup=Names(gateway_example="10.1.2.3"))
    return asyncio.run(learnt.permits(target, target.host))


def why_not(found: Permits, address: str, url: str = "", *, after_public: bool = False) -> str:
    host = f"[{address}]" if ":" in address else address
    at = located(url or f"http://{host}:9000/p.png")
    allowed, why = found.sift(at, [ip_address(address)], after_public=after_public)
    assert bool(allowed) != bool(why)
    return why


def allowed(found: Permits) -> set[str]:
    return {a for a in ADDRESSES if not why_not(found, a)}


@pytest.mark.parametrize(
    ("url", "peers", "flags", "also"),
    [
        (PUBLIC, (), {}, set()),
        (HERE, (), {}, LOOPBACK),
        ("http://localhost:1", (), {}, LOOPBACK),
        ("http://[::1]:1", (), {}, LOOPBACK),
        ("http://127.0.0.2:1", (), {}, LOOPBACK),
        ("http://0.0.0.0:1", (), {}, {"0.0.0.0", *LOOPBACK}),
        (PRIVATE, (), {}, {"10.1.2.3", "::ffff:10.1.2.3"}),
        ("http://[fd00::1]", (), {}, {"fd00::1"}),
        ("http://169.254.1.1", (), {}, {"169.254.1.1"}),
        # A metadata service is never asked, even if it is the target.
        ("http://169.254.169.254", (), {}, set()),
        # A name is where the run was connected to, and not where it leads at another time.
        (NAMED, (), {}, set()),
        (NAMED, ("10.1.2.3",), {}, {"10.1.2.3", "::ffff:10.1.2.3"}),
        (NAMED, ("127.0.0.1",), {}, LOOPBACK),
        (NAMED, ("::1",), {}, LOOPBACK),
        (NAMED, ("8.8.8.8",), {}, set()),
        (NAMED, ("8.8.8.8", "10.1.2.3", "127.0.0.1"), {}, set()),
        # Behind a proxy, where the connections say nothing, it is where this machine finds it.
        (NAMED, ("127.0.0.1",), {"proxy": "http://10.9.9.9:3128"}, {"10.1.2.3", "::ffff:10.1.2.3"}),
        # What the operator allows.
        (PUBLIC, (), {"fetch_from": ["10.1.2.4"]}, {"10.1.2.4"}),
        (PUBLIC, (), {"fetch_from": ["10.1.2.4:9000"]}, {"10.1.2.4"}),
        (PUBLIC, (), {"fetch_from": ["10.1.2.4:9001"]}, set()),
        (PUBLIC, (), {"fetch_from": ["10.1.2.0/24"]}, {"10.1.2.3", "10.1.2.4", "::ffff:10.1.2.3"}),
        (PUBLIC, (), {"fetch_from": ["fd00::/8", "127.0.0.0/8"]}, {"fd00::1", *LOOPBACK - {"::1"}}),
        (PUBLIC, (), {"fetch_from": ["169.254.0.0/16"]}, {"169.254.1.1"}),
        (PUBLIC, (), {"fetch_from": ["64:ff9b::/96"]}, {"64:ff9b::127.0.0.1", "64:ff9b::10.1.2.3"}),
        (
            HERE,
            (),
            {"fetch_from": ["0.0.0.0/0", "::/0"]},
            {
                "127.0.0.1", "127.9.9.9", "::1", "10.1.2.3", "10.1.2.4", "192.168.1.1", "100.64.0.1", "fd00::1", "::ffff:127.0.0.1",
                "::ffff:10.1.2.3", "64:ff9b::127.0.0.1", "64:ff9b::10.1.2.3", "2002:a01:203::1",
            },
        ),
    ],
)  # fmt: skip
def test_these_addresses_and_public_ones_may_be_asked(
    url: str, peers: tuple[str, ...], flags: dict[str, Any], also: set[str]
) -> None:
    assert allowed(permits(url, *peers, **flags)) == {"8.8.8.8", *also}


def test_a_named_source_is_allowed_by_its_name_alone() -> None:
    found = permits(PUBLIC, fetch_from=["minio:9000", "files.internal"])
    assert not why_not(found, "10.9.9.9", "http://minio:9000/p.png")
    assert not why_not(found, "10.9.9.9", "http://MINIO.:9000/p.png")
    assert not why_not(found, "127.0.0.1", "https://files.internal/p.png")
    assert why_not(found, "10.9.9.9", "http://minio:9001/p.png")
    assert why_not(found, "10.9.9.9", "http://other:9000/p.png")
    assert why_not(found, "10.9.9.9")
    for address in (*METADATA_ADDRESSES, "0.0.0.0", "224.0.0.1"):
        assert why_not(found, address, "http://minio:9000/p.png")


def test_a_public_address_opens_no_other_by_a_redirect() -> None:
    found = permits(HERE, fetch_from=["10.0.0.0/8"])
    for address in ("127.0.0.1", "10.1.2.3"):
        assert not why_not(found, address)
        assert "is redirected from a public address" in why_not(found, address, after_public=True)
    assert not why_not(found, "8.8.8.8", after_public=True)


def test_of_a_host_with_several_addresses_those_that_may_be_are_asked() -> None:
    addresses = [ip_address(a) for a in ("10.0.0.1", "127.0.0.1", "::1", "169.254.169.254")]
    asked, _ = permits(HERE).sift(located("http://h"), addresses)
    assert asked == addresses[1:3]


def test_why_an_address_is_not_asked_says_what_to_do() -> None:
    why = why_not(permits(PRIVATE), "10.9.9.9", "http://minio:9000/p.png")
    assert why == (
        "names a private address, 10.9.9.9, which is not the gateway's own; --fetch-from minio"
        " allows it"
    )
    assert "--fetch-from" not in why_not(permits(PRIVATE), "169.254.169.254")
    assert "--fetch-from" not in why_not(permits(PRIVATE), "224.0.0.1")


def test_the_stand_in_provider_of_the_run_may_be_asked_at_its_port_alone() -> None:
    port = free_port()
    own = f"http://{HOST}:{port}/pictures/x"
    for observe in (str(port), f"{HOST}:{port}", f"0.0.0.0:{port}"):
        found = permits(PUBLIC, observe=observe)
        assert not why_not(found, HOST, own)
        assert why_not(found, HOST, f"http://{HOST}:{port + 1}/pictures/x")
        # No address of this machine.
        assert why_not(found, "10.255.255.1", f"http://10.255.255.1:{port}/pictures/x")
    assert why_not(permits(PUBLIC, observe=f"10.255.255.1:{port}"), HOST, own)
    assert why_not(
        permits(PUBLIC, observe=f"0.0.0.0:{port}"), "224.0.0.1", f"http://224.0.0.1:{port}/"
    )
