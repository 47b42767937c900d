"""The faults of the provider: a model's name orders one, with or without a gateway's prefix."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

JSON_TYPE = "application/json"
HTML_TYPE = "text/html; charset=utf-8"
RETRY_AFTER_S = 1
SLOW_S = 5.0
PREFIX = "fault-"
# Two models that always fail, for requests with fallbacks.
FAILING, OTHER_FAILING = f"{PREFIX}500", f"{PREFIX}503"
# No provider has a model with this word in its name, with or without a gateway's prefix.
UNKNOWN = "no-such-"


@dataclass(frozen=True)
class Reply:
    """What the provider does with a call: answers, slowly or without an end, or hangs up."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: tuple[tuple[str, str], ...] = ()
    pictures: int = 0
    delay_s: float = 0.0
    dropped: bool = False
    endless: bool = False


@dataclass(frozen=True)
class Fault:
    """One fault: a sentence for readers, and the reply.

    Without a reply, the provider sends the good one, with this delay and this Content-Type.
    """

    sentence: str
    reply: Reply | None = None
    delay_s: float = 0.0
    content_type: str = ""


def error(
    status: int,
    message: str,
    *,
    code: str | None = None,
    kind: str = "invalid_request_error",
    param: str | None = None,
    headers: tuple[tuple[str, str], ...] = (),
) -> Reply:
    """Return an error as OpenAI's API writes it."""
    body = {"error": {"message": message, "type": kind, "param": param, "code": code}}
    return Reply(status, json.dumps(body).encode(), headers=headers)


def _failing(
    status: int, message: str, code: str | None = None, kind: str = "invalid_request_error"
) -> Fault:
    told = f"{message} (as the model asks for)"
    return Fault(f"answers {status}", error(status, told, code=code, kind=kind))


def _answering(status: int, body: bytes, content_type: str = JSON_TYPE) -> Fault:
    shown = body.decode("utf-8", "replace")[:50] or "an empty body"
    return Fault(f"answers {status} with {shown}", Reply(status, body, content_type))


# Errors as other providers, and the proxies before them, write them.
ERROR_FORMS: dict[str, Fault] = {
    "error-html": _answering(
        502,
        b"<!doctype html><html><head><title>502 Bad Gateway</title></head>"
        b"<body><h1>502 Bad Gateway</h1></body></html>",
        HTML_TYPE,
    ),
    "error-text": _answering(503, b"no healthy upstream", "text/plain"),
    "error-empty": _answering(500, b"", ""),
    "error-string": _answering(500, b'{"error": "the model crashed"}'),
    "error-message": _answering(500, b'{"message": "the model crashed"}'),
    "error-detail": _answering(400, b'{"detail": "the picture is not to our liking"}'),
    "error-details": _answering(
        422, b'{"detail": [{"loc": ["body", "image"], "msg": "is too dark", "type": "value"}]}'
    ),
    "error-problem": _answering(
        503,
        b'{"type": "about:blank", "title": "Unavailable", "status": 503}',
        "application/problem+json",
    ),
    "error-array": _answering(500, b'[{"error": {"code": 500, "message": "the model crashed"}}]'),
    "error-null": _answering(500, b'{"error": null}'),
    "error-cut": _answering(500, b'{"error": {"message": "the mod'),
    "error-bytes": _answering(500, b'{"error": {"message": "\xff\xfe the model crashed"}}'),
}
FAULTS: dict[str, Fault] = {
    "fault-400": _failing(400, "The request was refused", code="invalid_request"),
    "fault-401": _failing(401, "The key is not valid", code="invalid_api_key"),
    "fault-403": _failing(403, "The key may not use this model", code="forbidden"),
    "fault-404": _failing(404, "The model does not exist", code="model_not_found"),
    "fault-429": Fault(
        f"answers 429 with Retry-After: {RETRY_AFTER_S}",
        error(
            429,
            "Too many requests (as the model asks for)",
            code="rate_limit_exceeded",
            kind="rate_limit_error",
            headers=(("retry-after", str(RETRY_AFTER_S)),),
        ),
    ),
    "fault-500": _failing(500, "Internal error", kind="server_error"),
    "fault-503": _failing(503, "Overloaded", kind="server_error"),
    "fault-html": Fault(
        "answers 200 with an HTML page",
        Reply(200, b"<!doctype html><title>Welcome</title><h1>It works</h1>", HTML_TYPE),
    ),
    "fault-broken-json": Fault(
        "answers 200 with JSON that is cut off", Reply(200, b'{"created": 1764000000, "data": [{"u')
    ),
    "fault-wrong-type": Fault(
        "answers 200 with pictures, as text/plain", content_type="text/plain; charset=utf-8"
    ),
    "fault-empty": Fault("answers 200 with an empty body", Reply(200, b"")),
    "fault-no-data": Fault(
        "answers 200 with JSON that has no data", Reply(200, b'{"created": 1764000000}')
    ),
    "fault-null-data": Fault(
        "answers 200 with data that is null", Reply(200, b'{"created": 1764000000, "data": null}')
    ),
    "fault-empty-data": Fault(
        "answers 200 with an empty list of data", Reply(200, b'{"created": 1764000000, "data": []}')
    ),
    **{f"{PREFIX}{name}": fault for name, fault in ERROR_FORMS.items()},
    "fault-drop": Fault("closes the connection without an answer", Reply(dropped=True)),
    "fault-slow": Fault(f"answers well, after {SLOW_S:g} s", delay_s=SLOW_S),
    "fault-twice": Fault("answers 503 twice to the same image, and then well"),
    "fault-endless": Fault("begins to answer and never ends", Reply(200, endless=True)),
}


@dataclass(frozen=True)
class Rules:
    """What the provider refuses, and which models fail besides those that are named for a fault.

    A `lenient` provider serves whatever n, size, format and picture it is asked for; only a model
    that it does not know, and a body that cannot be read, it refuses all the same. `failing` are
    names of models, as `failing_names` returns them.
    """

    lenient: bool = False
    failing: frozenset[str] = frozenset()


STRICT = Rules()


def fault_of(model: str, rules: Rules = STRICT) -> str:
    """Return the name of the fault that a model asks for, or an empty text.

    A model that always fails by the rules is a fault by its own name.
    """
    name = model.rpartition("/")[2]
    return name if name in FAULTS or model in rules.failing else ""


def fault_named(name: str) -> Fault | None:
    """Return the fault of a name that `fault_of` returned; None for an empty text."""
    return FAULTS.get(name, FAULTS[FAILING]) if name else None


def failing_names(failing: str | None, good: Iterable[str | None]) -> frozenset[str]:
    """Return the names under which a model that always fails may reach the provider.

    A gateway may send it on as it is, without its provider, or without all that stands before it.

    Args:
        failing: the model, as a client names it.
        good: the models that must not fail, in the same way.
    """
    mine = _names(failing)
    return mine - {name for model in good for name in _names(model)}


def _names(model: str | None) -> frozenset[str]:
    if not model:
        return frozenset()
    names = (model, model.partition("/")[2], model.rpartition("/")[2])
    return frozenset(name for name in names if name)
