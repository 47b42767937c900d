"""The HTTP proxy that a run sends through, and the variables that name one and are ignored."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from conformance.errors import UsageError
from conformance.target.credentials import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Proxy:
    """An HTTP proxy; neither its `repr` nor its URL shows who asks."""

    host: str
    port: int
    authorization: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        """Its address, without a credential."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """What goes to the proxy beside each request, or with each CONNECT."""
        return (("Proxy-Authorization", self.authorization),) if self.authorization else ()


def build(text: str | None) -> tuple[Proxy | None, tuple[Secret, ...]]:
    """Return the proxy of `--proxy`, and what is secret in its address.

    Raises:
        UsageError: the text is no address of an HTTP proxy; the message repeats no credential.
    """
    if not text:
        return None, ()
    shown = re.sub(r"//.*@", "//…@", text)
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise UsageError(f"--proxy {shown}: {error}") from None
    if parts.scheme != "http" or not host or parts.path not in ("", "/") or parts.query:
        raise UsageError(
            f"--proxy {shown}: is no address of an HTTP proxy; write http://HOST:PORT (a proxy over"
            " https or SOCKS is not supported)"
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if parts.username is None:
        return Proxy(host, port or 80), ()
    coded = base64.b64encode(f"{user}:{password}".encode()).decode()
    forms = dict.fromkeys((password, parts.password or "", coded))
    secrets = (Secret("PROXY", "proxy", form) for form in forms if form)
    return Proxy(host, port or 80, f"Basic {coded}"), tuple(secrets)


def without_userinfo(command: str, proxy: Proxy | None) -> str:
    """Return a command line as reports repeat it: without the credential of its proxy."""
    if proxy is None or not proxy.authorization:
        return command
    return re.sub(r"http://[^\s@]+@", "http://USER:PASSWORD@", command)


def ignored(url: str, environment: Mapping[str, str]) -> str:
    """Return a note if a variable names a proxy for this URL, which the run does not use."""
    parts = urlsplit(url)
    names = (f"{parts.scheme}_proxy", "all_proxy")
    known = {k.lower(): k for k, v in environment.items() if v}
    found = next((known[name] for name in names if name in known), None)
    if found is None:
        return ""
    if _excepted(parts.hostname or "", environment.get(known.get("no_proxy", ""), "")):
        return ""
    return (
        f"The variable {found} names a proxy, which this run ignored: it sends straight to the"
        " gateway. Use --proxy URL to send through one."
    )


def _excepted(host: str, no_proxy: str) -> bool:
    """Return whether a NO_PROXY names a host, or a domain that it is in."""
    rows = [row.strip().lower().lstrip(".") for row in no_proxy.split(",")]
    return any(row in ("*", host) or host.endswith(f".{row}") for row in rows if row)
