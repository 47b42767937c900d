"""Puts the credential into a request as it is sent, and says what is taken out of its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.http.redaction import Redactor
from conformance.target import credential_changes

if TYPE_CHECKING:
    from conformance.http.request import Request
    from conformance.target.target import Target


def authorization(target: Target, request: Request) -> tuple[str, str | None]:
    """Return the secret that a request carries, and its Authorization header or None."""
    named = target.credential(request.credential.name)
    if not request.credential.name or named is None:
        return "", None
    secret = credential_changes.apply(
        request.credential.change, named.value, canary=f"{request.canary}/jku"
    )
    if request.credential.query:
        return secret, None
    return secret, f"{request.credential.scheme} {secret}".strip()


def redactor(target: Target, sent: str) -> Redactor:
    """Return what takes the secrets of a target out of an answer, and the one that was sent."""
    known = [(s.name, s.value) for s in target.secrets]
    if sent and sent not in (value for _, value in known):
        known.append(("sent", sent))
    return Redactor.of(known)
