"""The values that flow through the gateway: `Call`, `Form`, `Order`, `Fault` and `Answer`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Call:
    """A request as it came over the wire, its body read whole.

    `base_url` is where the client reached the gateway; `nth` counts the requests of a `connection`.
    """

    method: str
    path: str
    query: str = ""
    headers: Headers = ()
    body: bytes = b""
    base_url: str = ""
    connection: int = 0
    nth: int = 1

    def header(self, name: str) -> str | None:
        """Return the header's first value; `name` is in lower case."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True)
class Part:
    """One part of a form; `file_name` and `content_type` are None where the part has none."""

    name: str
    content: bytes
    file_name: str | None = None
    content_type: str | None = None

    @property
    def is_file(self) -> bool:
        """Whether the part is an uploaded file: it has a file name, or a type that is no text."""
        kind = (self.content_type or "text/plain").partition(";")[0].strip().lower()
        return self.file_name is not None or not kind.startswith("text/")


@dataclass(frozen=True)
class Form:
    """The parts of a form in their order."""

    parts: tuple[Part, ...]

    def named(self, name: str) -> tuple[Part, ...]:
        """Return the parts of this name."""
        return tuple(part for part in self.parts if part.name == name)

    def last(self, name: str) -> bytes | None:
        """Return the content of the last part of this name, which wins where a field is repeated."""
        parts = self.named(name)
        return parts[-1].content if parts else None


@dataclass(frozen=True)
class Caller:
    """The authenticated caller: its tenant, and the kind of its credential."""

    tenant: str
    kind: str


@dataclass(frozen=True)
class Upload:
    """An uploaded picture: its digest, a small copy to draw variations from, and its last bytes."""

    digest: str
    seed: bytes
    tail: bytes = b""


@dataclass(frozen=True)
class Order:
    """A good request, checked and ready to be served."""

    call: Call
    form: Form
    caller: Caller
    model: str
    n: int
    size: str | None
    response_format: str
    user: str | None
    fallbacks: tuple[str, ...]
    upload: Upload
    n_given: bool = True
    format_given: bool = True

    @property
    def provider(self) -> str:
        """The provider that was asked for."""
        return self.model.partition("/")[0]


@dataclass(frozen=True)
class Fault:
    """Why a request is refused, and what the error envelope says about it."""

    status: int
    message: str
    code: str = "invalid_value"
    type: str = "invalid_request_error"
    param: str | None = None
    model: str | None = None
    provider: str | None = None
    by_provider: bool = False
    headers: Headers = field(default=())


class Refused(Exception):  # noqa: N818 - a decision, not an error of the program
    """Ends the handling of a request with a fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def refuse(message: str, param: str | None = None, *, status: int = 400, **more: Any) -> Refused:
    """Return the exception that refuses a request; `more` are fields of `Fault`."""
    return Refused(Fault(status=status, message=message, param=param, **more))


@dataclass(frozen=True)
class Answer:
    """A response before it is written.

    `dropped` closes the connection without a response; `closing` closes it after the response;
    `drawn` says that a provider made pictures for it; `behind` is written after its end, where
    nobody expects it, and after `late_s`; so many seconds after it the process ends, if `ends_in_s`
    is a number.
    """

    status: int
    headers: Headers = ()
    body: bytes = b""
    dropped: bool = False
    closing: bool = False
    drawn: bool = False
    behind: bytes = b""
    late_s: float = 0.0
    ends_in_s: float | None = None

    def header(self, name: str) -> str | None:
        """Return the header's first value; `name` is in lower case."""
        return next((value for key, value in self.headers if key.lower() == name), None)


@dataclass(frozen=True)
class Recipe:
    """How to draw a picture of an answer, once a client fetches it."""

    upload: Upload
    pixels: tuple[int, int]
    index: int
    encoding: str
