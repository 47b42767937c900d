"""Bearer authentication: what opens the door, and what must not."""

from dataclasses import replace

from conformance.cases.combinations import covering
from conformance.cases.malformed_bodies import NEVER_SERVED, WITHOUT_CREDENTIAL
from conformance.cases.spec import DRAWN, PLAIN, Spec, fault, with_credential
from conformance.http.exchange import Exchange
from conformance.judging.declare import Record, observes, sends, sends_together, verifies
from conformance.judging.ends import NotApplicable, Untestable
from conformance.judging.expect import NO_ENTRY, each, expect, fail, some
from conformance.judging.probe import Probe
from conformance.judging.secrets import leaks
from conformance.provider.journal import PROVIDERS_KEY
from conformance.target.target import Target


def kind(name: str) -> Spec:
    return with_credential(name, name)


def bad(label: str, name: str = "default", change: str = "", **more: str) -> Spec:
    """Return a good request with a bad credential; its control has the credential it is made from."""
    control = PLAIN if name in ("default", "expired") else kind(name)
    return replace(
        fault(with_credential(label, name, change, **more), control=control), picture=NEVER_SERVED
    )


@verifies("AUTH-1")
@sends([kind("virtual-key-jwt")])
def test_a_virtual_key_jwt_is_accepted(exchange: Exchange) -> None:
    expect(exchange).accepted()


@verifies("AUTH-2")
@sends([kind("admin-jwt")])
def test_an_admin_jwt_is_accepted(exchange: Exchange) -> None:
    expect(exchange).accepted()


@verifies("AUTH-3")
@sends([kind("virtual-key")])
def test_a_virtual_key_is_accepted(exchange: Exchange) -> None:
    expect(exchange).accepted()


@verifies("AUTH-4", profile="smoke")
@sends(
    [
        WITHOUT_CREDENTIAL,
        bad("an empty header", change="empty", scheme=""),
        bad("the scheme alone", change="empty"),
        bad("a malformed credential", change="malformed"),
        bad("the credential without a scheme", scheme=""),
    ]
)
def test_without_a_credential_there_is_no_entry(exchange: Exchange) -> None:
    expect(exchange).no_entry()


@verifies("AUTH-5")
@sends(
    [
        bad("an unknown credential", change="unknown"),
        bad("the credential with a letter that is not ASCII", change="not ASCII"),
        bad("not.a.jwt", change="three words for a JWT"),
        bad("a JWT of broken JSON", change="broken JSON for a JWT"),
        bad("the credential under Basic", scheme="Basic"),
        bad("the credential under Digest", scheme="Digest"),
        bad("the credential under Token", scheme="Token"),
    ]
)
def test_an_unknown_credential_or_scheme_gives_no_entry(exchange: Exchange) -> None:
    expect(exchange).no_entry()


@verifies("AUTH-6", reads="every answer")
def test_a_401_says_how_to_authenticate(answers: list[Exchange]) -> None:
    refused = [e for e in answers if e.status == 401]
    if not refused:
        raise NotApplicable("the gateway answered no request with 401")
    each((e, "a 401 without WWW-Authenticate") for e in refused if not e.header("www-authenticate"))


@verifies("AUTH-7")
@sends([covering(scheme="bearer")])
def test_the_scheme_is_accepted_in_lower_case(exchange: Exchange) -> None:
    expect(exchange).accepted()


@verifies("AUTH-8")
@sends(
    [
        bad(f"in the query, as {name}", query=name)
        for name in ("access_token", "api_key", "key", "token")
    ]
)
def test_a_credential_in_the_query_gives_no_entry(exchange: Exchange) -> None:
    expect(exchange).no_entry()


@verifies("AUTH-9")
@sends(
    [
        bad(f"JWT, {change}", "jwt", change)
        for change in (
            "signature changed", "payload changed", "alg none", "alg None", "alg nOnE", "signature cut off",
        )
    ]
)  # fmt: skip
def test_a_changed_jwt_gives_no_entry(exchange: Exchange) -> None:
    expect(exchange).no_entry()


@verifies("AUTH-10")
@sends([bad(f"JWT, {c}", "jwt", c) for c in ("own jwk", "own jku", "kid path", "empty secret")])
def test_a_forged_jwt_gives_no_entry(exchange: Exchange) -> None:
    expect(exchange).no_entry()


