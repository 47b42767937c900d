"""The gateway under test: its address, its credentials, and what its operator declares."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from conformance.contract import contract
from conformance.http.redacting.vault import Vault
from conformance.target.certificates import Seen
from conformance.target.tls import Tls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.target.credentials import Secret
    from conformance.target.proxy import Proxy
    from conformance.target.sources import Source

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Target:
    """The gateway under test and everything that its operator declares about it."""

    base_url: str
    path: str
    model: str
    failing_model: str | None
    auth: str
    credentials: tuple[Secret, ...]
    other_tenant: Secret | None
    expired: Secret | None
    # Each secret in them is a `${NAME}` until the request is sent; see `filled`.
    headers: tuple[tuple[str, str], ...]
    secrets: tuple[Secret, ...]
    sizes: tuple[str, ...]
    max_n: int
    image: bytes | None
    fetch: bool
    fallbacks_encoding: str | None
    declared: frozenset[str]
    listen: tuple[str, int] | None
    observe: tuple[str, int] | None = None
    deployment: str | None = None
    tls: Tls = field(default_factory=Tls)
    proxy: Proxy | None = None
    provider_checks: str = "strict"
    fetch_from: tuple[Source, ...] = ()
    # A word of the run's seed, which credentials that are made up are drawn from.
    drawn: str = ""
    # The User-Agent of all requests; empty for the suite's own.
    user_agent: str = ""
    # What takes the secrets out of all text; it grows while a run learns more of them.
    vault: Vault = field(default_factory=Vault, repr=False, compare=False)
    # What the gateway showed in TLS; it grows while a run connects.
    certificates: Seen = field(default_factory=Seen, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Let the vault know the secrets."""
        for secret in self.secrets:
            self.vault.learn(secret.name, secret.value)

    @property
    def url(self) -> str:
        """The endpoint's whole URL."""
        return self.base_url.rstrip("/") + self.path

    @property
    def host(self) -> str:
        """The host that requests go to."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def on_loopback(self) -> bool:
        """Whether the gateway is on this machine's loopback interface."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def credential(self, name: str) -> Secret | None:
        """Return the credential of a name (`default`, `other-tenant`, `expired`) or kind."""
        if name == "default":
            return self.credentials[0] if self.credentials else None
        if name == "other-tenant":
            return self.other_tenant
        if name == "expired":
            return self.expired
        if name == "jwt":
            return next((s for s in self.credentials if s.kind.endswith("-jwt")), None)
        return next((s for s in self.credentials if s.kind == name), None)

    def _limits(self) -> Iterator[str]:
        """Yield the flags that declare that the model makes less than the documentation has."""
        known = contract.load()
        if set(self.sizes) < set(known.sizes):
            yield f"--sizes {','.join(self.sizes)}"
        if self.max_n < known.n_max:
            yield f"--max-n {self.max_n}"

    def describe(self) -> dict[str, Any]:
        """Return the target as reports show it; they show no secret."""
        return {
            "url": self.base_url,
            "path": self.path,
            "model": self.model,
            "failing_model": self.failing_model,
            "observe": ":".join(map(str, self.observe)) if self.observe else None,
            "deployment": self.deployment,
            "provider_checks": self.provider_checks if self.observe else None,
            "auth": self.auth,
            "credentials": [s.kind for s in self.credentials],
            "other_tenant": self.other_tenant is not None,
            "expired": self.expired is not None,
            "fetch": self.fetch,
            "fallbacks_encoding": self.fallbacks_encoding,
            "image": self.image is not None,
            "listen": ":".join(map(str, self.listen)) if self.listen else None,
            "headers": [name for name, _ in self.headers],
            "sizes": list(self.sizes),
            "max_n": self.max_n,
            "declared": sorted(self.declared),
            "limits": list(self._limits()),
            "insecure": self.tls.insecure,
            "fetch_from": [source.row for source in self.fetch_from],
            "proxy": self.proxy.url if self.proxy else None,
            "user_agent": self.user_agent or None,
        }
