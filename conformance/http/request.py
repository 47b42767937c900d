"""A request as a value: its exact bytes, how it is sent, and its identity."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from conformance.http.identity import encoded

if TYPE_CHECKING:
    from conformance.http.form import Form

# What a correct gateway does: accept, refuse, or either, where the documentation leaves it open.
Expected = Literal["accepted", "refused", "either"]
Purpose = Literal["plan", "preflight", "second look", "probe"]
# The phases of a run: each begins when the one before it is settled. What may keep a gateway busy for
# long (`HEAVY`) goes out one at a time, so that no other request waits for it.
PREFLIGHT, MAIN, HEAVY, LAST = 0, 1, 2, 3


@dataclass(frozen=True)
class Credential:
    """Which credential a request carries, by name: the secret itself is put in when it is sent.

    `name` is the name of a credential of the target, or empty for none; `change` names what is
    done to it (see `target.credential_changes`); `scheme` is the word before it in the header.
    """

    name: str = "default"
    change: str = ""
    scheme: str = "Bearer"
    query: str = ""

    def __str__(self) -> str:
        if not self.name:
            return "no credential"
        return f"{self.name}, {self.change}" if self.change else self.name


# Two specs are equal if they are the same object, two requests if their values are equal: each
# class says so itself.
@dataclass(frozen=True, kw_only=True, eq=False)
class Transmission:
    """How a request is sent, apart from its form; a spec and its request share these fields."""

    label: str = ""
    method: str = "POST"
    credential: Credential = field(default_factory=Credential)
    chunked: bool = False
    # One of `deliveries.DELIVERIES`, for bytes that no HTTP client writes.
    delivery: str = ""
    # Header names are written `Like-This`.
    title_case: bool = False
    # Requests that share a name here go over one connection of their own.
    connection: str = ""
    # A number that tells requests with the same bytes apart.
    copy: int = 0
    phase: int = MAIN
    # What a correct gateway does with it. That decides its price, and whether it is rechecked.
    expected: Expected = "accepted"
    # The fault that it orders from the stand-in provider, if any.
    provider_fault: str = ""

    def transmission(self) -> dict[str, Any]:
        """Return these fields by name, to build another value that goes out in the same way."""
        return {f.name: getattr(self, f.name) for f in fields(Transmission)}


def digest_of(body: bytes, canary: str = "") -> str:
    """Return what a body stands for in the identity of its request.

    The canary's port differs from run to run, the identity does not.
    """
    plain = body.replace(canary.encode(), b"{canary}") if canary else body
    return hashlib.sha256(plain).hexdigest()


@dataclass(frozen=True, kw_only=True, repr=False)
class Request(Transmission):
    """One request with its exact bytes; only the credential is still a name."""

    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    form: Form | None = None
    # How many pictures a correct gateway makes for it at most.
    pictures: int = 0
    # Requests of one burst are finished in the same moment. It is no part of the identity.
    burst: str = ""
    # Why it is sent. Only "plan" requests are taken over by a resumed run.
    purpose: Purpose = "plan"
    control: str | None = None
    after: str | None = None
    asked_in: tuple[str, ...] = ()
    canary: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    faulty: str = ""
    # Whether it has the fault of its control, and something odd beside it.
    rides: bool = False
    # A digest that takes the body's place in the identity, if the body differs from run to run.
    stands_for: str = ""
    # Start and end of the first file in the body: evidence keeps the body, but not the form.
    picture_at: tuple[int, int] = (0, 0)
    # Whether no earlier run can have sent its picture.
    new_picture: bool = False

    def __repr__(self) -> str:
        """Return what a reader needs: a request may hold megabytes."""
        return f"Request({self.label!r}, id={self.id})"

    @property
    def picture(self) -> bytes:
        """The bytes of the first file that is sent; none where there is no file."""
        return self.body[slice(*self.picture_at)]

    @property
    def path(self) -> str:
        """The path of the URL."""
        return urlsplit(self.url).path

    def asked(self, name: str) -> str | None:
        """Return the value of a text field, None without one, and "" where it has several."""
        values = {value for key, value in self.fields if key == name}
        if not values:
            return None
        return values.pop() if len(values) == 1 else ""

    @cached_property
    def id(self) -> str:
        """The request's identity: a digest of everything in which two requests may differ."""
        body = self.stands_for or digest_of(self.body, self.canary)
        known = (
            *(self.method, self.url, self.headers, self.credential, self.chunked, self.delivery),
            *(self.connection, self.copy, self.phase, self.purpose, self.after, body),
        )
        return hashlib.sha256(encoded(known)).hexdigest()[:12]
