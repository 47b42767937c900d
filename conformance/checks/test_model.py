"""model: both a provider and a model, and refused without either."""

from conformance.cases.spec import PLAIN, Spec, either, fault, variation
from conformance.cases.unknown import OF_UNKNOWN_MODEL, OF_UNKNOWN_PROVIDER
from conformance.http.exchange import Exchange
from conformance.judging.declare import sends, verifies
from conformance.judging.ends import NotApplicable
from conformance.judging.expect import expect, fail
from conformance.target.target import Target


def refused(label: str, model: str | None) -> Spec:
    return fault(variation(label, model=model), control=PLAIN)


@verifies("MODEL-1", profile="smoke")
@sends([refused("no model", None), refused("model empty", "")])
def test_a_missing_model_is_refused(exchange: Exchange) -> None:
    expect(exchange).refused(model_at_fault=True)


WITHOUT_HALF = ("x", "/x", "x/", "/")
# Halves of the run's model: a gateway may know such a half and guess the other one.
HALVES = {
    "the model without its provider": "{model.model}",
    "the model behind a slash": "/{model.model}",
    "the provider before a slash": "{model.provider}/",
}


@verifies("MODEL-2")
@sends(
    [
        *(refused(f"model={m}", m) for m in WITHOUT_HALF),
        *(refused(label, m) for label, m in HALVES.items()),
    ]
)
def test_a_model_without_a_half_is_refused(exchange: Exchange) -> None:
    expect(exchange).refused(model_at_fault=True)


ODD_MODELS: tuple[tuple[str, str | bytes], ...] = (
    *((f"model={m}", m) for m in (*WITHOUT_HALF, "a/b/c", "no-such-provider-7f3a/a/b")),
    ("model of 1,000 characters", "openai/" + "m" * 993),
    ("model with NUL", "openai/dall\x00e"),
    ("model with CRLF", "openai/x\r\nx-conformance-injected: 1"),
    ("model non-ASCII", "öpenai/dällé"),
    ("model as JSON", '{"provider":"openai","model":"dall-e-2"}'),
    ("model with a path", "../../etc/passwd"),
    ("model with invalid UTF-8", b"openai/\xff\xfe"),
    ("a long path as model", "openai/a/b/c/d"),
)


@verifies("MODEL-3")
@sends([either(variation(label, model=m)) for label, m in ODD_MODELS])
def test_an_odd_model_is_answered(exchange: Exchange) -> None:
    expect(exchange).answered(provider_may_fail=True)


@verifies("MODEL-4")
@sends([OF_UNKNOWN_PROVIDER])
def test_an_unknown_provider_never_gets_pictures(exchange: Exchange, target: Target) -> None:
    if "catch-all-model" in target.declared:
        raise NotApplicable(
            "the operator declares that every model name is served (--declare catch-all-model)"
        )
    expect(exchange).judged()
    if exchange.ok and exchange.items:
        fail("no pictures from a provider that does not exist", exchange)


@verifies("MODEL-5")
@sends([OF_UNKNOWN_MODEL, OF_UNKNOWN_PROVIDER])
def test_an_unknown_model_is_refused(exchange: Exchange, target: Target) -> None:
    if "catch-all-model" in target.declared:
        raise NotApplicable(
            "the operator declares that every model name is served (--declare catch-all-model)"
        )
    expect(exchange).refused(model_at_fault=True)


@verifies("MODEL-6")
@sends([OF_UNKNOWN_MODEL, OF_UNKNOWN_PROVIDER])
def test_an_unknown_model_is_no_internal_error(exchange: Exchange) -> None:
    expect(exchange).answered(provider_may_fail=True)
