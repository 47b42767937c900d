"""Redaction takes out every credential and every half of one, and leaves masks alone."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.http.redacting.derived import SHORTEST_HALF, SHORTEST_SECRET
from conformance.http.redacting.redaction import MARK, Redactor
from conformance.http.redacting.runs import FEWEST_DIFFERENT

KEY = "sk-bf-7f3a9c2e51d84b06a1e4"
HALF = len(KEY) // 2


def cleaned(content: str, *secrets: str) -> str:
    named = [(f"k{i}", s) for i, s in enumerate(secrets or (KEY,))]
    return Redactor.of(named).clean(content.encode()).decode()


def marks(content: str) -> list[str]:
    return [m.group() for m in MARK.finditer(content)]


def test_a_whole_credential_is_replaced_by_its_name() -> None:
    assert cleaned(f"key {KEY}!") == "key «whole credential:k0»!"


def test_every_occurrence_is_replaced() -> None:
    assert cleaned(f"{KEY}{KEY} {KEY}") == "«whole credential:k0»" * 2 + " «whole credential:k0»"


@pytest.mark.parametrize("start", range(len(KEY) - HALF + 1))
def test_every_half_is_found_wherever_it_begins(start: int) -> None:
    assert cleaned(f"<{KEY[start : start + HALF]}>") == "<«half credential:k0»>"


@pytest.mark.parametrize(
    "mask",
    [
        "sk-bf-7f…84b06a1e4"[:9] + "06a1e4",
        f"{KEY[:8]}…{KEY[-8:]}",
        f"{KEY[:8]}****{KEY[-8:]}",
        f"{KEY[:8]}",
        f"{KEY[-8:]}",
        f"{KEY[:8]} and {KEY[-8:]}",
        f"{KEY[: HALF - 1]}",
    ],
)
def test_a_mask_passes(mask: str) -> None:
    assert cleaned(f"key {mask} is unknown") == f"key {mask} is unknown"


def test_a_row_of_zeros_is_no_half() -> None:
    key = "sk-bf-one-000000000000000001"
    assert cleaned("n=1000000000000000000000000", key) == "n=1000000000000000000000000"
    assert cleaned(f"the key {key}", key) == "the key «whole credential:k0»"


@pytest.mark.parametrize("length", range(SHORTEST_SECRET, 40))
def test_up_to_eight_characters_at_either_end_of_any_credential_pass(length: int) -> None:
    secret = "".join(chr(ord("A") + i) for i in range(length))
    shown = min(8, (length - 1) // 2)
    mask = f"{secret[:shown]}…{secret[-shown:]}"
    assert cleaned(mask, secret) == mask


def test_a_short_value_is_no_credential() -> None:
    assert cleaned("12345 abc", "12345", "abc", "") == "12345 abc"
    assert Redactor.of([("k", "x" * (SHORTEST_SECRET - 1))]).forms == ()


def test_a_credential_that_holds_another_is_named_whole() -> None:
    assert cleaned(f"{KEY}-and-more", KEY, f"{KEY}-and-more") == "«whole credential:k1»"


def test_a_credential_keeps_its_name_beside_one_that_begins_alike() -> None:
    common = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
    longer, shorter = common + "a1b2c3d4e5f6", common + "Z9Y8X7W6V5"
    assert cleaned(shorter, longer, shorter) == "«whole credential:k1»"


def test_text_that_is_no_utf8_comes_through() -> None:
    redactor = Redactor.of([("k", KEY)])
    assert redactor.clean(b"\xff" + KEY.encode() + b"\xfe") == (
        b"\xff" + "«whole credential:k»".encode() + b"\xfe"
    )


@given(st.text(st.characters(), max_size=4))
@example("\ud800")
@example("a\udcffb")
@example("\ud800\udc00")
def test_text_with_lone_surrogates_comes_through(odd: str) -> None:
    redactor = Redactor.of([("k", KEY)])
    assert redactor.clean_text(f"{odd}{KEY}") == f"{odd}«whole credential:k»"


def test_a_redactor_does_not_show_its_secrets() -> None:
    assert KEY not in repr(Redactor.of([("k", KEY)]))


LETTERS = "abcXYZ0189-_."
SECRETS = st.text(LETTERS, min_size=SHORTEST_SECRET, max_size=40)


def longest_run(content: str, secret: str) -> int:
    """The longest piece of a secret that the content holds, if it is not too plain to be one."""
    return max(
        (
            length
            for length in range(1, len(secret) + 1)
            for start in range(len(secret) - length + 1)
            if len({*secret[start : start + length]}) >= FEWEST_DIFFERENT
            and secret[start : start + length] in content
        ),
        default=0,
    )


def allowed(secret: str) -> int:
    """The longest run that may stay: less than half, or less than twelve."""
    half = max(-(-len(secret) // 2), SHORTEST_HALF)
    return min(half, len(secret)) - 1


PIECES = st.lists(
    st.one_of(
        st.text(LETTERS + " {}", max_size=12),
        st.tuples(st.integers(0, 2), st.integers(0, 40), st.integers(0, 40)),
    ),
    max_size=6,
)


@given(st.lists(SECRETS, min_size=1, max_size=3, unique=True), PIECES)
@example(["XYbabaaaaabababababbaaZ0"], ["0Xababababababbaaab1"])
@example(["abcXYabcXYabcXYabcXYabcXY"], ["cXYabcXYabcabcXYabcXYab"])
def test_no_credential_and_no_half_of_one_stays(
    secrets: list[str], pieces: list[str | tuple[int, int, int]]
) -> None:
    content = "".join(
        p if isinstance(p, str) else secrets[p[0] % len(secrets)][p[1] : p[2]] for p in pieces
    )
    # A reader sees only the text between the marks.
    for left in MARK.split(cleaned(content, *secrets))[::2]:
        for secret in secrets:
            assert longest_run(left, secret) <= allowed(secret), (secret, left)


@given(st.text(LETTERS + " {}", max_size=80))
def test_what_holds_no_credential_is_left_as_it_is(content: str) -> None:
    secret = "QQQQQQ" + "Q" * 20
    assert cleaned(content, secret) == content


@given(SECRETS, st.text(max_size=20), st.text(max_size=20))
def test_redaction_twice_is_redaction_once(secret: str, before: str, after: str) -> None:
    once = cleaned(before + secret + after, secret)
    assert cleaned(once, secret) == once
    assert marks(once)
