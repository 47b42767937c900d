"""What one answer, and what a run, may cost in urls, seconds and bytes; and no url breaks anything."""

from __future__ import annotations

import base64
import gzip
import threading
import time
import zlib
from typing import TYPE_CHECKING

import pytest

from conformance.send.urls import downloads
from conformance.send.urls.learnt import Learnt
from conformance.send.urls.quota import MOST_IN_VAIN, STRIKES, Quota, SpentError, Strikes
from tests.send.downloading import PNG, Names, fetched
from tests.serving import KEY, Answer, Got, Loopback, raw_server, read_request, silent

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

MOST = downloads.MAX_URLS


def picture(_: Got) -> Answer:
    return Answer(200, PNG, {"content-type": "image/png"})


def test_no_more_urls_are_asked_than_an_answer_may_have() -> None:
    with Loopback(picture) as server:
        found = fetched(*(f"{server.url}/{i}" for i in range(1_200)))
        assert len(server.got) == MOST
        assert server.most_in_flight <= downloads.MOST_AT_ONCE
    assert [f.body for f in found[:MOST]] == [PNG] * MOST
    (beyond,) = found[MOST:]
    assert beyond.skipped
    assert beyond.url == f"{server.url}/{MOST}"
    assert f"the answer has 1200 urls, of which the first {MOST} are" in beyond.problem


def test_ten_urls_are_all_asked() -> None:
    with Loopback(picture) as server:
        found = fetched(*(f"{server.url}/{i}" for i in range(10)))
    assert [f.body for f in found] == [PNG] * 10


def test_equal_urls_are_asked_once() -> None:
    with Loopback(picture) as server:
        url = f"{server.url}/p.png"
        found = fetched(*[url] * 50, f"{server.url}/q.png", *[url] * 1_000)
    assert sorted(server.paths()) == ["/p.png", "/q.png"]
    assert [f.url for f in found] == [url, f"{server.url}/q.png"]


def test_servers_that_never_answer_cost_an_answer_two_time_limits() -> None:
    # Each url names another server, so that none is known from another one.
    names = {f"h{i}_example": "127.0.0.1" for i in range(40)}
    with raw_server(silent) as (url, _):
        urls = [url.replace("127.0.0.1", name.replace("_", ".")) for name in names]
        started = time.monotonic()
        found = fetched(*urls, timeout_s=0.5, learnt=Learnt(lookup=Names(**names)))
        elapsed = time.monotonic() - started
    assert elapsed < 15
    waited = [f for f in found if f.problem == "not served within 0.5 s"]
    assert downloads.MOST_AT_ONCE <= len(waited) <= 2 * downloads.MOST_AT_ONCE
    assert not any(f.skipped for f in waited)
    assert all(f.skipped for f in found if f not in waited)


def test_a_server_that_never_answers_is_known_after_a_few_urls() -> None:
    learnt = Learnt()
    with raw_server(silent) as (url, numbers), Loopback(picture) as server:
        for i in range(STRIKES):
            (found,) = fetched(f"{url}/{i}", timeout_s=0.2, learnt=learnt)
            assert (found.problem, found.skipped) == ("not served within 0.2 s", False)
        (known,) = fetched(f"{url}/more", timeout_s=60, learnt=learnt)
        assert known.skipped
        assert f"served none of the last {STRIKES} urls in time" in known.problem
        assert len(numbers) <= STRIKES
        # Another server is asked as before.
        assert fetched(f"{server.url}/p", learnt=learnt)[0].body == PNG


def test_a_server_that_answers_in_between_is_asked_again() -> None:
    learnt, release = Learnt(), threading.Event()

    def decide(got: Got) -> Answer:
        if got.path == "/slow":
            release.wait(5)
        return Answer(200, PNG, {})

    with Loopback(decide) as server:
        for _ in range(3):
            for _ in range(STRIKES - 1):
                assert not fetched(f"{server.url}/slow", timeout_s=0.2, learnt=learnt)[0].body
            assert fetched(f"{server.url}/quick", timeout_s=20, learnt=learnt)[0].body == PNG
        release.set()


