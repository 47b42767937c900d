"""A url is asked at the address that was checked, under its own name, and nothing goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.cases.spec import PLAIN
from conformance.send.urls.learnt import Learnt
from tests import tls
from tests.asking import ask
from tests.proxying import proxy
from tests.send.downloading import PNG, Names, fetched
from tests.serving import HOST, Answer, Got, Loopback, free_port, json_answer, raw_server, target_at

if TYPE_CHECKING:
    import socket
    from pathlib import Path

PUBLIC = target_at("http://93.184.216.34")
IMAGE = {"content-type": "image/png"}


def picture(_: Got) -> Answer:
    return Answer(200, PNG, IMAGE)


def leading(to: str, status: int = 302, **more: str) -> Loopback:
    return Loopback(lambda _: Answer(status, b"", {"location": to, **more}))


def test_a_name_is_looked_up_once_and_asked_at_that_address() -> None:
    names = Names(pictures_example=HOST)
    with Loopback(picture) as server:
        url = f"http://pictures.example:{server.port}/p.png"
        (found,) = fetched(url, learnt=Learnt(lookup=names))
    assert found.body == PNG
    assert names.asked == ["pictures.example"]
    assert server.got[0].headers["host"] == f"pictures.example:{server.port}"


def test_a_name_that_leads_elsewhere_the_next_time_is_not_asked_there() -> None:
    """A record that lives for no time at all: first this machine, then another."""

    class Turning(Names):
        async def addresses(self, host: str) -> list[object]:  # type: ignore[override] # a table's row is a value
            found = await super().addresses(host)
            self.known[host] = ["10.255.255.1"]
            return list(found)

    names = Turning(pictures_example=HOST)
    with Loopback(picture) as server:
        url = f"http://pictures.example:{server.port}/p.png"
        assert fetched(url, learnt=Learnt(lookup=names))[0].body == PNG
        (again,) = fetched(url, learnt=Learnt(lookup=names))
    assert again.skipped
    assert "10.255.255.1" in again.problem
    assert len(server.got) == 1


def test_tls_is_spoken_with_the_name_at_the_address_that_was_checked(tmp_path: Path) -> None:
    own = tls.authority(tmp_path)
    target = target_at("http://127.0.0.1:1", ca=str(own.file))
    asked = list[str | None]()

    def noted(_socket: object, name: str | None, _context: object) -> None:
        asked.append(name)

    context = own.server("pictures.example")
    context.sni_callback = noted
    learnt = Learnt(lookup=Names(pictures_example=HOST, other_example=HOST))
    with Loopback(picture) as server, tls.relay(server.url, context) as https:
        port = https.rpartition(":")[2]
        good, dotted, other = fetched(
            *(f"https://{h}:{port}/p" for h in ("pictures.example", "Pictures.example.", "other.example")),
            target=target,
            learnt=learnt,
        )  # fmt: skip
    assert (good.body, dotted.body) == (PNG, PNG)
    assert sorted(map(str, asked)) == ["other.example", "pictures.example", "pictures.example"]
    assert other.status is None
    assert "certificate" in other.problem


def test_an_address_of_its_own_is_verified_as_one(tmp_path: Path) -> None:
    own = tls.authority(tmp_path)
    target = target_at("http://127.0.0.1:1", ca=str(own.file))
    with Loopback(picture) as server, tls.relay(server.url, own.server()) as https:
        assert fetched(f"{https}/p", target=target)[0].body == PNG
        (found,) = fetched(https.replace(HOST, "127.0.0.2"), target=target)
    assert found.status is None


def test_the_next_address_is_asked_where_one_takes_no_connection() -> None:
    with Loopback(picture) as server:
        learnt = Learnt(lookup=Names(pictures_example=f"127.0.0.9 ::1 {HOST}"))
        (found,) = fetched(f"http://pictures.example:{server.port}/", learnt=learnt)
    assert found.body == PNG


def test_of_several_addresses_only_those_that_may_be_are_asked() -> None:
    port = free_port()
    learnt = Learnt(lookup=Names(pictures_example=f"169.254.169.254 10.255.255.1 {HOST}"))
    (found,) = fetched(f"http://pictures.example:{port}/", learnt=learnt, timeout_s=3)
    assert found.problem.startswith("ConnectError")


def test_user_information_is_sent_by_no_url_and_no_redirect() -> None:
    with Loopback(picture) as server:
        named = server.url.replace("//", "//user:word@")
        (found,) = fetched(f"{named}/p")
        with leading(f"{named}/q") as first:
            (further,) = fetched(f"{first.url}/p")
    assert server.got == []
    for one in (found, further):
        assert one.skipped
        assert "user information" in one.problem


def test_no_cookie_and_no_referer_follows_a_redirect() -> None:
    with Loopback(picture) as other:
        location = other.url.replace(HOST, "localhost") + "/there"

        def decide(got: Got) -> Answer:
            # Once to the same server, once to another one.
            to = "/again" if got.path == "/p" else location
            return Answer(302, b"", {"location": to, "set-cookie": "sid=1; Path=/"})

        with Loopback(decide) as server:
            found = fetched(f"{server.url}/p", f"{server.url}/again")
    assert [f.body for f in found] == [PNG, PNG]
    for got in (*server.got, *other.got):
        assert not {"cookie", "referer", "authorization", "origin"} & set(got.headers)


def test_a_redirect_leads_to_no_other_private_host() -> None:
    learnt = Learnt(lookup=Names(minio_example="10.255.255.1"))
    with leading("http://minio.example:9000/p") as server:
        (found,) = fetched(f"{server.url}/p", learnt=learnt)
    assert found.skipped
    assert "names a private address, 10.255.255.1" in found.problem


def test_a_public_address_leads_to_no_private_one_although_the_url_might() -> None:
    """The public server stands behind a proxy, which alone knows where it is."""
    learnt = Learnt(lookup=Names(pictures_example="93.184.216.34"))
    with (
        Loopback(picture) as hidden,
        leading(f"{hidden.url}/p") as server,
        proxy(hosts={"pictures.example": HOST}) as through,
    ):
        target = target_at("http://127.0.0.1:1", proxy=through.url)
        url = f"http://pictures.example:{server.port}/p"
        (found,) = fetched(url, target=target, learnt=learnt)
        (straight,) = fetched(f"{hidden.url}/q", target=target, learnt=learnt)
    assert server.paths() == ["/p"]
    assert found.skipped
    assert "is redirected from a public address to a loopback one" in found.problem
    assert hidden.paths() == ["/q"]
    assert straight.body == PNG


def test_https_is_not_left_for_http(tmp_path: Path) -> None:
    own = tls.authority(tmp_path)
    target = target_at("http://127.0.0.1:1", ca=str(own.file))
    with (
        Loopback(picture) as plain,
        leading(f"{plain.url}/p") as server,
        tls.relay(server.url, own.server()) as https,
    ):
        (found,) = fetched(f"{https}/p", target=target)
    assert found.skipped
    assert "from https to http" in found.problem
    assert plain.got == []


@pytest.mark.parametrize("scheme", ["file", "ftp", "gopher", "data", "javascript", "ws", "unix"])
def test_a_redirect_leads_to_no_other_scheme(scheme: str) -> None:
    with leading(f"{scheme}://{HOST}/etc/passwd") as server:
        (found,) = fetched(f"{server.url}/p")
    assert found.problem == "is no absolute http(s) address"
    assert found.body == b""


@pytest.mark.parametrize("status", [300, 304, 305, 306, 399])
def test_only_what_is_a_redirect_is_followed(status: int) -> None:
    with Loopback(picture) as other, leading(f"{other.url}/p", status) as server:
        (found,) = fetched(f"{server.url}/p")
    assert found.status == status
    assert other.got == []


def test_a_name_that_is_found_nowhere_is_a_problem() -> None:
    (found,) = fetched("http://no-such-name.invalid/p", timeout_s=20)
    assert found.status is None
    assert "look" in found.problem


def test_a_proxy_is_asked_for_no_name_whose_addresses_are_not_all_allowed() -> None:
    learnt = Learnt(lookup=Names(pictures_example=f"93.184.216.34 {HOST}"))
    with proxy() as through:
        target = target_at("http://93.184.216.34", proxy=through.url)
        found = fetched(
            "http://pictures.example/p", "http://no-such-name.invalid/", "http://2130706433/", "http://metadata.google.internal/",
            target=target, learnt=learnt, timeout_s=20,
        )  # fmt: skip
    assert [f.skipped for f in found] == [True] * 4
    assert through.asked == []


def test_a_proxy_is_asked_for_the_gateways_own_host_whatever_this_machine_knows() -> None:
    with Loopback(picture) as server, proxy(hosts={"gateway.invalid": HOST}) as through:
        target = target_at("http://gateway.invalid", proxy=through.url)
        (found,) = fetched(f"http://gateway.invalid:{server.port}/p", target=target, timeout_s=20)
    assert found.body == PNG
    assert server.got[0].headers["host"] == f"gateway.invalid:{server.port}"


def test_the_gateways_own_host_is_where_its_answers_came_from() -> None:
    """A name in another form: only the connection says that it is this machine."""
    with Loopback(picture) as sidecar:

        def decide(_: Got) -> Answer:
            return json_answer({"data": [{"url": f"{sidecar.url}/p"}]})

        with Loopback(decide) as gateway:
            (exchange,) = ask(f"http://2130706433:{gateway.port}", PLAIN)
    assert [f.body for f in exchange.fetched] == [PNG]


def test_where_the_gateway_never_answered_is_not_its_own() -> None:
    with Loopback(picture) as server:
        (found,) = fetched(f"{server.url}/p", target=target_at("http://gateway.example"))
    assert found.skipped
    assert server.got == []


def test_interim_answers_are_skipped() -> None:
    def connected(connection: socket.socket, _number: int) -> None:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n" * 3)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi and more")

    with raw_server(connected) as (url, _):
        (found,) = fetched(url)
    assert (found.status, found.body) == (200, b"hi")


def test_a_certificate_that_nobody_signed_is_a_problem(tmp_path: Path) -> None:
    own = tls.authority(tmp_path)
    with Loopback(picture) as server, tls.relay(server.url, own.server()) as https:
        (found,) = fetched(f"{https}/p")
    assert found.problem.startswith("ConnectError")
