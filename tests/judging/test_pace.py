"""Slow is what takes over five seconds and ten times what a harmless request of the same size takes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.judging.pace import cut_off, out_of_proportion
from tests.values import exchange

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange


def taking(seconds: float) -> Exchange:
    return replace(exchange(400), elapsed_s=seconds)


def dropped(seconds: float = 0.0) -> Exchange:
    return replace(exchange(400), reply=None, failure="dropped", elapsed_s=seconds)


@pytest.mark.parametrize(
    ("seconds", "harmless", "slow"),
    [(6.0, 0.1, True), (4.0, 0.1, False), (6.0, 0.7, False), (60.0, 7.0, False), (60.0, 5.0, True)],
)
def test_both_bounds_have_to_be_passed(seconds: float, harmless: float, *, slow: bool) -> None:
    assert out_of_proportion(taking(seconds), taking(harmless)) is slow


def test_a_connection_that_is_cut_after_a_long_time_is_slow_too() -> None:
    assert out_of_proportion(dropped(30.0), taking(0.1))


def test_what_was_never_answered_has_no_time() -> None:
    silent = replace(exchange(400), reply=None, failure="timeout", elapsed_s=60.0)
    assert not out_of_proportion(silent, taking(0.1))
    assert not out_of_proportion(taking(60.0), silent)


def test_a_server_or_a_proxy_may_close_instead_of_reading_it_all() -> None:
    assert cut_off(dropped())
    assert cut_off(exchange(502, body=b"<html>Bad Gateway"))
    assert not cut_off(exchange(502, body=b'{"error": {"message": "x"}}'))
    assert not cut_off(exchange(400))
    assert not cut_off(replace(dropped(), failure="budget"))
