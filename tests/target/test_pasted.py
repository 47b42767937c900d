"""A URL as people paste it is understood, and what was understood is said."""

from __future__ import annotations

import pytest

from conformance.errors import UsageError
from conformance.target import pasted

ROUTE = "/v1/images/variations"
KEY = "sk-bf-0123456789abcdef"


def asked(url: str, path: str = ROUTE, *, given: bool = False) -> str:
    found = pasted.understood(url, path, path_is_given=given)
    pasted.check(found.base_url)
    return found.base_url.rstrip("/") + found.path


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        # As it should be, and as it was always taken.
        ("http://h:8080", f"http://h:8080{ROUTE}"),
        ("http://h:8080/", f"http://h:8080{ROUTE}"),
        ("https://h/gateway", f"https://h/gateway{ROUTE}"),
        ("https://h/v1beta", f"https://h/v1beta{ROUTE}"),
        ("https://v1/", f"https://v1{ROUTE}"),
        # The base_url of a client, and prefixes that are really meant.
        ("http://h/v1", f"http://h{ROUTE}"),
        ("http://h/v1/", f"http://h{ROUTE}"),
        ("http://h/v1//", f"http://h{ROUTE}"),
        ("https://h/openai/v1", f"https://h/openai{ROUTE}"),
        ("https://h/gateway/v1/", f"https://h/gateway{ROUTE}"),
        ("https://h/v1/openai", f"https://h/v1/openai{ROUTE}"),
        # Parts of the path, and the whole of it.
        ("http://h/v1/images", f"http://h{ROUTE}"),
        (f"http://h{ROUTE}", f"http://h{ROUTE}"),
        (f"http://h{ROUTE}/", f"http://h{ROUTE}"),
        (f"http://h{ROUTE}?api-version=1", f"http://h{ROUTE}"),
        (f"http://h{ROUTE}#section", f"http://h{ROUTE}"),
        (f"https://h/openai{ROUTE}", f"https://h/openai{ROUTE}"),
        ("https://h/openai/images/variations", "https://h/openai/images/variations"),
        # Another endpoint of the same gateway.
        ("http://h/v1/chat/completions", f"http://h{ROUTE}"),
        ("http://h/v1/images/generations", f"http://h{ROUTE}"),
        ("http://h/api/v1/models", f"http://h/api{ROUTE}"),
        # Without a scheme: this machine and its network by http, all others by https.
        ("localhost:8080", f"http://localhost:8080{ROUTE}"),
        ("127.0.0.1:8080/v1", f"http://127.0.0.1:8080{ROUTE}"),
        ("gateway:8080", f"http://gateway:8080{ROUTE}"),
        ("192.168.1.7", f"http://192.168.1.7{ROUTE}"),
        ("gateway.default.svc:80", f"http://gateway.default.svc:80{ROUTE}"),
        ("gateway.example.com", f"https://gateway.example.com{ROUTE}"),
        ("gateway.example.com:8443/v1", f"https://gateway.example.com:8443{ROUTE}"),
        (":8080", f"http://127.0.0.1:8080{ROUTE}"),
        ("8080", f"http://127.0.0.1:8080{ROUTE}"),
        # What comes with it from a page, a shell or a file.
        ("  http://h/v1\n", f"http://h{ROUTE}"),
        ("'http://h'", f"http://h{ROUTE}"),
        ('"http://h/v1"', f"http://h{ROUTE}"),
        ("<http://h>", f"http://h{ROUTE}"),
        ("“http://h”", f"http://h{ROUTE}"),
        ("HTTP://h", f"http://h{ROUTE}"),
        ("HttpS://h/v1", f"https://h{ROUTE}"),
        # IPv6, with and without brackets, and addresses to listen on.
        ("http://[::1]:8080/v1", f"http://[::1]:8080{ROUTE}"),
        ("[::1]:8080", f"http://[::1]:8080{ROUTE}"),
        ("::1", f"http://[::1]{ROUTE}"),
        ("http://::1/v1", f"http://[::1]{ROUTE}"),
        ("[2606:4700::1]", f"https://[2606:4700::1]{ROUTE}"),
        ("http://0.0.0.0:8080", f"http://127.0.0.1:8080{ROUTE}"),
        ("0.0.0.0:8080", f"http://127.0.0.1:8080{ROUTE}"),
        ("http://[::]:8080", f"http://[::1]:8080{ROUTE}"),
    ],
)  # fmt: skip
def test_what_is_pasted_is_what_is_asked(url: str, whole: str) -> None:
    assert asked(url) == whole


