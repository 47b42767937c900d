"""Secrets that a gateway repeats in every form and place are in none of a run's outputs.

One run has every kind of secret there is: credentials of each kind, another tenant's, an expired one,
headers given as a value and by a variable, and the key that the gateway presents to the provider that
the run plays. `tests.hostile.searching`, which shares no code with the suite, reads what is left.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from conformance import reports
from conformance.cli.embedded_runs import judged
from conformance.reference.credentials import demo_credentials
from conformance.reference.forwarding import PROVIDER_KEY
from conformance.reference.making import finish
from conformance.reports import terminal
from tests.hostile.searching import Secret, found, found_in

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.reference.values import Answer, Call
    from conformance.result.model import Result

DEMO = demo_credentials()
LITERAL, VARIABLE = "lit-7Qm2Vx9KfTz4Rb8Wd6", "var-3Hn8Yc5LpSg1Jw7Ze4"
SECRETS = (
    Secret("virtual key", DEMO.virtual_key),
    Secret("virtual-key JWT", DEMO.virtual_key_jwt),
    Secret("admin JWT", DEMO.admin_jwt),
    Secret("other tenant's key", DEMO.other_tenant_key),
    Secret("expired JWT", DEMO.expired_jwt),
    Secret("header's value", LITERAL),
    Secret("header's variable", VARIABLE),
    Secret("provider's key", PROVIDER_KEY),
)


def forms(secret: str) -> list[str]:
    """A secret as programs write one, each as it stands in JSON and in a header."""
    content = secret.encode()
    bearer = f"Bearer {secret}".encode()
    return [
        secret,
        secret.upper(),
        secret[::-1],
        secret[: len(secret) // 2 + 1],
        base64.b64encode(content).decode(),
        base64.b64encode(bearer).decode(),
        base64.b64encode(b"a:" + content).decode(),
        content.hex(),
        quote(secret.replace("-", "%2D"), safe="%"),
        "".join(f"\\u{ord(c):04x}" for c in secret),
        secret[:7] + f"\\u{ord(secret[7]):04x}" + secret[8:],
        "".join(f"&#{ord(c)};" for c in secret),
        f"{secret[:13]}\\n{secret[13:]}",
        hashlib.sha256(content).hexdigest(),
        hashlib.md5(content, usedforsecurity=False).hexdigest(),
    ]


# Of this many answers of a kind, each tells other secrets: together they tell all of them. If each told
# all, a run would clean a hundred texts in every answer, a minute and a half of nothing new.
SHARES = 4
TOLD = [
    [form for secret in SECRETS[share::SHARES] for form in forms(secret.value)]
    for share in range(SHARES)
]
ERRORS, OTHERS = Counter[int](), Counter[int]()


def leaking(answer: Answer, call: Call) -> Answer:
    """An answer that holds every form of some of the secrets, in its headers and its body."""
    counted = ERRORS if answer.status >= 400 else OTHERS
    share = counted.total() % SHARES
    counted[share] += 1
    told = TOLD[share]
    given = [value for name, value in call.headers if "key" in name.lower()]
    headers = [(f"X-Told-{n}", form) for n, form in enumerate([*told, *given])]
    body = answer.body
    if answer.status >= 400:
        text = json.dumps({**json.loads(body), "told": ["@@"]})
        body = text.replace('"@@"', ", ".join(f'"{form}"' for form in told)).encode()
    elif body.startswith(b"{"):
        value = json.loads(body)
        for item in value["data"]:
            if "url" in item:
                item["url"] += f"?key={DEMO.virtual_key}"
        body = json.dumps({**value, "user": DEMO.admin_jwt}).encode()
    return replace(answer, headers=(*answer.headers, *headers), body=body)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """The result of a run, and its report folder."""
    folder = tmp_path_factory.mktemp("reports")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CANARY", VARIABLE)
        result = judged(
            observed=True,
            patches=[finish(leaking)],
            report_dir=str(folder),
            header=[f"X-Api-Key: {LITERAL}", "X-Trace: ${CANARY}"],
            check=["test_auth", "test_provider", "test_format"],
        )
    reports.write(result, folder)
    return result, folder


def test_every_secret_was_told_in_headers_and_bodies_of_both_kinds(
    run: tuple[Result, Path],
) -> None:
    assert run[0].requests
    assert {*ERRORS} == {*OTHERS} == {*range(SHARES)}
    assert min(*ERRORS.values(), *OTHERS.values()) >= 2, "and each more than once"


def test_no_file_holds_a_secret_in_any_form(run: tuple[Result, Path]) -> None:
    files = [path for path in run[1].rglob("*") if path.is_file()]
    names = {path.name for path in files}
    assert {"evidence.jsonl", "provider.jsonl", "result.json", "report.html"} <= names
    assert [leak for path in files for leak in found_in(SECRETS, path)] == []


def test_the_terminal_shows_no_secret_in_any_form(run: tuple[Result, Path]) -> None:
    text = terminal.summary(run[0], width=80, color=False, unicode=False)
    assert found(SECRETS, text.encode()) == []


def test_what_was_repeated_is_held_against_the_gateway(run: tuple[Result, Path]) -> None:
    failed = {r.id for r in run[0].requirements if r.status == "fail"}
    assert failed == {"AUTH-15", "PROVIDER-12"}