def test_strikes_count_in_a_row_and_for_all_servers_together() -> None:
    strikes, one, other = Strikes(), ("http", "one", 80), ("http", "other", 80)
    for _ in range(STRIKES - 1):
        strikes.waited(one, 1)
    assert not strikes.why_not(one, 60)
    strikes.served(one)
    strikes.waited(one, 1)
    assert not strikes.why_not(one, 60)
    for number in range(MOST_IN_VAIN):
        strikes.waited(("http", f"host-{number}", 80), 60)
    assert "waited for urls in vain" in strikes.why_not(other, 60)


def test_the_time_of_an_answer_runs_only_while_something_is_fetched() -> None:
    now = [0.0]
    quota = Quota(10, 100, lambda: now[0])
    with quota.running():
        now[0] += 4
        with quota.running():
            now[0] += 2
            assert quota.left_s == 4
    now[0] += 1_000
    assert quota.left_s == 4
    with quota.running():
        now[0] += 5
    assert quota.left_s < 0


def test_bytes_that_are_not_kept_are_given_back() -> None:
    quota = Quota(1, 100, lambda: 0.0)
    quota.take(100)
    with pytest.raises(SpentError):
        quota.take(1)
    quota.give_back(1)
    quota.take(1)


def test_the_bytes_of_all_urls_of_an_answer_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "MAX_ANSWER_BYTES", 250_000)
    data = "data:image/png;base64," + base64.b64encode(bytes(99_000)).decode()
    with Loopback(lambda _: Answer(200, bytes(90_000), {})) as server:
        found = fetched(data, *(f"{server.url}/{i}" for i in range(5)))
    assert sum(len(f.body) for f in found) <= 250_000
    skipped = [f for f in found if f.skipped]
    assert len(skipped) == 4
    assert all("the urls of this answer serve more than 250000 bytes" in f.problem for f in skipped)


def bombs() -> Iterator[tuple[bytes, str]]:
    once = gzip.compress(bytes(30_000_000))
    yield once, "gzip"
    yield gzip.compress(once), "gzip, gzip"
    yield zlib.compress(bytes(30_000_000)), "deflate"
    yield once, ""
    yield once, "identity"


@pytest.mark.parametrize(("body", "coding"), list(bombs()), ids=["gzip", "twice", "deflate", "unsaid", "identity"])  # fmt: skip
def test_what_is_inflated_is_bounded(body: bytes, coding: str) -> None:
    with Loopback(lambda _: Answer(200, body, {"content-encoding": coding})) as server:
        (found,) = fetched(f"{server.url}/p")
    assert found.problem == "serves more than 100000 bytes"
    assert found.body == b""


def test_a_coding_that_was_not_asked_for_is_taken_off() -> None:
    with Loopback(
        lambda _: Answer(200, gzip.compress(PNG), {"content-encoding": "gzip"})
    ) as server:
        (found,) = fetched(f"{server.url}/p")
    assert (found.body, found.problem) == (PNG, "")


def test_a_coding_that_cannot_be_read_says_nothing_about_the_url() -> None:
    with Loopback(lambda _: Answer(200, b"\x0b\x02", {"content-encoding": "br"})) as server:
        (found,) = fetched(f"{server.url}/p")
    assert found.skipped
    assert "br, which this client cannot read" in found.problem


def test_a_body_that_is_not_in_its_coding_is_a_problem() -> None:
    with Loopback(lambda _: Answer(200, PNG, {"content-encoding": "gzip"})) as server:
        (found,) = fetched(f"{server.url}/p")
    assert "gzip, but the body is not" in found.problem
    assert not found.skipped


def test_large_data_urls_are_read_and_larger_ones_are_not() -> None:
    started = time.monotonic()
    large = ["data:image/png;base64," + f"{i:04}" + "AAAA" * 1_000_000 for i in range(4)]
    found = fetched(*large, most_bytes=4_000_000)
    assert [f.kept and f.kept.size_bytes for f in found] == [3_000_003] * 4
    found = fetched(*large, most_bytes=3_000_000)
    assert {f.problem for f in found} == {"serves more than 3000000 bytes"}
    assert all(len(f.url) < 3_000 for f in found)
    assert time.monotonic() - started < 30


