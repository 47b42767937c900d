"""The rows of --fetch-from: hosts and networks, and one clear sentence for everything else."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from conformance.errors import UsageError
from conformance.http.urls.locations import located
from conformance.target import sources
from tests.serving import KEY, target_at

URL = "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("row", "url", "address"),
    [
        ("minio", "http://minio:1/", "10.0.0.1"),
        ("MinIO.", "https://minio/", "10.0.0.1"),
        ("minio:9000", "http://minio:9000/", "10.0.0.1"),
        ("minio:80", "http://minio/", "10.0.0.1"),
        ("10.0.0.1", "http://any/", "10.0.0.1"),
        ("10.0.0.1:443", "https://any/", "10.0.0.1"),
        ("::1", "http://any/", "::1"),
        ("[::1]:80", "http://any/", "::1"),
        ("[::1]", "http://any/", "::1"),
        ("::ffff:10.0.0.1", "http://any/", "10.0.0.1"),
        ("10.0.0.0/8", "http://any:5/", "10.255.255.255"),
        ("10.0.0.1/32", "http://any:5/", "10.0.0.1"),
        ("fd00::/8", "http://any/", "fd12::1"),
        ("169.254.171.0/24", "http://any/", "169.254.171.9"),
        ("fe80::/64", "http://any/", "fe80::1"),
    ],
)
def test_a_row_allows_what_it_says(row: str, url: str, address: str) -> None:
    (source,) = sources.build([row])
    assert source.has(located(url), ip_address(address))


@pytest.mark.parametrize(
    ("row", "url", "address"),
    [
        ("minio", "http://minio.example/", "10.0.0.1"),
        ("minio:80", "https://minio/", "10.0.0.1"),
        ("10.0.0.1", "http://10.0.0.2/", "10.0.0.2"),
        ("10.0.0.0/8", "http://any/", "11.0.0.1"),
        ("10.0.0.0/8", "http://any/", "fd00::1"),
        ("0.0.0.0/0", "http://any/", "169.254.171.9"),
        ("169.0.0.0/8", "http://any/", "169.254.171.9"),
        ("169.254.0.0/15", "http://any/", "169.254.171.9"),
        ("::/0", "http://any/", "fe80::1"),
    ],
)
def test_a_row_allows_nothing_else(row: str, url: str, address: str) -> None:
    (source,) = sources.build([row])
    assert not source.has(located(url), ip_address(address))


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("http://minio:9000", "is a host, not a url"),
        (f"user:{KEY}@minio", "is a host, not a url"),
        ("minio:port", "is neither HOST, HOST:PORT nor a network"),
        ("minio:99999", "is neither HOST, HOST:PORT nor a network"),
        ("a b", "is neither HOST, HOST:PORT nor a network"),
        ("minio?x", "is neither HOST, HOST:PORT nor a network"),
        ("fe80::1%eth0", "is neither HOST, HOST:PORT nor a network"),
        ("minio/x", "is no network"),
        ("10.0.0.0/33", "is no network"),
        ("10.0.0.1/8", "is no network"),
        ("169.254.169.254", "is the metadata service of a cloud"),
        ("169.254.169.254:80", "is the metadata service of a cloud"),
        ("100.100.100.200/32", "is the metadata service of a cloud"),
        ("[fd00:ec2::254]:80", "is the metadata service of a cloud"),
        ("::ffff:169.254.169.254", "is the metadata service of a cloud"),
        ("metadata.google.internal", "is the metadata service of a cloud"),
    ],
)
def test_another_row_is_one_clear_sentence(row: str, says: str) -> None:
    with pytest.raises(UsageError) as raised:
        target_at(URL, fetch_from=[row])
    assert says in str(raised.value)
    assert "--fetch-from" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert KEY not in str(raised.value)


def test_reports_and_a_resumed_run_name_the_rows() -> None:
    assert target_at(URL, fetch_from=["minio:9000"]).describe()["fetch_from"] == ["minio:9000"]
    assert target_at(URL).describe()["fetch_from"] == []
