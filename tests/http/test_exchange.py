from __future__ import annotations

from typing import Any

import pytest

from conformance.http.exchange import Reply


def read(body: str) -> Any:
    return Reply(200, (), body.encode()).json


@pytest.mark.parametrize("written", ["400", "400.0", "4e2", "4.0E+2", "400.000", "40000e-2"])
def test_an_integer_is_one_however_it_is_written(written: str) -> None:
    found = read(f'{{"status_code": {written}}}')["status_code"]
    assert found == 400
    assert isinstance(found, int)


@pytest.mark.parametrize("written", ["1.5", "1e-1", "1e299", "9007199254740993.0"])
def test_a_fraction_and_what_no_float_holds_exactly_stay_as_they_are(written: str) -> None:
    found = read(written)
    assert found == float(written)
    assert isinstance(found, float)


@pytest.mark.parametrize("body", ["", "nonsense", "[" * 100_000, "1" * 5_000 + "x"])
def test_a_body_that_cannot_be_read_is_none(body: str) -> None:
    assert read(body) is None


def texts(body: str) -> tuple[str, ...]:
    return Reply(200, (), body.encode()).texts


def test_escapes_hide_no_text() -> None:
    body = r'{"\u0061": ["\/srv\/app", {"b": "\u0063\n"}], "d": 1}'
    assert set(texts(body)) == {body, "a", "/srv/app", "b", "c\n", "d"}


def test_a_body_without_escapes_is_one_text() -> None:
    assert texts('{"a": "/srv/app"}') == ('{"a": "/srv/app"}',)
    assert texts("not \\ JSON") == ("not \\ JSON",)
