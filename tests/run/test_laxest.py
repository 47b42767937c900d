"""What a run pays on a gateway that checks nothing, and that it fails there in all that it must."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.reference import laxest
from conformance.reference.behaviour import Behaviour
from conformance.reference.demo import DEMO_VARIABLES
from conformance.reference.server import running
from conformance.result.model import Status
from conformance.run import judge, launch
from conformance.send import spare
from tests.amount import some

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.result.model import Result

FAILED = {
    *("MEDIA-2", "MEDIA-4", "METHOD-1", "AUTH-4", "AUTH-5", "AUTH-9", "AUTH-10", "AUTH-11"),
    *("AUTH-12", "MODEL-1", "MODEL-4", "IMAGE-4", "IMAGE-5", "IMAGE-7", "N-2", "N-3"),
    *("N-4", "SIZE-2", "FORMAT-6"),
}
WARNED = {
    *("MEDIA-3", "MEDIA-5", "METHOD-2", "AUTH-8", "MODEL-2", "MODEL-5", "IMAGE-6", "IMAGE-8"),
    *("N-5", "SIZE-3", "FORMAT-10", "FALLBACKS-7", "TENANT-1"),
}


def flags_of(folder: Path, url: str) -> dict[str, Any]:
    """Return the flags of a run with every kind of credential."""
    return {
        "url": url,
        "report_dir": str(folder),
        "seed": 1,
        "timeout": 3,
        "api_key_env": list(DEMO_VARIABLES.api_keys),
        "other_tenant_key_env": DEMO_VARIABLES.other_tenant,
        "expired_key_env": DEMO_VARIABLES.expired,
        "failing_model": DEMO_VARIABLES.failing_model,
    }


def judged(items: Callable[[int], int], folder: Path, **flags: str) -> Result:
    with running(laxest.accepts_everything(items)(Behaviour())) as url:
        known = flags_of(folder, url) | flags
        return judge.judge(launch.session_for(known, DEMO_VARIABLES.environment()))


@functools.cache
def most_of(profile: str) -> int:
    """Return what a dry run, which writes nothing, says that such a gateway makes at most."""
    flags = flags_of(Path("nowhere"), "http://127.0.0.1:9") | {"profile": profile, "dry_run": True}
    session = launch.session_for(flags, DEMO_VARIABLES.environment())
    judge.run_checks(session)
    register, purse = session.channel.register, spare.PURSES[session.options.profile]
    return spare.most_paid(register.plan.requests.values(), register.readers, purse)


@pytest.mark.parametrize(
    ("items", "profile"),
    some(
        [
            (laxest.as_asked, "core"),
            (laxest.at_most_ten, "core"),
            (laxest.always_one, "core"),
            (laxest.as_asked, "full"),
        ],
        of=3,
    ),
)
def test_a_gateway_that_checks_nothing_pays_a_bounded_price(
    items: Callable[[int], int], profile: str, tmp_path: Path
) -> None:
    result = judged(items, tmp_path, profile=profile)
    broken = FAILED | ({"N-1"} if items is laxest.always_one else set())
    assert {r.id for r in result.requirements if r.status is Status.FAIL} == broken
    assert {r.id for r in result.requirements if r.status is Status.WARN} == WARNED
    assert result.images <= most_of(profile)
    said = [c.message for r in result.requirements for c in r.checks if "not asked:" in c.message]
    assert any("was accepted already, and so was" in text for text in said)


@pytest.mark.parametrize("most", [5, 20, 40])
def test_the_cap_is_never_passed(most: int, tmp_path: Path) -> None:
    result = judged(laxest.as_asked, tmp_path, max_images=str(most))
    assert result.images <= most
    assert {r.id for r in result.requirements if r.status is Status.FAIL} <= FAILED
