"""Whatever a url, a redirect or a name leads to, and whatever is allowed: no metadata service is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.send.urls.learnt import Learnt
from tests.proxying import proxy
from tests.send.downloading import HERE, Names, fetched
from tests.serving import Answer, Loopback, target_at

if TYPE_CHECKING:
    from conformance.target.target import Target

PUBLIC = target_at("http://93.184.216.34")
ITSELF = target_at("http://169.254.169.254")
ALL = target_at("http://127.0.0.1:1", fetch_from=["0.0.0.0/0", "::/0", "leads.example"])


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254", "2852039166", "0xA9FEA9FE", "0xa9.0xfe.0xa9.0xfe", "0251.0376.0251.0376", "169.254.43518", "169.254.169.254.",
        "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::a9fe:a9fe]", "[2002:a9fe:a9fe::]", "[::a9fe:a9fe]",
        "[fd00:ec2::254]", "[FD00:0EC2:0:0:0:0:0:0254]", "100.100.100.200", "168.63.129.16", "192.0.0.192", "169.254.170.2",
        "１６９。２５４．169｡254", "169。254。169。254", "①⑥⑨.254.169.254", "%31%36%39.254.169.254", "16%39%2e254.169.254",
        "metadata.google.internal", "METADATA.google.internal.", "metadata", "metadata。google.internal", "leads.example", "rather.example",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "target",
    [HERE, PUBLIC, ITSELF, ALL],
    ids=["loopback", "public", "itself", "all-allowed"],
)
def test_a_metadata_service_is_never_asked(host: str, target: Target) -> None:
    names = Names(leads_example="169.254.169.254", rather_example="fd00:ec2::254")
    learnt = Learnt(lookup=names)
    (found,) = fetched(f"http://{host}/latest/meta-data", target=target, learnt=learnt)
    assert found.skipped
    assert found.status is None
    assert "the metadata service of a cloud" in found.problem


@pytest.mark.parametrize("host", ["0xA9FEA9FE", "[::ffff:a9fe:a9fe]", "leads.example"])
def test_a_redirect_to_a_metadata_service_is_not_followed(host: str) -> None:
    location = {"location": f"http://{host}/latest/meta-data"}
    learnt = Learnt(lookup=Names(leads_example="169.254.169.254"))
    with Loopback(lambda _: Answer(302, b"", location)) as server:
        (found,) = fetched(f"{server.url}/p", target=ALL, learnt=learnt)
    assert found.skipped
    assert "the metadata service of a cloud" in found.problem


def test_no_proxy_is_asked_for_a_metadata_service() -> None:
    hosts = ("169.254.169.254", "2852039166", "0xa9fea9fe", "[::ffff:a9fe:a9fe]", "metadata.google.internal", "leads.example")  # fmt: skip
    learnt = Learnt(lookup=Names(leads_example="169.254.169.254 8.8.8.8"))
    with proxy() as through:
        for url in ("http://127.0.0.1:1", "http://169.254.169.254", "http://leads.example"):
            target = target_at(url, proxy=through.url, fetch_from=["0.0.0.0/0"])
            found = fetched(*(f"http://{h}/" for h in hosts), target=target, learnt=learnt)
            assert [f.skipped for f in found] == [True] * len(hosts)
    assert through.asked == []
