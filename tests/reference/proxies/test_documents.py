from __future__ import annotations

import json

import pytest

from conformance.reference.proxies.documents import Members, Style, mapped, parsed, quoted, written

WRITTEN = '{"a":1.50,"a":"é/\\"\\n\\ud800","b":[1e400,true,null,{}],"c":{"d":-0}}'


def test_repeated_keys_and_digits_stay_as_they_came() -> None:
    assert written(parsed(WRITTEN.encode()), Style()) == WRITTEN


def test_an_indented_document_means_the_same() -> None:
    text = '{"a":[1,{"b":[]}],"c":{}}'
    indented = written(parsed(text.encode()), Style(indent=2))
    assert indented == json.dumps(json.loads(text), indent=2)


def test_each_part_of_a_style_is_used() -> None:
    style = Style(
        text=lambda text: quoted(text.upper()),
        number=lambda number: number + ".0",
        order=lambda members: Members(reversed(members)),
    )
    assert written(parsed(b'{"a": 1, "b": ["c"]}'), style) == '{"B":["C"],"A":1.0}'


def test_every_object_is_mapped() -> None:
    document = mapped(
        parsed(b'[{"a": {"b": 1}}]'), lambda members: Members([*members, ("x", None)])
    )
    assert written(document, Style()) == '[{"a":{"b":1,"x":null},"x":null}]'


@pytest.mark.parametrize("body", [b"", b"nonsense", b"\xff", b"\xef\xbb\xbf{}"])
def test_what_is_no_json_raises(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parsed(body)
