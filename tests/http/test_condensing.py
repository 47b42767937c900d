"""Large pictures are taken out of a body, and everything that a check asks is answered as before."""

from __future__ import annotations

import base64
import dataclasses
import json
from typing import Any

import pytest

from conformance.http import payload
from conformance.http.exchange import Exchange, Fetched, Reply
from conformance.http.images import condensing, looking, pictures
from conformance.http.images.condensing import condensed
from tests.values import request

PHOTO = pictures.make("a photograph", "photo")
TEXT = base64.b64encode(PHOTO).decode()
SMALL = base64.b64encode(pictures.make("small")).decode()


def answer(body: bytes, **more: Any) -> Exchange:
    kept, found = condensed(body)
    headers = (("content-type", "application/json"),)
    return Exchange(request(), Reply(200, headers, kept, pictures=found, **more))


def of_items(*items: dict[str, Any]) -> bytes:
    return json.dumps({"data": items}).encode()


def escaped(body: bytes, character: str, escape: str) -> bytes:
    return body.replace(character.encode(), escape.encode())


WRITTEN = {
    "plainly": of_items({"b64_json": TEXT}),
    "with escaped slashes": escaped(of_items({"b64_json": TEXT}), "/", "\\/"),
    "with escaped pluses": escaped(of_items({"b64_json": TEXT}), "+", "\\u002B"),
    "with escaped ends": escaped(of_items({"b64_json": TEXT}), "=", "\\u003d"),
    "with white space": of_items({"b64_json": TEXT}).replace(b'": "', b'"\n:\t "'),
}


@pytest.mark.parametrize("how", WRITTEN)
def test_a_large_picture_leaves_its_facts(how: str) -> None:
    exchange = answer(WRITTEN[how])
    assert len(exchange.content) < 1_000
    (found,) = payload.contents(exchange)
    assert found.content == looking.facts_of(PHOTO)
    assert payload.measured(exchange) == [(0, looking.measure(PHOTO))]
    assert payload.pictures_in(exchange) == 1


def test_it_is_found_in_json_within_json_too() -> None:
    inner = json.dumps({"b64_json": TEXT})
    exchange = answer(json.dumps({"data": [], "raw": inner}).encode())
    assert len(exchange.content) < 1_000
    assert json.loads(exchange.body["raw"])["b64_json"].startswith("«picture of ")


def test_the_rest_of_a_body_stays_as_it_came() -> None:
    body = b'{"a": 1, "a": NaN, "data": [{"b64_json": "%s"}], "error": "x" } ' % TEXT.encode()
    kept, (one,) = condensed(body)
    assert kept == body.replace(TEXT.encode(), condensing.mark_of(one).encode())


def test_equal_pictures_stay_equal_and_others_stay_others() -> None:
    other = base64.b64encode(pictures.marked(PHOTO, "x")).decode()
    body = of_items(*({"b64_json": text} for text in (TEXT, other, TEXT)))
    first, second, third = (item["b64_json"] for item in answer(body).items)
    assert first == third != second


@pytest.mark.parametrize(
    "text",
    [
        SMALL,
        "A" * 70_001,
        TEXT[:70_000] + "=" + TEXT[70_000:],
        TEXT[:70_000] + "\\n" + TEXT[70_000:],
        f"data:image/png;base64,{TEXT}",
        f"{TEXT}«half credential:x»",
    ],
)
def test_what_is_small_or_no_base64_stays(text: str) -> None:
    body = b'{"data": [{"b64_json": "%s"}]}' % text.encode()
    assert condensed(body) == (body, ())


def test_a_body_cannot_pass_off_a_mark_as_a_picture() -> None:
    mark = condensing.mark_of(looking.facts_of(PHOTO))
    body = of_items({"b64_json": TEXT}) + json.dumps(mark, ensure_ascii=False).encode()
    assert condensed(body) == (body, ())
    alone = answer(of_items({"b64_json": mark}))
    assert payload.contents(alone) == []


def test_what_is_base64_of_no_picture_is_told() -> None:
    exchange = answer(of_items({"b64_json": base64.b64encode(b"text" * 20_000).decode()}))
    (found,) = payload.contents(exchange)
    assert looking.head(found.content) == b"texttexttexttext"
    assert payload.measured(exchange) == []


def test_very_many_pictures_are_measured_and_few_decoded() -> None:
    body = of_items(*({"b64_json": TEXT} for _ in range(40)))
    exchange = answer(body)
    assert len(payload.measured(exchange)) == 40
    assert exchange.reply is not None
    decoded = [p for p in exchange.reply.pictures if p.pixels]
    assert len(decoded) == condensing.MOST_DECODED
    assert sum(bool(p.thumbnail) for p in exchange.reply.pictures) == condensing.MOST_THUMBNAILS


def test_of_a_large_file_that_a_url_served_the_facts_are_kept() -> None:
    served = condensing.without_body(Fetched("http://x/1", 200, "image/png", PHOTO))
    assert (served.body, served.kept) == (b"", looking.facts_of(PHOTO))
    exchange = dataclasses.replace(answer(of_items({"url": "http://x/1"})), fetched=(served,))
    assert payload.measured(exchange) == [(0, looking.measure(PHOTO))]
    small = Fetched("http://x/2", 200, "image/png", pictures.make("small"))
    assert condensing.without_body(small) is small
