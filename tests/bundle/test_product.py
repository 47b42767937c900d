"""Which product a bundle is about: flags before the file, and a released version alone."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pytest

from conformance.bundle import product
from conformance.bundle.product import unreleased
from conformance.errors import UsageError
from tests.bundle.making import PRODUCT

FILE = "conformance.toml"


@pytest.mark.parametrize(
    "version",
    [
        *(
            "1",
            "1.4.2",
            "v1.4.2",
            "2026.10",
            "20261127",
            "1.0.0-rc.1",
            "2.0.0-beta.2",
            "1.2.3+build.5",
        ),
        *("R81.20", "10.15.7", "1.2.3-enterprise", "1.0a1", "3.1.0-alpine", "1.2.3-4", "8u292"),
    ],
)
def test_a_release_has_a_number(version: str) -> None:
    assert unreleased(version) == ""


@pytest.mark.parametrize(
    "version",
    [
        *("main", "master", "HEAD", "latest", "nightly", "Main", "develop", "trunk"),
        *("1.4.2-dirty", "1.4.2+dirty", "1.4.2-SNAPSHOT", "1.4.2-nightly.20261127", "1.4.dev4"),
        *("v1.4.2-5-gabc1234", "abc1234", "1f3e5a7", "0123456789abcdef0123456789abcdef01234567"),
        *(
            "feature/x",
            "release/1.4",
            "release-1.4",
            "main-20261127",
            "1.4-latest",
            "edge",
            "?",
            "",
        ),
        *("1.4 2", "1.4\n2", "1.4.2-", "-1.4"),
    ],
)
def test_what_changes_is_no_release(version: str) -> None:
    assert "is no released version" in unreleased(version)


def test_flags_win_over_the_file() -> None:
    table = {**asdict(PRODUCT), "version": "1.0"}
    assert product.build({"version": "1.4.2"}, table, FILE) == PRODUCT
    assert product.build(asdict(PRODUCT), {}, FILE) == PRODUCT
    assert product.build({}, table, FILE) == replace(PRODUCT, version="1.0")


@pytest.mark.parametrize(
    ("flags", "table", "says"),
    [
        ({}, {}, "--organization, --product, --product-version, --url, --contact: missing"),
        ({"contact": None}, {}, "--contact: missing"),
        ({}, {"name": "x", "nmae": "y"}, "conformance.toml: product.nmae: is none of organization"),
        ({}, {"name": 3}, "conformance.toml: product.name: is no text"),
        ({"version": "main"}, {}, "--product-version: 'main' is no released version"),
        ({"version": None}, {"version": "main"}, "conformance.toml: product.version: 'main'"),
        ({"url": "acme.example"}, {}, "--url: 'acme.example' is no address"),
        ({"url": "ftp://acme.example"}, {}, "no address"),
        ({"url": "https://[::1"}, {}, "no address"),
        ({"name": "x" * 201}, {}, "--product: is no line of 1 to 200"),
        ({"name": "a\x1b[31m"}, {}, "--product: is no line"),
        ({"contact": "  "}, {}, "--contact: is no line"),
    ],
)
def test_what_cannot_be_a_product_is_named(
    flags: dict[str, Any], table: dict[str, Any], says: str
) -> None:
    known = {} if not flags and not table else asdict(PRODUCT)
    given = {k: v for k, v in {**known, **flags}.items() if k not in table or k in flags}
    with pytest.raises(UsageError) as raised:
        product.build(given, table, FILE)
    assert says in str(raised.value)
