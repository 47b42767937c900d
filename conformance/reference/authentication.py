"""Reads a bearer credential and finds its caller."""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING

import jwt

from conformance.reference.values import Caller, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.credentials import Keyring
    from conformance.reference.values import Call, Json, Refused

    ReadJwt = Callable[[str, bytes], Json]
    SameKey = Callable[[str, str], bool]

KINDS = frozenset({"virtual-key", "virtual-key-jwt", "admin-jwt"})
REALM = 'Bearer realm="conformance-reference"'
TOKEN68 = re.compile(r"[A-Za-z0-9\-._~+/]+=*", re.ASCII)


def unauthorized(message: str, *, challenge: str = REALM) -> Refused:
    """Return the refusal of a request without a valid credential, with a challenge."""
    return refuse(
        message,
        status=401,
        code="unauthorized",
        type="authentication_error",
        headers=(("WWW-Authenticate", challenge),),
    )


def bad_credential() -> Refused:
    """Return the refusal of an invalid credential; it never shows the credential."""
    return unauthorized("the credential is not valid", challenge=f'{REALM}, error="invalid_token"')


def bearer_token(call: Call) -> str:
    """Return the token of the one Authorization header, whose scheme may be in any case."""
    values = [value for name, value in call.headers if name == "authorization"]
    if len(values) != 1:
        raise unauthorized("one Authorization header with a bearer credential is needed")
    scheme, _, token = values[0].strip(" \t").partition(" ")
    token = token.strip(" ")
    if scheme.lower() != "bearer" or TOKEN68.fullmatch(token) is None:
        raise unauthorized("the Authorization header holds no bearer credential")
    return token


def verified_claims(token: str, secret: bytes) -> Json:
    """Return a JWT's claims once its signature and its expiry are verified.

    Raises:
        jwt.InvalidTokenError: the token is malformed, has another signature, or has expired.
    """
    claims: Json = jwt.decode(token, secret, algorithms=["HS256"], options={"require": ["exp"]})
    return claims


def same_key(known: str, offered: str) -> bool:
    """Compare two keys whole, in constant time."""
    return hmac.compare_digest(known.encode(), offered.encode())


def caller_of(token: str, keyring: Keyring, read_jwt: ReadJwt, is_same: SameKey) -> Caller:
    """Return the caller that the credential belongs to, or refuse it."""
    tenant = _tenant(token, keyring, is_same)
    if tenant is not None:
        return Caller(tenant, "virtual-key")
    try:
        claims = read_jwt(token, keyring.secret)
    except jwt.InvalidTokenError:
        raise bad_credential() from None
    if claims.get("role") == "admin":
        return Caller("admin", "admin-jwt")
    tenant = _tenant(str(claims.get("virtual_key", "")), keyring, same_key)
    if tenant is None:
        raise bad_credential()
    return Caller(tenant, "virtual-key-jwt")


def _tenant(key: str, keyring: Keyring, is_same: SameKey) -> str | None:
    # Every key is compared, so that the time does not tell which one was close.
    found = [tenant for known, tenant in keyring.tenants if is_same(known, key)]
    return found[0] if found else None
