"""Reads the text fields of a form: model, n, size, response_format, user and fallbacks."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from conformance.reference.values import refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

    from conformance.reference.values import Form, Refused

SIZES = (
    "256x256",
    "512x512",
    "1024x1024",
    "1792x1024",
    "1024x1792",
    "1536x1024",
    "1024x1536",
    "auto",
)
FORMATS = ("url", "b64_json")
MAX_USER = 1024
MAX_FALLBACKS = 10
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,39})", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MODEL = re.compile(r"[^/\s\x00-\x1f\x7f]+/[^\x00-\x1f\x7f]+")
_INDEXED = re.compile(r"fallbacks\[([0-9]{1,3})\]\[(provider|model)\]", re.ASCII)


def text_of(form: Form, name: str) -> str | None:
    """Return a text field's value, the last one if it is repeated, or None without the field."""
    content = form.last(name)
    if content is None:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise refuse(f"{name} is not UTF-8", name, code="invalid_encoding") from None


def whole_number(text: str) -> int:
    """Return n as it is written in plain decimal digits, or refuse it."""
    if _DECIMAL.fullmatch(text) is None:
        raise refuse("n must be a whole number in decimal digits", "n")
    return int(text)


def one_of(values: Container[str]) -> Callable[[str], bool]:
    """Return a test: whether a text is exactly one of the values."""
    return lambda text: text in values


is_size = one_of(SIZES)
is_format = one_of(FORMATS)


def model_name(text: str | None) -> str:
    """Return a model identifier in the format provider/model, or refuse it."""
    if not text:
        raise refuse("model is required", "model", code="missing_field")
    if _MODEL.fullmatch(text) is None:
        raise refuse("model must be in the format provider/model", "model")
    return text


def user_name(text: str) -> str:
    """Return the user, or refuse one that is too long or has control characters."""
    if len(text) > MAX_USER or _CONTROL.search(text):
        raise refuse(
            f"user must be at most {MAX_USER} characters without control characters", "user"
        )
    return text


def fallbacks_of(form: Form) -> tuple[str, ...]:
    """Return the fallback models in their order, in any of their encodings.

    Understood are one JSON array, JSON objects and `provider/model` texts in repeated parts, under
    `fallbacks` or `fallbacks[]`, and the bracketed names that form encoders make of objects.
    """
    found: list[str] = []
    for part in form.parts:
        if part.name in ("fallbacks", "fallbacks[]"):
            found += _written_out(part.content)
    found += _paired(form)
    found += _indexed(form)
    if len(found) > MAX_FALLBACKS:
        raise _malformed()
    return tuple(found)


def _written_out(content: bytes) -> Iterator[str]:
    try:
        text = content.decode("utf-8").strip()
        value = json.loads(text) if text[:1] in ("[", "{", '"') else text
    except (ValueError, RecursionError):
        raise _malformed() from None
    for one in value if isinstance(value, list) else [value]:
        yield _fallback(one)


def _fallback(value: Any) -> str:
    if isinstance(value, str):
        return _joined("", value)
    if isinstance(value, dict):
        provider, model = value.get("provider", ""), value.get("model")
        if isinstance(provider, str) and isinstance(model, str):
            return _joined(provider, model)
    raise _malformed()


def _paired(form: Form) -> Iterator[str]:
    providers = [part.content for part in form.named("fallbacks[][provider]")]
    models = [part.content for part in form.named("fallbacks[][model]")]
    if len(providers) != len(models) and providers:
        raise _malformed()
    for index, model in enumerate(models):
        yield _joined(_utf8(providers[index]) if providers else "", _utf8(model))


def _indexed(form: Form) -> Iterator[str]:
    halves: dict[int, dict[str, str]] = {}
    for part in form.parts:
        found = _INDEXED.fullmatch(part.name)
        if found is not None:
            halves.setdefault(int(found[1]), {})[found[2]] = _utf8(part.content)
    for _, both in sorted(halves.items()):
        yield _joined(both.get("provider", ""), both.get("model", ""))


def _joined(provider: str, model: str) -> str:
    whole = model if not provider or model.startswith(f"{provider}/") else f"{provider}/{model}"
    if not model or _MODEL.fullmatch(whole) is None:
        raise _malformed()
    return whole


def _utf8(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise _malformed() from None


def _malformed() -> Refused:
    return refuse("fallbacks must be an array of provider and model", "fallbacks")
