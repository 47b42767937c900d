"""What a target keeps secret, and what an error may repeat of what an operator gave."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from conformance.errors import UsageError
from tests.serving import KEY, target_at

URL = "http://127.0.0.1:8080"


def unbuildable(url: str = URL, environment: dict[str, str] | None = None, **flags: Any) -> str:
    with pytest.raises(UsageError) as raised:
        target_at(url, environment, **flags)
    return str(raised.value)


@pytest.mark.parametrize(
    "given",
    [
        {"api_key_env": [KEY]},
        {"api_key_env": [f"{KEY}=="]},
        {"other_tenant_key_env": KEY},
        {"header": [KEY]},
        {"header": [f"X-Api-Key {KEY}"]},
        {"url": f"http://gateway.test/v1?key={KEY}"},
        {"url": f"http://gateway.test/ a#{KEY}"},
        {"url": f"//user:{KEY}@gateway.test"},
    ],
    ids=str,
)
def test_no_error_repeats_a_credential_that_stands_where_its_name_belongs(
    given: dict[str, Any],
) -> None:
    assert KEY not in unbuildable(**given)


@pytest.mark.parametrize(
    ("header", "hidden"),
    [
        ("X-Api-Key: abcdef", True),
        ("X-Gateway: 8f3b0c9d4e5a6b7c8d9e", True),
        ("X-Session: eyJhbGciOiJIUzI1NiJ9.e30.abc", True),
        ("Accept-Language: en-GB, en, de", False),
        ("X-Environment: production", False),
        ("X-Team: image-generation-platform", False),
        ("X-Version: 2024.10.21", False),
    ],
)
def test_a_header_whose_value_looks_drawn_is_a_secret(header: str, hidden: bool) -> None:  # noqa: FBT001 - a row of the table
    built = target_at(URL, header=[header])
    value = header.partition(": ")[2]
    assert (built.vault.clean(f"the value {value}") == f"the value {value}") is not hidden


def test_what_a_secret_header_holds_behind_its_scheme_is_a_secret_too() -> None:
    coded = base64.b64encode(b"client:pass-word-77").decode()
    built = target_at(
        URL, header=[f"Authorization: Basic {coded}", "X-Auth: ${OTHER}"],
        environment={"OTHER": "Token 8f3b0c9d4e5a"},
    )  # fmt: skip
    digest = hashlib.sha256(b"8f3b0c9d4e5a").hexdigest()
    assert "«" in built.vault.clean("the password pass-word-77")
    assert "«" in built.vault.clean(f"the digest {digest}")
    assert built.vault.clean("Token Basic") == "Token Basic"
