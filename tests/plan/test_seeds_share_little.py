"""Of two runs with other seeds few requests are equal: a table of one answers nearly nothing of the other."""

from __future__ import annotations

import hashlib
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from conformance.http.images import pictures
from conformance.run import judge, launch
from conformance.run.order import in_order
from conformance.target.challenge import seed_of
from tests.plan.planning import URL
from tests.serving import KEY

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.contract.profiles import Profile
    from conformance.http.request import Request
    from conformance.plan.plan import Plan
    from conformance.run.session import Session

SEEDS = (1, 2, seed_of("a text of a certifier"))
FEWER_THAN = 0.1


@cache
def session(profile: Profile, seed: int, folder: Path, observe: str, image: str) -> Session:
    flags = {"profile": profile, "seed": seed, "observe": observe or None, "image": image or None}
    known = {"url": URL, "dry_run": True, "report_dir": str(folder), **flags}
    made = launch.session_for(known, {"CONFORMANCE_API_KEY": KEY})
    judge.run_checks(made)
    return made


def digest(request: Request) -> str:
    """What a table can know a request by: all that a server gets, but for the credential."""
    sent = (request.method, request.path, request.headers, request.body, request.delivery)
    return hashlib.sha256(repr(sent).encode()).hexdigest()


def digests(plan: Plan) -> list[str]:
    return [digest(r) for r in (*plan.requests.values(), *plan.optional.values())]


def shared(one: Plan, other: Plan) -> tuple[int, int]:
    """How many requests of the other plan a table of the first one answers, and how many there are."""
    table = set(digests(one))
    planned = [digest(r) for r in other.requests.values()]
    return sum(d in table for d in planned), len(planned)


def say(what: str, known: int, count: int) -> None:
    print(f"{what}: {known} of {count} requests are equal ({known / count:.1%})")  # noqa: T201 - the figures of docs/seeds.md


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reports")


@pytest.mark.parametrize(
    ("profile", "observe"),
    [("smoke", ""), ("core", ""), ("core", "127.0.0.1:0"), ("full", "")],
    ids=["smoke", "core", "core, observed", "full"],
)
def test_a_table_of_another_seed_answers_fewer_than_a_tenth(
    profile: Profile, observe: str, folder: Path
) -> None:
    seeds = SEEDS[:2] if profile == "full" else SEEDS
    plans = [session(profile, seed, folder, observe, "").channel.plan for seed in seeds]
    for one, other in pairwise(plans):
        known, count = shared(one, other)
        say(f"{profile} {observe}", known, count)
        assert known < FEWER_THAN * count


def test_that_holds_for_the_operators_picture_too(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "own.png").write_bytes(pictures.make("the operator's"))
    image = str(tmp_path / "own.png")
    one, other = (session("core", s, folder, "", image).channel.plan for s in SEEDS[:2])
    known, count = shared(one, other)
    say("core with --image", known, count)
    assert known < FEWER_THAN * count


def test_seeds_send_what_is_good_in_other_orders_and_equal_seeds_in_the_same(folder: Path) -> None:
    def order(seed: int) -> list[str]:
        made = session("core", seed, folder, "", "")
        sent = in_order(made.channel.register, made.options.limits, 1, {})
        return [r.label for r in sent if r.phase == 1 and r.expected != "refused"]

    one, other = order(SEEDS[0]), order(SEEDS[1])
    assert one == order(SEEDS[0])
    same_place = sum(a == b for a, b in zip(one, other, strict=False))
    assert same_place < FEWER_THAN * len(one)


def test_what_follows_another_request_or_shares_a_connection_keeps_its_place(folder: Path) -> None:
    made = session("core", SEEDS[1], folder, "", "")
    planned = list(made.channel.plan.requests.values())
    sent = in_order(made.channel.register, made.options.limits, 1, {})
    assert sorted(r.id for r in sent) == sorted(r.id for r in planned)
    for held in {r.connection for r in planned if r.connection}:
        assert [r.id for r in sent if r.connection == held] == [
            r.id for r in planned if r.connection == held
        ]
