"""The values that a proxy changes: what is `Asked`, how it is `Answered`, and a `Change` of both."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from conformance.reference.proxies.documents import Style

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

Headers = tuple[tuple[str, str], ...]
Framing = Literal["length", "chunked", "close"]


@dataclass(frozen=True)
class Asked:
    """A request's head as the client sent it; `random` is drawn from the seed for this request.

    `gateway` is the address of the gateway, HOST:PORT.
    """

    method: str
    target: str
    headers: Headers
    version: str
    gateway: str
    random: Random

    def header(self, name: str) -> str:
        """Return the header's first value, or an empty text; `name` is in lower case."""
        return next((value for key, value in self.headers if key.lower() == name), "")


@dataclass(frozen=True)
class Content:
    """The body of an answer.

    Attributes:
        body: its bytes, as the gateway sent them.
        document: the same as a JSON document, or None where it is none.
        style: how the document is written; None leaves the gateway's own bytes.
        coding: the Content-Encoding that the proxy adds.
    """

    body: bytes
    document: Any = None
    style: Style | None = None
    coding: str = ""


@dataclass(frozen=True)
class Wire:
    """How an answer is written to the connection.

    Attributes:
        version: the HTTP version of the status line.
        framing: how a client knows where the body ends.
        interim: the statuses of the answers that go before it.
        alone: so many bytes, from the first one on, are written one at a time.
        head_apart: the head is written first, and the body a moment later.
        wait_s: how long the proxy waits before it answers.
    """

    version: str = "HTTP/1.1"
    framing: Framing = "length"
    interim: tuple[int, ...] = ()
    alone: int = 0
    head_apart: bool = False
    wait_s: float = 0.0


@dataclass(frozen=True)
class Answered:
    """An answer on its way to the client, without the headers that frame its body."""

    status: int
    reason: str
    headers: Headers
    content: Content
    wire: Wire = field(default_factory=Wire)

    def header(self, name: str) -> str:
        """Return the header's first value, or an empty text; `name` is in lower case."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    def with_headers(self, *more: tuple[str, str]) -> Answered:
        """Return the answer with more headers behind its own."""
        return replace(self, headers=(*self.headers, *more))

    def without(self, name: str) -> Answered:
        """Return the answer without a header; `name` is in lower case."""
        return replace(self, headers=tuple(h for h in self.headers if h[0].lower() != name))

    def styled(self, **values: Any) -> Answered:
        """Return the answer with its document written otherwise; another body stays as it is."""
        if self.content.document is None:
            return self
        style = replace(self.content.style or Style(), **values)
        return replace(self, content=replace(self.content, style=style))

    def edited(self, edit: Callable[[Any], Any]) -> Answered:
        """Return the answer with another document; another body stays as it is."""
        if self.content.document is None:
            return self
        content = replace(self.content, document=edit(self.content.document))
        return replace(self, content=content).styled()

    def sent(self, **values: Any) -> Answered:
        """Return the answer written to the connection in another way."""
        return replace(self, wire=replace(self.wire, **values))


def keep(answer: Answered, _: Asked) -> Answered:
    """Leave an answer as it is."""
    return answer


def as_asked(headers: Headers, _: Asked) -> Headers:
    """Leave a request's headers as they are."""
    return headers


@dataclass(frozen=True)
class Change:
    """One thing that a proxy changes and that no documentation fixes.

    Attributes:
        id: its name on the command line.
        sentence: what the proxy does.
        source: why it may: a section of a standard, or that the documentation is silent.
        on_request: makes the headers that the gateway gets.
        on_answer: makes the answer that the client gets.
        continues: the proxy itself sends 100 Continue.
        buffers: the proxy reads a request's body whole before it asks the gateway.
        hides: the requirements that no run can judge behind it.
    """

    id: str
    sentence: str
    source: str
    on_request: Callable[[Headers, Asked], Headers] = as_asked
    on_answer: Callable[[Answered, Asked], Answered] = keep
    continues: bool = False
    buffers: bool = False
    hides: tuple[str, ...] = ()
