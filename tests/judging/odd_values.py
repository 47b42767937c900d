"""Answers with odd values: each value of a documented answer replaced by each of a list of odd ones."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from conformance.reference.proxies.documents import Members, Number, Style, parsed, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.http.exchange import Exchange

Path = tuple[str | int, ...]
LONG = 1_000
PLACES_OF_LONG: tuple[Path, ...] = (
    (),
    *(("created",), ("data",), ("data", 0, "url"), ("data", 0, "b64_json"), ("extra_fields",)),
    *(("usage", "total_tokens"), ("error", "message"), ("status_code",), ("error", "param")),
)


def deep(levels: int) -> str:
    return "[" * levels + "]" * levels


def _many(count: int, row: Callable[[int], str]) -> str:
    return ",".join(row(i) for i in range(count))


# Each is written into an answer as it stands here, as JSON or as what only looks like it.
ODD: dict[str, str] = {
    **{text: text for text in ("null", "true", "false", "{}", "[]", "[null]", "[[]]", "[{}]", "{")},
    **{text: text for text in ("0", "-0", "-1", "1", "1.5", "1e400", "-1e400", "1e-400", "1.0e2")},
    **{text: text for text in ("NaN", "Infinity", "-Infinity", "0x10", "01", "1_0", "٣")},
    "2^53 + 1": str(2**53 + 1),
    "2^63": str(2**63),
    "308 digits": "9" * 308,
    "400 digits": "9" * 400,
    "-400 digits": "-" + "9" * 400,
    "4,300 digits": "9" * 4_300,
    "5,000 digits": "9" * 5_000,
    "-5,000 digits": "-" + "9" * 5_000,
    "5,000 digits behind a point": "0." + "9" * 5_000,
    "an exponent of 5,000 digits": "1e" + "9" * 5_000,
    "an empty text": '""',
    "a space": '" "',
    "a lone surrogate": r'"\ud800"',
    "surrogates the wrong way round": r'"\udfff\ud800"',
    "half of an escape": r'"\ud8"',
    "NUL": r'"\u0000"',
    "a raw control character": '"\x01"',
    "a terminal's escape": r'"\u001b[31m"',
    "right to left": '"\u202e"',
    "HTML": '"<script>alert(1)</script>"',
    "lines": r'"a\nb\rc\u2028d"',
    "5,000 letters": '"' + "a" * 5_000 + '"',
    "5,000 slashes, escaped": '"' + r"\/" * 5_000 + '"',
    "a text for a number": '"1"',
    "a text for true": '"true"',
    "a text for a key": '"__proto__"',
    "base64 of hello": '"aGVsbG8="',
    "base64 with a line end": r'"aGVs\nbG8="',
    "a url of nobody": '"http://[::1"',
    "a url with a surrogate": r'"http://127.0.0.1:9/\ud800"',
    "a url of a surrogate": r'"http://\ud800/"',
    "a url without a host": '"http://"',
    "a url with a bad port": '"http://127.0.0.1:99999/"',
    "a data url": '"data:image/png;base64,AA"',
    "a url of two lines": r'"http://127.0.0.1:9/a\nb"',
    "an object": '{"a": 1}',
    "an object with an empty key": '{"": null}',
    "an object with half a key": r'{"\ud800": {"api_key": "\ud800"}}',
    "an object with a repeated key": '{"a": 1, "a": 2}',
    "a secret": r'{"api_key": "abc", "x\ud800": [{"password": ["abc"]}]}',
    "an array of everything": r'[null, true, 1, -1.5, "\ud800", [], {}, NaN, {"": [[]]}]',
    "960 deep": deep(960),
    "960 deep, objects": '{"a":' * 960 + "1" + "}" * 960,
    "20,000 deep": deep(20_000),
    "400 deep": deep(400),
    "5,000 items": "[" + "0," * 4_999 + "0]",
    "500 objects": "[" + _many(500, lambda i: f'{{"index": {i}}}') + "]",
    "1,000 times one key": "{" + _many(1_000, lambda _: '"k": 0') + "}",
    "1,000 keys, each twice": "{" + _many(1_000, lambda i: f'"k{i % 500}": 0') + "}",
}  # fmt: skip
# What a gateway may also say, and the recorded answers do not.
MORE_OF_A_SUCCESS = {
    "usage": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2,
              "input_tokens_details": {"image_tokens": 1, "text_tokens": 0},
              "output_tokens_details": {"image_tokens": 1, "text_tokens": 0}},
    "size": "1024x1024", "output_format": "png", "quality": "high", "background": "opaque",
}  # fmt: skip
CACHE_DEBUG = {"cache_hit": True, "cache_id": "x", "hit_type": "direct", "similarity": 0.9, "threshold": 0.8}  # fmt: skip
MORE_OF_AN_ERROR = {"type": "invalid_request_error", "code": "x", "param": "n", "event_id": "x"}


@dataclass(frozen=True)
class Odd:
    """One change of an answer: where, and what stands there instead."""

    at: Path
    name: str
    instead: str

    def __str__(self) -> str:
        where = ".".join(map(str, self.at)) or "the whole"
        return f"{where} is {self.name}"

    def of(self, exchange: Exchange) -> Exchange:
        """Return an exchange with this change of its answer."""
        assert exchange.reply is not None
        document = put(whole(exchange), self.at, Number(self.instead))
        body = written(document, Style()).encode("utf-8", "surrogatepass")
        return replace(exchange, reply=replace(exchange.reply, body=body))


def whole(exchange: Exchange) -> Any:
    """Return the answer of an exchange with every key that the documentation has."""
    return parsed(json.dumps(_whole(exchange)).encode())


def _whole(exchange: Exchange) -> dict[str, Any]:
    found = json.loads(exchange.content) if exchange.content else {}
    if exchange.ok:
        found = {**MORE_OF_A_SUCCESS, **found}
        found["extra_fields"] = {"chunk_index": 0, **found.get("extra_fields", {})}
        found["data"] = [{"index": i, **item} for i, item in enumerate(found.get("data", []))]
    else:
        found["error"] = {**MORE_OF_AN_ERROR, **found.get("error", {})}
        found["extra_fields"] = {"provider": "", **found.get("extra_fields", {})}
    return found


def hit(exchange: Exchange) -> Exchange:
    """Return a success as a cache gives it."""
    assert exchange.reply is not None
    found = _whole(exchange)
    found["extra_fields"]["cache_debug"] = CACHE_DEBUG
    return replace(exchange, reply=replace(exchange.reply, body=json.dumps(found).encode()))


def put(document: Any, at: Path, value: Any) -> Any:
    """Return a document with another value at a path."""
    if not at:
        return value
    first, *rest = at
    if isinstance(document, Members):
        return Members((k, put(v, tuple(rest), value) if k == first else v) for k, v in document)
    if isinstance(document, list):
        return [put(v, tuple(rest), value) if i == first else v for i, v in enumerate(document)]
    return document


def paths(document: Any, at: Path = ()) -> Iterator[Path]:
    """Yield the path of each value of a document, the document itself first."""
    yield at
    if isinstance(document, Members):
        for key, value in document:
            yield from paths(value, (*at, key))
    elif isinstance(document, list):
        for index, value in enumerate(document[:1]):
            yield from paths(value, (*at, index))


def all_of(exchange: Exchange) -> list[Odd]:
    """Return every change of an answer: each odd value in the place of each of its values.

    Long ones stand in a few places only: what reads them is the same everywhere, and takes its time.
    """
    return [
        Odd(at, name, odd)
        for at in paths(whole(exchange))
        for name, odd in ODD.items()
        if len(odd) < LONG or at in PLACES_OF_LONG
    ]
