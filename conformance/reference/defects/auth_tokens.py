"""Defects in how JWTs are verified: AUTH-9 to AUTH-11."""

from __future__ import annotations

import base64
import contextlib
import hmac
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import jwt

from conformance.reference.credentials import demo_credentials
from conformance.reference.differences import Defect

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.differences import Patch
    from conformance.reference.values import Json

KEY_FILE_BYTES = 4096
SHOWN = 8


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _header(token: str) -> Json:
    return _object(token, 0)


def _object(token: str, index: int) -> Json:
    try:
        value = json.loads(_decoded(token.split(".")[index]))
    except (ValueError, IndexError):
        raise jwt.DecodeError("not a JWT") from None
    return value if isinstance(value, dict) else {}


def _claims(token: str) -> Json:
    """Return the claims of a JWT that has not expired; its signature is not verified."""
    claims = _object(token, 1)
    if not isinstance(claims.get("exp"), int) or claims["exp"] < time.time():
        raise jwt.ExpiredSignatureError("expired")
    return claims


def _signature(token: str) -> str:
    return token.split(".")[2] if token.count(".") > 1 else ""


def _signed_with(token: str, key: bytes) -> bool:
    signed = token.rpartition(".")[0].encode()
    with contextlib.suppress(ValueError):
        return hmac.compare_digest(_decoded(_signature(token)), hmac.digest(key, signed, "sha256"))
    return False


def _jwt_trusted(when: Callable[[str, bytes], bool]) -> Patch:
    """Accept a JWT's claims unverified, where `when(token, secret)` is true."""

    def patch(b: Behaviour) -> Behaviour:
        def read(token: str, secret: bytes) -> Json:
            return _claims(token) if when(token, secret) else b.read_jwt(token, secret)

        return replace(b, read_jwt=read)

    return patch


def _half_compared(token: str, secret: bytes) -> bool:
    signed = token.rpartition(".")[0].encode()
    right = base64.urlsafe_b64encode(hmac.digest(secret, signed, "sha256")).decode()
    return _signature(token)[:SHOWN] == right[:SHOWN]


def _known_signature(token: str, _: bytes) -> bool:
    demo = demo_credentials()
    return _signature(token) in (_signature(demo.virtual_key_jwt), _signature(demo.admin_jwt))


def _signed_by_own_jwk(token: str, _: bytes) -> bool:
    key = _header(token).get("jwk")
    return isinstance(key, dict) and _signed_with(token, _decoded(str(key.get("k", ""))))


def _fetch_jku(token: str, _: bytes) -> bool:
    url = _header(token).get("jku")
    if isinstance(url, str):
        with contextlib.suppress(httpx.HTTPError, httpx.InvalidURL):
            httpx.get(url, timeout=2, trust_env=False)
    return False


def _signed_by_kid_file(token: str, _: bytes) -> bool:
    kid = _header(token).get("kid")
    if not isinstance(kid, str) or "/" not in kid:
        return False
    with contextlib.suppress(OSError, ValueError), Path("/", kid).open("rb") as file:
        return _signed_with(token, file.read(KEY_FILE_BYTES))
    return False


DEFECTS = (
    Defect(
        "jwt-not-verified",
        "A JWT's claims are read without its signature being verified.",
        ("AUTH-9", "AUTH-10"),
        _jwt_trusted(lambda token, _: token.count(".") > 0),
    ),
    Defect(
        "jwt-alg-none-accepted",
        "A JWT with alg none needs no signature.",
        ("AUTH-9",),
        _jwt_trusted(lambda token, _: _header(token).get("alg") == "none"),
    ),
    Defect(
        "jwt-alg-none-in-odd-case-accepted",
        "A JWT with alg nOnE needs no signature: only none in lower case is refused.",
        ("AUTH-9",),
        _jwt_trusted(
            lambda token, _: (
                str(_header(token).get("alg")).lower() == "none"
                and _header(token).get("alg") != "none"
            )
        ),
    ),
    Defect(
        "jwt-without-signature-accepted",
        "A JWT without its third part is let in.",
        ("AUTH-9",),
        _jwt_trusted(
            lambda token, _: not _signature(token) and _header(token).get("alg") == "HS256"
        ),
    ),
    Defect(
        "jwt-signature-compared-in-part",
        "Only the first characters of a JWT's signature are compared.",
        ("AUTH-9",),
        _jwt_trusted(_half_compared),
    ),
    Defect(
        "jwt-cached-by-signature",
        "A JWT whose signature was verified before is let in with another payload.",
        ("AUTH-9",),
        _jwt_trusted(_known_signature),
    ),
    Defect(
        "jwt-own-jwk-trusted",
        "A JWT is verified with the key that it brings in its jwk header.",
        ("AUTH-10",),
        _jwt_trusted(_signed_by_own_jwk),
    ),
    Defect(
        "jwt-jku-fetched",
        "The URL in a JWT's jku header is fetched.",
        ("AUTH-10",),
        _jwt_trusted(_fetch_jku),
    ),
    Defect(
        "jwt-kid-read-as-file",
        "A JWT's kid header is read as a file that holds the key.",
        ("AUTH-10",),
        _jwt_trusted(_signed_by_kid_file),
    ),
    Defect(
        "jwt-empty-secret-accepted",
        "A JWT that is signed with an empty secret is let in.",
        ("AUTH-10",),
        _jwt_trusted(lambda token, _: _signed_with(token, b"")),
    ),
    Defect(
        "expired-jwt-accepted",
        "An expired JWT is let in.",
        ("AUTH-11",),
        lambda b: replace(
            b, read_jwt=lambda token, key: jwt.decode(token, key, ["HS256"], {"verify_exp": False})
        ),
    ),
)
