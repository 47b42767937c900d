"""Falls of the gateway's process come back from evidence as a run saw them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from conformance.http.exchange import Exchange, Reply
from conformance.send.outages import written
from conformance.send.outages.asked import Asked
from conformance.send.outages.falls import Culprit, Fall
from tests.values import request

FIRST = Exchange(request("first"), Reply(200, (), b"{}"))
SECOND = Exchange(replace(request("second"), copy=1), None, "dropped", "gone")
KNOWN = {e.id: e for e in (FIRST, SECOND)}
FALLS = (
    Fall(10.5, 1.5, sure=True, candidates=[Asked(FIRST.request, 1.0, 1.25, 200, "200")], back=True),
    Fall(
        *(20.0, 2.0, False),
        [Asked(SECOND.request, 1.0)],
        looked_into=True,
        culprits=(Culprit(SECOND, "twice", "second", FIRST.id),),
    ),
)


def test_falls_come_back_equal() -> None:
    rows = json.loads(json.dumps(written.as_rows(FALLS)))
    assert written.of_rows(rows, KNOWN) == FALLS


def test_a_fall_names_exchanges_of_its_run_alone() -> None:
    rows = json.loads(json.dumps(written.as_rows(FALLS)))
    with pytest.raises(KeyError):
        written.of_rows(rows, {FIRST.id: FIRST})


@pytest.mark.parametrize("rows", [None, {}, [1], [{"at": "soon"}]])
def test_rows_that_are_no_falls_are_refused(rows: object) -> None:
    with pytest.raises(ValueError, match=r"is |lacks "):
        written.of_rows(rows, KNOWN)
