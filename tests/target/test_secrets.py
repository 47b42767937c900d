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
        ("X-Version: 2024-10-21-preview", False),
        ("X-Custom-Host: http://127.0.0.1:9500/v1", False),
        ("X-Custom-Host: https://ab12cd34ef.execute-api.eu-west-1.example.com/prod", False),
        ("X-Custom-Host: https://someone:something@gateway.example.com/v1", True),
        ("X-Hook: https://hooks.example.com/services/T0001/B0002/XyZ12abc34", True),
        ("X-Hook: https://hooks.example.com/v1?given=abcdefgh123", True),
        ("X-Model: openai/gpt-4o-mini-2024-07-18", False),
        ("Accept: application/json; q=0.9, */*; q=0.1", False),
        ("User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36", False),
        ("X-Request-Id: 3f1e0b9a-7c2d-4e5f-8a1b-0c9d8e7f6a5b", False),
        ("Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", False),
        ("X-Workspace: 3f1e0b9a-7c2d-4e5f-8a1b-0c9d8e7f6a5b", True),
        ("X-Gateway: a1b2-c3d4-e5f6-g7h8", True),
        ("X-Gateway: 4929-1234-5678-9012", True),
        ("X-Gateway: k9$Fz!7q@Lw#2xVb", True),
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
