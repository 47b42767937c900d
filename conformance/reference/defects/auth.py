"""Defects in whose credential is accepted: AUTH, without the JWTs of AUTH-9 to AUTH-11."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from conformance.reference.authentication import unauthorized
from conformance.reference.credentials import demo_credentials
from conformance.reference.differences import Defect
from conformance.reference.making import crash_on_call, finish, on_call, token_of, with_header
from conformance.reference.values import Answer, Call, Caller

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.differences import Patch

ANONYMOUS = Caller("anonymous", "anonymous")
SHOWN = 8
UNAUTHORIZED = 401


def _key_taken(when: Callable[[str, str], bool]) -> Patch:
    """Accept an offered key as a known one, where `when(known, offered)` is true."""
    return lambda b: replace(
        b, same_key=lambda known, offered: when(known, offered) or b.same_key(known, offered)
    )


def _rescued(when: Callable[[Call], bool]) -> Patch:
    return lambda b: replace(
        b, rescue_caller=lambda call: ANONYMOUS if when(call) else b.rescue_caller(call)
    )


def _scheme(call: Call) -> str:
    return (call.header("authorization") or "").partition(" ")[0]


def _is_unknown_key(token: str) -> bool:
    demo = demo_credentials()
    return token.startswith("sk-bf-") and token not in (demo.virtual_key, demo.other_tenant_key)


def _no_virtual_key(call: Call) -> Call:
    # The other tenant has only its key, and TENANT judges its answers.
    if token_of(call) == demo_credentials().virtual_key:
        raise unauthorized("only a JWT is a credential here")
    return call


def _from_query(call: Call) -> Call:
    if call.header("authorization") is not None:
        return call
    for _, value in parse_qsl(call.query):
        return with_header(call, "authorization", f"Bearer {value}")
    return call


def _bearer_only_as_written(call: Call) -> Call:
    if _scheme(call).lower() == "bearer" and _scheme(call) != "Bearer":
        raise unauthorized("a bearer credential is needed")
    return call


def _missing_404(call: Call) -> Call:
    if call.header("authorization") is None and not call.query:
        raise replace_status(404)
    return call


def replace_status(status: int) -> Exception:
    """Return the refusal of a missing credential under another status."""
    refused = unauthorized("not found")
    refused.fault = replace(refused.fault, status=status, headers=())
    return refused


def _without_challenge(answer: Answer, _: Call) -> Answer:
    kept = tuple(header for header in answer.headers if header[0].lower() != "www-authenticate")
    return replace(answer, headers=kept)


def _saying(shown: Callable[[str], str]) -> Patch:
    """Show a part of the credential in the message of a 401."""

    def step(answer: Answer, call: Call) -> Answer:
        token = shown(token_of(call))
        if answer.status != UNAUTHORIZED or not token:
            return answer
        body = json.loads(answer.body)
        body["error"]["message"] = f"unknown key {token}"
        return replace(answer, body=json.dumps(body).encode())

    return finish(step)


def _key_in_header(answer: Answer, call: Call) -> Answer:
    if answer.status == UNAUTHORIZED or not token_of(call):
        return answer
    return replace(answer, headers=(*answer.headers, ("X-Virtual-Key", token_of(call))))


DEFECTS = (
    Defect(
        "virtual-key-jwt-refused",
        "A virtual-key JWT is refused.",
        ("AUTH-1",),
        lambda b: replace(b, credential_kinds=b.credential_kinds - {"virtual-key-jwt"}),
    ),
    Defect(
        "admin-jwt-refused",
        "An admin JWT is refused.",
        ("AUTH-2",),
        lambda b: replace(b, credential_kinds=b.credential_kinds - {"admin-jwt"}),
    ),
    Defect(
        "virtual-key-refused",
        "A virtual key is refused where its tenant has a JWT.",
        ("AUTH-3",),
        on_call(_no_virtual_key),
        primary="admin-jwt",
    ),
    Defect(
        "missing-credential-accepted",
        "A request without a credential is served.",
        ("AUTH-4",),
        # AUTH-8 judges a key in the query.
        _rescued(lambda call: call.header("authorization") is None and not call.query),
    ),
    Defect(
        "empty-credential-accepted",
        "A bearer scheme with nothing after it is let in.",
        ("AUTH-4",),
        _rescued(lambda call: _scheme(call).lower() == "bearer" and not token_of(call)),
    ),
    Defect(
        "malformed-credential-500",
        "A credential with characters that no credential has ends in a 500.",
        ("AUTH-4",),
        crash_on_call(lambda call: " " in token_of(call) or "@" in token_of(call)),
    ),
    Defect(
        "missing-credential-404",
        "A request without a credential is answered with 404.",
        ("AUTH-4",),
        on_call(_missing_404),
    ),
    Defect(
        "other-scheme-accepted",
        "A credential of another scheme is let in unchecked.",
        ("AUTH-5",),
        _rescued(lambda call: _scheme(call).lower() not in ("bearer", "") and bool(token_of(call))),
    ),
    Defect(
        "any-virtual-key-accepted",
        "Whatever begins with sk-bf- is let in.",
        ("AUTH-5", "AUTH-12"),
        _rescued(lambda call: _is_unknown_key(token_of(call)) and _scheme(call) == "Bearer"),
    ),
    Defect(
        "challenge-missing",
        "A 401 carries no WWW-Authenticate.",
        ("AUTH-6",),
        finish(_without_challenge),
    ),
    Defect(
        "scheme-case-sensitive",
        "Only the scheme written as Bearer is taken.",
        ("AUTH-7",),
        on_call(_bearer_only_as_written),
    ),
    Defect(
        "key-in-query-accepted",
        "A credential in the query string is let in.",
        ("AUTH-8",),
        on_call(_from_query),
    ),
    Defect(
        "key-cut-accepted",
        "The beginning of a virtual key is taken for the key.",
        ("AUTH-12",),
        _key_taken(lambda known, offered: len(offered) > SHOWN and known.startswith(offered)),
    ),
    Defect(
        "key-lengthened-accepted",
        "Whatever begins with a virtual key is taken for it.",
        ("AUTH-12",),
        _key_taken(lambda known, offered: offered.startswith(known)),
    ),
    Defect(
        "key-half-compared",
        "Only the first half of a virtual key is compared, and its length.",
        ("AUTH-12",),
        _key_taken(
            lambda known, offered: (
                len(known) == len(offered)
                and offered[: len(known) // 2] == known[: len(known) // 2]
            )
        ),
    ),
    Defect(
        "model-before-authentication",
        "The model is looked up before the credential: who knows none learns which models exist.",
        ("AUTH-13",),
        lambda b: replace(b, models_before_authentication=True),
    ),
    Defect(
        "cache-before-authentication",
        "The cache is asked before the credential is.",
        ("AUTH-14",),
        lambda b: replace(b, cache_before_authentication=True),
    ),
    Defect(
        "credential-shown-when-refused",
        "The message of a 401 repeats the credential.",
        ("AUTH-15",),
        _saying(lambda token: token),
    ),
    Defect(
        "half-credential-shown-when-refused",
        "The message of a 401 repeats the first half of the credential.",
        ("AUTH-15",),
        _saying(lambda token: token[: len(token) // 2 + 1]),
    ),
    Defect(
        "credential-shown-in-header",
        "A header of the answer repeats the credential.",
        ("AUTH-15",),
        finish(_key_in_header),
    ),
)
