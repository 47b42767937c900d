"""A target from resolved settings: what cannot be used is one clear sentence."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from conformance.cases.spec import PLAIN
from conformance.errors import UsageError
from conformance.http.images import pictures
from conformance.http.request import Credential, Request
from conformance.plan.plan import Plan
from conformance.send.wire.secrets import addressed
from conformance.target import build, credentials, resolution
from tests.serving import KEY, target_at

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.target.target import Target

URL = "http://127.0.0.1:8080"


def unbuildable(url: str = URL, environment: dict[str, str] | None = None, **flags: Any) -> str:
    with pytest.raises(UsageError) as raised:
        target_at(url, environment, **flags)
    message = str(raised.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    "url", [URL, "https://gateway.example", "http://[::1]:8080/prefix", "http://h:1/a/b/"]
)
def test_a_base_address_is_taken(url: str) -> None:
    assert target_at(url).url == url.rstrip("/") + "/v1/images/variations"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("127.0.0.1:8080", "has no http:// or https:// before a host"),
        ("gateway.example", "has no http:// or https:// before a host"),
        ("localhost:8080/v1", "has no http:// or https:// before a host"),
        ("ftp://gateway.example", "has no http:// or https:// before a host"),
        ("http://", "has no http:// or https:// before a host"),
        ("http:///v1", "has no http:// or https:// before a host"),
        ("http://:8080", "has no http:// or https:// before a host"),
        ("http://h:99999", "http://h:99999"),
        ("http://h:port", "http://h:port"),
        ("http://[::1", "http://[::1"),
        ("http://h/?key=1", "leave out what follows ? or #"),
        ("http://h/#top", "leave out what follows ? or #"),
        ("http://h/?", "leave out what follows ? or #"),
        ("http://h/#", "leave out what follows ? or #"),
        ("http://a host/", "http://a host/"),
        ("http://h/a path", "http://h/a path"),
        ("http://h\x7f", "URL"),
        ("http://h\n", "URL"),
        ("http://ex\u200bample", "URL"),
        ("http://" + "a" * 64 + ".example", "URL"),
        ("http://a..b", "URL"),
    ],
)  # fmt: skip
def test_a_url_that_is_no_base_address_is_refused(url: str, says: str) -> None:
    assert says in unbuildable(url)


@pytest.mark.parametrize(
    "url",
    [
        f"http://{KEY}@h",
        f"http://user:{KEY}@h",
        f"http://:{KEY}@h",
        f"http://user:{KEY}@h:99999",
        f"http://user:{KEY}@h/?x=1",
        f"user:{KEY}@h",
        f"ftp://user:{KEY}@h",
    ],
)
def test_a_credential_in_the_url_is_refused_and_not_repeated(url: str) -> None:
    message = unbuildable(url)
    assert "holds a credential" in message
    assert KEY not in message


def test_a_variable_without_a_value_is_named_with_what_to_do() -> None:
    for environment in ({"CONFORMANCE_API_KEY": ""}, {}):
        with pytest.raises(UsageError, match="CONFORMANCE_API_KEY is not set; set it, name"):
            build.build(resolution.resolve({"url": URL}, {}, None), environment)
    assert "variable MY_KEY is not set" in unbuildable(api_key_env=["MY_KEY"])
    assert "variable B_KEY is not set" in unbuildable(other_tenant_key_env="B_KEY")
    assert "variable OLD is not set" in unbuildable(expired_key_env="OLD")


def test_a_credential_that_no_header_can_carry_is_refused_and_not_repeated() -> None:
    for value in (f"{KEY} ", f"{KEY}\n", f"{KEY}é", f"{KEY}\x00"):
        message = unbuildable(environment={"CONFORMANCE_API_KEY": value})
        assert "CONFORMANCE_API_KEY holds" in message
        assert KEY not in message


def test_without_authentication_no_credential_is_needed() -> None:
    values = resolution.resolve({"url": URL, "auth": "none"}, {}, None)
    assert build.build(values, {}).credentials == ()


def test_an_unknown_kind_of_credential_is_refused() -> None:
    assert "no kind; write virtual-key=, virtual-key-jwt=, admin-jwt=" in unbuildable(
        environment={"K": KEY}, api_key_env=["jwt=K"]
    )


def test_credentials_of_other_kinds_are_told_apart() -> None:
    environment = {
        "A": "sk-bf-a1a1a1a1a1",
        "B": "eyJhIjoxfQ.eyJhIjoxfQ.x",
        "C": "opaque-credential",
    }
    built = target_at(URL, environment, api_key_env=["A", "B", "admin-jwt=C"])
    assert [(s.name, s.kind) for s in built.credentials] == [
        ("A", "virtual-key"),
        ("B", "virtual-key-jwt"),
        ("C", "admin-jwt"),
    ]


@pytest.mark.parametrize(
    "header",
    [
        "no colon",
        ": 1",
        "X A: 1",
        "X-A : 1",
        "X-Ä: 1",
        "X-A: 1\r\nX-B: 2",
        "X-A: a\x00b",
        "X-A: 画像",
    ],
)
def test_a_header_that_is_none_is_refused(header: str) -> None:
    assert "--header" in unbuildable(header=[header])


def test_a_variable_in_a_header_that_is_not_set_is_named() -> None:
    assert "--header X-A: the variable NOT_SET is not set" in unbuildable(
        header=["X-A: ${NOT_SET}"]
    )


@pytest.mark.parametrize("ending", ["", "\n", " "])
def test_a_secret_in_a_header_is_known_as_it_is_sent(ending: str) -> None:
    built = target_at(URL, {"OTHER": "hidden-value-1" + ending}, header=["X-Other: ${OTHER}"])
    assert built.headers == (("X-Other", "${OTHER}"),)
    assert "hidden-value-1" in [s.value for s in built.secrets]
    assert credentials.filled("${OTHER}!", built.secrets) == "hidden-value-1!"


def test_a_secret_written_into_a_header_gets_a_name() -> None:
    built = target_at(URL, header=["X-Api-Key: abc", "X-Plain: abc"])
    assert built.headers == (("X-Api-Key", "${HEADER_X_API_KEY}"), ("X-Plain", "abc"))
    assert credentials.filled("${HEADER_X_API_KEY}", built.secrets) == "abc"


def test_a_header_that_holds_a_line_break_from_a_variable_is_refused_and_not_repeated() -> None:
    message = unbuildable(environment={"V": "se\ncret"}, header=["X-A: ${V}"])
    assert "X-A" in message
    assert "cret" not in message


def test_a_header_with_the_name_of_a_secret_and_no_value_hides_nothing() -> None:
    assert "" not in [s.value for s in target_at(URL, header=["X-Api-Key:"]).secrets]


@pytest.mark.parametrize("size", ["256", "256X256", "512x512 ;", "huge"])
def test_a_size_that_is_not_documented_is_refused(size: str) -> None:
    assert f"--sizes: {size!r} is none of 256x256, 512x512" in unbuildable(sizes=[size])


def test_a_model_that_makes_more_pictures_than_the_contract_allows_changes_nothing() -> None:
    assert target_at(URL, max_n="12").max_n == 10
    assert target_at(URL, max_n="3").max_n == 3
    assert target_at(URL).max_n == 10


def test_a_picture_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    missing, text, large = (tmp_path / n for n in ("missing.png", "text.png", "large.png"))
    text.write_text("no picture")
    large.write_bytes(pictures.make("x") + bytes(build.MAX_IMAGE_BYTES))
    assert unbuildable(image=str(missing)).endswith("cannot be read: No such file or directory")
    assert unbuildable(image=str(tmp_path)).endswith("cannot be read: Is a directory")
    assert unbuildable(image=str(text)).endswith("is no PNG, JPEG or WebP picture")
    assert "is larger than 4 MB" in unbuildable(image=str(large))


def test_a_gif_is_no_picture_to_send(tmp_path: Path) -> None:

    path = tmp_path / "p.gif"
    Image.new("RGB", (256, 256)).save(path)
    assert unbuildable(image=str(path)).endswith("is no PNG, JPEG or WebP picture")


def test_a_picture_of_the_operators_own_is_kept_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "p.png"
    path.write_bytes(pictures.make("mine"))
    assert target_at(URL, image=str(path)).image == pictures.make("mine")


@pytest.mark.parametrize(
    "listen", ["8080", "127.0.0.1", "127.0.0.1:", ":8080", "h:99999", "h:-1", "h:x", "h:１２"]
)
def test_an_address_to_listen_on_has_host_and_port(listen: str) -> None:
    assert "--listen" in unbuildable(listen=listen)


def test_an_address_to_listen_on_is_read() -> None:
    assert target_at(URL, listen="127.0.0.1:0").listen == ("127.0.0.1", 0)
    assert target_at(URL, listen="[::1]:80").listen == ("::1", 80)


@pytest.mark.parametrize("path", ["v1/x", "/v1/x"])
def test_a_path_begins_with_one_slash(path: str) -> None:
    assert target_at("http://h/p/", path=path).url == "http://h/p/v1/x"


@pytest.mark.parametrize("path", ["/v1/x?key=1", "/v1/x#top", "/v1/a b", "/v1/\n", "/é"])
def test_a_path_that_is_none_is_refused(path: str) -> None:
    assert "--path" in unbuildable(path=path)


def described(built: Target) -> str:
    return repr(built) + repr(built.describe())


def test_a_target_never_shows_a_secret() -> None:
    environment = {"O": "sk-bf-other-of-b-0001", "V": "value-of-a-header"}
    built = target_at(
        URL, environment, other_tenant_key_env="O", expired_key_env="O", header=["X-Key: ${V}"]
    )
    shown = described(built)
    for secret in (KEY, *environment.values()):
        assert secret not in shown


@pytest.mark.parametrize(
    ("url", "local"),
    [
        (URL, True),
        ("http://localhost", True),
        ("http://[::1]:1", True),
        ("http://127.9.9.9", True),
        ("http://10.0.0.1", False),
        ("http://gateway.example", False),
    ],
)
def test_loopback_is_told_from_the_rest(url: str, local: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert target_at(url).on_loopback is local


def test_a_lenient_provider_needs_a_run_that_plays_it() -> None:
    assert "add --observe" in unbuildable(provider_checks="lenient")
    assert target_at(URL, provider_checks="lenient", observe="1").provider_checks == "lenient"


def test_a_path_may_have_a_query_that_every_request_carries() -> None:
    target = target_at(URL, path="/v1/images/variations?api-version=2024-10-01")
    assert target.url == f"{URL}/v1/images/variations?api-version=2024-10-01"
    assert target.beside("-x") == f"{URL}/v1/images/variations-x?api-version=2024-10-01"
    assert target_at(URL).beside("-x") == f"{URL}/v1/images/variations-x"
    request = Plan(target, 1).bind(PLAIN)
    assert isinstance(request, Request)
    asked = dataclasses.replace(request, credential=Credential(query="key"))
    assert addressed(target, asked)[0] == f"{target.url}&key={KEY}"


@pytest.mark.parametrize("query", [f"key={KEY}", f"x={KEY}", "access_token=a", f"a=1&code={KEY}"])
def test_a_credential_in_the_query_of_a_path_is_refused_and_not_repeated(query: str) -> None:
    said = unbuildable(path=f"/v1/images/variations?{query}")
    assert "its query holds a credential" in said
    assert KEY not in said
    assert "is no path" in unbuildable(path="/v1/images/variations#x")
