"""The product that a bundle is about: who makes it, and which released version was judged."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from conformance.errors import UsageError
from conformance.http.reading.short import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TABLE = "product"
LONGEST = 200
# A number first, `v` or another single letter before it at most: v1.4.2, 2026.1, R81.20, 3.0.0-rc.1.
VERSION = re.compile(r"[A-Za-z]?[0-9]+(?:[-._+~][A-Za-z0-9]+|[A-Za-z]+[0-9]*)*", re.ASCII)
# What `git describe` says of commits behind a release, and a commit alone.
BEHIND_A_RELEASE = re.compile(r".*-[0-9]+-g[0-9a-f]{4,40}", re.ASCII)
COMMIT = re.compile(r"(?=.*[a-f])(?=.*[0-9])[0-9a-f]{7,40}", re.ASCII)
MOVING = frozenset(
    {
        *("main", "master", "trunk", "head", "tip", "branch", "dev", "devel", "develop"),
        *("development", "latest", "nightly", "daily", "edge", "canary", "snapshot", "unstable"),
        *("unreleased", "dirty", "wip", "local", "test", "staging"),
    }
)


@dataclass(frozen=True)
class Product:
    """What was judged, in the words of whoever has it judged."""

    organization: str
    name: str
    version: str
    url: str
    contact: str


# The flags of `conformance bundle`, by the fields; the keys of `[product]` are the fields themselves.
FLAGS = {
    "organization": "--organization",
    "name": "--product",
    "version": "--product-version",
    "url": "--url",
    "contact": "--contact",
}
KEYS = tuple(f.name for f in fields(Product))


def build(flags: Mapping[str, str | None], table: Mapping[str, Any], file: str) -> Product:
    """Return the product that flags name, and the table `[product]` of a file where they do not.

    Args:
        flags: what the command line gave, by the fields' names.
        table: the table.
        file: what errors call the file.

    Raises:
        UsageError: something is missing, is no text, or cannot be a product of its kind.
    """
    for key in table:
        if key not in KEYS:
            raise UsageError(f"{file}: {TABLE}.{shown(key)[1:-1]}: is none of {', '.join(KEYS)}")
    values = {key: flags.get(key) or table.get(key) for key in KEYS}
    if missing := [FLAGS[key] for key, value in values.items() if not value]:
        raise UsageError(
            f"{', '.join(missing)}: missing: a statement says of which product it is; name it with"
            f" these flags, or under [{TABLE}] in {file} ({', '.join(KEYS)})"
        )
    for key, value in values.items():
        if not isinstance(value, str):
            raise UsageError(f"{file}: {TABLE}.{key}: is no text; put it in quotes")
    found = Product(**{key: str(value).strip() for key, value in values.items()})
    for key, problem in problems(found):
        where = FLAGS[key] if flags.get(key) else f"{file}: {TABLE}.{key}"
        raise UsageError(f"{where}: {problem}")
    return found


def problems(product: Product) -> Iterator[tuple[str, str]]:
    """Yield each field that cannot be what it should be, and why."""
    for key in KEYS:
        value = getattr(product, key)
        if not value or len(value) > LONGEST or not value.isprintable():
            yield key, f"is no line of 1 to {LONGEST} printable characters"
    if problem := unreleased(product.version):
        yield "version", problem
    if not _is_url(product.url):
        yield "url", f"{shown(product.url)} is no address that begins with https:// or http://"


def unreleased(version: str) -> str:
    """Return why a version is none that somebody else can get, or nothing.

    A release has a number, and never changes. A branch, a moving tag, a commit, and a build of
    changed sources do; a numbered pre-release such as 2.0.0-rc.1 does not.
    """
    words = re.split(r"[-._+~/]|(?<=[0-9])(?=[A-Za-z])|(?<=[A-Za-z])(?=[0-9])", version.lower())
    if moving := MOVING.intersection(words):
        return (
            f"{shown(version)} is no released version: {min(moving)} names what changes; {ADVICE}"
        )
    if BEHIND_A_RELEASE.fullmatch(version) or COMMIT.fullmatch(version):
        return f"{shown(version)} is no released version, but a commit; {ADVICE}"
    if not VERSION.fullmatch(version):
        return f"{shown(version)} is no released version: it does not begin with a number; {ADVICE}"
    return ""


ADVICE = "name the release that anybody can get, such as 1.4.2 or v2.0.0-rc.1"


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text
