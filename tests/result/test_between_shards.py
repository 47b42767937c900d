"""What shards of one run may say differently: the port of an embedded gateway, certificates, versions."""

from __future__ import annotations

from conformance.result import between_shards

ONE, OTHER = {"sha256": "a"}, {"sha256": "b"}


def test_another_certificate_is_no_other_target() -> None:
    first, second = ({"url": "https://g", "certificate": [row]} for row in (ONE, OTHER))
    assert between_shards.common(first) == between_shards.common(second) == {"url": "https://g"}
    assert between_shards.common({"url": "1", "embedded": True}) == between_shards.common(
        {"url": "2", "embedded": True}
    )


def test_the_whole_target_has_the_certificates_of_all_shards() -> None:
    found = [{"url": "u", "certificate": rows} for rows in ([ONE], None, [ONE, OTHER])]
    assert between_shards.target(found) == {"url": "u", "certificate": [ONE, OTHER]}
    assert between_shards.target([{"url": "u"}])["certificate"] is None


def test_versions_that_differ_are_all_told() -> None:
    assert between_shards.versions([{"python": "3.11"}, {"python": "3.12", "h11": "1"}]) == {
        "python": "3.11, 3.12",
        "h11": "1",
    }
