"""Where a url leads is read once: its host, its port and what is asked for."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from conformance.http.urls.locations import Location, UnaskedError, located

LEADING = [
    ("http://h/p.png", ("http", "h", 80, "/p.png")),
    ("HTTPS://H.Example/P?Q=1#part", ("https", "h.example", 443, "/P?Q=1")),
    ("http://h", ("http", "h", 80, "/")),
    ("http://h?x", ("http", "h", 80, "/?x")),
    ("http://h?", ("http", "h", 80, "/?")),
    ("http://h#x", ("http", "h", 80, "/")),
    ("http://h:/x", ("http", "h", 80, "/x")),
    ("http://h:0008080/x", ("http", "h", 8080, "/x")),
    ("http://h:65535/", ("http", "h", 65535, "/")),
    ("http://h.example./", ("http", "h.example.", 80, "/")),
    ("http://a_b-c/", ("http", "a_b-c", 80, "/")),
    ("http://[::1]:8080/x", ("http", "::1", 8080, "/x")),
    ("http://[0:0:0:0:0:0:0:1]/", ("http", "::1", 80, "/")),
    ("http://[::ffff:127.0.0.1]/", ("http", "::ffff:7f00:1", 80, "/")),
    ("http://127.0.0.1./", ("http", "127.0.0.1", 80, "/")),
    ("http://2130706433/", ("http", "2130706433", 80, "/")),
    ("http://0x7F.1/", ("http", "0x7f.1", 80, "/")),
    # A path that holds what no url has is encoded, and what is encoded stays as it is.
    ("http://h/a b?c d", ("http", "h", 80, "/a%20b?c%20d")),
    ("http://h/ä%20%zz", ("http", "h", 80, "/%C3%A4%20%zz")),
    ("http://h/a\\b", ("http", "h", 80, "/a%5Cb")),
    ("http://h/@:x@y", ("http", "h", 80, "/@:x@y")),
    ("http://h?@x", ("http", "h", 80, "/?@x")),
    # Digits and dots of other scripts, and percent-encoding, are what they stand for.
    ("http://１６９。２５４．169｡254/", ("http", "169.254.169.254", 80, "/")),
    ("http://%31%32%37.0.0.1/", ("http", "127.0.0.1", 80, "/")),
    ("http://bücher.example/", ("http", "xn--bcher-kva.example", 80, "/")),
    ("http://ⓁⓄⒸⒶⓁⒽⓄⓈⓉ/", ("http", "localhost", 80, "/")),
]


@pytest.mark.parametrize(("url", "leads"), LEADING)
def test_a_url_leads_somewhere(url: str, leads: tuple[str, str, int, str]) -> None:
    assert located(url) == Location(*leads)


@pytest.mark.parametrize(
    "url",
    [
        "", "p.png", "/p.png", "//h/p.png", "http:/h", "http:h", "http://", "http:///p", "ftp://h/p", "file:///etc/passwd",
        "javascript:x", "gopher://h/_x", "data:,x", " http://h/", "ht\ntp://h/", "http://?x", "http://#x",
    ],
)  # fmt: skip
def test_what_is_no_absolute_http_url_says_so(url: str) -> None:
    with pytest.raises(ValueError, match=r"no absolute|control character"):
        located(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://h:99999/", "http://h:65536/", "http://h:0/", "http://h:-1/", "http://h:8o/", "http://h:80:90/", "http://h:+80/", "http://h:８０/",
        "http://[::1", "http://::1/", "http://[h]/", "http://[::1]x/", "http://[v1.x]/", "http://[127.0.0.1]/",
        "http://a..b/", "http://.a/", "http://" + "a" * 64 + "/", "http://" + "a." * 200 + "b/", "http://" + "%61" * 800 + "/",
        "http://h h/", "http://h\x00/", "http://h/\r\nX: y", "http://h/\t", "http://h/\x7f", "http://\ud800/", "http://h/\ud800",
        "http://h%00/", "http://h%2f.example/", "http://h%40x/", "http://a,b/", "http://h\\.example/", "http://h\\@other/", "http://%ff/", "http://:80/",
        "http://" + "9" * 60_000 + "/", "http://h:" + "9" * 60_000 + "/",
    ],
)  # fmt: skip
def test_a_broken_url_says_what_is_wrong(url: str) -> None:
    with pytest.raises(ValueError, match=r".") as raised:
        located(url)
    assert len(str(raised.value)) < 200


@pytest.mark.parametrize(
    "url",
    [
        "http://user:word@h/", "http://user@h/", "http://@h/", "https://:x@h/", "http://h@127.0.0.1/", "http://u:p@h:80@x/", "http://u:p@[::1]/",
        "http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "http://h/" + "a" * 70_000, "http://" + "a" * 1_000_000,
    ],
)  # fmt: skip
def test_a_url_that_no_client_need_ask_for_is_told_from_a_broken_one(url: str) -> None:
    with pytest.raises(UnaskedError):
        located(url)


@pytest.mark.parametrize(
    ("host", "odd"),
    [
        ("2130706433", True), ("0x7f000001", True), ("0x7f.1", True), ("127.1", True), ("0177.0.0.1", True), ("a.0x1", True),
        ("127.0.0.1", False), ("h", False), ("h2", False), ("1.h", False), ("[::1]", False), ("0xh", False),
    ],
)  # fmt: skip
def test_a_number_that_is_no_address_in_the_usual_form_is_odd(
    host: str,
    odd: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert located(f"http://{host}/").is_odd_number is odd


def test_a_location_is_written_as_a_proxy_and_a_host_header_want_it() -> None:
    at = located("http://[::1]:8080/a b?c#d")
    assert (at.authority, at.url) == ("[::1]:8080", "http://[::1]:8080/a%20b?c")
    at = located("https://H.example:443/")
    assert (at.authority, at.url) == ("h.example", "https://h.example/")
    assert at.origin == located("https://h.EXAMPLE").origin


PIECES = some.sampled_from(
    ["http", "https", ":", "//", "/", "@", "[", "]", "%", "\\", "?", "#", ".", "127.0.0.1", "0x7f", "::1", "xn--", "。", "１", "é", "\x00", "\ud800", " ", "80", "%41"]
)  # fmt: skip


def read(url: str) -> Location | None:
    try:
        return located(url)
    except (ValueError, UnaskedError):
        return None


@settings(max_examples=500, derandomize=True, database=None, deadline=None)
@given(some.lists(PIECES | some.text(max_size=3), max_size=12))
def test_any_text_is_a_location_or_says_why_not(pieces: list[str]) -> None:
    for url in ("".join(pieces), "http://" + "".join(pieces)):
        at = read(url)
        if at is None:
            continue
        # Read once more, it is the same: what is checked is what a proxy would be asked for.
        assert located(at.url) == at
        assert at.url.isascii()
        assert not set(at.authority) & set("@/?#\\ %")


@pytest.mark.parametrize("piece", [":", "@", ".", "%", "[", "]", "1.", "xn--", "é", "%41", "?", "#", "\\", "a"])  # fmt: skip
def test_no_url_takes_long_to_read(piece: str) -> None:
    started = time.process_time()
    for url in ("http://" + piece * 15_000, "http://h/" + piece * 15_000):
        read(url)
    assert time.process_time() - started < 2
