"""What came back for a request: `Reply`, and both together with every try, `Exchange`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from conformance.http.reading import foreign_json

if TYPE_CHECKING:
    from conformance.http.facts import Cut, PictureFacts
    from conformance.http.provider_call import Call
    from conformance.http.request import Request

SUCCESSES = range(200, 300)
# Who made the cache's entry that an answer came from, as far as the run can tell.
FilledBy = Literal["this run", "an earlier run", "nobody"]
# "budget", "spared", "down", "limited" and "overtime" were not sent: no picture was left, nothing could
# be learnt, no gateway was there, no more rate, or no more time. What was in flight when the run's time
# was over is "overtime" too.
Failure = Literal[
    "unreachable", "dropped", "timeout", "too-large", "not-http", "budget", "spared", "down",
    "limited", "overtime",
]  # fmt: skip


@dataclass(frozen=True, repr=False)
class Reply:
    """What came back: status, headers and body, credentials already replaced.

    `coding` names the content codings that were taken off the body, as Content-Encoding lists them;
    without one the body is as it was received. `coding_problem` says why Content-Encoding does not
    describe what was received, or is empty. `pictures` are those whose base64 was taken out of the body
    (`http.images.condensing`); `cut` says that the body is only the beginning of what came (`http.bounds`).
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    http_version: str = "HTTP/1.1"
    coding: str = ""
    coding_problem: str = ""
    pictures: tuple[PictureFacts, ...] = ()
    cut: Cut | None = None

    def __repr__(self) -> str:
        """Return what a reader needs: a reply may hold megabytes."""
        return f"Reply({self.status}, {self.media_type}, {len(self.body)} bytes)"

    def header(self, name: str) -> str | None:
        """Return a header's first value, whatever the case of its name."""
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)

    @property
    def media_type(self) -> str:
        """The Content-Type without its parameters, in lower case."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    @cached_property
    def text(self) -> str:
        """The body as text; bytes that are no UTF-8 show as U+FFFD."""
        return self.body.decode("utf-8", "replace")

    @cached_property
    def json(self) -> Any:
        """The body as JSON, leniently read, or None where it is none, or was cut.

        `foreign_json` says how numbers are read, and how deep it may be. Another requirement checks
        that it is strict JSON.
        """
        if self.cut:
            return None
        try:
            return foreign_json.read(self.body.decode("utf-8-sig"))
        except ValueError:
            return None

    @cached_property
    def texts(self) -> tuple[str, ...]:
        r"""The body as text and, where escapes hide something, each text of the JSON in it.

        A gateway may write `/` as `\/`, and any character as `\uXXXX` (RFC 8259 §7).
        """
        if "\\" not in self.text:
            return (self.text,)
        found, left = [self.text], [self.json]
        while left:
            value = left.pop()
            if isinstance(value, str):
                found.append(value)
            elif isinstance(value, dict):
                left += [*value, *value.values()]
            elif isinstance(value, list):
                left += value
        return tuple(found)

    @property
    def object(self) -> dict[str, Any]:
        """The body as a JSON object, or an empty one where it is none."""
        return self.json if isinstance(self.json, dict) else {}

    @property
    def ok(self) -> bool:
        """Whether the status is a 2xx."""
        return self.status in SUCCESSES


@dataclass(frozen=True)
class Attempt:
    """One earlier try of a request, which did not give its final answer."""

    status: int | None
    failure: Failure | None
    text: str
    elapsed_s: float
    headers: tuple[tuple[str, str], ...] = ()
    excused: bool = False
    mismatch: str = ""
    reused: bool = False
    finished_at: float = 0.0


@dataclass(frozen=True, repr=False)
class Exchange:
    """A request with its reply, or with the reason why there is none."""

    request: Request
    reply: Reply | None
    failure: Failure | None = None
    failure_text: str = ""
    elapsed_s: float = 0.0
    finished_at: float = 0.0
    earlier: tuple[Attempt, ...] = ()
    fetched: tuple[Fetched, ...] = ()
    local_port: int | None = None
    # Whether the connection had carried an earlier request.
    reused: bool = False
    # The answers to the bytes that were sent behind it on the same connection.
    behind: tuple[Reply, ...] = ()
    # What came behind the whole answer although nobody had asked for it.
    surplus: bytes = b""
    # The first bytes that came where there is no answer, or those that hold a secret beside it.
    received: bytes = b""
    # Whether the server had closed its kept connection, so that it went out over a new one.
    broken: bool = False
    control: Exchange | None = None
    # Of an answer from a cache: "nobody" if no request ever carried its picture before.
    filled_by: FilledBy = "this run"
    # The calls that reached the provider for it; None where the provider was not observed. If they
    # cannot be told from those of another request, the text says why.
    calls: tuple[Call, ...] | None = None
    calls_unclear: str = ""

    def __repr__(self) -> str:
        """Return what a reader needs: pytest shows each argument of a check that fails."""
        return f"Exchange({self.request.label!r}, id={self.id}: {self.outcome})"

    @property
    def id(self) -> str:
        """The request's identity."""
        return self.request.id

    @property
    def status(self) -> int | None:
        """The final status, or None if there was no answer."""
        return self.reply.status if self.reply else None

    @property
    def ok(self) -> bool:
        """Whether the request was answered with a 2xx."""
        return self.reply is not None and self.reply.ok

    @property
    def content(self) -> bytes:
        """The answer's bytes; none where there is no answer."""
        return self.reply.body if self.reply else b""

    @property
    def text(self) -> str:
        """The answer as text; empty where there is no answer."""
        return self.reply.text if self.reply else ""

    @property
    def json(self) -> Any:
        """The answer as JSON, or None where it is none."""
        return self.reply.json if self.reply else None

    @property
    def body(self) -> dict[str, Any]:
        """The answer as a JSON object, or an empty one where it is none."""
        return self.reply.object if self.reply else {}

    @property
    def media_type(self) -> str:
        """The answer's Content-Type without its parameters, in lower case."""
        return self.reply.media_type if self.reply else ""

    def header(self, name: str) -> str | None:
        """Return a header of the answer, whatever the case of its name."""
        return self.reply.header(name) if self.reply else None

    @property
    def items(self) -> list[Any]:
        """The items of `data` in the answer; empty where there are none."""
        data = self.body.get("data")
        return data if isinstance(data, list) else []

    @property
    def cache_debug(self) -> dict[str, Any]:
        """The `cache_debug` of the answer; empty without one."""
        extra = self.body.get("extra_fields")
        debug = extra.get("cache_debug") if isinstance(extra, dict) else None
        return debug if isinstance(debug, dict) else {}

    @property
    def from_cache(self) -> bool:
        """Whether the answer says that it comes from a cache."""
        return self.cache_debug.get("cache_hit") is True

    @property
    def outcome(self) -> str:
        """What came back, in a few words: `400`, `timeout: no answer within 60 s`."""
        if self.reply is None:
            return f"{self.failure}: {self.failure_text}"
        return f"{self.reply.status}"


@dataclass(frozen=True)
class Fetched:
    """What one url of an answer served when it was fetched without credentials.

    Of a large picture, `kept` holds the facts in the place of `body`.
    """

    url: str
    status: int | None
    content_type: str
    body: bytes
    problem: str = ""
    skipped: bool = False
    kept: PictureFacts | None = None
