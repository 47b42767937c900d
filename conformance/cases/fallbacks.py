"""Requests with fallbacks, in one encoding after the other until the gateway understands one."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.cases.spec import DRAWN, FAILING_MODEL, MODEL, Spec, either, variation
from conformance.http.fallback_encodings import ENCODINGS

if TYPE_CHECKING:
    from conformance.cases.spec import RunFacts

LABEL = re.compile(r"fallbacks as ([\w-]+): ")
CARRIED = (
    ("n", "2"),
    ("size", "512x512"),
    ("response_format", "b64_json"),
    ("user", f"asked beside fallbacks {DRAWN}"),
)


def with_fallbacks(encoding: str, *models: str, primary: str = FAILING_MODEL) -> Spec:
    """Return a request with these fallbacks in this encoding."""
    return replace(
        variation(f"fallbacks as {encoding}: {len(models)}", model=primary),
        extra=ENCODINGS[encoding](models),
    )


def carrying(spec: Spec) -> Spec:
    """Return a request with fallbacks that asks for two pictures of a size, as base64, for a user.

    What the target is declared to lack is left out.
    """
    return replace(
        spec,
        label=f"{spec.label}, with n, size, response_format and user",
        fields=CARRIED,
        optional=("n", "size"),
    )


def encoding_of(label: str) -> str:
    """Return the encoding of fallbacks that the label of a request names."""
    found = LABEL.match(label)
    assert found is not None, label
    return found[1]


def encodings(run: RunFacts) -> tuple[str, ...]:
    """Return the encodings to try: the one that the operator names, or all."""
    named = run.target.fallbacks_encoding
    return (named,) if named else tuple(ENCODINGS)


def in_any_encoding(run: RunFacts, *models: str) -> list[Spec]:
    """Return a request in one encoding after the other, until one is understood."""
    return _chained([either(with_fallbacks(e, *models)) for e in encodings(run)])


def two(run: RunFacts) -> list[Spec]:
    """Return a failing fallback and then a working one, beside other fields, in any encoding."""
    asked = [with_fallbacks(e, FAILING_MODEL, MODEL) for e in encodings(run)]
    return _chained([either(carrying(spec)) for spec in asked])


def _chained(specs: list[Spec]) -> list[Spec]:
    *others, last = specs
    chain = last
    for asked in reversed(others):
        chain = replace(asked, otherwise=chain)
    return [replace(chain, title="a failing fallback, then a working one")]


def working(run: RunFacts) -> list[Spec]:
    """Return a failing fallback and then a working one; if it is not accepted, the working one alone."""
    (both,), (single,) = two(run), in_any_encoding(run, MODEL)
    return [replace(_then(both, single), title="a working fallback")]


def _then(spec: Spec, last: Spec) -> Spec:
    return replace(spec, otherwise=_then(spec.otherwise, last) if spec.otherwise else last)
