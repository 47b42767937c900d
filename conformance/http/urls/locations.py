"""Reads the url of a picture as a client does, once: what is checked is what is asked.

RFC 3986 §3; a host that is no ASCII is encoded (RFC 3490), and characters of a path that no url has are
percent-encoded, because all clients do so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from conformance.http.urls.addresses import Address

MOST_CHARACTERS = 65_536
MOST_PORT = 65_535
LONGEST_HOST = 253
PORTS = {"http": 80, "https": 443}

_URL = re.compile(
    r"(https?)://([^/?#\\]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.IGNORECASE | re.DOTALL
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_AUTHORITY = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::([0-9]*))?")
_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?")
_NUMERIC = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?")
# RFC 3986 §2.2 and §2.3, and the percent sign of what is encoded already.
_KEPT = "/%:@!$&'()*+,;=-._~?"


class UnaskedError(Exception):
    """A url that no client need ask for; the text says why, and it says nothing about the gateway."""


@dataclass(frozen=True)
class Location:
    """Where an http(s) url leads: `host` in lower case and ASCII, an IPv6 address without brackets."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """What two urls of one server have in common (RFC 6454 §4)."""
        return self.scheme, self.host, self.port

    @property
    def address(self) -> Address | None:
        """The address that the host is, if it is written as one in the usual form."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def is_odd_number(self) -> bool:
        """Whether the host is a number that some read as an address, such as 2130706433 or 0x7f.1."""
        return self.address is None and bool(_NUMERIC.fullmatch(self.host))

    @property
    def authority(self) -> str:
        """Host and port as the Host header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole url, as a proxy is asked for it."""
        return f"{self.scheme}://{self.authority}{self.target}"


def located(url: str) -> Location:
    """Return where a url leads.

    Raises:
        ValueError: it is no absolute http(s) url, or leads nowhere; the text goes behind the url.
        UnaskedError: it is one that the suite does not ask for.
    """
    if len(url) > MOST_CHARACTERS:
        raise UnaskedError(f"is not asked: it is longer than {MOST_CHARACTERS} characters")
    if _CONTROL.search(url):
        raise ValueError("holds a control character, which no url can")
    found = _URL.fullmatch(url)
    if found is None or not found[2]:
        raise ValueError("is no absolute http(s) address")
    scheme, authority, path, query = found[1].lower(), found[2], found[3], found[4]
    if "@" in authority:
        raise UnaskedError("is not asked: it holds user information, which the suite does not send")
    if path.startswith("\\"):
        raise ValueError("has a backslash behind its host, which clients read in different ways")
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None:
        raise ValueError("has a host or a port that no url can have")
    port = _port(parts[2]) if parts[2] else PORTS[scheme]
    target = (path or "/") + ("" if query is None else f"?{query}")
    return Location(scheme, _host(parts[1]), port, quote(target, safe=_KEPT))


def _port(text: str) -> int:
    digits = text.lstrip("0") or "0"
    port = int(digits) if len(digits) <= len(str(MOST_PORT)) else 0
    if not 0 < port <= MOST_PORT:
        raise ValueError(f"has a port that is not in 1 to {MOST_PORT}")
    return port


def _host(text: str) -> str:
    if text.startswith("["):
        return _literal(text[1:-1])
    if len(text) > 3 * LONGEST_HOST:
        raise ValueError("has a host of more than 253 characters")
    try:
        name = unquote(text, errors="strict").encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise ValueError(f"has a host that is no name: {error}") from None
    if len(name.rstrip(".")) > LONGEST_HOST or not _NAME.fullmatch(name):
        raise ValueError("has a host that is no name")
    # 127.0.0.1. is the same address for every client that takes it.
    return name.rstrip(".") if _NUMERIC.fullmatch(name) else name


def _literal(text: str) -> str:
    try:
        address = IPv6Address(text)
    except ValueError:
        raise ValueError("has brackets around what is no IPv6 address") from None
    if address.scope_id is not None:
        raise UnaskedError("is not asked: it names an interface of this machine")
    return str(address)
