"""What a data: url holds."""

from __future__ import annotations

import base64

import pytest

from conformance.http.urls import data_urls

MOST = 1_000


@pytest.mark.parametrize(
    ("url", "kind", "content"),
    [
        ("data:,x", "", b"x"),
        ("data:text/plain,a%20b", "text/plain", b"a b"),
        ("DATA:image/svg+xml;charset=utf-8,<svg/>", "image/svg+xml", b"<svg/>"),
        ("data:image/png;base64,aGk=", "image/png", b"hi"),
        ("data:image/png;base64,aGk", "image/png", b"hi"),
        ("data:image/png;BASE64 ,a G\n\tk\r=", "image/png", b"hi"),
        ("data:image/png;base64,%61Gk%3D", "image/png", b"hi"),
        ("data:;base64,", "", b""),
        ("data:x;base64;y,aGk=", "x", b"aGk="),
        ("data:base64,aGk=", "base64", b"aGk="),
    ],
)  # fmt: skip
def test_a_data_url_holds_its_content(url: str, kind: str, content: bytes) -> None:
    assert data_urls.is_data(url)
    assert data_urls.content(url, MOST) == (kind, content)


@pytest.mark.parametrize(
    "url",
    [
        "data:", "data:x", "data:" + "x" * 5_000 + ",y", "data:;base64,a", "data:;base64,-_8=",
        "data:;base64,a=Gk", "data:;base64,ä", "data:,\ud800",
    ],
)  # fmt: skip
def test_a_broken_data_url_says_so(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        data_urls.content(url, MOST)


def test_the_size_is_bounded() -> None:
    coded = base64.b64encode(bytes(MOST + 1)).decode()
    for url in (
        f"data:;base64,{coded}",
        "data:," + "x" * (MOST + 1),
        "data:," + "%00" * (MOST + 1),
    ):
        with pytest.raises(OverflowError):
            data_urls.content(url, MOST)
    with pytest.raises(OverflowError):
        data_urls.content("data:," + "x" * 10_000_000, MOST)
    assert len(data_urls.content("data:," + "%00" * MOST, MOST)[1]) == MOST
