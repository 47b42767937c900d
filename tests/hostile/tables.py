"""Servers without any behaviour: they recorded what a good gateway answered, and look it up."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from .values import Mode, Reply

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .values import Asked, World

    Shape = tuple[str, ...]

# All of them stand for one gateway, with one key.
NAME = "table"
UNKNOWN = Reply(
    404,
    (("Content-Type", b"application/json"),),
    b'{"is_bifrost_error":true,"status_code":404,"error":{"message":"no such route"}}',
)
# So many parts of a shape have to be equal, if any request has them.
DECISIVE = 7
# What differs from client to client, or is the credential itself.
LEFT_OUT = frozenset({"host", "authorization"})
# Where the run listens for requests that no gateway should make: another port in each run.
LISTENER = re.compile(rb"http://127\.0\.0\.1:[0-9]+")
NAMED = re.compile(rb'name="([^"]*)"')
TOLD = ("model", "n", "size", "response_format", "user", "stream", "fallbacks")


@dataclass
class Table:
    """What was answered to which request, by its digest and by its shape; the last answer stands."""

    url: str = ""
    by_digest: defaultdict[str, list[Reply]] = field(default_factory=lambda: defaultdict(list))
    by_shape: dict[Shape, Reply] = field(default_factory=dict)

    def recording(self) -> Mode:
        """A good gateway whose answers are put into the table."""

        def act(asked: Asked, good: Reply, world: World) -> Iterable[bytes]:
            self.url = world.url
            self.by_digest[digest(asked, world)].append(good)
            if not asked.is_picture:
                self.by_shape.setdefault(shape(asked, world), good)
            return [good.wire()]

        return Mode(NAME, "table", "It answers well, and is recorded.", act)

    def by_bytes(self) -> Mode:
        """A server that knows requests by their digests, and answers 404 to all others."""

        def act(asked: Asked, _good: Reply, world: World) -> Iterable[bytes]:
            return [self._here(self._known(asked, world) or UNKNOWN, world)]

        return Mode(NAME, "table", "It looks requests up by their digests.", act)

    def by_likeness(self) -> Mode:
        """A server that takes the answer to the request that is most like the one that came."""

        def act(asked: Asked, _good: Reply, world: World) -> Iterable[bytes]:
            known = self._known(asked, world)
            if known is None and asked.is_picture:
                known = UNKNOWN
            return [self._here(known or self._nearest(shape(asked, world)), world)]

        return Mode(NAME, "table", "It looks requests up by what they look like.", act)

    def _known(self, asked: Asked, world: World) -> Reply | None:
        name = digest(asked, world)
        found = self.by_digest.get(name, [])
        # Equal requests may have had other answers, such as one from a cache: in their order.
        turn = min(world.count(name), len(found))
        world.count("known" if found else "unknown")
        return found[turn - 1] if found else None

    def _nearest(self, wanted: Shape) -> Reply:
        def likeness(known: Shape) -> tuple[bool, bool, int]:
            alike = [a == b for a, b in zip(known, wanted, strict=True)]
            # First the credential and the media type, then the names of the fields, then the rest.
            return all(alike[:DECISIVE]), alike[DECISIVE], sum(alike)

        return self.by_shape[max(sorted(self.by_shape), key=likeness)]

    def _here(self, reply: Reply, world: World) -> bytes:
        """Write an answer with urls of this server: those of the recorded one are gone."""
        body = reply.body.replace(self.url.encode(), world.url.encode())
        return replace(reply, body=body).wire()


def digest(asked: Asked, world: World) -> str:
    """What a request is known by, whoever sends it to whatever address, from whatever address."""
    headers = sorted((k.lower(), v) for k, v in asked.headers if k.lower() not in LEFT_OUT)
    body = LISTENER.sub(b"http://here", asked.body)
    sent = (asked.method, asked.path, asked.query, headers, credential(asked, world), body)
    return hashlib.sha256(repr(sent).encode()).hexdigest()


def credential(asked: Asked, world: World) -> str:
    """Which credential a request has, as far as a table may know: its key is not that of the run."""
    if not asked.header("authorization"):
        return "none"
    return "good" if asked.credential == world.key else f"other of {len(asked.credential)}"


def shape(asked: Asked, world: World) -> Shape:
    """What a request looks like without what is drawn: no picture, no boundary, no free text."""
    kind, _, parameters = asked.header("content-type").partition(";")
    boundary = parameters.partition("oundary=")[2].strip('" ').encode()
    values: dict[str, bytes] = {}
    names: list[str] = []
    for part in asked.body.split(b"--" + boundary) if boundary else [asked.body]:
        head, _, content = part.partition(b"\r\n\r\n")
        if named := NAMED.search(head):
            names.append(named[1].decode("latin-1"))
            # Of a file its first bytes, which say what it is.
            values[names[-1]] = (
                content[:8] if b"filename" in head else content.removesuffix(b"\r\n")
            )
    told = [values.get(name, b"-").decode("latin-1") for name in TOLD]
    known = credential(asked, world)
    picture = values.get("image", values.get("image[]", b"-")).decode("latin-1")
    whole = bool(boundary) and asked.body.rstrip().endswith(b"--" + boundary + b"--")
    sent = (asked.method, asked.path, asked.query, kind.strip().lower(), str(whole))
    return (
        *sent,
        known,
        asked.header("authorization")[:6],
        " ".join(sorted(names)),
        picture,
        *told,
    )
