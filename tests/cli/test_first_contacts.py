"""First contacts: what goes wrong on the first day ends within 15 s with one sentence that says what to change.

Each row of `CONTACTS` is a first contact: what stands at the address, how the command names it, and
what the sentence must hold. docs/diagnoses.md lists the same rows; a test holds both together.
"""

from __future__ import annotations

import contextlib
import re
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests import tls
from tests.amount import EVERYTHING
from tests.commanding import forked, result_in
from tests.serving import (
    HOST,
    KEY,
    Answer,
    Got,
    Loopback,
    free_port,
    json_answer,
    on_the_wire,
    pictures_answer,
    raw_server,
    read_request,
    refusal,
)

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

MOST_S = 15.0
PAGE = Path(__file__).parents[2] / "docs" / "diagnoses.md"
ROUTE = "/v1/images/variations"
NOT_FOUND = json_answer({"detail": "Not Found"}, 404)
HTML = {"content-type": "text/html"}
OPENAI = {"type": "invalid_request_error"}


@dataclass(frozen=True)
class Contact:
    """A first contact: how the page names it, what stands there, and what the sentence holds.

    `there` yields the base address of what stands there; `says` names the culprit, and `do` is what to
    change, in the words of a command line.
    """

    name: str
    there: Callable[[tls.Authority], contextlib.AbstractContextManager[str]]
    says: str
    do: str
    ends: str = ""
    flags: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    code: int = 3


def error(message: str, status: int, **more: Any) -> Answer:
    return json_answer({"error": {"message": message, **OPENAI, **more}}, status)


def served(
    decide: Callable[[Got], Answer],
) -> Callable[..., contextlib.AbstractContextManager[str]]:
    """A server that answers on the endpoint's path, and 404 elsewhere."""

    @contextlib.contextmanager
    def there(_: tls.Authority) -> Iterator[str]:
        with Loopback(lambda got: decide(got) if got.path == ROUTE else NOT_FOUND) as server:
            yield server.url

    return there


def everywhere(answer: Answer) -> Callable[..., contextlib.AbstractContextManager[str]]:
    @contextlib.contextmanager
    def there(_: tls.Authority) -> Iterator[str]:
        with Loopback(lambda _: answer) as server:
            yield server.url

    return there


def raw(talk: Callable[[socket.socket, int], None], scheme: str = "http") -> Callable[..., Any]:
    @contextlib.contextmanager
    def there(_: tls.Authority) -> Iterator[str]:
        with raw_server(talk) as (url, _numbers):
            yield url.replace("http:", f"{scheme}:")

    return there


def at(url: str) -> Callable[..., contextlib.AbstractContextManager[str]]:
    return lambda _: contextlib.nullcontext(url)


def behind_tls(*names: str, scheme: str = "https") -> Callable[..., Any]:
    @contextlib.contextmanager
    def there(own: tls.Authority) -> Iterator[str]:
        with (
            Loopback(lambda _: pictures_answer()) as server,
            tls.relay(server.url, own.server(*names)) as url,
        ):
            yield url.replace("https:", f"{scheme}:")

    return there


@contextlib.contextmanager
def wanting_a_client(own: tls.Authority) -> Iterator[str]:
    context = own.wanting_a_client()

    def connected(connection: socket.socket, _number: int) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            read_request(secure)
            secure.sendall(on_the_wire(pictures_answer()))

    with raw_server(connected) as (url, _):
        yield url.replace("http:", "https:")


def mute(connection: socket.socket, _number: int) -> None:
    """Take everything, and answer nothing, for as long as anybody asks."""
    connection.settimeout(2 * MOST_S)
    while connection.recv(65_536):
        pass


def ssh(connection: socket.socket, _number: int) -> None:
    connection.sendall(b"SSH-2.0-OpenSSH_9.7\r\n")
    read_request(connection)


def plain_only(connection: socket.socket, _number: int) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")


def drop(connection: socket.socket, _number: int) -> None:
    read_request(connection)


