"""The demonstration credentials, and what the gateway accepts as a credential.

Everything here is public: it only opens a gateway on loopback that holds no data.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

import jwt

DEMO_SECRET = b"public demonstration secret of the conformance reference gateway"
KEY_VARIABLE = "CONFORMANCE_API_KEY"
YEAR_2100 = 4_102_444_800
YEAR_2020 = 1_577_836_800


@dataclass(frozen=True)
class DemoCredentials:
    """One credential of each kind; `other_tenant_key` and `expired_jwt` are for their checks."""

    virtual_key: str
    virtual_key_jwt: str
    admin_jwt: str
    other_tenant_key: str
    expired_jwt: str


@dataclass(frozen=True)
class Keyring:
    """The virtual keys with their tenants, and the secret that signs the JWTs."""

    tenants: tuple[tuple[str, str], ...]
    secret: bytes


@cache
def demo_credentials() -> DemoCredentials:
    """Return the demonstration credentials; they are the same in every process."""
    key = "sk-bf-demo-4f0c2a9e7b6d41358c1f"
    claims = {"sub": "demo", "virtual_key": key}
    return DemoCredentials(
        virtual_key=key,
        virtual_key_jwt=_signed({**claims, "exp": YEAR_2100}),
        admin_jwt=_signed({"sub": "admin", "role": "admin", "exp": YEAR_2100}),
        other_tenant_key="sk-bf-other-b83d5e1a6c974f20a7d2",
        expired_jwt=_signed({**claims, "exp": YEAR_2020}),
    )


def keyring() -> Keyring:
    """Return the demonstration keys, with the operator's own key where the environment has one."""
    demo = demo_credentials()
    tenants = [(demo.virtual_key, "demo"), (demo.other_tenant_key, "other")]
    own = os.environ.get(KEY_VARIABLE, "").strip()
    if own and own not in (demo.virtual_key, demo.other_tenant_key):
        tenants.append((own, "operator"))
    return Keyring(tuple(tenants), DEMO_SECRET)


def _signed(claims: dict[str, object]) -> str:
    return jwt.encode(claims, DEMO_SECRET, algorithm="HS256")