@pytest.mark.parametrize(
    ("url", "path", "whole"),
    [
        ("http://h/openai/v1", "/openai/v1/images/variations", "http://h/openai/v1/images/variations"),
        ("http://h/a", "/images/variations", "http://h/a/images/variations"),
        ("http://h/a/images/variations", "/images/variations", "http://h/a/images/variations"),
        # A path that the operator named is never changed, nor is a doubled one that is written whole.
        ("http://h/images/variations", ROUTE, f"http://h/images/variations{ROUTE}"),
        ("http://h/v1/models", ROUTE, f"http://h/v1/models{ROUTE}"),
        ("http://h", "/v1/v1/images/variations", "http://h/v1/v1/images/variations"),
        ("http://h/v1", "/v1/v1/images/variations", "http://h/v1/v1/images/variations"),
        ("http://h/x", "/", "http://h/x/"),
        ("http://h/v1", "/other", "http://h/v1/other"),
    ],
)  # fmt: skip
def test_a_path_that_is_named_stands(url: str, path: str, whole: str) -> None:
    assert asked(url, path, given=True) == whole


@pytest.mark.parametrize(
    "url", ["http://h/v1", "localhost:8080/v1", f"0.0.0.0:1{ROUTE}?x=1", "::1"]
)
def test_what_was_understood_is_understood_again(url: str) -> None:
    """A command that repeats a run names what was understood, and must mean the same."""
    first = pasted.understood(url, ROUTE)
    again = pasted.understood(first.repeated, ROUTE)
    assert (again.base_url, again.path) == (first.base_url, first.path)
    assert not set("?#") & set(first.repeated)


def test_what_was_understood_is_said() -> None:
    (said,) = pasted.understood("https://h/openai/v1/", ROUTE).notes
    assert said == (
        f"The URL ends in /v1: taken as https://h/openai, and the run asks https://h/openai{ROUTE}."
    )
    scheme, query, listens = pasted.understood(f"0.0.0.0:80?key={KEY}", ROUTE).notes
    assert scheme == "The URL names no scheme: taken as http://0.0.0.0:80."
    assert query == "The URL's query was left out: the run asks the path alone."
    assert listens == "0.0.0.0 is an address to listen on: the run asks 127.0.0.1:80."
    assert pasted.understood("http://h:8080/gateway/", ROUTE).notes == ()


@pytest.mark.parametrize(
    "url",
    [
        *(f"http://user:{KEY}@h/v1", f"user:{KEY}@h:80", f"{KEY}@h", f"http://u:{KEY}@h/?a=1"),
        *("ftp://h", "http:h", "https:/h", "http", "http:", "", " ", "/v1", "?x", "htps//h", "a b"),
        *("http://", "http:///v1", "http://:8080", "http://h:99999", "99999999", "http://h\x7f"),
        *(KEY, "h", "h\x00", "-x", "http://ex\u200bample", "http://a..b", "javascript:alert(1)"),
    ],
)  # fmt: skip
def test_what_is_no_url_is_refused_and_repeats_no_credential(url: str) -> None:
    found = pasted.understood(url, ROUTE)
    assert KEY not in " ".join(found.notes)
    with pytest.raises(UsageError) as raised:
        pasted.check(found.base_url)
    assert KEY not in str(raised.value)
