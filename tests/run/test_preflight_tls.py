"""A connection that does not come about has a diagnosis of its own for each reason."""

from __future__ import annotations

import contextlib
import datetime as dt
import ssl
from typing import TYPE_CHECKING, Any

import pytest

from conformance.plan.plan import Plan
from conformance.run.preflight import examine
from conformance.send.sender import Sender
from conformance.target.options import Limits
from tests import tls
from tests.clock import Skipping
from tests.commanding import judged
from tests.serving import (
    HOST,
    Loopback,
    free_port,
    on_the_wire,
    pictures_answer,
    raw_server,
    read_request,
    target_at,
)

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.result.model import Diagnosis
    from conformance.send.usage import Usage

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> tls.Authority:
    return tls.authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def plain() -> Iterator[Loopback]:
    with Loopback(lambda _: pictures_answer()) as server:
        yield server


def examined(url: str, **flags: Any) -> tuple[tuple[Diagnosis, ...], Usage]:
    target = target_at(url, **flags)
    clock = Skipping().clock
    with Sender(target, Limits(timeout_s=20), lambda _: None, clock=clock) as sender:
        return examine(Plan(target, 1), sender), sender.spent


@contextlib.contextmanager
def wanting(context: ssl.SSLContext) -> Iterator[str]:
    """A server on OpenSSL that says why it refuses a handshake, which asyncio's does not."""

    def connected(connection: socket.socket, _number: int) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            read_request(secure)
            secure.sendall(on_the_wire(pictures_answer()))

    with raw_server(connected) as (url, _):
        yield url.replace("http:", "https:")


def told(url: str, requests: int = 1, **flags: Any) -> Diagnosis:
    """The diagnosis; so many requests were enough for it, and no picture was perhaps made."""
    (found,), spent = examined(url, **flags)
    assert (spent.requests, spent.images, spent.uncertain) == (requests, 0, 0)
    return found


def test_a_gateway_behind_tls_is_examined(own: tls.Authority, plain: Loopback) -> None:
    with tls.relay(plain.url, own.server()) as url:
        assert examined(url, ca=str(own.file))[0] == ()


def test_an_authority_that_nobody_knows_is_named_with_ca(
    own: tls.Authority, plain: Loopback
) -> None:
    with tls.relay(plain.url, own.server()) as url:
        found = told(url)
    assert found.problem.startswith(f"{url}: the certificate is signed by nobody whom this machine")
    assert "--ca FILE" in found.what_to_do
    assert "SSL_CERT_FILE" in found.what_to_do


def test_a_certificate_that_nobody_trusts_is_passed_over_with_insecure(
    own: tls.Authority, plain: Loopback
) -> None:
    with tls.relay(plain.url, own.server("elsewhere.example")) as url:
        assert examined(url, insecure=True)[0] == ()


@pytest.mark.parametrize(
    ("days", "said"),
    [((-2, -1), "the certificate has expired"), ((1, 2), "the certificate is not valid yet")],
)
def test_a_certificate_of_another_time(
    days: tuple[int, int], said: str, own: tls.Authority, plain: Loopback
) -> None:
    first, last = days
    context = own.server(not_before=NOW + first * DAY, not_after=NOW + last * DAY)
    with tls.relay(plain.url, context) as url:
        found = told(url, ca=str(own.file))
    assert said in found.problem
    assert "clock" in found.what_to_do


def test_a_certificate_for_another_name_is_told_with_its_names(
    own: tls.Authority, plain: Loopback
) -> None:
    with tls.relay(plain.url, own.server("gateway.example", "*.models.example")) as url:
        found = told(url, ca=str(own.file))
    assert "for another host name (gateway.example, *.models.example, not 127.0.0.1)" in (
        found.problem
    )


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_server_that_wants_a_client_certificate_gets_one(
    newest: ssl.TLSVersion, own: tls.Authority, tmp_path: Path
) -> None:
    shown, key = tmp_path / "client.pem", tmp_path / "client.key"
    client = own.issue("client@example.org")
    client.cert_chain_pems[0].write_to_path(str(shown))
    client.private_key_pem.write_to_path(str(key))
    with wanting(own.wanting_a_client(newest=newest)) as url:
        found = told(url, ca=str(own.file))
        flags = {"client_cert": str(shown), "client_key": str(key)}
        assert examined(url, ca=str(own.file), **flags)[0] == ()
    assert "--client-cert FILE" in found.what_to_do


def test_a_client_certificate_of_another_authority_is_refused(
    own: tls.Authority, tmp_path: Path
) -> None:
    file = tmp_path / "client.pem"
    stranger = tls.authority(tmp_path).issue("client@example.org")
    stranger.private_key_and_cert_chain_pem.write_to_path(str(file))
    with wanting(own.wanting_a_client()) as url:
        found = told(url, ca=str(own.file), client_cert=str(file))
    assert "does not accept the client's certificate" in found.problem


