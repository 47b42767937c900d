"""The certificates that a gateway shows: each different one is taken down, however a request is sent."""

from __future__ import annotations

import hashlib
import ssl
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.cases.spec import PLAIN
from conformance.http import deliveries
from conformance.target.certificates import MOST, Seen, described
from tests import tls
from tests.asking import Asking
from tests.proxying import proxy

if TYPE_CHECKING:
    from tests.serving import Loopback


def der_of(leaf: Any) -> bytes:
    return ssl.PEM_cert_to_DER_cert(leaf.cert_chain_pems[0].bytes().decode())


def seen_by(url: str, *specs: Any, **flags: Any) -> Seen:
    asking = Asking(url, *specs, **flags)
    with asking.sender as sender:
        sender.start(list(asking.plan.requests.values()))
        for id_ in asking.plan.requests:
            sender.exchange(id_)
    return asking.target.certificates


@pytest.mark.parametrize("delivery", ["", deliveries.IN_PIECES])
@pytest.mark.parametrize("flags", [{}, {"insecure": True}])
def test_the_certificate_is_taken_down_however_a_request_is_delivered(
    delivery: str, flags: dict[str, Any], own: tls.Authority, server: Loopback
) -> None:
    context, leaf = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), own.issue("127.0.0.1")
    leaf.configure_cert(context)
    with tls.relay(server.url, context) as url:
        seen = seen_by(url, replace(PLAIN, delivery=delivery), ca=str(own.file), **flags)
    assert seen.leaves == [der_of(leaf)]


@pytest.mark.parametrize("delivery", ["", deliveries.IN_PIECES])
def test_behind_a_proxy_it_is_the_gateways_certificate(
    delivery: str, own: tls.Authority, server: Loopback
) -> None:
    with proxy() as through, tls.relay(server.url, own.server()) as url:
        spec = replace(PLAIN, delivery=delivery)
        seen = seen_by(url, spec, ca=str(own.file), proxy=through.url, no_fetch=True)
    assert len(seen.leaves) == 1


def test_without_tls_there_is_none(server: Loopback) -> None:
    assert seen_by(server.url, PLAIN).rows() is None


def test_each_different_certificate_is_taken_down_once_and_few_of_them(own: tls.Authority) -> None:
    class Shown:
        def __init__(self, leaf: bytes) -> None:
            self.leaf = leaf

        def getpeercert(self, *, binary_form: bool) -> bytes:
            assert binary_form
            return self.leaf

    seen, leaves = Seen(), [der_of(own.issue(f"{n}.example")) for n in range(MOST + 2)]
    for leaf in (*leaves[:2], leaves[0], *leaves):
        seen.note(Shown(leaf))  # type: ignore[arg-type] # what a connection of TLS is asked here
    assert seen.leaves == leaves[:MOST]


def test_a_certificate_is_told_by_its_digest_its_names_and_its_time(own: tls.Authority) -> None:
    leaf = der_of(own.issue("gateway.example"))
    row = described(leaf)
    assert row["sha256"] == hashlib.sha256(leaf).hexdigest()
    assert row["subject"]
    assert row["issuer"] != row["subject"]
    assert row["not_before"] < row["not_after"]
    assert row["not_after"].endswith("+00:00")


def test_of_a_certificate_that_cannot_be_read_the_digest_is_told() -> None:
    row = described(b"no certificate")
    assert row["sha256"] == hashlib.sha256(b"no certificate").hexdigest()
    assert not any(v for k, v in row.items() if k != "sha256")
