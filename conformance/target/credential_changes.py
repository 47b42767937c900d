"""The changes that can be made to a credential before it is sent, by name.

A change is named in a request; the secret is put in at the last moment, so that no plan, no
evidence and no report ever holds it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.target.credentials import jwt_claims

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Given:
    """What a change may need beside the credential: see `apply`."""

    canary: str = ""
    drawn: str = ""


def apply(change: str, secret: str, *, canary: str = "", drawn: str = "") -> str:
    """Return the credential with a change made to it, as it follows the scheme in the header.

    Args:
        change: one of the names in `CHANGES`, or empty for the credential as it is.
        secret: the credential itself.
        canary: where a `jku` points to, an address that no gateway should ask.
        drawn: a word of the run's seed, so that no list can hold the credentials that are made up.
    """
    if not change:
        return secret
    return CHANGES[change](secret, Given(canary, drawn))


def _unknown(secret: str, given: Given) -> str:
    made_up = hashlib.sha256(f"unknown{given.drawn}{secret}".encode()).hexdigest()
    claims = jwt_claims(secret)
    if claims is not None:
        return _signed(_header(secret), claims, made_up.encode())
    return ("sk-bf-" if secret.startswith("sk-bf-") else "sk-") + made_up[:36]


def _signature_changed(secret: str, _: Given) -> str:
    head, payload, signature = secret.split(".")
    return f"{head}.{payload}.{_other_middle(signature)}"


def _payload_changed(secret: str, _: Given) -> str:
    head, _payload, signature = secret.split(".")
    claims = jwt_claims(secret) or {}
    return f"{head}.{_encode({**claims, 'changed': True})}.{signature}"


def _signature_cut(secret: str, _: Given) -> str:
    head, payload, _signature = secret.split(".")
    return f"{head}.{payload}"


def _algorithm(name: str) -> Callable[[str, Given], str]:
    def change(secret: str, _: Given) -> str:
        header = {**_header(secret), "alg": name}
        return f"{_encode(header)}.{secret.split('.')[1]}."

    return change


def _own_jwk(secret: str, given: Given) -> str:
    key = hashlib.sha256(f"jwk{given.drawn}".encode()).digest()
    jwk = {"kty": "oct", "alg": "HS256", "k": _base64url(key)}
    return _signed({**_header(secret), "jwk": jwk}, jwt_claims(secret) or {}, key)


def _own_jku(secret: str, given: Given) -> str:
    header = {**_header(secret), "jku": given.canary}
    key = hashlib.sha256(f"jku{given.drawn}".encode()).digest()
    return _signed(header, jwt_claims(secret) or {}, key)


def _kid_path(secret: str, _: Given) -> str:
    # /dev/null reads as an empty key.
    header = {**_header(secret), "kid": "../../../../../../../../dev/null"}
    return _signed(header, jwt_claims(secret) or {}, b"")


def _empty_secret(secret: str, _: Given) -> str:
    return _signed(_header(secret), jwt_claims(secret) or {}, b"")


def _one_character(secret: str, _: Given) -> str:
    return _other_middle(secret)


def _last_character(secret: str, _: Given) -> str:
    return secret[:-1] + ("b" if secret[-1] != "b" else "c")


def _other_middle(text: str) -> str:
    middle = len(text) // 2
    other = "b" if text[middle : middle + 1] != "b" else "c"
    return text[:middle] + other + text[middle + 1 :]


def _header(secret: str) -> dict[str, Any]:
    header: dict[str, Any] = json.loads(
        base64.urlsafe_b64decode(secret.split(".", maxsplit=1)[0] + "==")
    )
    return header


def _signed(header: dict[str, Any], claims: dict[str, Any], key: bytes) -> str:
    # By hand: a JWT library refuses to write a forged token.
    signed = f"{_encode({**header, 'alg': 'HS256'})}.{_encode(claims)}"
    return f"{signed}.{_base64url(hmac.digest(key, signed.encode(), 'sha256'))}"


def _encode(value: dict[str, Any]) -> str:
    return _base64url(json.dumps(value, separators=(",", ":")).encode())


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


# The prefix keeps its case: the suite does not ask how a gateway reads the prefix.
PREFIX = len("sk-bf-")
# What these make holds nothing of the credential, so that an answer may repeat it.
INVENTED = frozenset({"empty", "malformed", "three words for a JWT", "broken JSON for a JWT"})
CHANGES: dict[str, Callable[[str, Given], str]] = {
    "unknown": _unknown,
    "empty": lambda _secret, _: "",
    "malformed": lambda _secret, _: "@@ not a credential",
    # Values on which a comparison, or a JWT parser, may fail with an exception.
    "not ASCII": lambda secret, _: f"{secret[:-1]}\xe9",
    "three words for a JWT": lambda _secret, _: "not.a.jwt",
    "broken JSON for a JWT": lambda _secret, _: "eyJhbGciOi.eyJzdWIi.e30",
    "signature changed": _signature_changed,
    "payload changed": _payload_changed,
    "signature cut off": _signature_cut,
    "alg none": _algorithm("none"),
    "alg None": _algorithm("None"),
    "alg nOnE": _algorithm("nOnE"),
    "own jwk": _own_jwk,
    "own jku": _own_jku,
    "kid path": _kid_path,
    "empty secret": _empty_secret,
    "one character changed": _one_character,
    "last character changed": _last_character,
    "cut": lambda secret, _: secret[: len(secret) * 2 // 3],
    "cut by one": lambda secret, _: secret[:-1],
    "lengthened": lambda secret, _: secret + "x",
    "other case": lambda secret, _: secret[:PREFIX] + secret[PREFIX:].swapcase(),
}
