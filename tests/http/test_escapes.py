r"""The views of a text: escapes undone, line ends left out, and where each byte came from."""

from __future__ import annotations

import html
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.http.redacting.escapes import HIDDEN, MOST_TIMES, unescaped, views, without_breaks
from conformance.http.redacting.redaction import Redactor, leaks_in

KEY = "sk-bf-7f3a9c2e51d84b06a1e4"
CLEAN = Redactor.of([("key", KEY)])
SPLIT = 13


def escaped(style: str, text: str) -> str:
    """A text with every character of it escaped."""
    return "".join(style.format(c=c, n=ord(c)) for c in text)


STYLES = (
    "\\u{n:04x}",
    "\\u{n:04X}",
    "\\x{n:02x}",
    "%{n:02x}",
    "&#{n};",
    "&#x{n:x};",
    "&#0{n};",
    "\\u{{{n:x}}}",
    "\\U{n:08x}",
    "\\{n:03o}",
)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("which", ["every character", "one character"])
def test_an_escaped_secret_is_found_and_nothing_else_is_taken(style: str, which: str) -> None:
    inside = escaped(style, KEY)
    if which == "one character":
        inside = KEY[:SPLIT] + escaped(style, KEY[SPLIT]) + KEY[SPLIT + 1 :]
    shown = CLEAN.clean_text(f"<é {inside} \\n {quote('ü')}>")
    assert shown == f"<é «whole credential:key» \\n {quote('ü')}>"


@pytest.mark.parametrize(
    "between",
    [
        "\n",
        "\r\n",
        "\r\n  ",
        "\0",
        "\\n",
        "\\r\\n",
        "%0d%0a",
        "\t",
        "\u200b",
        "\u00ad",
        "\\u200d",
        "&#8203;",
        "\ufeff",
    ],
)
def test_a_secret_over_two_lines_is_found(between: str) -> None:
    shown = CLEAN.clean_text(f"a {KEY[:SPLIT]}{between}{KEY[SPLIT:]} b")
    assert shown == "a «whole credential:key» b"


def test_a_secret_in_utf16_is_found() -> None:
    assert list(leaks_in(CLEAN.clean(f"the key {KEY}".encode("utf-16"))))


@pytest.mark.parametrize("times", range(1, MOST_TIMES + 1))
def test_escapes_within_escapes_are_undone(times: int) -> None:
    text = KEY.replace("-", "\\u002d")
    for _ in range(times - 1):
        text = json.dumps(text)[1:-1]
    assert list(leaks_in(CLEAN.clean_text(f'"{text}"')))


@given(st.text(max_size=30))
def test_a_view_of_json_reads_as_a_reader_of_json_does(text: str) -> None:
    # Beyond U+00FF there is a "?" for each unit of UTF-16, and NUL for what shows nothing.
    plain = text.encode("utf-16-be", "surrogatepass")
    units = zip(plain[::2], plain[1::2], strict=True)
    read = bytes(0 if high << 8 | low in HIDDEN else 63 if high else low for high, low in units)
    escaped_all = "".join(
        f"\\u{int.from_bytes(plain[i : i + 2]):04x}" for i in range(0, len(plain), 2)
    )
    assert unescaped(escaped_all.encode()).content == read


@given(st.lists(st.sampled_from(["a", "\\u0062", "%63", "\n", "&#100;", "&lt;", "\\\\", "\0 "])))
def test_each_byte_of_a_view_knows_where_it_came_from(pieces: list[str]) -> None:
    text = "".join(pieces).encode()
    for view in (unescaped(text), without_breaks(text)):
        places = [view.origin(i, i + 1) for i in range(len(view.content))]
        assert places == sorted(places)
        for (start, end), byte in zip(places, view.content, strict=True):
            assert 0 <= start < end <= len(text)
            assert unescaped(text[start:end]).content in (bytes([byte]), text[start:end])


def test_what_html_has_names_for_is_read() -> None:
    key = "sk_bf&7f3a<9c2e>51d8"
    clean = Redactor.of([("key", key)])
    assert clean.clean_text(html.escape(key)) == "«whole credential:key»"
    assert clean.clean_text(key.replace("_", "&lowbar;")) == "«whole credential:key»"


def test_a_text_without_escapes_has_no_other_view() -> None:
    assert [text for text, _ in views(b"plain text")] == [b"plain text"]
