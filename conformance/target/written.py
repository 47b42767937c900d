"""A target and the options of a run as evidence holds them: all that a judge needs, and no secret.

A credential is its name and its kind. What is made of the rows again can be judged, and not asked.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.contract import sets
from conformance.contract.profiles import Profile  # noqa: TC001 - the decoder reads annotations
from conformance.http.reading.codec import decoder, fields_of
from conformance.target import sources
from conformance.target.credentials import Secret
from conformance.target.options import Limits, Options
from conformance.target.proxy import Proxy
from conformance.target.target import Target
from conformance.target.tls import Tls
from conformance.target.waivers import Waiver

Address = tuple[str, int]


@dataclass(frozen=True)
class Named:
    """A credential without its value."""

    name: str
    kind: str


@dataclass(frozen=True)
class TargetRow:
    """A target without secrets; the files of TLS by whole paths, since curl lines name them."""

    base_url: str
    path: str
    model: str
    failing_model: str | None
    auth: str
    credentials: tuple[Named, ...]
    other_tenant: Named | None
    expired: Named | None
    headers: tuple[tuple[str, str], ...]
    sizes: tuple[str, ...]
    max_n: int
    image: bytes | None
    fetch: bool
    fallbacks_encoding: str | None
    declared: tuple[str, ...]
    listen: Address | None
    observe: Address | None
    deployment: str | None
    ca: str | None
    client_cert: str | None
    client_key: str | None
    insecure: bool
    proxy: Address | None
    proxy_asks_who: bool
    provider_checks: str
    fetch_from: tuple[str, ...]
    user_agent: str
    drawn: str


@dataclass(frozen=True)
class WaiverRow:
    """A waiver, with its last day as text."""

    requirement: str
    finding: str
    reason: str
    owner: str
    expires: str
    link: str
    profile: str
    file: str
    line: int


@dataclass(frozen=True)
class OptionsRow:
    """How a run was made, without its folder."""

    profile: Profile
    level: str
    checks: tuple[str, ...]
    requirements: tuple[str, ...]
    limits: Limits
    seed: int
    command: str
    embedded: bool
    notes: tuple[str, ...]
    resume: bool
    shard: str
    examples: int | None
    new_seed: bool
    challenge: str
    contract: str
    waivers: tuple[WaiverRow, ...]
    accept_waivers: bool
    strict: bool
    nodes: tuple[str, ...]


# Of a target and its row: the fields that both have alike.
_ALIKE = (
    *("base_url", "path", "model", "failing_model", "auth", "headers", "sizes", "max_n", "image"),
    *("fetch", "fallbacks_encoding", "listen", "observe", "deployment", "provider_checks"),
    *("user_agent", "drawn"),
)
_TARGET = decoder(TargetRow, whole=True)
_OPTIONS = decoder(OptionsRow, whole=True)


def target_row(target: Target) -> TargetRow:
    """Return a target as evidence holds it."""
    tls, proxy = target.tls, target.proxy
    return TargetRow(
        **{name: getattr(target, name) for name in _ALIKE},
        credentials=tuple(Named(s.name, s.kind) for s in target.credentials),
        other_tenant=_named(target.other_tenant),
        expired=_named(target.expired),
        declared=tuple(sorted(target.declared)),
        ca=_whole(tls.ca),
        client_cert=_whole(tls.client_cert),
        client_key=_whole(tls.client_key),
        insecure=tls.insecure,
        proxy=(proxy.host, proxy.port) if proxy else None,
        proxy_asks_who=bool(proxy and proxy.authorization),
        fetch_from=tuple(source.row for source in target.fetch_from),
    )


def options_row(options: Options) -> OptionsRow:
    """Return the options of a run as evidence holds them."""
    own = {"contract", "waivers"}
    names = (f.name for f in dataclasses.fields(OptionsRow) if f.name not in own)
    return OptionsRow(
        **{name: getattr(options, name) for name in names},
        contract=options.demanded.version,
        waivers=tuple(
            WaiverRow(**{**fields_of(one), "expires": one.expires.isoformat()})
            for one in options.waivers
        ),
    )


def target_of(row: Any) -> Target:
    """Return the target of a row that JSON held; its credentials have no values.

    Raises:
        ValueError: it is no such row.
    """
    read: TargetRow = _TARGET(row)
    proxy = Proxy(*read.proxy, "held" if read.proxy_asks_who else "") if read.proxy else None
    return Target(
        **{name: getattr(read, name) for name in _ALIKE},
        credentials=tuple(Secret(c.name, c.kind, "") for c in read.credentials),
        other_tenant=_secret(read.other_tenant),
        expired=_secret(read.expired),
        secrets=(),
        declared=frozenset(read.declared),
        tls=Tls(read.ca, read.client_cert, read.client_key, read.insecure),
        proxy=proxy,
        fetch_from=sources.build(read.fetch_from),
    )


def options_of(row: Any, report_dir: Path) -> Options:
    """Return the options of a row that JSON held, with reports in another folder.

    Raises:
        ValueError: it is no such row.
    """
    read: OptionsRow = _OPTIONS(row)
    made = fields_of(read)
    del made["contract"]
    given = (
        Waiver(**{**fields_of(one), "expires": dt.date.fromisoformat(one.expires)})
        for one in read.waivers
    )
    return Options(
        **{**made, "waivers": tuple(given)},
        demanded=sets.chosen(read.contract),
        report_dir=report_dir,
    )


def _named(secret: Secret | None) -> Named | None:
    return Named(secret.name, secret.kind) if secret else None


def _secret(named: Named | None) -> Secret | None:
    return Secret(named.name, named.kind, "") if named else None


def _whole(path: str | None) -> str | None:
    return str(Path(path).absolute()) if path else None
