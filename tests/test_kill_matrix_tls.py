"""Behind TLS, as gateways usually are, the same defects are found and no variant is blamed.

A relay takes TLS off and passes bytes on; nginx is a server of its own, which buffers bodies and
answers some malformed messages itself. CONFORMANCE_MATRIX=all tries every defect and variant
behind the relay (`make matrix-tls`); without it a few stand for all.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.cli.embedded_runs import judged
from conformance.cli.selftest import blamed, try_defect, try_variant
from conformance.reference.catalogue import DEFECTS, VARIANTS
from conformance.result.model import Verdict
from conformance.run import garbage
from tests.amount import EVERYTHING

from . import tls

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.cli.embedded_runs import Before
    from conformance.reference.differences import Defect, Variant

# Those that need a connection of a certain kind first, then some of other clauses.
SOME_DEFECTS = frozenset(
    {
        *("malformed-message-hangs", "pipelined-out-of-order", "body-left-unread"),
        *("odd-request-fails-once", "expectation-refused", "delimiter-in-two-reads-missed"),
        *("accept-streams", "malformed-credential-500", "n-one-more"),
    }
)
# What nginx answers in the gateway's place has no envelope: where the gateway cuts a connection, 502.
WARNS_BEHIND_NGINX = {"cuts-large-uploads": ("ERROR-2",)}
SOME_BEHIND_TLS = frozenset({"both-keys", "fans-out", "deployed-once"})
SOME_BEHIND_NGINX = frozenset({"rehosts", "cuts-large-uploads"})


@pytest.fixture(autouse=True, scope="session")
def _seldom() -> None:
    """Collect garbage as seldom as a run and the self-test do."""
    garbage.collect_seldom()


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> tls.Authority:
    return tls.authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def relay(own: tls.Authority) -> Before:
    return lambda url: tls.relay(url, own.server())


@pytest.fixture
def nginx(own: tls.Authority, tmp_path: Path) -> Before:
    return lambda url: tls.nginx(url, own, tmp_path)


@pytest.mark.parametrize(
    "defect", [d for d in DEFECTS if EVERYTHING or d.id in SOME_DEFECTS], ids=lambda d: d.id
)
def test_a_defect_behind_tls_breaks_exactly_its_requirements(
    defect: Defect, relay: Before, own: tls.Authority
) -> None:
    assert not try_defect(defect, before=relay, ca=str(own.file)).problem


@pytest.mark.parametrize(
    "variant", [v for v in VARIANTS if EVERYTHING or v.id in SOME_BEHIND_TLS], ids=lambda v: v.id
)
def test_a_variant_behind_tls_is_not_blamed(
    variant: Variant, relay: Before, own: tls.Authority
) -> None:
    assert not try_variant(variant, before=relay, ca=str(own.file)).problem


@pytest.mark.parametrize(
    "variant",
    [v for v in VARIANTS if v.id in SOME_BEHIND_NGINX or (EVERYTHING and not v.observed)],
    ids=lambda v: v.id,
)
def test_a_variant_behind_nginx_is_not_blamed(
    variant: Variant, nginx: Before, own: tls.Authority
) -> None:
    more = WARNS_BEHIND_NGINX.get(variant.id, ())
    behind = replace(variant, warns=(*variant.warns, *more))
    assert not try_variant(behind, before=nginx, ca=str(own.file)).problem


@pytest.mark.parametrize(
    ("before", "profile"),
    # A full run sends all that a core run does.
    [("relay", "core"), ("nginx", "full"), *([("nginx", "core")] if EVERYTHING else [])],
)
def test_the_reference_gateway_behind_tls_conforms(
    before: str, profile: str, own: tls.Authority, request: pytest.FixtureRequest
) -> None:
    stands: Before = request.getfixturevalue(before)
    result = judged(before=stands, ca=str(own.file), profile=profile)
    assert blamed(result) == {}
    assert result.verdict is Verdict.CONFORMANT
