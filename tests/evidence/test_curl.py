"""The curl lines of a report run as written, and send what the suite sent."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import multipart  # type: ignore[import-untyped] # it ships without types
import pytest

from conformance.cases import grammar, malformed_bodies
from conformance.cases.clients import CLIENTS
from conformance.cases.combinations import BYTES_255, QUOTES, SPACES_AND_UTF8, covering
from conformance.cases.spec import PLAIN, Spec, Upload, fault, uploaded, variation
from conformance.checks import test_stream as streaming_checks
from conformance.evidence import curl
from conformance.http.form import Part, text
from conformance.http.request import Credential, Request
from conformance.plan.plan import Plan
from tests import tls
from tests.serving import KEY, Got, Loopback, pictures_answer, target_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.target.target import Target

for program in ("curl", "nc"):
    if shutil.which(program) is None:
        if os.environ.get("CI"):
            pytest.fail(f"{program} is not installed, and a CI job has to have it", pytrace=False)
        pytest.skip(f"{program} is not installed", allow_module_level=True)

HOSTILE_NAMES = ("../../../../tmp/p.png", "p\x00.png", "n" * 296 + ".png", "", "a\r\nx: 1.png")
HOSTILE_VALUES = (
    "$(touch pwned)", "`touch pwned`", "'; touch pwned; '", '"; touch pwned; "', "$HOME", "a b",
    "@/etc/passwd", "</etc/passwd", "a;type=text/html", "\\n", "!x", "~", "*", "-F", "a\nb", "",
    "${CONFORMANCE_API_KEY}", "x=y", "画像", "a\x00b", "y" * 5000,
)  # fmt: skip


@pytest.fixture
def server() -> Iterator[Loopback]:
    # Closed after the answer: `nc -w 5` would wait for more on a connection that stays open.
    answer = pictures_answer()
    closing = replace(answer, headers={**answer.headers, "connection": "close"})
    with Loopback(lambda _: closing) as running:
        yield running


def request_for(spec: Spec, target: Target) -> Request:
    bound = Plan(target, 1).bind(spec)
    assert isinstance(bound, Request)
    return bound


def run(line: str, folder: Path, **variables: str) -> str:
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "CONFORMANCE_API_KEY": KEY, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0, f"{line}\n{done.stderr}"
    return done.stdout


def sent(spec: Spec, server: Loopback, folder: Path, **flags: Any) -> tuple[Request, Got]:
    """What the suite sends for a spec, and what its curl line sends."""
    request = request_for(spec, target_at(server.url, {"V": "of the header"}, **flags))
    line = curl.line(request, "CONFORMANCE_API_KEY", folder)
    shown = run(line, folder, V="of the header")
    assert "HTTP/1.1 200" in shown
    assert KEY not in line
    assert not (folder / "pwned").exists()
    return request, server.got[-1]


Read = list[tuple[str, bytes, str | None, str]]


def parts(content_type: str, body: bytes) -> Read:
    _, options = multipart.parse_options_header(content_type)
    found = multipart.MultipartParser(
        io.BytesIO(body), options["boundary"], content_length=len(body)
    ).parts()
    return [(p.name, p.raw, p.filename, p.content_type) for p in found]


def given_type(request: Request) -> str:
    return next(v for k, v in request.headers if k.lower() == "content-type")


def same(request: Request, got: Got) -> bool:
    """Whether the same parts arrived, or the same bytes if they are not a form."""
    if got.body == request.body:
        given = (v for k, v in request.headers if k.lower() == "content-type")
        return got.headers.get("content-type", "") == next(given, "")
    return parts(given_type(request), request.body) == parts(got.headers["content-type"], got.body)


@pytest.mark.parametrize(
    "spec",
    [
        PLAIN,
        variation(n=2, size="256x256", response_format="url", user="u"),
        uploaded("image[]", Upload(field="image[]", copies=3)),
        uploaded("a JPEG", Upload("jpeg", filename="p.jpg", content_type="image/jpeg")),
        uploaded("none", None),
        uploaded("zero bytes", Upload(content=b"")),
        *(
            replace(PLAIN, label=f"a field {name}", extra=(text(name, "1"),))
            for name in (
                "a;b",
                "c=d",
                'e"f',
                "g[h]",
                "@i",
                "<j",
                "$k",
                "l m",
                "ключ",
                "n\\o",
                "p'q",
            )
        ),
    ],
    ids=lambda s: s.label,
)
def test_the_same_fields_and_files_arrive(spec: Spec, server: Loopback, tmp_path: Path) -> None:
    request, got = sent(spec, server, tmp_path)
    assert same(request, got)
    assert got.method == "POST"
    assert got.headers["authorization"] == f"Bearer {KEY}"


def test_a_plain_request_reads_as_fields(server: Loopback, tmp_path: Path) -> None:
    request = request_for(variation(n=2), target_at(server.url))
    line = curl.line(request, "CONFORMANCE_API_KEY", tmp_path)
    assert "--form-string n=2" in line
    assert "-F 'image=@fixtures/" in line
    assert '"Authorization: Bearer $CONFORMANCE_API_KEY"' in line
    assert all(len(row) < 200 for row in line.splitlines())


@pytest.mark.parametrize("client", CLIENTS)
def test_what_a_client_sends_arrives(client: str, server: Loopback, tmp_path: Path) -> None:
    assert same(*sent(covering(client=client), server, tmp_path))


ODD_PARTS = (
    *(
        Part("x", b"1", filename="x", content_type=kind)
        for kind in ("x", "a/b; c=d", 'a/b; c="\\"')
    ),
    *(Part(name, b"1") for name in ("", "a\x00b", "a\r\nb", "a\x1b[0m", "a\u202eb")),
)


@pytest.mark.parametrize("part", ODD_PARTS, ids=repr)
def test_odd_types_and_names_of_parts_are_sent(
    server: Loopback, tmp_path: Path, part: Part
) -> None:
    assert same(*sent(replace(PLAIN, label="an odd part", extra=(part,)), server, tmp_path))


@pytest.mark.parametrize("name", [SPACES_AND_UTF8, QUOTES, BYTES_255, *HOSTILE_NAMES])
def test_a_file_name_arrives(name: str, server: Loopback, tmp_path: Path) -> None:
    assert same(*sent(uploaded("x", Upload(filename=name)), server, tmp_path))


@pytest.mark.parametrize("value", HOSTILE_VALUES, ids=lambda v: ascii(v)[:30])
def test_a_hostile_value_arrives_as_it_is(value: str, server: Loopback, tmp_path: Path) -> None:
    assert same(*sent(variation(user=value, model="{model}"), server, tmp_path))
    names = "".join(c for c in value if c.isprintable() and c not in '"\\')
    assert same(*sent(uploaded("x", Upload(filename=f"{names}.png"[:255])), server, tmp_path))


@pytest.mark.parametrize(
    "spec",
    [
        malformed_bodies.JSON, malformed_bodies.URLENCODED, malformed_bodies.PLAIN_TEXT, malformed_bodies.NO_CONTENT_TYPE, malformed_bodies.MIXED, malformed_bodies.NO_BOUNDARY,
        malformed_bodies.UNKNOWN_BOUNDARY, malformed_bodies.EMPTY_BODY, *malformed_bodies.CUTS, *malformed_bodies.ENDINGS, malformed_bodies.UNCLOSED, *grammar.GRAMMAR,
        grammar.TOGETHER, covering(ending="no final CRLF"), covering(content_type="another case"),
        covering(content_type="quoted boundary"), covering(content_type="charset first"),
    ],
    ids=lambda s: s.label,
)  # fmt: skip
def test_what_only_bytes_can_say_arrives_byte_for_byte(
    spec: Spec, server: Loopback, tmp_path: Path
) -> None:
    request, got = sent(spec, server, tmp_path)
    assert got.body == request.body
    given = [v for k, v in request.headers if k.lower() == "content-type"]
    assert got.headers.get("content-type") == (given[0] if given else None)


def test_a_chunked_body_is_sent_in_chunks(server: Loopback, tmp_path: Path) -> None:
    request, got = sent(covering(chunked=True), server, tmp_path)
    assert got.headers["transfer-encoding"] == "chunked"
    assert got.body == request.body


@pytest.mark.parametrize("accept", ["text/event-stream", "application/json"])
def test_an_accept_header_of_a_checks_own_is_sent(
    accept: str, server: Loopback, tmp_path: Path
) -> None:
    spec = replace(streaming_checks.ACCEPT, headers=(("accept", accept),))
    _, got = sent(spec, server, tmp_path)
    assert got.headers["accept"] in (accept, "*/*" if accept == "application/json" else accept)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_another_method_is_sent(method: str, server: Loopback, tmp_path: Path) -> None:
    request, got = sent(replace(PLAIN, method=method), server, tmp_path)
    assert got.method == method
    assert got.body == request.body or same(request, got)


def test_a_path_of_its_own_is_asked(server: Loopback, tmp_path: Path) -> None:
    _, got = sent(PLAIN, server, tmp_path, path="/a'b/$(touch%20pwned)/x;y")
    assert got.path == "/a'b/$(touch%20pwned)/x;y"


@pytest.mark.parametrize(
    ("credential", "header"),
    [
        (Credential(), f"Bearer {KEY}"),
        (Credential(scheme="bearer"), f"bearer {KEY}"),
        (Credential(name=""), None),
        (Credential(change="empty"), "Bearer"),
        (Credential(change="empty", scheme=""), ""),
        (Credential(change="malformed"), "Bearer @@ not a credential"),
    ],
)
def test_the_credential_is_taken_from_its_variable(
    credential: Credential, header: str | None, server: Loopback, tmp_path: Path
) -> None:
    spec = fault(replace(PLAIN, credential=credential), control=PLAIN)
    assert sent(spec, server, tmp_path)[1].headers.get("authorization") == header


def test_a_credential_in_the_query_is_filled_in_by_the_shell(
    server: Loopback, tmp_path: Path
) -> None:
    spec = fault(replace(PLAIN, credential=Credential(query="api_key")), control=PLAIN)
    _, got = sent(spec, server, tmp_path)
    assert got.path == f"/v1/images/variations?api_key={KEY}"
    assert "authorization" not in got.headers


def test_a_secret_of_an_operators_header_is_filled_in_by_the_shell(
    server: Loopback, tmp_path: Path
) -> None:
    headers = ["X-Api-Key: a '${V}' \"b\" $HOME", "X-Plain: $(touch pwned)"]
    _, got = sent(PLAIN, server, tmp_path, header=headers)
    assert got.headers["x-api-key"] == "a 'of the header' \"b\" $HOME"
    assert got.headers["x-plain"] == "$(touch pwned)"


def test_files_are_written_into_the_fixtures_and_nowhere_else(
    server: Loopback, tmp_path: Path
) -> None:
    for name in HOSTILE_NAMES:
        request = request_for(uploaded("x", Upload(filename=name)), target_at(server.url))
        curl.line(request, "CONFORMANCE_API_KEY", tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {"fixtures"}
    assert all(p.suffix in (".png", ".body") for p in (tmp_path / "fixtures").iterdir())


def test_a_line_reaches_the_gateway_as_the_run_did(tmp_path: Path) -> None:
    own = tls.authority(tmp_path)
    both = tmp_path / "client with key.pem"
    own.issue("client@example.org").private_key_and_cert_chain_pem.write_to_path(str(both))
    target = target_at(
        "https://gateway.example",
        ca=str(own.file),
        client_cert=str(both),
        proxy="http://robot:hidden@127.0.0.1:3128",
    )
    plain = request_for(PLAIN, target)
    line = curl.line(plain, "KEY", tmp_path, curl.Connecting.to(target))
    assert f"--cacert {own.file} --cert '{both}' --key '{both}'" in line
    assert "--proxy http://127.0.0.1:3128 --proxy-user USER:PASSWORD" in line
    assert "hidden" not in line
    raw = curl.line(replace(plain, delivery="no Host"), "KEY", tmp_path, curl.Connecting.to(target))
    assert f"openssl s_client -quiet -cert '{both}'" in raw
    insecure = target_at("https://gateway.example", insecure=True)
    assert curl.Connecting.to(insecure).curl == ("--insecure",)
    assert curl.Connecting.to(target_at("http://127.0.0.1:1")) == curl.Connecting()
