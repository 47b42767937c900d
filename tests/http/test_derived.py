"""The forms of a secret: whatever a program makes of one, and shows by mistake, is searched for."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.http.redacting.derived import DIGESTS, forms
from conformance.http.redacting.redaction import Leak, Redactor, leaks_in

KEY = "sk-provider-0123456789"
CLEAN = Redactor.of([("key", KEY)])


def leak_of(content: bytes) -> str:
    """What the first mark in the place of something says, or nothing."""
    found = next(leaks_in(CLEAN.clean(content)), Leak("«none» credential:"))
    return found.mark


@given(st.binary(max_size=7), st.binary(max_size=7))
def test_base64_of_a_longer_text_shows_the_secret_in_it(before: bytes, after: bytes) -> None:
    for code in (base64.b64encode, base64.urlsafe_b64encode):
        coded = code(before + KEY.encode() + after)
        assert leak_of(b"x " + coded) == "«base64 of credential:key»"


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        (KEY.encode().hex(), "hex of"),
        (f"Bearer {KEY}".encode().hex().upper(), "hex of"),
        (KEY[::-1], "reverse of"),
        (KEY.upper(), "whole"),
        (KEY.title(), "whole"),
        (KEY.upper()[3:15], "half"),
        (KEY.encode().hex()[8:34], "hex of"),
        (base64.b64encode(KEY.encode())[7:26].decode(), "base64 of"),
    ],
)
def test_each_way_to_write_a_secret_is_found(written: str, kind: str) -> None:
    assert leak_of(f"the key {written}!".encode()) == f"«{kind} credential:key»"


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512", "blake2b", "sha3_256"])
@pytest.mark.parametrize("hashed", [KEY, f"Bearer {KEY}"])
def test_a_whole_digest_is_found_and_a_short_part_of_one_is_not(
    algorithm: str, hashed: str
) -> None:
    digest = hashlib.new(algorithm, hashed.encode())
    for written in (
        digest.hexdigest(),
        digest.hexdigest().upper(),
        base64.b64encode(digest.digest()).decode(),
        base64.urlsafe_b64encode(digest.digest()).decode(),
    ):
        (leak,) = leaks_in(CLEAN.clean_text(f"key {written}"))
        assert leak.is_digest
        assert leak.name == "key"
    assert digest.hexdigest()[:16] in CLEAN.clean_text(f"key {digest.hexdigest()[:16]}…")


def test_the_names_of_digests_are_those_of_their_marks() -> None:
    assert {f.kind for f in forms("k", KEY)} - {"whole", "base64 of", "hex of", "reverse of"} == (
        DIGESTS
    )


def test_a_piece_of_a_secret_has_half_when_the_secret_has() -> None:
    piece = KEY[:14]
    whole = forms("sent", piece, made_from=KEY)[0]
    assert (whole.least, forms("sent", piece)[0].least) == (12, 12)
    longer = "0123456789" * 4
    assert forms("sent", longer[:24], made_from=longer)[0].least == len(longer) // 2


def test_nothing_is_searched_for_that_occurs_by_chance() -> None:
    assert forms("k", "short") == ()
    assert all(len(f.text) >= 11 or f.kind == "whole" for f in forms("k", "abc123"))
    assert not any(f.folds for f in forms("k", "abc123") if f.kind == "whole")
