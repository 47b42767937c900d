"""The wire oracle: what the contract says of the bytes of a form, and `open` whenever in doubt."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.cases.generated import fields, oracle
from conformance.contract import contract
from conformance.http.form import BOUNDARY, Form, Part, text
from conformance.http.images import pictures

MODEL = "openai/dall-e-2"
GOOD = Part("image", pictures.make("oracle"), "picture.png", "image/png")


def read(*parts: Part) -> oracle.Reading:
    return oracle.read(Form(parts).encode(), BOUNDARY, models={MODEL})


def with_text(name: str, value: str | bytes) -> oracle.Reading:
    return read(text("model", MODEL), text(name, value), GOOD)


def test_the_plain_form_is_valid() -> None:
    assert read(text("model", MODEL), GOOD).expected == "accepted"


def test_the_order_of_the_parts_says_nothing() -> None:
    assert read(GOOD, text("size", "auto"), text("model", MODEL)).expected == "accepted"


@pytest.mark.parametrize("n", range(1, 11))
def test_each_n_of_the_range_is_valid(n: int) -> None:

    assert with_text("n", str(n)).expected == "accepted"


@pytest.mark.parametrize(
    ("requirement", "n"),
    [
        *(("N-2", n) for n in ("0", "11", "-1", "100", "18446744073709551617")),
        *(("N-3", n) for n in ("abc", "true", "2k", "k2", "1;2", "[2]", "Infinity")),
        *(("N-4", n) for n in ("1.5", "0.5", "9.99", "2.000001", "11.5")),
        *(("N-5", n) for n in ("0x2", "1e1", "1_0", "+11", " 11 ", "11.0")),
    ],
)
def test_a_wrong_n_breaks_one_requirement(requirement: str, n: str) -> None:
    assert with_text("n", n).broken == (requirement,)


@pytest.mark.parametrize(
    "n",
    ["", "null", "NULL", "NaN", " 2 ", "+2", "02", "011", "-0", "2.0", "2.", "\u0662", "\uff12", "1,5", "1 0", '"2"', "1\x00", "三", "1.0000000000000000000001", "%32", "9" * 60],
)  # fmt: skip
def test_an_n_that_servers_read_differently_is_open(n: str) -> None:
    assert with_text("n", n).charged == ("N-6",)


@pytest.mark.parametrize("size", contract.load().sizes)
def test_each_documented_size_is_valid(size: str) -> None:
    assert with_text("size", size).expected == "accepted"


@pytest.mark.parametrize(
    ("requirement", "size"),
    [
        *(("SIZE-2", s) for s in ("256x256foo", "foo256x256", "AUTO", "256X256", "256×256", "1x1", "auto,auto")),
        *(("SIZE-3", s) for s in (" 256x256", "auto\r\n", "\tauto")),
    ],
)  # fmt: skip
def test_another_size_breaks_one_requirement(requirement: str, size: str) -> None:
    assert with_text("size", size).broken == (requirement,)


@pytest.mark.parametrize(
    "size", ["", "null", "None", "256 x256", " AUTO", "auto\x00", "\xa0auto", "au\u200bto"]
)
def test_an_odd_size_is_open(size: str) -> None:
    assert with_text("size", size).charged == ("SIZE-4",)


@pytest.mark.parametrize("value", ["URL", "b64", "b64_jsonx", "url,url", "1"])
def test_another_format_breaks_its_requirement(value: str) -> None:
    assert with_text("response_format", value).broken == ("FORMAT-6",)


@pytest.mark.parametrize("value", ["", "null", "url ", " url", "url\x00", "u rl"])
def test_an_odd_format_is_open(value: str) -> None:
    assert with_text("response_format", value).charged == ("FORMAT-7",)


@pytest.mark.parametrize("value", ["u", "Zoë–用户", "x" * 64, "a b"])
def test_a_printable_user_is_valid(value: str) -> None:
    assert with_text("user", value).expected == "accepted"


@pytest.mark.parametrize(
    "value", ["", "x" * 65, "a\x00", " a", "null", "1", "[]", b"\xff", "\u200b"]
)
def test_an_odd_user_is_open(value: str | bytes) -> None:
    assert with_text("user", value).charged == ("USER-2",)


@pytest.mark.parametrize(
    ("charged", "parts"),
    [
        ("MODEL-1", (GOOD,)),
        ("MODEL-1", (text("model", ""), GOOD)),
        ("MODEL-2", (text("model", "x/"), GOOD)),
        ("MODEL-2", (text("model", "dall-e-2"), GOOD)),
        ("MODEL-3", (text("model", "a/b/c"), GOOD)),
        ("MODEL-3", (text("model", "openai/no-such"), GOOD)),
        ("IMAGE-4", (text("model", MODEL),)),
        ("IMAGE-5", (text("model", MODEL), replace(GOOD, name="file"))),
        ("IMAGE-6", (text("model", MODEL), text("image", "string"))),
        ("IMAGE-7", (text("model", MODEL), replace(GOOD, content=b""))),
        ("IMAGE-8", (text("model", MODEL), replace(GOOD, content=b"no picture"))),
        ("ROBUST-1 IMAGE-11", (text("model", MODEL), replace(GOOD, name="image[0]"))),
        ("IMAGE-11", (text("model", MODEL), replace(GOOD, filename=None))),
        ("IMAGE-11", (text("model", MODEL), replace(GOOD, content=pictures.make("a", "wide")))),
        ("IMAGE-11", (text("model", MODEL), replace(GOOD, content=pictures.make("a", "jpeg")))),
        ("IMAGE-11", (text("model", MODEL), replace(GOOD, content=GOOD.content[:200]))),
        ("IMAGE-11", (text("model", MODEL), replace(GOOD, content=b"<svg/>"))),
        ("IMAGE-11", (text("model", MODEL), GOOD, replace(GOOD, name="image[]"))),
        ("ROBUST-1", (text("model", MODEL), text("N", "11"), GOOD)),
        ("ROBUST-1", (text("model", MODEL), text("n", "11"), text("n", "1"), GOOD)),
    ],
)
def test_what_else_a_form_breaks_or_leaves_open(charged: str, parts: tuple[Part, ...]) -> None:
    assert read(*parts).charged == tuple(charged.split())


def test_a_fault_counts_beside_what_is_open() -> None:
    reading = read(text("model", MODEL), text("n", "11"), text("x", "1"), GOOD)
    assert reading.expected == "refused"
    assert reading.broken == ("N-2",)


def test_several_faults_are_all_named() -> None:
    reading = read(text("model", MODEL), text("n", "0"), text("size", "x"), GOOD)
    assert reading.broken == ("N-2", "SIZE-2")


def test_bytes_that_are_no_form_are_open() -> None:
    assert oracle.read(b"n=11", BOUNDARY, models={MODEL}).expected == "either"


def test_a_picture_of_the_operators_is_good_whatever_it_is() -> None:
    form = Form((text("model", MODEL), replace(GOOD, content=b"mine")))
    reading = oracle.read(form.encode(), BOUNDARY, models={MODEL}, good={b"mine"})
    assert reading.expected == "accepted"


def test_every_requirement_that_the_oracle_names_is_one_of_the_contract() -> None:
    assert set(fields.OPEN.values()) <= set(contract.load().requirements)
