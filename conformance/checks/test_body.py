"""The answer to a good request: one strict JSON object with the documented keys and types."""

import re

from conformance.http.exchange import Exchange
from conformance.http.reading import foreign_json
from conformance.http.reading.short import shown
from conformance.judging.bodies import bodies, successes
from conformance.judging.declare import verifies
from conformance.judging.expect import each, some, where_present
from conformance.judging.schemas import secrets_in, type_problems

SCHEMA = "VariationResponse"
DAY_S = 86_400
# How many keys of one answer are named that occur twice.
MOST_REPEATED = 5


@verifies("BODY-1", reads="every answer")
def test_a_success_is_200(answers: list[Exchange]) -> None:
    each((e, f"answered with {e.status}") for e in successes(answers) if e.status not in (200, 201))


@verifies("BODY-2", reads="every answer")
def test_a_success_is_not_201(answers: list[Exchange]) -> None:
    each((e, "answered with 201") for e in successes(answers) if e.status == 201)


@verifies("BODY-3", profile="smoke", reads="every answer")
def test_a_success_is_strict_json(answers: list[Exchange]) -> None:
    each((e, problem) for e in successes(answers) if (problem := not_strict(e)))


def not_strict(exchange: Exchange) -> str:
    if exchange.reply is not None and exchange.reply.coding_problem:
        return exchange.reply.coding_problem
    if exchange.media_type != "application/json":
        return f"Content-Type is {exchange.header('content-type')!r}, not application/json"
    try:
        text = exchange.content.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"the body is no UTF-8: {error}"
    if text.startswith("\ufeff"):
        return "the body begins with a byte order mark (RFC 8259 §8.1)"
    try:
        found = foreign_json.read(text, strict=True)
    except ValueError as error:
        return f"the body is no strict JSON: {error}"
    return "" if isinstance(found, dict) else f"the body is no JSON object: {text[:60]}"


@verifies("BODY-4", reads="every answer")
def test_keys_are_unique(answers: list[Exchange]) -> None:
    each(
        (e, f"{shown(key)} occurs twice")
        for e in answers
        if e.reply is not None
        for key in foreign_json.repeated_keys(e.text)[:MOST_REPEATED]
    )


@verifies("BODY-5", profile="smoke", reads="every answer")
def test_data_has_pictures(answers: list[Exchange]) -> None:
    each((e, problem) for e in bodies(answers) if (problem := no_pictures(e)))


def no_pictures(exchange: Exchange) -> str:
    data = exchange.body.get("data")
    if not isinstance(data, list) or not data:
        return f"data is {shown(data)}, no array with items"
    for index, item in enumerate(data):
        if not isinstance(item, dict):
            return f"data[{index}] is {shown(item)}, no object"
        if not item.get("url") and not item.get("b64_json"):
            return f"data[{index}] has neither url nor b64_json: {shown(item)}"
    return ""


@verifies("BODY-6", reads="every answer")
def test_id_created_and_model_are_there(answers: list[Exchange]) -> None:
    each(
        (e, f"{key} is missing")
        for e in bodies(answers)
        for key in ("id", "created", "model")
        if e.body.get(key) is None
    )


@verifies("BODY-7", profile="smoke", reads="every answer")
def test_documented_keys_have_their_types(answers: list[Exchange]) -> None:
    # BODY-5 judges whether data is an array of objects.
    each(
        (e, p.text)
        for e in bodies(answers)
        for p in (type_problems(e.reply, SCHEMA) if e.reply else ())
        if not p.null and not re.fullmatch(r"data(\.\d+)?", p.path)
    )


@verifies("BODY-8", reads="every answer")
def test_keys_without_a_value_are_absent(answers: list[Exchange]) -> None:
    formats = ("url", "b64_json")
    each(
        (e, p.text)
        for e in bodies(answers)
        for p in (type_problems(e.reply, SCHEMA) if e.reply else ())
        if p.null
        and not p.path.endswith(formats)
        and p.path not in ("id", "created", "model", "data")
    )


@verifies("BODY-9", reads="every answer")
def test_created_is_now(answers: list[Exchange]) -> None:
    told = [(e, e.body.get("created")) for e in bodies(answers) if not e.from_cache]
    whole = [(e, c) for e, c in told if isinstance(c, int) and not isinstance(c, bool)]
    each(
        (e, f"created is {shown(c)}, the answer came at {e.finished_at:.0f}")
        for e, c in where_present(whole, "success with an integer in created")
        if abs(c - e.finished_at) > DAY_S
    )


@verifies("BODY-10", reads="every answer")
def test_each_answer_has_its_own_id(answers: list[Exchange]) -> None:
    told = [e for e in bodies(answers) if not e.from_cache and isinstance(e.body.get("id"), str)]
    first: dict[str, Exchange] = {}
    for e in where_present(told, "success with an id"):
        first.setdefault(e.body["id"], e)
    each(
        (
            e,
            f"the answer to {first[e.body['id']].request.label} has the same id {shown(e.body['id'])}",
        )
        for e in told
        if first[e.body["id"]] is not e
    )


@verifies("BODY-11", reads="every answer")
def test_index_counts_from_zero(answers: list[Exchange]) -> None:
    told = [
        (e, i, item["index"])
        for e in bodies(answers)
        for i, item in enumerate(e.items)
        if isinstance(item, dict) and type(item.get("index")) is int  # BODY-7 judges true and false
    ]
    each(
        (e, f"data[{i}].index is {shown(index)}")
        for e, i, index in where_present(told, "item with an index")
        if i != index
    )


@verifies("BODY-17", reads="every answer", busy=True)
def test_no_secret_is_shown(answers: list[Exchange]) -> None:
    judged = [e for e in some(answers, "answer") if e.reply is not None and e.json is not None]
    each((e, f"{name} shows a value") for e in judged for name in secrets_in(e.json))
