"""Evidence is read back as it was written, and holds no credential."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.cases import malformed_bodies
from conformance.cases.clients import CLIENTS
from conformance.cases.spec import PLAIN, fault, uploaded, variation
from conformance.evidence import chain
from conformance.evidence.log import Evidence
from conformance.evidence.reading import Head, read, recording
from conformance.http.exchange import Attempt, Exchange, Fetched, Reply
from conformance.http.redacting.vault import Vault
from conformance.http.request import Credential, Request
from conformance.plan.plan import Plan
from tests.serving import KEY, target_at

if TYPE_CHECKING:
    from pathlib import Path

HIDDEN = "value-of-a-header"
TARGET = target_at(
    "http://127.0.0.1:9",
    {"HIDDEN": HIDDEN},
    header=["X-Api-Key: ${HIDDEN}", "X-Token: plain-secret"],
)
PLAN = Plan(TARGET, 1, "http://127.0.0.1:1234")


def bound(spec: object = PLAIN) -> Request:
    request = PLAN.bind(spec)  # type: ignore[arg-type] # bound: the target can be asked it
    assert isinstance(request, Request)
    return request


def written(path: Path, *exchanges: Exchange) -> list[Exchange]:
    evidence = Evidence(path, Vault())
    for exchange in exchanges:
        evidence(exchange)
    evidence.close()
    return list(read(path))


def without_form(exchange: Exchange) -> Exchange:
    """What evidence keeps: the form is in the body's bytes, and the control is a line of its own."""
    return replace(exchange, request=replace(exchange.request, form=None), control=None)


FULL = Exchange(
    request=bound(fault(variation(n=11), control=PLAIN)),
    reply=Reply(
        400, (("Content-Type", "application/json"), ("x", "é")), b'{"a": "\\u00e9"}', "HTTP/1.0"
    ),
    elapsed_s=0.25,
    finished_at=1764000000.5,
    earlier=(
        Attempt(500, None, "what", 0.5, (("retry-after", "1"),)),
        Attempt(None, "dropped", "gone", 0.1, (), excused=True),
    ),
    fetched=(
        Fetched("http://h/p.png", 200, "image/png", b"\x89PNG\xff"),
        Fetched("http://h/q.png", None, "", b"", "nobody there", skipped=True),
    ),
    local_port=4711,
)


@pytest.mark.parametrize(
    "exchange",
    [
        FULL,
        Exchange(bound(), None, "timeout", "no whole answer within 60 s"),
        Exchange(bound(), Reply(200, (), b"\xff\x00 no UTF-8")),
        Exchange(bound(replace(PLAIN, chunked=True, copy=2, connection="c")), Reply(200, (), b"")),
        Exchange(
            bound(replace(PLAIN, credential=Credential("default", "cut", "bearer", "key"))), None
        ),
        Exchange(bound(replace(PLAIN, after=variation(n=3))), Reply(200, (), b"{}")),
    ],
)
def test_an_exchange_is_read_back_equal(exchange: Exchange, tmp_path: Path) -> None:
    (found,) = written(tmp_path / "e.jsonl", exchange)
    assert found == without_form(exchange)
    assert found.id == exchange.id


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=100), st.text(max_size=30), st.text(max_size=30))
def test_any_bytes_and_any_text_are_read_back(
    tmp_path: Path, content: bytes, value: str, header: str
) -> None:
    request = replace(bound(), body=content, label=value)
    exchange = Exchange(request, Reply(200, ((value, header),), content), None, value)
    assert written(tmp_path / "e.jsonl", exchange) == [without_form(exchange)]


def test_exchanges_come_back_in_the_order_in_which_they_settled(tmp_path: Path) -> None:
    exchanges = [Exchange(bound(variation(n=n)), None, "dropped", "x") for n in range(1, 6)]
    found = written(tmp_path / "e.jsonl", *exchanges)
    assert [e.id for e in found] == [e.id for e in exchanges]


