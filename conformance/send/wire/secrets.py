"""Puts the credential into a request as it is sent, and lets the vault know what that was."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from conformance.target import credential_changes
from conformance.target.credential_changes import INVENTED
from conformance.target.credentials import filled

if TYPE_CHECKING:
    from conformance.http.request import Request
    from conformance.target.target import Target

# What marks call a credential that was changed before it was sent.
SENT = "sent"


def addressed(target: Target, request: Request) -> tuple[str, list[tuple[str, str]]]:
    """Return the URL and the headers that a request is sent with, secrets filled in."""
    secret, authorized = authorization(target, request)
    url = request.url
    if request.credential.query:
        url += ("&" if "?" in url else "?") + urlencode({request.credential.query: secret})
    headers = [(k, filled(v, target.secrets)) for k, v in request.headers]
    if authorized is not None:
        name = "Authorization" if request.title_case else "authorization"
        headers.append((name, authorized))
    return url, headers


def authorization(target: Target, request: Request) -> tuple[str, str | None]:
    """Return the secret that a request carries, and its Authorization header or None."""
    named = target.credential(request.credential.name)
    if not request.credential.name or named is None:
        return "", None
    secret = credential_changes.apply(
        request.credential.change,
        named.value,
        canary=f"{request.canary}/jku",
        drawn=target.drawn,
    )
    if secret not in ("", named.value) and request.credential.change not in INVENTED:
        # An answer to any later request may quote it.
        target.vault.learn_changed(SENT, secret, named.value)
    if request.credential.query:
        return secret, None
    return secret, f"{request.credential.scheme} {secret}".strip()
