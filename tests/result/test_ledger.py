"""The ledger: every count of a run is kept, and the counts of all shards become one."""

from __future__ import annotations

import dataclasses

from conformance.result import merge
from conformance.result.model import Ledger
from conformance.send.usage import Usage


def test_every_field_of_the_ledger_is_counted() -> None:
    counted = {f.name for f in dataclasses.fields(Usage)}
    assert {f.name for f in dataclasses.fields(Ledger)} <= counted


def test_shards_are_added_up_and_the_most_in_flight_is_that_of_the_busiest() -> None:
    one = Ledger(10, 1, 2, 3, 4, 0.1, {"n": 1, "size": 2}, 1, 5, 6)
    other = Ledger(20, 0, 1, 0, 7, 0.2, {"n": 4}, 0, 0, 0)
    assert merge._ledger([one, other]) == Ledger(
        *(30, 1, 3, 3, 7, 0.3, {"n": 5, "size": 2}, 1, 5, 6)
    )


def test_one_shard_is_kept_as_it_is() -> None:
    only = Ledger(10, 1, 2, 3, 4, 0.125, {"size": 2, "n": 1}, 1, 5, 6)
    assert merge._ledger([only]) == only
