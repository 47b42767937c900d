"""Adapts a spec to what the operator declares about the target, or says why it cannot be asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.contract import contract
from conformance.http.images import looking, pictures
from conformance.http.request import Credential
from conformance.target.credentials import KINDS

if TYPE_CHECKING:
    from conformance.cases.spec import Spec, Value
    from conformance.target.target import Target

NOT_OBSERVED = (
    "the provider's side was not observed: point the gateway's provider at the suite's stand-in"
    " with --observe HOST:PORT (docs/observe.md)"
)


def declared(spec: Spec, target: Target) -> Spec:
    """Return a spec for this target, without the optional facts that the target is declared to lack."""
    return _without_undeclared(_canonical(spec, target), target)


def has_operators_picture(spec: Spec, target: Target) -> bool:
    """Return whether the operator's picture takes the place of the one that would be drawn."""
    upload = spec.upload
    drawn = upload is not None and upload.content is None and upload.kind in pictures.GOOD
    return target.image is not None and drawn


def _canonical(spec: Spec, target: Target) -> Spec:
    """Name each credential by the first name that it has, so that equal requests are one."""
    known = target.credential(spec.credential.name)
    changes: dict[str, Any] = {}
    if known is not None:
        first = next(n for n in ("default", *KINDS, known.name) if target.credential(n) == known)
        if first != spec.credential.name:
            changes["credential"] = replace(spec.credential, name=first)
    if (
        has_operators_picture(spec, target)
        and spec.upload
        and spec.upload.content_type == "image/png"
    ):
        kind = looking.measure(target.image or b"")
        named = f"image/{kind.format}" if kind else None
        changes["upload"] = replace(spec.upload, content_type=named)
    for other in ("control", "same_picture_as", "after"):
        if (value := getattr(spec, other)) is not None:
            changes[other] = _canonical(value, target)
    # If nothing changed, return the same object: the plan finds a bound spec by its identity.
    changed = {k: v for k, v in changes.items() if v is not getattr(spec, k)}
    return replace(spec, **changed) if changed else spec


def _without_undeclared(spec: Spec, target: Target) -> Spec:
    if "size" in spec.optional and spec.value("size") not in target.sizes:
        spec = replace(spec, fields=tuple(f for f in spec.fields if f[0] != "size"))
    if "n" in spec.optional and _is_beyond(spec.value("n"), target):
        spec = replace(spec, fields=tuple(f for f in spec.fields if f[0] != "n"))
    if "scheme" in spec.optional and target.auth == "none":
        spec = replace(spec, credential=Credential())
    return spec


def _is_beyond(n: Value | None, target: Target) -> bool:
    """Return whether n is more than the target is declared to make at once."""
    return str(n).isdecimal() and int(str(n)) > target.max_n


def why_unavailable(  # noqa: PLR0911 - one line for each reason
    spec: Spec, target: Target, *, observed: bool
) -> str:
    """Return why a spec cannot be asked of this target and how to change that, or nothing."""
    if spec.unavailable:
        return spec.unavailable
    credential = spec.credential
    if spec.provider_fault and not observed:
        return NOT_OBSERVED
    size, n = spec.value("size"), spec.value("n")
    if spec.expected != "refused" and size in contract.load().sizes and size not in target.sizes:
        return f"the target is declared to lack {size!s} (--sizes)"
    if spec.expected == "accepted" and _is_beyond(n, target):
        return f"the target is declared to make {target.max_n} at most (--max-n)"
    if "failing model" in spec.needs and not target.failing_model:
        return "no model is known that always fails; name one with --failing-model"
    if target.auth == "none" and credential != Credential():
        return "the target is declared to have no authentication (--auth none)"
    if credential.name and target.auth != "none" and target.credential(credential.name) is None:
        return _how_to_supply(credential.name)
    return ""


def _how_to_supply(name: str) -> str:
    if name == "other-tenant":
        return "no credential of another tenant was supplied; name its variable with --other-tenant-key-env"
    if name == "expired":
        return "no expired JWT was supplied; name its variable with --expired-key-env"
    kind = "JWT" if name == "jwt" else name
    return f"no {kind} was supplied; name its variable with --api-key-env"
