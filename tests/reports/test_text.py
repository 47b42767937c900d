from __future__ import annotations

import json

import pytest

from conformance.reports import text

from . import samples


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("plain é 漢 🖼\ttab\nline", "plain é 漢 🖼\ttab\nline"),
        ("a\r\nb\rc", "a\nb\\x0dc"),
        ("\x00\x1b[31m\x7f\x9b", "\\x00\\x1b[31m\\x7f\\x9b"),
        ("\ud800 \ufffe \u202e \u200f", "\\ud800 \\ufffe \\u202e \\u200f"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_what_does_not_print_is_written_out(given: str, shown: str) -> None:
    assert text.visible(given) == shown
    assert text.visible(shown) == shown


def test_long_text_says_how_much_is_missing() -> None:
    assert text.clip("abc", 3) == "abc"
    assert text.clip("a" * 1_500, 3) == "aaa… (1,497 more characters)"
    assert text.one_line("first\nsecond") == "first"
    assert text.one_line("a" * 10, 4) == "aaaa…"


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("expected 4xx, got 200\ngot data", "expected 4xx, got 200"),
        ("expected 4xx\ngot 500: {}\nmore", "expected 4xx, got 500: {}"),
        ("no credential was supplied\nname one", "no credential was supplied"),
        ("", ""),
    ],
)
def test_a_message_in_one_line(message: str, shown: str) -> None:
    assert text.headline(message) == shown


def test_json_is_indented_as_it_was_sent() -> None:
    given = '{"a":[],"b":{"c":1e400,"c":"x\\"y,{"},"d":[1,{}]}'
    shown = text.pretty_json(given)
    assert shown is not None
    assert shown.splitlines() == [
        "{",
        '  "a": [],',
        '  "b": {',
        '    "c": 1e400,',
        '    "c": "x\\"y,{"',
        "  },",
        '  "d": [',
        "    1,",
        "    {}",
        "  ]",
        "}",
    ]
    assert json.loads(shown) == json.loads(given)


@pytest.mark.parametrize("given", ["", "true", "<html>", "{", '{"a": }', "[" * 100_000])
def test_what_is_no_json_object_is_left_alone(given: str) -> None:
    assert text.pretty_json(given) is None


def test_the_start_of_json_is_indented_too() -> None:
    assert text.pretty_json('{"a":"bc', cut_off=True) == '{\n  "a": "bc'
    assert text.pretty_json("[" * 5_000, cut_off=True) is None


def test_long_strings_are_shortened() -> None:
    shown = text.pretty_json(json.dumps({"b64_json": "A" * 1_000_000}))
    assert shown is not None
    assert "… (999,842 more characters)" in shown
    assert len(shown) < 300


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0404, "40 ms"), (1.25, "1.2 s"), (59.9, "59.9 s"), (185, "3 min 5 s")],
)
def test_durations(value: float, shown: str) -> None:
    assert text.seconds(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1, "1 byte"), (812, "812 bytes"), (4_100, "4.1 kB"), (2_000_000, "2.0 MB")],
)
def test_sizes(value: int, shown: str) -> None:
    assert text.size(value) == shown


def test_hostile_text_is_harmless() -> None:
    shown = text.visible(samples.HOSTILE)
    shown.encode()
    assert shown.isprintable()