@verifies("AUTH-10", probes=True)
@sends_together(jku=bad("JWT, own jku", "jwt", "own jku"))
def test_a_jku_is_never_fetched(exchanges: dict[str, Exchange], probe: Probe) -> None:
    probe.answers()
    if any("/jku" in line for line in probe.overheard()):
        fail("the gateway never to fetch the address in jku; it did", exchanges["jku"])
    if not probe.canary_counts:
        raise NotApplicable(
            "the suite does not know whether the gateway can reach its canary: if it can, give"
            " --listen HOST:PORT and --declare listener-reachable"
        )


@verifies("AUTH-11")
@sends([bad("an expired JWT", "expired")])
def test_an_expired_jwt_gives_no_entry(exchange: Exchange) -> None:
    expect(exchange).no_entry()


@verifies("AUTH-12")
@sends(
    [
        bad(f"virtual key, {change}", "virtual-key", change)
        for change in (
            "one character changed", "last character changed", "cut", "cut by one", "lengthened",
            "other case",
        )
    ]
)  # fmt: skip
def test_a_changed_virtual_key_gives_no_entry(exchange: Exchange) -> None:
    expect(exchange).no_entry()


UNKNOWN = bad("an unknown credential", change="unknown")


@verifies("AUTH-13")
@sends_together(
    known=UNKNOWN,
    unknown=replace(
        UNKNOWN,
        label="an unknown credential and model",
        model=f"no-such-provider-{DRAWN}/no-such-model",
    ),
)
def test_a_bad_credential_learns_nothing_of_models(exchanges: dict[str, Exchange]) -> None:
    known, unknown = (expect(exchanges[name]).judged() for name in ("known", "unknown"))
    if known.status not in NO_ENTRY:
        raise NotApplicable(
            "the gateway does not turn an unknown credential away, so it keeps no model from anyone:"
            f" {known.outcome}; AUTH-5 judges that"
        )
    if known.status != unknown.status:
        fail(f"{known.outcome}, as for a known model", unknown)


def repeating(bad_one: Spec) -> dict[str, Spec]:
    """Return a bad credential on a new request, and on one just served to a good credential."""
    again = replace(bad_one, label=f"{bad_one.label}, on a served request", picture="", after=PLAIN)
    return {"own": bad_one, "served": again}


def opens_no_door(exchanges: dict[str, Exchange]) -> None:
    own = expect(exchanges["own"]).judged()
    if own.ok:
        raise NotApplicable(
            "the gateway lets this credential in on a new request too, which AUTH-4 and AUTH-5"
            f" judge: {own.outcome}"
        )
    if own.status not in NO_ENTRY:
        raise Untestable(f"the gateway does not turn this credential away: {own.outcome}")
    expect(exchanges["served"]).no_entry()


@verifies("AUTH-14")
@sends_together(**repeating(UNKNOWN))
def test_a_served_request_opens_no_door_to_an_unknown_credential(
    exchanges: dict[str, Exchange],
) -> None:
    opens_no_door(exchanges)


@verifies("AUTH-14")
@sends_together(**repeating(WITHOUT_CREDENTIAL))
def test_a_served_request_opens_no_door_without_a_credential(
    exchanges: dict[str, Exchange],
) -> None:
    opens_no_door(exchanges)


@verifies("AUTH-15", reads="every answer", busy=True, faults=True)
def test_no_answer_repeats_the_credential(answers: list[Exchange], target: Target) -> None:
    if target.auth == "none":
        raise NotApplicable("the target is declared to have no authentication (--auth none)")
    each((e, found) for e in some(answers, "answer") if (found := leaked(e)))


def leaked(exchange: Exchange) -> str:
    """Return what an answer repeats of a client's credential; PROVIDER-12 judges the provider's."""
    told = (leak for leak in leaks(exchange) if leak.name != PROVIDERS_KEY)
    first = next(told, None)
    return f"the answer repeats a credential ({first.mark})" if first else ""


@observes("AUTH-O1")
@sends([PLAIN])
def test_how_the_credential_travels(exchange: Exchange, record: Record) -> None:
    record(f"over {exchange.request.url.partition(':')[0]}")


@observes("AUTH-O2")
@sends([WITHOUT_CREDENTIAL])
def test_what_a_request_without_a_credential_gets(exchange: Exchange, record: Record) -> None:
    record(exchange.outcome)
