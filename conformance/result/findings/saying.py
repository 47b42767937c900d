"""What an answer says was wrong, so that two answers that say the same can be told from others."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from conformance.http.reading import foreign_json

if TYPE_CHECKING:
    from conformance.result.exchange_summary import ExchangeSummary

LONGEST = 160
READ = 4_000
# What differs between two answers for the same reason: what is quoted, ids and numbers.
_VARYING = re.compile(
    r"'[^'\n]{0,300}'|\"[^\"\n]{0,300}\"|`[^`\n]{0,300}`|‘[^’\n]{0,300}’|“[^”\n]{0,300}”"
    r"|https?://\S+|\b[0-9a-fA-F]*\d[0-9a-fA-F-]{7,}\b|[-+]?\d[\d.,:]*"
)
_TAG = re.compile(
    r"<(?:script|style)\b.*?</(?:script|style)>|<[^>]{0,500}>", re.DOTALL | re.IGNORECASE
)
_TITLE = re.compile(r"<title[^>]{0,100}>(.*?)</title>", re.DOTALL | re.IGNORECASE)
_RAISED = re.compile(r"^(\w[\w.]*(?:Error|Exception|Exit|Interrupt)\b.*)$", re.MULTILINE)
# Sentences that tell nothing of the cause: every fault of a gateway may lead to them.
GENERIC = frozenset(
    {
        "",
        *(status.phrase.lower() for status in HTTPStatus),
        "an error occurred",
        "an internal error occurred",
        "error",
        "failed",
        "internal error",
        "internal_error",
        "internal server error occurred",
        "invalid request",
        "server error",
        "something went wrong",
        "unexpected error",
        "unknown error",
    }
)
# Base64 that is longer than any digest, or whose middle was left out; JSON may escape its slashes.
_BLOB = re.compile(
    r"(?:[A-Za-z0-9+/_-]|\\/){88,}={0,2}…?"
    r"|(?:[A-Za-z0-9+_]|\\?/){30,}\.\.\.(?:[A-Za-z0-9+_]|\\?/){8,}={0,2}…?"
)


def without_blobs(text: str) -> str:
    """Return a text with its base64 told by its length: what it holds no reader can see."""
    return _BLOB.sub(_told, text)


def _told(found: re.Match[str]) -> str:
    return "(base64)" if "..." in found[0] else f"({len(found[0]):,} characters of base64)"


def message_of(exchange: ExchangeSummary) -> str:
    """Return the sentence of an answer that says what was wrong; "" if it has none."""
    text = exchange.reply_body[:READ]
    parsed = _json(text)
    found = _message(parsed) if parsed is not None else _plain(text)
    return " ".join(found.split())


def template_of(message: str) -> str:
    """Return a message without what differs from one answer to the next for the same reason."""
    if raised := _RAISED.findall(message):
        message = raised[-1]
    return " ".join(_VARYING.sub("…", message).split()).strip(" .!:").lower()[:LONGEST]


def is_generic(template: str) -> bool:
    """Return whether a message tells nothing of the cause."""
    return template in GENERIC


def shape_of(exchange: ExchangeSummary) -> str:
    """Return what kind of body an answer has: its keys if it is a JSON object, or its media type."""
    parsed = _json(exchange.reply_body[:READ])
    if isinstance(parsed, dict):
        return "JSON with " + ", ".join(sorted(parsed))
    if parsed is not None:
        return "JSON that is no object"
    if not exchange.reply_body:
        return "nothing"
    kinds = (v.partition(";")[0].strip() for k, v in exchange.reply_headers if k == "content-type")
    return next(kinds, "") or "text"


def is_documented(exchange: ExchangeSummary) -> bool:
    """Return whether an answer has the frame of the documented error, whatever is wrong inside."""
    parsed = _json(exchange.reply_body[:READ])
    return isinstance(parsed, dict) and ("is_bifrost_error" in parsed or "event_id" in parsed)


def _json(text: str) -> Any:
    try:
        return foreign_json.read(text)
    except ValueError:
        return None


def _message(value: Any) -> str:
    """Return the message of an error body: the documented one, and what other families send."""
    if isinstance(value, list):
        return _message(value[0]) if value else ""
    if not isinstance(value, dict):
        return value if isinstance(value, str) else ""
    for name in ("error", "message", "msg", "detail", "errors", "title", "reason", "description"):
        if name in value and (found := _message(value[name])):
            return found
    return ""


def _plain(text: str) -> str:
    title = _TITLE.search(text)
    shown = title.group(1) if title else _TAG.sub(" ", text)
    if "Traceback (" in shown and (raised := _RAISED.findall(shown)):
        return str(raised[-1])
    return shown.strip().partition("\n")[0]
