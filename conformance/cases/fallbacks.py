"""Requests with fallbacks, in one encoding after the other until the gateway understands one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.cases.spec import FAILING_MODEL, MODEL, Spec, either, variation
from conformance.http.fallback_encodings import ENCODINGS

if TYPE_CHECKING:
    from conformance.cases.spec import RunFacts


def with_fallbacks(encoding: str, *models: str, primary: str = FAILING_MODEL) -> Spec:
    """Return a request with these fallbacks in this encoding."""
    return replace(
        variation(f"fallbacks as {encoding}: {len(models)}", model=primary),
        extra=ENCODINGS[encoding](models),
    )


def encodings(run: RunFacts) -> tuple[str, ...]:
    """Return the encodings to try: the one that the operator names, or all."""
    named = run.target.fallbacks_encoding
    return (named,) if named else tuple(ENCODINGS)


def in_any_encoding(run: RunFacts, *models: str, primary: str = FAILING_MODEL) -> list[Spec]:
    """Return a request in one encoding after the other, until one is understood."""
    *others, last = (either(with_fallbacks(e, *models, primary=primary)) for e in encodings(run))
    chain = last
    for asked in reversed(others):
        chain = replace(asked, otherwise=chain)
    return [replace(chain, title="a failing fallback, then a working one")]


def working(run: RunFacts) -> list[Spec]:
    """Return a failing fallback and then a working one; if it is not accepted, the working one alone."""
    (both,), (single,) = in_any_encoding(run, FAILING_MODEL, MODEL), in_any_encoding(run, MODEL)
    return [replace(_then(both, single), title="a working fallback")]


def _then(spec: Spec, last: Spec) -> Spec:
    return replace(spec, otherwise=_then(spec.otherwise, last) if spec.otherwise else last)