def test_https_asked_of_a_port_for_plain_http() -> None:
    def connected(connection: socket.socket, _number: int) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")

    with raw_server(connected) as (url, _):
        found = told(url.replace("http:", "https:"))
    assert "plain http" in found.problem
    assert "write http://" in found.what_to_do


def test_https_asked_of_a_server_that_closes() -> None:
    def connected(connection: socket.socket, _number: int) -> None:
        connection.recv(4096)

    with raw_server(connected) as (url, _):
        found = told(url.replace("http:", "https:"))
    assert "closes the connection during the TLS handshake" in found.problem


def test_https_asked_of_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.send.wire.opening.CONNECT_S", 0.2)

    def connected(connection: socket.socket, _number: int) -> None:
        while connection.recv(4096):
            pass

    with raw_server(connected) as (url, _):
        found = told(url.replace("http:", "https:"))
    assert "no connection comes about in time (none within 0.2 s)" in found.problem


def test_plain_http_asked_of_a_port_for_tls(own: tls.Authority, plain: Loopback) -> None:
    with tls.relay(plain.url, own.server()) as url:
        found = told(url.replace("https:", "http:"))
    assert "speaks TLS" in found.problem
    assert "https://" in found.what_to_do


def test_an_alert_of_tls_in_the_place_of_an_answer() -> None:
    def connected(connection: socket.socket, _number: int) -> None:
        connection.recv(65_536)
        connection.sendall(b"\x15\x03\x01\x00\x02\x02\x16\r\n\r\n")

    with raw_server(connected) as (url, _):
        assert "speaks TLS" in told(url).problem


def test_a_server_with_old_tls_alone(own: tls.Authority, plain: Loopback) -> None:
    context = own.server()
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-RSA-AES128-SHA:AES128-SHA:@SECLEVEL=0")
    with tls.relay(plain.url, context) as url:
        found = told(url, ca=str(own.file))
    assert "no version or cipher" in found.problem or "handshake" in found.problem


def test_nginx_says_in_http_that_it_wants_tls(
    own: tls.Authority, plain: Loopback, tmp_path: Path
) -> None:
    with tls.nginx(plain.url, own, tmp_path) as url:
        found = told(url.replace("https:", "http:"), requests=2)
    assert "speaks TLS" in found.problem
    assert "https://" in found.what_to_do


def test_nginx_says_in_http_that_it_wants_a_client_certificate(
    own: tls.Authority, plain: Loopback, tmp_path: Path
) -> None:
    more = f"ssl_verify_client on; ssl_client_certificate {own.file};"
    with tls.nginx(plain.url, own, tmp_path, more) as url:
        found = told(url, requests=2, ca=str(own.file))
    assert "wants a certificate" in found.problem
    assert "--client-cert FILE" in found.what_to_do


def answering(text: bytes) -> contextlib.AbstractContextManager[tuple[str, list[int]]]:
    def connected(connection: socket.socket, _number: int) -> None:
        connection.recv(65_536)
        connection.sendall(text)

    return raw_server(connected)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_wants_a_credential(scheme: str) -> None:
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n"
    with answering(refusal) as (proxy, _):
        requests = 2 if scheme == "http" else 1
        found = told(f"{scheme}://{HOST}:{free_port()}", requests, proxy=proxy)
    assert "the proxy wants a credential" in found.problem
    assert "--proxy http://USER:PASSWORD@HOST:PORT" in found.what_to_do


def test_a_proxy_that_refuses_to_connect() -> None:
    with answering(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n") as (proxy, _):
        found = told(f"https://{HOST}:{free_port()}", proxy=proxy)
    assert "the proxy does not connect to the gateway (CONNECT: 403 Forbidden)" in found.problem


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_not_there(scheme: str) -> None:
    found = told(f"{scheme}://{HOST}:{free_port()}", proxy=f"http://{HOST}:{free_port()}")
    assert "the proxy cannot be reached" in found.problem


def test_a_port_without_a_listener_costs_nothing() -> None:
    (found,), spent = examined(f"https://{HOST}:{free_port()}")
    assert "cannot be reached" in found.problem
    assert spent.uncertain == 0


def test_the_run_ends_with_3_and_names_no_picture(
    own: tls.Authority, plain: Loopback, tmp_path: Path
) -> None:
    with tls.relay(plain.url, own.server()) as url:
        code, result, output = judged(url, tmp_path)
    assert code == 3
    assert result["diagnosis"][0]["whose"] == "the gateway's certificate"
    assert "perhaps made" not in output


def test_every_report_says_that_nothing_was_verified(
    own: tls.Authority, plain: Loopback, tmp_path: Path
) -> None:
    with tls.relay(plain.url, own.server("elsewhere.example")) as url:
        _, result, output = judged(url, tmp_path, "--insecure", "--profile", "smoke")
    assert result["target"]["insecure"] is True
    assert "--insecure" in output.partition("Reports:")[0]
    junit = (tmp_path / "reports" / "junit.xml").read_text()
    assert '<property name="certificates" value="not verified (--insecure)" />' in junit
    assert "not verified (--insecure)" in (tmp_path / "reports" / "report.html").read_text()
