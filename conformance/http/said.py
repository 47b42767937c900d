"""Reads what an answer says was wrong, in whatever envelope a gateway, a proxy or a provider wraps it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.http.reading import foreign_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

READ = 64_000
LONGEST_PLAIN = 500
LONGEST = 4_000
DEEPEST = 6
MESSAGES = ("message", "msg", "error_description", "detail", "title", "errors", "issues", "reason")
CODES = ("code", "type", "reason", "status", "error_code")
_HEADINGS = re.compile(r"<(title|h1)\b[^>]{0,200}>(.{0,500}?)</\1>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]{0,500}>")
_PASSWORD = re.compile(r"<input\b[^>]{0,300}\btype=[\"']?password", re.IGNORECASE)


@dataclass(frozen=True)
class Said:
    """What an answer says: its status, its sentences, its codes, and where it points to.

    `message` and `codes` are in lower case. `page` says whether the answer is HTML, and `login` whether
    it asks for a password.
    """

    status: int
    message: str = ""
    codes: frozenset[str] = frozenset()
    location: str = ""
    page: bool = False
    login: bool = False


def said(
    status: int,
    headers: Iterable[tuple[str, str]],
    text: str,
    sent: Mapping[str, str] | None = None,
) -> Said:
    """Return what an answer says was wrong.

    It reads JSON (`error` as an object, a text or a list, `errors`, `detail`, `message`, problem details
    of RFC 9457, JSON inside a message), headings of HTML, and short plain text. It reads no other key, so
    that data of the request that is sent back tells nothing.

    Args:
        status: the status of the answer.
        headers: its headers.
        text: its body.
        sent: values that the client sent, each with what to write in its place.
    """
    location = next((v for k, v in headers if k.lower() == "location"), "")
    text = text[:READ].strip()
    if _is_page(text):
        headings = " ".join(_TAG.sub(" ", found) for _, found in _HEADINGS.findall(text))
        message = _masked(" ".join(headings.split()), sent or {})
        return Said(
            status, message, location=location, page=True, login=bool(_PASSWORD.search(text))
        )
    sentences: list[str] = []
    codes: set[str] = set()
    parsed = _json(text)
    if parsed is None:
        sentences.append(text[:LONGEST_PLAIN])
    else:
        _read(parsed, sentences, codes, DEEPEST)
    whole = " ".join(" ".join(dict.fromkeys(sentences))[:LONGEST].split())
    message = _masked(whole, sent or {})
    return Said(status, message, frozenset(codes), location)


def _is_page(text: str) -> bool:
    start = text[:200].lower()
    return start.startswith(("<!doctype html", "<html", "<head", "<body"))


def _json(text: str) -> Any:
    try:
        return foreign_json.read(text)
    except ValueError:
        return None


def _read(value: Any, sentences: list[str], codes: set[str], depth: int) -> None:
    """Collect the sentences and the codes of an error, whatever its envelope."""
    if depth == 0:
        return
    if isinstance(value, str):
        sentences.append(value)
        inner = value[max(value.find("{"), 0) : value.rfind("}") + 1]
        if inner and isinstance(parsed := _json(inner), dict):
            _read(parsed, sentences, codes, depth - 1)
    elif isinstance(value, list):
        for one in value[:10]:
            _read(one, sentences, codes, depth - 1)
    elif isinstance(value, dict):
        codes.update(_word(value[name]) for name in CODES if isinstance(value.get(name), str | int))
        if isinstance(place := value.get("loc", value.get("path")), list):
            what = value.get("msg", value.get("message", ""))
            sentences.append(f"{'.'.join(map(str, place))}: {what}")
            return
        for name in ("error", *MESSAGES):
            _read(value.get(name), sentences, codes, depth - 1)


def _word(code: str | int) -> str:
    return str(code).strip().lower()


def _masked(message: str, sent: Mapping[str, str]) -> str:
    """Return a message in lower case without what the client itself sent."""
    for value in sorted((v for v in sent if v), key=len, reverse=True):
        whole = rf"(?<![\w.-]){re.escape(value)}(?![\w-]|\.\w)"
        if value.startswith("/"):
            whole = re.escape(value)
        message = re.sub(whole, sent[value], message, flags=re.IGNORECASE)
    return message.lower()
