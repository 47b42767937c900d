"""One endpoint, one contract: it holds whatever kind of credential a request carries."""

from dataclasses import replace

from conformance.cases.spec import BAD_N, PLAIN, Spec, Upload, either, fault, uploaded, variation
from conformance.http.exchange import Exchange
from conformance.http.form import text
from conformance.http.request import Credential
from conformance.http.status import kind
from conformance.judging.comparing import body_class
from conformance.judging.declare import Cases, sends_each, verifies
from conformance.judging.ends import Flaky, NotApplicable
from conformance.judging.expect import describe, expect, fail
from conformance.judging.probe import Probe

KINDS = ("virtual-key-jwt", "admin-jwt", "virtual-key")
REFUSED = 4


def of_kind(spec: Spec, name: str) -> Spec:
    """Return the same request with a credential of another kind."""
    return replace(spec, label=f"{spec.label}, {name}", credential=Credential(name))


# What the documentation excludes; a gateway that accepts it makes one picture at most.
NONE_ASKED = fault(variation(n=0), control=variation(n=1))
EXCLUDED = tuple(
    fault(spec, control=PLAIN)
    for spec in (
        variation(size="256x257"),
        variation(response_format="png"),
        variation("no model", model=None),
        uploaded("neither image nor image[]", None),
    )
)


def by_kind(*specs: Spec) -> Cases:
    """Return each spec with the first credential and with one of each kind, which works alone."""
    return {
        f"{spec.label}, {name}": {
            "usual": spec,
            "other": of_kind(spec, name),
            "plain": of_kind(PLAIN, name),
        }
        for spec in specs
        for name in KINDS
    }


def entered(exchanges: dict[str, Exchange]) -> tuple[Exchange, Exchange]:
    """Return the answers with the first credential and with another kind, if that is accepted."""
    if not expect(exchanges["plain"]).judged().ok:
        raise NotApplicable(
            "the gateway does not accept this kind of credential, which AUTH-1 to AUTH-3 judge:"
            f" {exchanges['plain'].outcome}"
        )
    return expect(exchanges["usual"]).judged(), expect(exchanges["other"]).judged()


@verifies("AUTH-16")
@sends_each(by_kind(NONE_ASKED))
def test_n_is_checked_with_each_kind_of_credential(
    exchanges: dict[str, Exchange], case: str
) -> None:
    refused_by_both(exchanges, case)


@verifies("AUTH-16", profile="full")
@sends_each(by_kind(*EXCLUDED))
def test_a_fault_is_refused_with_each_kind_of_credential(
    exchanges: dict[str, Exchange], case: str
) -> None:
    refused_by_both(exchanges, case)


def refused_by_both(exchanges: dict[str, Exchange], case: str) -> None:
    usual, other = entered(exchanges)
    if kind(usual.status) != REFUSED:
        raise NotApplicable(
            "the gateway does not refuse it with the first credential either, which the"
            f" requirement of the field judges: {usual.outcome}"
        )
    if kind(other.status) != REFUSED:
        fail(f"{usual.outcome} for {case}, as with the first credential", other)


# What a server may read in several ways. A reader of the last n refuses the first of them for
# nothing; one of the first makes a picture with each kind of credential.
N_TWICE = replace(either(variation("n=1, then n=abc", n=1)), extra=(text("n", "abc"),))
READ_IN_SEVERAL_WAYS = tuple(
    replace(spec, label=label)
    for label, spec in {
        "n=abc, and an unknown field": replace(BAD_N, extra=(text("x_unknown", "1"),)),
        "n=abc, and a user of 70,000 characters": replace(
            BAD_N, extra=(text("user", "u" * 70_000),)
        ),
        "n=abc, and two pictures": replace(BAD_N, upload=Upload(field="image[]", copies=2)),
        "n=abc, and a model without a provider": replace(BAD_N, model="x"),
    }.items()
)


def differs(usual: Exchange, other: Exchange) -> bool:
    """Return whether two answers judge a form differently: a success, a refusal, or a failure."""
    one, two = ((kind(e.status), body_class(e), len(e.items)) for e in (usual, other))
    return one != two


@verifies("AUTH-17", probes=True)
@sends_each(by_kind(N_TWICE))
def test_a_repeated_field_is_read_alike_with_each_kind_of_credential(
    exchanges: dict[str, Exchange], probe: Probe, case: str
) -> None:
    read_alike(exchanges, probe, case)


@verifies("AUTH-17", profile="full", probes=True)
@sends_each(by_kind(*READ_IN_SEVERAL_WAYS))
def test_a_form_is_read_alike_with_each_kind_of_credential(
    exchanges: dict[str, Exchange], probe: Probe, case: str
) -> None:
    read_alike(exchanges, probe, case)


def read_alike(exchanges: dict[str, Exchange], probe: Probe, case: str) -> None:
    usual, other = entered(exchanges)
    if not differs(usual, other):
        return
    usual, other = (probe.again(exchange.request) for exchange in (usual, other))
    for exchange in (usual, other):
        expect(exchange).judged()
    if not differs(usual, other):
        raise Flaky("the two kinds of credential got different answers once, and then the same")
    raise AssertionError(
        f"expected {describe(usual)}, as with the first credential\n"
        f"got {describe(other)} for {case}"
    )
