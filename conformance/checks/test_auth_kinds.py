"""One endpoint, one contract: it holds whatever kind of credential a request carries."""

from collections.abc import Iterator
from dataclasses import replace

from conformance.cases.spec import BAD_N, PLAIN, Spec, Upload, either, fault, uploaded, variation
from conformance.http.exchange import Exchange
from conformance.http.form import text
from conformance.http.request import Credential
from conformance.http.status import kind
from conformance.judge.comparing import body_class
from conformance.judge.declare import sends, sends_each, verifies
from conformance.judge.ends import Flaky, NotApplicable
from conformance.judge.expect import describe, expect
from conformance.judge.probe import Probe

KINDS = ("virtual-key-jwt", "admin-jwt", "virtual-key")


def of_kind(spec: Spec, name: str) -> Spec:
    """Return the same request with a credential of another kind."""
    return replace(spec, label=f"{spec.label}, {name}", credential=Credential(name))


def refused_by_each() -> Iterator[Spec]:
    """Yield what the documentation excludes, with each kind of credential."""
    faults = (
        variation(n=11),
        *(
            replace(spec, profile="full")
            for spec in (
                variation(n="abc"),
                variation(size="256x257"),
                variation(response_format="png"),
                variation("no model", model=None),
                uploaded("neither image nor image[]", None),
            )
        ),
    )
    for name in KINDS:
        control = replace(PLAIN, label=name, credential=Credential(name))
        yield from (fault(of_kind(spec, name), control=control) for spec in faults)


@verifies("AUTH-16")
@sends(tuple(refused_by_each()))
def test_a_fault_is_refused_with_each_kind_of_credential(exchange: Exchange) -> None:
    expect(exchange).refused(model_at_fault=exchange.request.asked("model") is None)


# What a server may read in several ways. A reader of the last n refuses the first of them for
# nothing; one of the first makes a picture with each kind of credential.
N_TWICE = replace(either(variation("n=1, then n=abc", n=1)), extra=(text("n", "abc"),))
READ_IN_SEVERAL_WAYS = (
    N_TWICE,
    *(
        replace(spec, label=label, profile="full")
        for label, spec in {
            "n=abc, and an unknown field": replace(BAD_N, extra=(text("x_unknown", "1"),)),
            "n=abc, and a user of 70,000 characters": replace(
                BAD_N, extra=(text("user", "u" * 70_000),)
            ),
            "n=abc, and two pictures": replace(BAD_N, upload=Upload(field="image[]", copies=2)),
            "n=abc, and a model without a provider": replace(BAD_N, model="x"),
        }.items()
    ),
)


def differs(usual: Exchange, other: Exchange) -> bool:
    """Return whether two answers judge a form differently: a success, a refusal, or a failure."""
    one, two = ((kind(e.status), body_class(e), len(e.items)) for e in (usual, other))
    return one != two


@verifies("AUTH-17", probes=True)
@sends_each(
    {
        f"{spec.label}, {name}": {
            "usual": spec,
            "other": of_kind(spec, name),
            "plain": of_kind(PLAIN, name),
        }
        for spec in READ_IN_SEVERAL_WAYS
        for name in KINDS
    }
)
def test_a_form_is_read_alike_with_each_kind_of_credential(
    exchanges: dict[str, Exchange], probe: Probe, case: str
) -> None:
    usual, other = (expect(exchanges[name]).judged() for name in ("usual", "other"))
    if not expect(exchanges["plain"]).judged().ok:
        raise NotApplicable(
            "the gateway does not accept this kind of credential, which AUTH-1 to AUTH-3 judge:"
            f" {exchanges['plain'].outcome}"
        )
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
