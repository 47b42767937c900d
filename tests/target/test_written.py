"""A target and options come back from evidence as a judge needs them, and without a secret."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from conformance.http.reading.codec import plain
from conformance.target.options import Limits, Options
from conformance.target.target import Target
from conformance.target.written import options_of, options_row, target_of, target_row
from tests.serving import target_at

SECRET = "sk-of-a-header-1234"
TARGET = target_at(
    "https://gateway.example",
    {"HIDDEN": SECRET, "OTHER": "sk-bf-other-tenant"},
    header=["X-Api-Key: ${HIDDEN}", "X-Plain: yes"],
    other_tenant_key_env="OTHER",
    sizes=["256x256"],
    max_n=3,
    declare=["raw-echo"],
    fetch_from=["pictures.example:8443"],
    insecure=True,
    proxy="http://me:a-password@proxy.example:3128",
)
# What no judge needs.
LEFT_OUT = {"secrets", "vault", "certificates"}


def through_json(value: object) -> object:
    return json.loads(json.dumps(value, default=plain))


def test_a_target_comes_back_with_all_that_a_judge_needs() -> None:
    row = through_json(target_row(TARGET))
    found = target_of(row)
    for field in dataclasses.fields(Target):
        if field.name not in LEFT_OUT | {"credentials", "other_tenant", "proxy"}:
            assert getattr(found, field.name) == getattr(TARGET, field.name), field.name
    assert [(c.name, c.kind) for c in found.credentials] == [
        (c.name, c.kind) for c in TARGET.credentials
    ]
    assert found.other_tenant is not None
    assert found.proxy is not None
    assert TARGET.proxy is not None
    assert found.proxy.url == TARGET.proxy.url
    assert found.describe() == TARGET.describe()


def test_no_secret_is_written() -> None:
    text = json.dumps(through_json(target_row(TARGET)))
    for secret in TARGET.secrets:
        assert secret.value not in text, secret.name


def test_options_come_back_but_for_their_folder_and_their_key() -> None:
    options = Options(
        "full",
        "must",
        ("a check",),
        ("N-2",),
        Limits(0, 3.5, 20, 1.5, 60.0),
        7,
        Path("here"),
        command="conformance run",
        shard="1/2",
        examples=200,
        new_seed=True,
        disclosure_key="not-for-anybody",
        challenge="0123456789abcdef",
    )
    row = through_json(options_row(options))
    assert "not-for-anybody" not in json.dumps(row)
    found = options_of(row, Path("there"))
    assert found == dataclasses.replace(options, report_dir=Path("there"), disclosure_key="")