# A port on which nothing listens, and which no other test is given.
NOBODY = f"http://{HOST}:9"
CONTACTS = (
    Contact("the port is another one", at(NOBODY), "cannot be reached", "check scheme, host and port"),
    Contact("the host name is wrong", at("http://gateway.invalid"), "cannot be reached", "check scheme, host and port"),
    Contact("http on a port for TLS", behind_tls(scheme="http"), "the port speaks TLS", "Write https://"),
    Contact("https on a port for plain http", raw(plain_only, "https"), "plain http", "write http://"),
    Contact("a certificate of a corporate CA", behind_tls(), "signed by nobody whom this machine trusts", "--ca FILE"),
    Contact("a certificate for another name", behind_tls("gateway.example"), "for another host name", "Use a name that the certificate has", flags=("--ca", "CA")),
    Contact("a client certificate is wanted", wanting_a_client, "wants a certificate of the client", "--client-cert FILE", flags=("--ca", "CA")),
    Contact("the proxy is not there", at(f"http://{HOST}:1"), "the proxy cannot be reached", "--proxy", flags=("--proxy", NOBODY)),
    Contact("a server that never answers", raw(mute), "takes connections and answers nothing", "--wait 60s"),
    Contact("a server that never answers TLS", raw(mute, "https"), "no connection comes about in time", "whether the port speaks TLS"),
    Contact("a server that speaks no HTTP", raw(ssh), HOST, "Check scheme, host and port"),
    Contact("a server that closes every connection", raw(drop), "closes every connection", "Check scheme, host and port"),
    Contact("the route is elsewhere", everywhere(NOT_FOUND), f"{ROUTE} like a path that it does not serve", "--path"),
    Contact("the page of another application", everywhere(Answer(200, b"<html><h1>Grafana</h1></html>", HTML)), "like a path that it does not serve", "--path"),
    Contact("a redirect to https", everywhere(Answer(301, b"", {"location": "https://gateway.example/"})), "redirects to https://gateway.example/", "Give the address that it redirects to"),
    Contact("a login page", served(lambda _: Answer(200, b"<html><title>Sign in to your account</title></html>", HTML)), "a login page stands before the gateway", "--header"),
    Contact("a proxy without the gateway behind it", everywhere(Answer(502, b"<html><h1>502 Bad Gateway</h1></html>", HTML)), "a server before the gateway gets no answer from it", "Check that the gateway runs"),
    Contact("the key is wrong", served(lambda _: error("Virtual key not found", 401)), "does not know the key", "--api-key-env"),
    Contact("the key's variable is not set", served(lambda _: refusal(401)), "CONFORMANCE_API_KEY is not set", "--api-key-env", env={"CONFORMANCE_API_KEY": ""}, code=2),
    Contact("the named variable is empty", at(NOBODY), "the variable GATEWAY_KEY is not set", "--api-key-env", flags=("--api-key-env", "GATEWAY_KEY"), env={"GATEWAY_KEY": ""}, code=2),
    Contact("the gateway wants a header", served(lambda _: json_answer({"detail": [{"loc": ["header", "x-tenant"], "msg": "Field required", "type": "missing"}]}, 422)), "wants a header that the run does not send", "--header"),
    Contact("the model is unknown", served(lambda _: error("The model `dall-e-2` does not exist", 404, code="model_not_found")), "model", "--model"),
    Contact("the provider has no credit", served(lambda _: error("litellm.RateLimitError: OpenAIException - You exceeded your current quota, please check your plan and billing details", 429, code="insufficient_quota")), "no credit", "billing"),
    Contact("the gateway limits everything", served(lambda _: refusal(429, "Rate limit reached", **{"retry-after": "3600"})), "rate limit", "raise the limit"),
    Contact("a cap without a picture", served(lambda _: pictures_answer()), "the limit of pictures", "--max-images", flags=("--max-images", "0")),
    Contact("the gateway is not up in time", at(NOBODY), "cannot be reached", "--wait 60s", flags=("--wait", "1s")),
    Contact("a scheme that is none", at("ftp://gateway.example"), "has no http://", "write it whole", code=2),
    Contact("a credential in the URL", at(f"http://user:{KEY}@gateway.example"), "holds a credential", "--api-key-env", code=2),
    Contact("a flag that is nearly right", at(NOBODY), "--api-key", "did you mean --api-key-env?", flags=("--api-key", KEY), code=2),
)  # fmt: skip


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> tls.Authority:
    return tls.authority(tmp_path_factory.mktemp("ca"))


