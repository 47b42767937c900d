"""Taking credentials out of what came: no byte string breaks it, and no whole credential stays."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from conformance.http.redacting.redaction import Redactor
from tests.fuzz.budget import ANY_TEXT, examples, linear, made_of

if TYPE_CHECKING:
    from collections.abc import Callable

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


def some_of(secret: str, which: int, as_escape: Callable[[str], str]) -> str:
    """The secret with some of its characters, told by the bits of a number, as an escape."""
    return "".join(as_escape(c) if which >> i & 1 else c for i, c in enumerate(secret))


def in_lines(secret: str, width: int, between: str) -> str:
    return between.join(secret[i : i + width] for i in range(0, len(secret), width))


WHICH = st.integers(1, 2 ** len(KEY) - 1)
WIDTH = st.integers(4, 20)
DERIVED = st.one_of(
    WHICH.map(lambda which: some_of(KEY, which, lambda c: f"\\u{ord(c):04x}")),
    WHICH.map(lambda which: some_of(KEY, which, lambda c: f"\\u{ord(c):04X}")),
    WHICH.map(lambda which: some_of(KEY, which, lambda c: f"%{ord(c):02x}")),
    WHICH.map(lambda which: some_of(KEY, which, lambda c: f"&#{ord(c)};")),
    WHICH.map(lambda which: some_of(KEY, which, lambda c: f"&#x{ord(c):x};")),
    WHICH.map(lambda which: some_of(KEY, which, str.upper)),
    st.tuples(WIDTH, st.sampled_from(["\n", "\r\n", "\r\n "])).map(lambda t: in_lines(KEY, *t)),
    st.tuples(st.binary(max_size=5), st.binary(max_size=5)).map(
        lambda t: base64.b64encode(t[0] + KEY.encode() + t[1]).decode()
    ),
    st.sampled_from([KEY.encode().hex(), KEY.encode().hex().upper(), KEY[::-1]]),
    st.sampled_from(["md5", "sha1", "sha256", "sha512"]).map(
        lambda name: hashlib.new(name, KEY.encode()).hexdigest()
    ),
)
AROUND = st.text("abc {}[]\\:,.<>=%&;\n", max_size=8)


@examples(400)
@given(AROUND, DERIVED, AROUND)
def test_what_gives_a_credential_away_is_taken_out(before: str, form: str, after: str) -> None:
    text = f"{before} {form} {after}"
    cleaned = CLEANER.clean(text.encode()).decode()
    assert form not in cleaned
    assert KEY.lower() not in unescaped(cleaned).lower()


def unescaped(text: str) -> str:
    """What a reader could make of a text, found here without the suite's own code."""
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text)
    return html.unescape(unquote(text)).replace("\n", "").replace("\r", "")


@examples(200)
@given(CLEAN)
def test_what_holds_no_credential_is_not_changed(content: bytes) -> None:
    assert CLEANER.clean(content) == content


@examples(200)
@given(ANY_TEXT, ANY_TEXT)
def test_a_credential_in_any_text_is_taken_out(before: str, after: str) -> None:
    assert KEY not in CLEANER.clean_text(before + KEY + after)


def test_halves_beside_each_other_take_time_in_proportion() -> None:
    linear(lambda count: CLEANER.clean(HALF.encode() * count), 2_000)
    linear(lambda count: CLEANER.clean(KEY[:9].encode() * count), 4_000)
    linear(lambda count: CLEANER.clean(KEY.encode() * count), 1_000)
    linear(lambda count: CLEANER.clean(b"\\u0073" * count), 4_000)
    linear(lambda count: CLEANER.clean(b"%73&#x73;" * count), 4_000)
