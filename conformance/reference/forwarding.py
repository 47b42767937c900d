"""Forwards an order to a provider: `Forwarding` says how, `ask` does it.

Defects and variants of the provider's side set other values in its fields.
"""

from __future__ import annotations

import http.client
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from conformance.reference.values import Fault, Part, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.values import Headers, Json, Order

PROVIDER_KEY = "sk-provider-demo-9a41c07be2d54f31"
ROUTE = "/v1/images/variations"
PIECE = 65_536
OWN_FAULTS = (400, 404, 422, 429)


@dataclass(frozen=True)
class Outgoing:
    """A call to the provider before it is written: its headers and the parts of its form."""

    headers: Headers
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Heard:
    """What came back: status, headers and body, or no status and the problem."""

    status: int | None
    headers: Headers = ()
    body: bytes = b""
    problem: str = ""

    def header(self, name: str) -> str | None:
        """Return a header's first value; `name` is in lower case."""
        return next((v for k, v in self.headers if k.lower() == name), None)


@dataclass(frozen=True)
class Made:
    """What the provider made: the items of its answer, and the pixels of its pictures."""

    items: tuple[Json, ...]
    pixels: tuple[int, int]


def without_provider(model: str) -> str:
    """Return the model as the provider knows it."""
    return model.partition("/")[2]


def text_part(name: str, value: str) -> Part:
    """Return a text field."""
    return Part(name, value.encode())


def as_written(part: Part) -> bytes:
    """Return a part's header lines; line ends and quotes in its names are escaped."""
    name, file_name = (_quoted(t) if t is not None else None for t in (part.name, part.file_name))
    line = f'Content-Disposition: form-data; name="{name}"'
    line += "" if file_name is None else f'; filename="{file_name}"'
    kind = "" if part.content_type is None else f"\r\nContent-Type: {part.content_type}"
    return (line + kind + "\r\n\r\n").encode()


def is_failure(heard: Heard) -> bool:
    """Return whether a second try may help."""
    return heard.status is None or heard.status == 429 or heard.status >= 500  # noqa: PLR2004 - RFC 9110 §15.6


def fault_of(heard: Heard) -> Fault:
    """Return the fault that tells the client how the provider failed."""
    more: dict[str, Any] = {"type": "provider_error", "by_provider": True}
    if heard.status is None:
        late = heard.problem == "timeout"
        status = 504 if late else 502
        return Fault(status, f"the provider gave no answer: {heard.problem}", "no_answer", **more)
    if heard.status not in OWN_FAULTS:
        return Fault(502, f"the provider answered {heard.status}", "provider_failed", **more)
    again = heard.header("retry-after")
    headers = (("Retry-After", again),) if again is not None else ()
    message = f"the provider refused the request with {heard.status}"
    return Fault(heard.status, message, "provider_refused", headers=headers, **more)


@dataclass(frozen=True)
class Forwarding:
    """How orders are forwarded; `Forwarding()` is the correct way."""

    model_sent: Callable[[str], str] = without_provider
    image_sent: Callable[[Part, Order], Part] = lambda part, _order: part
    shares: Callable[[int], tuple[int, ...]] = lambda n: (n,)
    edit: Callable[[Outgoing, Order], Outgoing] = lambda outgoing, _order: outgoing
    head_of: Callable[[Part], bytes] = as_written
    tries: int = 1
    again: Callable[[Heard], bool] = is_failure
    body_again: Callable[[bytes], bytes] = lambda body: body
    timeout_s: float = 2.5
    on_heard: Callable[[Heard], Heard] = lambda heard: heard
    fault_of: Callable[[Heard], Fault] = fault_of
    on_items: Callable[[list[Json], Order], list[Json]] = lambda items, _order: items
    on_refused: Callable[[str, Headers, bytes], None] = field(default=lambda *_: None)


def ask(how: Forwarding, provider: str, image: Part, order: Order, model: str) -> Made:
    """Have the provider make the pictures of an order.

    Raises:
        Refused: the provider failed, or refused the call.
    """
    items: list[Json] = []
    pixels = (0, 0)
    for share in how.shares(order.n):
        made = _one(how, provider, _outgoing(how, image, order, model, share), order.model)
        items += made.items
        pixels = made.pixels
    return Made(tuple(how.on_items(items, order)), pixels)


def _outgoing(how: Forwarding, image: Part, order: Order, model: str, share: int) -> Outgoing:
    sent = how.image_sent(image, order)
    kind = sent.content_type or ""
    parts = [
        text_part("model", how.model_sent(model)),
        Part(
            "image", sent.content, sent.file_name or "image.png",
            kind if kind.startswith("image/") else "application/octet-stream",
        ),
    ]  # fmt: skip
    if order.n_given or share != order.n:
        parts.append(text_part("n", str(share)))
    if order.size is not None:
        parts.append(text_part("size", order.size))
    if order.format_given:
        parts.append(text_part("response_format", order.response_format))
    if order.user is not None:
        parts.append(text_part("user", order.user))
    headers = (("Authorization", f"Bearer {PROVIDER_KEY}"), ("Accept", "application/json"))
    return how.edit(Outgoing(headers, tuple(parts)), order)


def _one(how: Forwarding, provider: str, outgoing: Outgoing, model: str) -> Made:
    boundary = secrets.token_hex(16)
    body = b"".join(
        b"--" + boundary.encode() + b"\r\n" + how.head_of(part) + part.content + b"\r\n"
        for part in outgoing.parts
    )
    body += b"--" + boundary.encode() + b"--\r\n"
    headers = (*outgoing.headers, ("Content-Type", f"multipart/form-data; boundary={boundary}"))
    heard = Heard(None)
    for _ in range(how.tries):
        heard = post(provider + ROUTE, headers, body, how.timeout_s)
        if not how.again(heard):
            break
        body = how.body_again(body)
    heard = how.on_heard(heard)
    made = _read(heard)
    if made is None:
        fault = how.fault_of(heard)
        raise Refused(Fault(**{**vars(fault), "model": model, "provider": model.partition("/")[0]}))
    return made


def _read(heard: Heard) -> Made | None:
    """Return what was made, or None if the answer has no pictures."""
    if heard.status != 200:  # noqa: PLR2004 - RFC 9110 §15.3.1
        return None
    try:
        body = json.loads(heard.body)
        items = tuple({k: i[k] for k in ("url", "b64_json") if k in i} for i in body["data"])
        width, _, height = str(body.get("size", "1024x1024")).partition("x")
        made = Made(items, (int(width), int(height)))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return made if items and all(items) else None


def post(url: str, headers: Headers, body: bytes, timeout_s: float) -> Heard:
    """Send one call and return what came back in time: an answer, or why there is none."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout_s)
    deadline = time.monotonic() + timeout_s
    content = bytearray()
    try:
        connection.request("POST", parts.path, body, dict(headers))
        answer = connection.getresponse()
        while piece := answer.read1(PIECE):
            content += piece
            if time.monotonic() > deadline:
                return Heard(None, problem="timeout")
        return Heard(answer.status, tuple(answer.getheaders()), bytes(content))
    except TimeoutError:
        return Heard(None, problem="timeout")
    except (OSError, http.client.HTTPException):
        return Heard(None, problem="the connection broke")
    finally:
        connection.close()


def _quoted(value: str) -> str:
    return value.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