@pytest.mark.parametrize("cut", [1, 10, 200])
def test_a_last_line_that_was_cut_off_is_left_out(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    written(path, FULL, replace(FULL, elapsed_s=1.0))
    path.write_bytes(path.read_bytes()[:-cut])
    assert list(read(path)) == [without_form(FULL)]


def test_an_empty_file_holds_nothing(tmp_path: Path) -> None:
    assert written(tmp_path / "e.jsonl") == []


def damaged(path: Path, *place: str | int, **changes: Any) -> None:
    """Write evidence of one exchange with keys of an inner object changed, or taken away."""
    written(path, FULL)
    row = json.loads(path.read_text())
    at = row
    for step in place:
        at = at[step]
    at.update(changes)
    for key in [k for k, v in changes.items() if v is ...]:
        del at[key]
    del row[chain.PREVIOUS]
    chained(path, json.dumps({"run": {}}), json.dumps(row))


def chained(path: Path, *lines: str) -> None:
    """Write lines, each of them with the digest of the one before it."""
    last, whole = chain.FIRST, b""
    for line in lines:
        row = (chain.linked(last, line) if line.startswith("{") and line != "{" else line).encode()
        last = chain.digest(row)
        whole += row + b"\n"
    path.write_bytes(whole)


@pytest.mark.parametrize(
    ("place", "changes", "says"),
    [
        ((), {"extra": 1}, "line 2 has the unknown key 'extra'"),
        ((), {"behind": ...}, "line 2 lacks the key 'behind'"),
        ((), {"elapsed_s": "1"}, "line 2.elapsed_s is str, not float"),
        ((), {"reused": 0}, "line 2.reused is int, not bool"),
        ((), {"failure": "tired"}, "line 2.failure is 'tired', none of unreachable,"),
        (("request",), {"copy": True}, "line 2.request.copy is bool, not int"),
        (("request",), {"picture_at": [1]}, "line 2.request.picture_at has 1 items instead of 2"),
        (("request",), {"headers": "ab"}, "line 2.request.headers is str, not list"),
        (("request",), {"credential": None}, "line 2.request.credential is NoneType, not dict"),
        (("reply",), {"body": {"base64": "%"}}, "line 2.reply.body has no bytes as base64"),
        (("earlier", 1), {"excused": ...}, "line 2.earlier[1] lacks the key 'excused'"),
    ],
)
def test_a_row_that_is_none_is_named(
    place: tuple[str | int, ...], changes: dict[str, Any], says: str, tmp_path: Path
) -> None:
    path = tmp_path / "e.jsonl"
    damaged(path, *place, **changes)
    with pytest.raises(ValueError, match=f"^{re.escape(says)}"):
        list(read(path))
    with pytest.raises(ValueError, match=f"^{re.escape(says)}"):
        recording(path)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "line 1 is not JSON: "),
        ("[" * 100_000, "line 1 is not JSON: "),
        ("5", "line 1 is int, not dict"),
        ("[]", "line 1 is list, not dict"),
        ("null", "line 1 is NoneType, not dict"),
        ('{"run": 5}', "line 1.run is int, not dict"),
        ('{"run": {}}\n{}', "line 2 lacks the key 'request'"),
    ],
)
def test_a_line_that_is_none_is_named(line: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    chained(path, *line.split("\n"))
    with pytest.raises(ValueError, match=f"^{re.escape(says)}"):
        recording(path)


def test_each_line_is_whole_as_soon_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    evidence = Evidence(path, Vault())
    evidence(FULL)
    assert [e.id for e in read(path)] == [FULL.id]
    evidence.close()


def test_a_line_is_one_json_object_in_ascii_that_names_its_exchange(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    written(path, FULL)
    (line,) = path.read_text("ascii").splitlines()
    assert json.loads(line)["id"] == FULL.id


def test_no_credential_and_no_secret_header_is_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    written(path, FULL, Exchange(bound(), None, "dropped", "x"))
    shown = path.read_text()
    for secret in (KEY, HIDDEN, "plain-secret"):
        assert secret not in shown
    assert "${HIDDEN}" in shown


@pytest.mark.parametrize("client", [None, *CLIENTS])
def test_what_a_check_reads_of_the_form_is_in_the_evidence_too(
    client: str | None, tmp_path: Path
) -> None:
    """Judging evidence again gives the same verdict."""
    spec = PLAIN if client is None else replace(PLAIN, shape=CLIENTS[client], variant=client)
    exchange = Exchange(bound(spec), Reply(200, (), b"{}"))
    (found,) = written(tmp_path / "e.jsonl", exchange)
    assert exchange.request.picture.startswith(b"\x89PNG")
    assert found.request.picture == exchange.request.picture
    assert found.request.fields == exchange.request.fields


def test_a_request_without_a_file_has_no_picture(tmp_path: Path) -> None:
    for spec in (uploaded("none", None), replace(PLAIN, method="GET"), malformed_bodies.EMPTY_BODY):
        (found,) = written(tmp_path / "e.jsonl", Exchange(bound(spec), None))
        assert found.request.picture == b""


def test_a_secret_that_is_learnt_later_is_taken_out_of_the_lines_before(tmp_path: Path) -> None:
    path, late = tmp_path / "evidence.jsonl", "sk-provider-learnt-late"
    leaking = replace(
        FULL,
        reply=Reply(400, (("x-key", late),), b"\xff" + late.encode()),
        fetched=(Fetched(late, 200, late, late.encode()),),
    )
    vault = Vault()
    evidence = Evidence(path, vault)
    evidence.begin(Head({"seed": 1}))
    evidence(leaking)
    evidence(FULL)
    vault.learn("provider", late)
    evidence.close()
    assert late not in path.read_text()
    (section,) = recording(path).sections
    found, other = section.exchanges
    assert section.head.run == {"seed": 1}
    assert found.id == FULL.id
    assert found.reply == vault.clean(leaking.reply)
    assert other == without_form(FULL)
    assert [p.name for p in tmp_path.iterdir()] == ["evidence.jsonl"]
