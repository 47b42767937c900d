"""Understands a gateway's URL as people paste it, and says what was made of it.

The suite asks one address: the base address of the gateway, with the path of the endpoint behind it.
People paste the `base_url` of a client (`https://host/v1`), the whole path of the endpoint or of another
one, or a host alone. Where base address and path overlap, the overlap is asked once. A gateway that
really serves it twice is named by a URL without the overlap, and the whole path in `--path`.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from conformance.errors import UsageError
from conformance.target import repeatable

SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
QUOTES = ("''", '""', "``", "<>", "“”", "‘’", "«»")
LOOPBACK_OF = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104 - nothing listens here: it is what people paste
MOST_PORT = 65535
# `http:host`, `https:/host` and `htps//host` are slips of a scheme, which nobody should have to guess.
SLIP = re.compile(r"(?i)https?:|[a-z]+//")
# Names that only the own network knows: what stands there seldom has a certificate.
LOCAL_ENDS = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".svc", ".test")
# Other endpoints of such a gateway: whoever pastes one of them means the gateway.
OTHERS = (
    ("images", "generations"),
    ("images", "edits"),
    ("chat", "completions"),
    ("completions",),
    ("responses",),
    ("embeddings",),
    ("models",),
)


@dataclass(frozen=True)
class Address:
    """What a run asks: the base address and the path behind it, with what was understood.

    `repeated` is what was pasted as commands may repeat it: it means the same, and holds neither a query
    nor a fragment. `notes` are sentences for the reader of a report.
    """

    base_url: str
    path: str
    repeated: str
    notes: tuple[str, ...] = ()


def understood(pasted: str, path: str, *, path_is_given: bool = False) -> Address:
    """Return the address that somebody means who pastes this URL; no network is asked.

    Args:
        pasted: the URL, as a flag, a variable or a file holds it. One that is no URL is left as it is:
            `check` refuses it.
        path: the path of the endpoint.
        path_is_given: whether the operator named the path. Then the URL never changes it.
    """
    text, notes = _unwrapped(pasted), list[str]()
    text = _with_scheme(text, notes)
    found = SCHEME.match(text)
    if found is None or "@" in _authority(text):
        return Address(text, path, text, tuple(notes))
    text = found[0].lower() + text[found.end() :]
    text = _without_query(text, notes)
    text = _to_loopback(_bracketed(text), notes)
    base, asked = _joined(text, path, path_is_given=path_is_given)
    if (base, asked) != (text, path):
        end = text.removeprefix(base)
        notes.append(
            f"The URL ends in {end.rstrip('/') or '/'}: taken as {base}, and the run asks {base}{asked}."
        )
    return Address(base, asked, text, tuple(notes))


def _unwrapped(text: str) -> str:
    """Return a text without the white space and the quotes around it."""
    text = text.strip()
    while len(text) > 1 and text[0] + text[-1] in QUOTES:
        text = text[1:-1].strip()
    return text


def _with_scheme(text: str, notes: list[str]) -> str:
    """Return a URL that names no scheme with the one that its host most likely has.

    Plain http is taken only where the host is this machine or its own network: a key must not travel
    in the clear because somebody left the scheme out.
    """
    if SCHEME.match(text) or "://" in text or not text or text[0] in "/?#-":
        return text
    host = _bracketed(f"//{text}")[2:]
    if re.match(r":[0-9]", host):
        host = f"127.0.0.1{host}"
    elif re.fullmatch(r"[0-9]{1,5}", host) and int(host) <= MOST_PORT:
        host = f"127.0.0.1:{host}"
    authority = _authority(f"//{host}")
    if not _is_host(authority) or SLIP.match(host):
        return text
    scheme = "http" if _is_local(authority) else "https"
    notes.append(f"The URL names no scheme: taken as {scheme}://{_shown(host)}.")
    return f"{scheme}://{host}"


def _shown(text: str) -> str:
    return repeatable.address(text)


def _authority(url: str) -> str:
    """Return what stands between `//` and the path."""
    return re.split(r"[/?#]", url.partition("//")[2], maxsplit=1)[0]


def _is_host(authority: str) -> bool:
    """Return whether this names a host: a word alone does not, which may as well be a key."""
    if not re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]*)?", authority):
        return False
    return bool(set(":.") & set(authority)) or authority.lower() == "localhost"


def _is_local(authority: str) -> bool:
    host = re.sub(r":[0-9]*$", "", authority).strip("[]").lower()
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(LOCAL_ENDS)
    return address.is_private or address.is_loopback or address.is_unspecified


def _without_query(text: str, notes: list[str]) -> str:
    """Return a URL without what follows `?` or `#`; the note does not repeat it, for it may be a key."""
    whole, mark, rest = re.match(r"([^?#]*)([?#]?)(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr] # it matches any text
    if mark and rest.lstrip("?#"):
        what = "query" if mark == "?" else "fragment"
        notes.append(f"The URL's {what} was left out: the run asks the path alone.")
    return str(whole)


def _bracketed(url: str) -> str:
    """Return a URL whose IPv6 address has its brackets."""
    authority = _authority(url)
    try:
        ipaddress.IPv6Address(authority)
    except ValueError:
        return url
    return url.replace(f"//{authority}", f"//[{authority}]", 1)


def _to_loopback(url: str, notes: list[str]) -> str:
    """Return a URL with an address to ask in the place of one to listen on."""
    authority = _authority(url)
    host = re.sub(r":[0-9]*$", "", authority)
    if host not in LOOPBACK_OF:
        return url
    there = LOOPBACK_OF[host] + authority[len(host) :]
    notes.append(f"{host} is an address to listen on: the run asks {there}.")
    return url.replace(f"//{authority}", f"//{there}", 1)


def _joined(url: str, path: str, *, path_is_given: bool) -> tuple[str, str]:
    """Return base address and path of a URL and a path that may overlap."""
    start, _, rest = url.partition("://")
    authority, *parts = rest.rstrip("/").split("/")
    route = [p for p in path.split("/") if p]
    origin = f"{start}://{authority}"

    def at(left: list[str]) -> str:
        return "/".join([origin, *left])

    # The longest end of the URL that the path begins with: all of it, or `/v1`.
    for length in range(min(len(parts), len(route)), 0, -1):
        if parts[-length:] == route[:length]:
            return at(parts[:-length]), path
    if path_is_given:
        return url, path
    # Another endpoint behind what the path begins with: `/v1/chat/completions`.
    for other in OTHERS:
        whole = [route[0], *other] if route else []
        if whole and parts[-len(whole) :] == whole:
            return at(parts[: -len(whole)]), path
    # The endpoint under another path than the documented one: `/openai/images/variations`.
    for length in range(len(route) - 1, 1, -1):
        if parts[-length:] == route[-length:]:
            return at(parts[:-length]), "/" + "/".join(route[-length:])
    return url, path


def check(url: str) -> None:
    """Check that a text is the base address of a gateway.

    Raises:
        UsageError: it is not; the message says why, and repeats no credential.
    """
    authority = re.split(r"[/?#]", url.rpartition("://")[2], maxsplit=1)[0]
    if "@" in authority:
        raise UsageError("URL: holds a credential; put it into a variable, see --api-key-env")
    shown = repeatable.address(url)
    if not printable_ascii(url):
        raise UsageError(
            f"URL {shown!r}: holds white space or another character that no URL can carry"
        )
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it is what checks it
        (parts.hostname or "").encode("idna")
    except ValueError as error:
        raise UsageError(f"URL {shown!r}: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        # A word alone may be a key that was given in the place of the URL.
        named = f"URL {shown!r}" if "://" in url or not repeatable.may_be_secret("", url) else "URL"
        raise UsageError(
            f"{named}: has no http:// or https:// before a host; "
            f"write it whole, like http://127.0.0.1:8080"
        )
    if "?" in url or "#" in url:
        raise UsageError(f"URL {shown!r}: is a base address; leave out what follows ? or #")


def printable_ascii(text: str) -> bool:
    """Return whether a text holds only characters that a URL, and the value of a key, may hold."""
    return all(0x21 <= ord(c) <= 0x7E for c in text)  # noqa: PLR2004 - RFC 3986 §2