STRANGE = [
    "http://h h/", "http://h\\.example/", "http:\\\\h\\p", "http://127.0.0.1:99999/", "http://127.0.0.1:0/", "http://127.0.0.1:-1/",
    "http://127.0.0.1:1/\x00", "http://127.0.0.1:1/\r\nX-Injected: 1", "http://127.0.0.1:1/\x7f", "http://127.0.0.1:1/\ud800", "\ud800", "\x00",
    "http://[::1", "http://[::1]extra/", "http://[fe80::1%25lo]/", "http://[v1.x]/", "http://ﬀ.invalid/", "http://xn--/", "http://xn--a/",
    "http://" + "a" * 1_000_000, "http://127.0.0.1:1/" + "a" * 1_000_000, "http://127.0.0.1:1/" + "%" * 60_000, "http://127.0.0.1:1/" + "ä" * 60_000,
    "a" * 1_000_000, "data:" + "a" * 1_000_000, "http://" + "@" * 60_000, "http://" + ":" * 60_000, "http://" + "." * 60_000, "http://" + "%" * 60_000,
    "http://" + "xn--" * 200 + "/", "http://" + "é" * 700 + "/", "HTTP://", "http:/127.0.0.1", "http:127.0.0.1", "://", ":", "//", "?", "#", " ",
    "http://١٢٧.0.0.1:1/", "http://0/", "http://0x/", "http://00000000000000000000177.1:1/", "http://99999999999999999999/", "http://-/", "http://_/",
]  # fmt: skip


@pytest.mark.parametrize("url", STRANGE, ids=lambda url: ascii(url[:20]))
def test_no_url_breaks_anything(url: str) -> None:
    (found,) = fetched(url, timeout_s=20)
    assert found.problem
    assert found.body == b""
    assert len(found.url) <= downloads.MOST_UNREAD_URL + 1
    assert len(found.problem) <= downloads.MOST_PROBLEM + 1


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"\x00\xff" * 500, b"HTTP/1.1 200\r\n\r\n", b"HTTP/9.9 200 OK\r\n\r\n", b"HTTP/1.1 999999 X\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello", b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", b"HTTP/1.1 200 OK\r\nx: " + b"a" * 200_000, b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 200_000,
        b"HTTP/1.1 302 Found\r\nlocation: \xff\xfe://\x80\r\ncontent-length: 0\r\n\r\n", b"HTTP/1.1 302 Found\r\nlocation: http://[\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nlocation: http://h/" + b"a" * 90_000 + b"\r\ncontent-length: 0\r\n\r\n", b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-type: " + KEY.encode() + b"\x80\r\ncontent-length: 400\r\n\r\nx", b"SSH-2.0-OpenSSH_9.6 " + KEY.encode() + b"\r\n",
    ],
)  # fmt: skip
def test_no_answer_breaks_anything(answer: bytes) -> None:
    def connected(connection: socket.socket, _number: int) -> None:
        read_request(connection)
        connection.sendall(answer)

    with raw_server(connected) as (url, _):
        (found,) = fetched(f"{url}/p", timeout_s=20)
    assert found.problem or not found.body
    assert KEY not in repr(found)
    assert len(found.problem) <= downloads.MOST_PROBLEM + 1


def test_every_text_of_a_server_leaves_cleaned_and_cut() -> None:
    kind = f"image/{KEY}; " + "x" * 5_000
    with Loopback(lambda _: Answer(200, f"<{KEY}>".encode(), {"content-type": kind})) as server:
        served, nowhere, held = fetched(
            f"{server.url}/{KEY}?{KEY}", f"ftp://{KEY}/" + "y" * 5_000, f"data:{KEY}/{KEY},{KEY}"
        )
    for found in (served, nowhere, held):
        assert KEY not in repr(found)
        assert "whole credential" in found.url
        assert len(found.content_type) <= downloads.MOST_TYPE + 1
    assert b"whole credential" in served.body
    assert "whole credential" in served.content_type
