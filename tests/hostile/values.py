"""What a hostile server is made of: a request as it came, the good answer to it, and a mode."""

from __future__ import annotations

import hashlib
import json
import random
import string
import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import jwt

from conformance.reference import credentials
from conformance.reference.behaviour import Behaviour
from conformance.reference.credentials import Keyring
from conformance.reference.gateway import Gateway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .runs import Outcome

HOST = "127.0.0.1"
REFUSED = 400
LINE_END = b"\r\n"
# What a mode yields to end its connection.
CLOSE = b""


class EndedError(Exception):
    """The run is over, so that nobody waits for a hostile answer any more."""


@dataclass(frozen=True)
class Asked:
    """One request as it arrived, its body read whole."""

    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    connection: int = 0
    nth: int = 1

    def header(self, name: str) -> str:
        """The header's first value, or nothing; `name` is in lower case."""
        return next((v for k, v in self.headers if k.lower() == name), "")

    @property
    def credential(self) -> str:
        """What stands behind the scheme of its Authorization header."""
        return self.header("authorization").rpartition(" ")[2]

    @property
    def is_picture(self) -> bool:
        """Whether it fetches what a url of an answer names."""
        return self.method == "GET"


@dataclass(frozen=True)
class Reply:
    """An answer before it is written; a mode changes it, or writes other bytes instead."""

    status: int
    headers: tuple[tuple[str, bytes], ...] = ()
    body: bytes = b""
    reason: bytes = b"Said"
    head_only: bool = False

    @property
    def refuses(self) -> bool:
        return self.status >= REFUSED

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def has_pictures(self) -> bool:
        return not self.refuses and self.body.startswith(b'{"') and "data" in self.json

    def with_json(self, value: Any) -> Reply:
        return replace(self, body=json.dumps(value).encode("utf-8", "surrogatepass"))

    def told(self, content: bytes) -> Reply:
        """A refusal whose message holds these bytes, as they would stand within a JSON string."""
        body = self.json
        body["error"]["message"] = "refused: @@ (said the server)"
        return replace(self, body=json.dumps(body).encode().replace(b"@@", content))

    def typed(self, media_type: str, body: bytes) -> Reply:
        kept = tuple((k, v) for k, v in self.headers if k.lower() != "content-type")
        headers = (*kept, ("Content-Type", media_type.encode()))
        return replace(self, headers=headers, body=body)

    def plus(self, name: str, value: bytes) -> Reply:
        return replace(self, headers=(*self.headers, (name, value)))

    def head(self, *framing: bytes, line: bytes = b"") -> bytes:
        """Its head, with these lines about the body at its end."""
        line = line or b"HTTP/1.1 %d %s" % (self.status, self.reason)
        lines = [line, *(k.encode() + b": " + v for k, v in self.headers), *framing]
        return LINE_END.join(lines) + LINE_END * 2

    def wire(self, line: bytes = b"") -> bytes:
        head = self.head(b"Content-Length: %d" % len(self.body), line=line)
        return head if self.head_only else head + self.body


@dataclass
class World:
    """What all connections of one hostile server share."""

    name: str
    port: int = 0
    ended: threading.Event = field(default_factory=threading.Event)
    seen: Counter[str] = field(default_factory=Counter)
    kept: dict[str, Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def key(self) -> str:
        """The virtual key: its name and letters of both cases, other ones in each mode."""
        return "sk-bf-" + _letters(f"key of {self.name}", 28)

    @cached_property
    def literal(self) -> str:
        """The value of the header X-Api-Key, given on the command line."""
        return _letters(f"header of {self.name}", 30)

    @cached_property
    def token(self) -> str:
        """A JWT for the virtual key."""
        claims = {"sub": "operator", "virtual_key": self.key, "exp": credentials.YEAR_2100}
        return jwt.encode(claims, credentials.DEMO_SECRET, algorithm="HS256")

    @cached_property
    def gateway(self) -> Gateway:
        known = Keyring(((self.key, "operator"),), credentials.DEMO_SECRET)
        return Gateway(Behaviour(), keys=known)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def wait(self, seconds: float) -> None:
        """Wait, but not beyond the end of the run."""
        if self.ended.wait(seconds):
            raise EndedError

    def hang(self) -> None:
        """Wait for the end of the run."""
        self.wait(10_000)

    def count(self, name: str) -> int:
        """How often it was called with this name, this time included."""
        with self._lock:
            self.seen[name] += 1
            return self.seen[name]


def _letters(of: str, length: int) -> str:
    drawn = random.Random(hashlib.sha256(of.encode()).hexdigest())
    return "".join(drawn.choices(string.ascii_letters + string.digits, k=length))


if TYPE_CHECKING:
    Act = Callable[["Asked", "Reply", "World"], Iterable[bytes]]

# The selections of a run, from the cheapest on.
SMOKE = ("--profile", "smoke")
AUTH = ("--check", "test_auth")
MUST = ("--level", "must")
CORE = ("--profile", "core")


@dataclass(frozen=True)
class Mode:
    """One way to be hostile, and what a run against it must come to.

    Attributes:
        name: its name in the test's id.
        kind: leak, endless, odd, url, desync or text.
        does: what the server does, in one sentence.
        act: the bytes that it writes for a request, given the reference gateway's answer.
        bound_s: the seconds after which the run must have ended.
        codes: the exit codes that are right.
        fails: requirements that must have failed.
        selects: the arguments that select what is judged.
        timeout_s: the value of `--timeout`.
        flags: further arguments.
        token: a JWT is given too.
        literal: the header X-Api-Key is given on the command line.
        fast: it is one of the few that the unit tests try.
        holds: what else must hold; it returns a sentence for each problem.
    """

    name: str
    kind: str
    does: str
    act: Callable[[Asked, Reply, World], Iterable[bytes]]
    bound_s: float = 60
    codes: tuple[int, ...] = (1,)
    fails: tuple[str, ...] = ()
    selects: tuple[str, ...] = AUTH
    timeout_s: float = 2
    flags: tuple[str, ...] = ()
    token: bool = False
    literal: bool = False
    fast: bool = False
    holds: Callable[[Outcome], list[str]] = lambda _: []


def modes_of(kind: str, **usual: Any) -> tuple[list[Mode], Callable[..., Callable[[Act], Act]]]:
    """A list of modes of one kind, and a decorator that puts a function into it.

    The function's name is the mode's; `usual` are fields that all of the kind have.
    """
    found: list[Mode] = []

    def does(sentence: str, *, name: str = "", **more: Any) -> Callable[[Act], Act]:
        def put(act: Act) -> Act:
            named = name or act.__name__.replace("_", "-")
            found.append(Mode(named, kind, sentence, act, **{**usual, **more}))
            return act

        return put

    return found, does