def met(url: str, cwd: Path, *flags: str, **env: str) -> tuple[int, float, str]:
    """The exit code of a run, how long it took by its own clock, and all that it printed."""
    known = {"CONFORMANCE_API_KEY": KEY, "COLUMNS": "80", **env}
    done = forked("-m", "conformance", "run", url, *flags, cwd=cwd, **known)
    written = (cwd / "reports" / "result.json").is_file()
    took_s = result_in(cwd / "reports")["duration_s"] if written else 0.0
    return done.returncode, took_s, done.stdout + done.stderr


def sentence(cwd: Path, output: str) -> str:
    """What the run says is wrong and what to change: of its diagnosis, or its one line."""
    if not (cwd / "reports" / "result.json").is_file():
        (line,) = output.splitlines()
        return line
    (found,) = result_in(cwd / "reports")["diagnosis"]
    return f"{found['problem']}. {found['what_to_do']}"


# A run costs a second of processor time. Those that a line refuses cost nothing; of the others each third
# is tried always.
TRIED = [c for i, c in enumerate(CONTACTS) if EVERYTHING or c.code == 2 or i % 3 == 2]


@pytest.mark.parametrize("contact", TRIED, ids=lambda c: c.name)
def test_a_first_contact_ends_soon_with_what_to_change(
    contact: Contact, own: tls.Authority, tmp_path: Path
) -> None:
    flags = [str(own.file) if word == "CA" else word for word in contact.flags]
    with contact.there(own) as url:
        code, took_s, output = met(url, tmp_path, "--profile", "smoke", *flags, **contact.env)
    said = sentence(tmp_path, output)
    assert contact.says in said
    assert contact.do in said
    assert code == contact.code
    assert took_s < MOST_S
    assert "Traceback" not in output
    assert KEY not in output
    # What is said in a result is said on the terminal, too.
    assert " ".join(said.split())[:40] in " ".join(output.split())


def test_the_page_lists_them_all() -> None:
    rows = re.findall(r"^\| (.+?) \| (\d) \| (.+?) \|$", PAGE.read_text(), re.MULTILINE)
    known = {name: (int(code), text) for name, code, text in rows}
    for contact in CONTACTS:
        code, text = known.pop(contact.name)
        assert code == contact.code, contact.name
        assert contact.do.replace("|", "\\|") in text, contact.name
    assert known == {}


URLS = ("{0}/v1", "{0}/v1/", "{0}/v1/images/variations", "{host}", "'{0}/v1/chat/completions'", " {0}/v1/images/variations/?x=1#y ")  # fmt: skip


@pytest.mark.parametrize("pasted", URLS if EVERYTHING else URLS[-1:])
def test_a_url_as_it_is_pasted_reaches_the_gateway(pasted: str, tmp_path: Path) -> None:
    """A gateway that refuses the key: what it was asked shows that the path is the right one."""
    with Loopback(lambda got: refusal(401) if got.path == ROUTE else NOT_FOUND) as server:
        url = pasted.format(server.url, host=server.url.removeprefix("http://"))
        code, _, output = met(url, tmp_path, "--profile", "smoke")
    assert code == 3
    assert {got.path for got in server.got} <= {ROUTE, f"{ROUTE}-that-nobody-serves"}
    result = result_in(tmp_path / "reports")
    assert result["target"]["url"] == server.url
    assert any("The URL" in note for note in result["notes"])
    assert "The URL" in output
    done = forked("-m", "conformance", "verify", "reports", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_gateway_that_starts_late_is_waited_for(tmp_path: Path) -> None:
    port = free_port()
    began = threading.Event()

    def late() -> None:
        time.sleep(1)
        with raw_server(refusing, port=port):
            began.wait(20)

    def refusing(connection: socket.socket, number: int) -> None:
        read_request(connection)
        # The first answers are those of a proxy whose gateway starts.
        connection.sendall(on_the_wire(Answer(502, b"") if number < 2 else refusal(401)))

    thread = threading.Thread(target=late)
    thread.start()
    try:
        code, _, output = met(f"{HOST}:{port}", tmp_path, "--wait", "20s", "--profile", "smoke")
    finally:
        began.set()
        thread.join()
    assert code == 3
    (found,) = result_in(tmp_path / "reports")["diagnosis"]
    assert found["whose"] == "the key", output
