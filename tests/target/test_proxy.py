"""The proxy of a run: its address, what of it is secret, and the variables that are ignored."""

from __future__ import annotations

import pytest

from conformance.errors import UsageError
from conformance.run import launch
from conformance.target import proxy
from tests.serving import KEY, target_at

URL = "https://gateway.example"


def test_who_asks_is_a_secret_of_the_run() -> None:
    target = target_at(URL, proxy="http://robot:s3cr%40t-word@proxy.example:3128")
    assert target.proxy is not None
    assert target.proxy.url == "http://proxy.example:3128"
    assert target.proxy.headers == (("Proxy-Authorization", "Basic cm9ib3Q6czNjckB0LXdvcmQ="),)
    known = {s.value for s in target.secrets}
    assert {"s3cr@t-word", "s3cr%40t-word", "cm9ib3Q6czNjckB0LXdvcmQ="} <= known
    assert "s3cr" not in repr(target) + str(target.describe())


@pytest.mark.parametrize(
    "text",
    [
        *("https://p.example:3128", "socks5://u:hidden@p.example", "p.example:3128", "http://"),
        *("http://u:hidden@p.example:99999", "http://p.example/path"),
    ],
)
def test_what_is_no_http_proxy_is_a_usage_error_without_a_credential(text: str) -> None:
    with pytest.raises(UsageError, match="--proxy") as raised:
        target_at(URL, proxy=text)
    assert "hidden" not in str(raised.value)


def test_the_command_of_the_reports_names_no_credential_of_the_proxy() -> None:
    given = "http://u:hidden@p.example:3128"
    known, _ = proxy.build(given)
    for command in (f"conformance run {URL} --proxy {given}", f"conformance run --proxy={given}"):
        shown = proxy.without_userinfo(command, known)
        assert "hidden" not in shown
        assert "http://USER:PASSWORD@p.example:3128" in shown


@pytest.mark.parametrize(
    ("environment", "url", "named"),
    [
        ({"HTTPS_PROXY": "http://p"}, URL, "HTTPS_PROXY"),
        ({"https_proxy": "http://p"}, URL, "https_proxy"),
        ({"ALL_PROXY": "http://p"}, URL, "ALL_PROXY"),
        ({"HTTP_PROXY": "http://p"}, URL, ""),
        ({"HTTP_PROXY": "http://p"}, "http://gateway.example", "HTTP_PROXY"),
        ({"HTTPS_PROXY": ""}, URL, ""),
        ({"HTTPS_PROXY": "http://p", "NO_PROXY": "x.example, .example"}, URL, ""),
        ({"HTTPS_PROXY": "http://p", "no_proxy": "*"}, URL, ""),
        ({"HTTPS_PROXY": "http://p", "NO_PROXY": "other.example"}, URL, "HTTPS_PROXY"),
    ],
)
def test_a_variable_that_is_ignored_is_told(
    environment: dict[str, str], url: str, named: str
) -> None:
    note = proxy.ignored(url, environment)
    assert (f"The variable {named} names a proxy" in note) if named else (note == "")


def test_a_run_notes_the_variable_unless_it_is_not_meant(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    environment = {
        "CONFORMANCE_API_KEY": KEY,
        "HTTPS_PROXY": "http://u:hidden@p",
        "HTTP_PROXY": "x",
    }

    def notes(url: str, **flags: str) -> tuple[str, ...]:
        folder = str(tmp_path_factory.mktemp("reports"))
        given = {"url": url, "dry_run": True, "report_dir": folder, **flags}
        session = launch.session_for(given, environment)
        session.channel.close()
        return session.options.notes

    (note,) = notes(URL)
    assert "HTTPS_PROXY" in note
    assert "hidden" not in note
    assert notes(URL, proxy="http://p:3128") == ()
    assert notes("http://127.0.0.1:1", auth="none") == ()
