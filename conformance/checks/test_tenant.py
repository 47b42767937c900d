"""Two tenants: nothing that one tenant sent reaches the other."""

from dataclasses import replace

from conformance.cases.spec import PLAIN, Upload, variation
from conformance.http.exchange import Exchange
from conformance.http.request import Credential
from conformance.judging.declare import sends_together, verifies
from conformance.judging.ends import NotApplicable, Untestable
from conformance.judging.expect import expect, fail

CANARY = "canary-7f3a-of-tenant-a"
OWNERS = replace(
    variation("tenant A's request", user=CANARY), upload=Upload(filename=f"{CANARY}.png")
)
OTHERS = replace(
    OWNERS,
    label="tenant B repeats it",
    credential=Credential("other-tenant"),
    same_picture_as=OWNERS,
    after=OWNERS,
)
OTHERS_OWN = replace(
    PLAIN, label="tenant B's own request", credential=Credential("other-tenant"), after=OWNERS
)


def where_both_are_served(exchanges: dict[str, Exchange]) -> None:
    """End the check unless the gateway serves both tenants: whether it must, AUTH says."""
    for name in ("owner", "own"):
        exchange = expect(exchanges[name]).judged()
        if not exchange.ok:
            raise Untestable(
                f"the gateway did not accept {exchange.request.label}: {exchange.outcome}; name a"
                " credential that works with --other-tenant-key-env"
            )


@verifies("TENANT-1")
@sends_together(owner=OWNERS, own=OTHERS_OWN, other=OTHERS)
def test_a_tenant_gets_no_hit_of_another(exchanges: dict[str, Exchange]) -> None:
    where_both_are_served(exchanges)
    if expect(exchanges["owner"]).accepted().from_cache:
        raise NotApplicable(
            "the first answer came from the cache, so a hit for the other tenant tells nothing new"
        )
    if expect(exchanges["other"]).accepted().from_cache:
        fail("no cache hit for another tenant", exchanges["other"])


@verifies("TENANT-2")
@sends_together(owner=OWNERS, own=OTHERS_OWN)
def test_what_a_tenant_sent_reaches_no_other(exchanges: dict[str, Exchange]) -> None:
    where_both_are_served(exchanges)
    other = exchanges["own"]
    reply = other.reply
    shown = (*reply.texts, *(value for _, value in reply.headers)) if reply else ()
    if any(CANARY in text for text in shown):
        fail(f"nothing of tenant A's {CANARY!r} in an answer to tenant B", other)
