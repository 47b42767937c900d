"""Which results can carry a certificate, and how long one holds."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.result.certifying import day_of, last_day, reasons_against
from conformance.result.model import Verdict, Waivers
from tests.bundle.making import CERTIFIABLE
from tests.result.samples import WAIVER

if TYPE_CHECKING:
    from conformance.result.model import Result


def changed(**changes: Any) -> Result:
    return replace(CERTIFIABLE, **changes)


def with_target(**changes: Any) -> Result:
    return changed(target={**CERTIFIABLE.target, **changes})


def test_a_full_observed_challenged_conformant_run_can_carry_one_for_a_year() -> None:
    assert reasons_against(CERTIFIABLE) == ()
    assert last_day(CERTIFIABLE) == dt.date(2027, 6, 15)


REFUSED = {
    "verdict": (changed(verdict=Verdict.NONCONFORMANT), "its verdict is nonconformant"),
    "incomplete": (changed(verdict=Verdict.INCOMPLETE), "its verdict is incomplete"),
    "profile": (changed(profile="core"), "it is of the profile core; run with --profile full"),
    "one side": (with_target(observe=None), "nobody looked at the provider's side; run with --observe"),
    "own seed": (
        changed(challenge=None),
        "its seed is not from whoever certifies; run with --challenge and the text that they drew",
    ),
    "selection": (
        changed(selection=("--check n=11", "--level must")),
        "it judged a selection only; run without --check n=11, --level must",
    ),
    "shard": (changed(shard="1/2"), "it is shard 1/2; put all together: conformance merge"),
    "waived": (
        changed(waivers=Waivers(applied=2)),
        "waivers cover 2 of its requirements, and no failure may be waived",
    ),
    "stale waiver": (
        changed(waivers=Waivers(given=(replace(WAIVER, state="stale"),))),
        "a waiver fails the run; remove those that it names",
    ),
    "insecure": (
        with_target(insecure=True),
        "no certificate of the target was verified; run without --insecure",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_each_rule_refuses_alone_and_says_what_to_do(name: str) -> None:
    result, reason = REFUSED[name]
    assert reasons_against(result) == (reason,)
    assert last_day(result) is None


def test_all_reasons_are_told_at_once() -> None:
    assert (
        len(reasons_against(changed(profile="smoke", challenge=None, selection=("--level",)))) == 3
    )


@pytest.mark.parametrize(
    "allowed",
    [
        changed(waivers=Waivers(given=(replace(WAIVER, state="unused"),))),
        changed(contract={**CERTIFIABLE.contract, "set": "1.1.0", "set_state": "draft"}),
        with_target(embedded=True),
        with_target(url="http://127.0.0.1:8080"),
        changed(evidence=None),
    ],
)  # fmt: skip
def test_what_lowers_its_worth_is_said_on_it_and_refuses_none(allowed: Result) -> None:
    assert reasons_against(allowed) == ()


@pytest.mark.parametrize(
    ("started", "day"),
    [
        ("2026-06-15T23:30:00-05:00", dt.date(2026, 6, 16)),
        ("2024-02-29T00:00:00+00:00", dt.date(2024, 2, 29)),
        ("2026-06-15T23:30:00", None),
        ("yesterday", None),
        ("9999-06-15T00:00:00+00:00", None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_the_day_is_that_of_utc_and_none_where_nobody_can_tell(
    started: str, day: dt.date | None
) -> None:
    assert day_of(changed(started=started)) == day
    assert (last_day(changed(started=started)) is None) is (day is None)
