"""Taking credentials out of what came: no byte string breaks it, and no whole credential stays."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.http.redaction import Redactor
from tests.fuzz.budget import ANY_TEXT, examples, linear, made_of

KEY = "sk-bf-7f3a9c2e51d84b06a1e4"
OTHER = "vk-Zq81nnPw07LdYc53"
CLEANER = Redactor.of([("default", KEY), ("other", OTHER)])
HALF = KEY[: len(KEY) // 2 + 1]


def pieces(secret: str) -> list[bytes]:
    return [secret[i:j].encode() for i, j in ((0, 5), (0, 13), (5, 20), (13, None), (0, None))]


SECRETS = (
    *pieces(KEY),
    *pieces(OTHER),
    KEY.encode() * 2,
    b"\xc2\xabwhole credential:",
    b"\xc2\xbb",
)
# What the two have in common with no drawn text.
CLEAN = st.binary(max_size=200).filter(lambda c: not any(w in c for w in (b"7f3a", b"Zq81")))


@examples(300)
@given(made_of(*SECRETS))
def test_no_whole_credential_stays(content: bytes) -> None:
    cleaned = CLEANER.clean(content)
    assert KEY.encode() not in cleaned
    assert OTHER.encode() not in cleaned


@examples(300)
@given(made_of(*SECRETS))
def test_what_is_clean_stays_as_it_is(content: bytes) -> None:
    cleaned = CLEANER.clean(content)
    assert CLEANER.clean(cleaned) == cleaned


@examples(200)
@given(CLEAN)
def test_what_holds_no_credential_is_not_changed(content: bytes) -> None:
    assert CLEANER.clean(content) == content


@examples(200)
@given(ANY_TEXT, ANY_TEXT)
def test_a_credential_in_any_text_is_taken_out(before: str, after: str) -> None:
    assert KEY not in CLEANER.clean_text(before + KEY + after)


def test_halves_beside_each_other_take_time_in_proportion() -> None:
    linear(lambda count: CLEANER.clean(HALF.encode() * count), 400)
    linear(lambda count: CLEANER.clean(KEY[:9].encode() * count), 2_000)
    linear(lambda count: CLEANER.clean(KEY.encode() * count), 400)
