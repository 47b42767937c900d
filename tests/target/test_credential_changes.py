"""Each change to a credential is the one that its name says, and no gateway should accept it."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest

from conformance.checks import test_auth as checks
from conformance.judging.declare import declaration_of
from conformance.target import credential_changes
from conformance.target.credentials import jwt_claims, kind_of
from tests.serving import target_at

SECRET = b"the gateway's own secret, of 32 bytes"
CLAIMS = {"sub": "demo", "exp": int(time.time()) + 3600, "virtual_key": "sk-bf-x"}
TOKEN = jwt.encode(CLAIMS, SECRET, algorithm="HS256", headers={"kid": "k1"})
KEY = "sk-bf-7f3a9c2e51d84b06a1e4"
CANARY = "http://127.0.0.1:9/jku"

FOR_JWT = (
    "unknown", "signature changed", "payload changed", "signature cut off", "alg none", "alg None",
    "alg nOnE", "own jwk", "own jku", "kid path", "empty secret",
)  # fmt: skip
FOR_KEYS = (
    "unknown", "one character changed", "last character changed", "cut", "cut by one",
    "lengthened", "other case",
)  # fmt: skip


def changed(change: str, secret: str = TOKEN) -> str:
    return credential_changes.apply(change, secret, canary=CANARY)


def header(token: str) -> dict[str, Any]:
    return dict(jwt.get_unverified_header(token))


def claims(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def opens(token: str, key: bytes) -> bool:
    """Whether a verifier that trusts this key lets the token in."""
    try:
        jwt.decode(token, key, algorithms=["HS256"])
    except jwt.PyJWTError:
        return False
    return True


def test_the_changes_that_the_checks_name_are_known() -> None:
    declared = filter(None, map(declaration_of, vars(checks).values()))
    named = {spec.credential.change for d in declared for spec in d.known_specs} - {""}
    assert named == set(credential_changes.CHANGES)


def test_without_a_change_the_credential_is_as_it_is() -> None:
    assert changed("") == TOKEN


@pytest.mark.parametrize("change", FOR_JWT)
def test_a_changed_jwt_differs_and_does_not_verify(change: str) -> None:
    assert changed(change) != TOKEN
    assert not opens(changed(change), SECRET)


@pytest.mark.parametrize("change", FOR_KEYS)
def test_a_changed_key_differs(change: str) -> None:
    assert changed(change, KEY) != KEY


EITHER = ("", "empty", "malformed")


@pytest.mark.parametrize(
    ("change", "secret"),
    [*((c, TOKEN) for c in (*EITHER, *FOR_JWT)), *((c, KEY) for c in (*EITHER, *FOR_KEYS))],
)
def test_a_change_is_the_same_every_time_and_a_header_can_carry_it(
    change: str, secret: str
) -> None:
    one = changed(change, secret)
    assert one == changed(change, secret)
    assert all(0x20 <= ord(c) <= 0x7E for c in one)


def test_no_two_changes_are_the_same() -> None:
    for secret, names in ((TOKEN, FOR_JWT), (KEY, FOR_KEYS)):
        assert len({changed(n, secret) for n in names}) == len(names)


def test_an_unknown_jwt_is_a_well_formed_jwt_with_the_same_claims() -> None:
    assert claims(changed("unknown")) == CLAIMS
    assert header(changed("unknown"))["alg"] == "HS256"


def test_an_unknown_key_keeps_its_prefix_and_nothing_else() -> None:
    unknown = changed("unknown", KEY)
    assert kind_of(unknown) == "virtual-key"
    assert unknown[len("sk-bf-") :][:6] not in KEY
    assert not changed("unknown", "opaque-credential").startswith("sk-bf-")


def test_a_changed_signature_is_changed_in_its_middle_only() -> None:
    head, payload, signature = changed("signature changed").split(".")
    good = TOKEN.split(".")
    assert [head, payload] == good[:2]
    assert len(signature) == len(good[2])
    differ = [i for i, (a, b) in enumerate(zip(signature, good[2], strict=True)) if a != b]
    # A decoder of base64 may ignore some bits of the last character.
    assert len(differ) == 1
    assert 4 < differ[0] < len(signature) - 4


def test_a_changed_payload_keeps_the_old_signature() -> None:
    token = changed("payload changed")
    assert token.split(".")[0::2] == TOKEN.split(".")[0::2]
    assert claims(token) == {**CLAIMS, "changed": True}


def test_a_cut_off_signature_leaves_two_parts() -> None:
    assert changed("signature cut off") == TOKEN.rpartition(".")[0]


@pytest.mark.parametrize("name", ["none", "None", "nOnE"])
def test_alg_none_has_an_empty_signature(name: str) -> None:
    head, payload, signature = changed(f"alg {name}").split(".")
    assert jwt_claims(f"{head}.{payload}.x") == CLAIMS
    assert header(changed(f"alg {name}"))["alg"] == name
    assert signature == ""


def test_a_jwt_with_its_own_key_verifies_with_that_key() -> None:
    token = changed("own jwk")
    key = jwt.PyJWK(header(token)["jwk"]).key
    assert claims(token) == CLAIMS
    assert opens(token, key)


def test_a_jku_points_to_the_canary() -> None:
    assert header(changed("own jku"))["jku"] == CANARY
    assert claims(changed("own jku")) == CLAIMS


def signed_with_nothing(token: str) -> bool:
    """Whether the signature is that of an empty key, which PyJWT refuses to verify."""
    signed, _, _ = token.rpartition(".")
    made = credential_changes._signed(header(token), claims(token), b"")
    return made.rpartition(".")[0] == signed and made == token


def test_a_kid_that_names_an_empty_file_and_an_empty_secret_are_signed_with_nothing() -> None:
    path, empty = changed("kid path"), changed("empty secret")
    assert header(path)["kid"].endswith("/dev/null")
    assert header(empty)["kid"] == "k1"
    assert signed_with_nothing(path)
    assert signed_with_nothing(empty)


def test_the_keys_are_changed_as_they_say() -> None:
    one = changed("one character changed", KEY)
    assert len(one) == len(KEY)
    assert sum(a != b for a, b in zip(one, KEY, strict=True)) == 1
    assert one.startswith("sk-bf-")
    last = changed("last character changed", KEY)
    assert last[:-1] == KEY[:-1]
    assert last[-1] != KEY[-1]
    assert KEY.startswith(changed("cut", KEY))
    assert changed("cut by one", KEY) == KEY[:-1]
    assert changed("lengthened", KEY) == KEY + "x"
    assert changed("other case", KEY).lower() == KEY.lower()


def test_an_empty_credential_is_empty_and_a_malformed_one_is_no_token() -> None:
    assert changed("empty") == ""
    assert kind_of(changed("malformed")) == "other"
    assert " " in changed("malformed")


@pytest.mark.parametrize("change", FOR_JWT)
def test_a_jwt_without_a_signature_can_be_changed_too(change: str) -> None:
    unsigned = TOKEN.rpartition(".")[0] + "."
    assert not opens(changed(change, unsigned), SECRET)


@pytest.mark.parametrize(
    ("change", "secret"), [("unknown", KEY), ("unknown", TOKEN), ("own jwk", TOKEN)]
)
def test_what_is_made_up_is_drawn_from_the_seed(change: str, secret: str) -> None:
    one, again, other = (credential_changes.apply(change, secret, drawn=d) for d in "aab")
    assert one == again != other
    assert kind_of(one) == kind_of(other) == kind_of(secret)


def test_a_target_draws_from_the_seed_of_its_run() -> None:
    drawn = [target_at("http://127.0.0.1:9", seed=seed).drawn for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert target_at("http://127.0.0.1:9").drawn == ""
