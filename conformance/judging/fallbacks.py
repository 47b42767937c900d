"""Finds out whether a gateway understands fallbacks, and in which encoding.

A success after a failing primary says so. Where the provider is observed, so do more calls to it
than the failing model alone causes, even if each of them failed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cases.fallbacks import encodings, with_fallbacks
from conformance.cases.spec import FAILING_MODEL, MODEL, either, variation
from conformance.judging.ends import NotApplicable
from conformance.judging.expect import expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.http.exchange import Exchange
    from conformance.judging.probe import Probe

# The failing model without fallbacks.
FAILING = either(variation("the failing model alone", model=FAILING_MODEL))


def where_the_model_fails(probe: Probe) -> None:
    """End the check unless the model that the operator names as always failing does fail."""
    if probe.send(FAILING).ok:
        raise NotApplicable(
            f"the gateway serves {probe.target.failing_model}, so it does not fail: name another"
            " model with --failing-model, one that always fails"
        )


def tried(probe: Probe) -> Iterator[tuple[str, Exchange]]:
    """Yield a request with a working fallback in each encoding, by the encoding's name.

    What the run sent before is not sent again.

    Raises:
        Untestable: one of them cannot be judged.
    """
    for encoding in encodings(probe.facts):
        found = probe.send(either(with_fallbacks(encoding, MODEL)))
        yield encoding, expect(found).judged()


def understood(probe: Probe) -> tuple[str, Exchange] | None:
    """Return the first encoding in which the gateway uses a fallback, with its exchange, or None."""
    known = [*tried(probe)]
    served = next((one for one in known if one[1].ok), None)
    alone = calls_a_try(probe.send(FAILING))
    return served or next((one for one in known if alone < calls_a_try(one[1])), None)


def calls_a_try(exchange: Exchange) -> float:
    """Return how many calls to the provider each try of a request caused, 0 if that is not known."""
    if exchange.calls is None or exchange.calls_unclear:
        return 0
    return len(exchange.calls) / (1 + len(exchange.earlier))
