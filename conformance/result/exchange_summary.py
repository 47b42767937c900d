"""One exchange as reports show it, and the types of fields that all values of a result share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any


class Narrowed:
    """What JSON Schema demands of a field beyond its type; stands in the field's annotation."""

    def __init__(self, **keywords: Any) -> None:
        self.keywords = keywords


SHA256 = "^[0-9a-f]{64}$"
Count = Annotated[int, Narrowed(minimum=0)]
Duration = Annotated[float, Narrowed(minimum=0)]
Named = Annotated[str, Narrowed(minLength=1)]
# Three digits, as HTTP has them (RFC 9112 §4).
StatusCode = Annotated[int, Narrowed(minimum=0, maximum=999)]
Sha256 = Annotated[str, Narrowed(pattern=SHA256)]
DataUri = Annotated[str, Narrowed(pattern="^data:image/")]
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FormField:
    """One part of the form that the run sent, as a person reads it."""

    name: str
    value: str = ""
    filename: str | None = None
    content_type: str | None = None
    size_bytes: Count = 0
    fixture: str | None = None


@dataclass(frozen=True)
class Picture:
    """One picture of an answer, measured from its bytes."""

    source: str
    format: str | None
    width: int | None
    height: int | None
    size_bytes: Count
    sha256: Sha256
    thumbnail: DataUri | None = None


@dataclass(frozen=True)
class ProviderCall:
    """One call that the gateway made to the observed provider; provider.jsonl has the whole of it."""

    id: Annotated[Named, "The call's id in provider.jsonl."]
    method: str
    path: str
    model: str = ""
    recognized_by: Annotated[
        str, "What the call was recognized by: bytes, pixels, part, likeness or fields."
    ] = ""
    fields: tuple[FormField, ...] = ()
    headers: Headers = ()
    status: Annotated[StatusCode | None, "What the provider answered; null if it hung up."] = None
    end: str = ""
    pictures: Count = 0
    reply_body: str = ""


@dataclass(frozen=True)
class Try:
    """An earlier answer to the same request, after which the suite sent it again."""

    outcome: str
    body: str = ""
    elapsed_s: float = 0.0


@dataclass(frozen=True)
class ExchangeSummary:
    """One exchange as reports show it; the whole of it is in the evidence."""

    id: str
    label: str
    method: str
    url: str
    request_headers: Headers = ()
    fields: tuple[FormField, ...] = ()
    request_body: str = ""
    request_bytes: Count = 0
    curl: str = ""
    status: Annotated[StatusCode | None, "The status code of the answer; null if none came."] = None
    failure: Annotated[str | None, "Why no answer came; null if one came."] = None
    reply_headers: Headers = ()
    reply_body: Annotated[str, "The start of the answer's body as text."] = ""
    reply_bytes: Count = 0
    reply_truncated: bool = False
    elapsed_s: Duration = 0.0
    attempts: Count = 1
    tries: tuple[Try, ...] = ()
    pictures: tuple[Picture, ...] = ()
    # A key of the file; inside the suite it is the control.
    twin: Annotated[
        str | None, "Id of the accepted request beside it: the same one without its fault."
    ] = None
    calls: Annotated[
        tuple[ProviderCall, ...],
        "The calls that reached the provider for this exchange, where the run observed it.",
    ] = ()
