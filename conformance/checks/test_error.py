"""The answer to a bad request: the error envelope, and nothing that a client should not see."""

import re
from collections import Counter
from typing import Any

from conformance.contract import contract
from conformance.http import deliveries
from conformance.http.exchange import Exchange
from conformance.http.reading.short import shown as told
from conformance.http.status import is_client_error, is_error
from conformance.judging.declare import Record, observes, verifies
from conformance.judging.ends import NotApplicable
from conformance.judging.expect import each, known_object, some
from conformance.judging.leaks import PATHS, TRACES, leak
from conformance.judging.schemas import type_problems
from conformance.judging.undocumented import undocumented

CONTRACT = contract.load()
SCHEMA = "Error"
BY_SERVER_OR_PROXY = frozenset({408, 411, 413, 414, 417, 431, 502, 503, 504})
# A gateway may make up keys without an end.
MOST_KEYS = 20
NAMES = ("model", "image", "n", "size", "response_format", "user", "fallbacks", "stream")


def posts(answers: list[Exchange]) -> list[Exchange]:
    """Return the POSTs that are valid HTTP: a server that refuses others knows no envelope."""
    return [
        e
        for e in answers
        if e.request.method == "POST" and e.request.delivery not in deliveries.MALFORMED
    ]


def refusals(answers: list[Exchange]) -> list[Exchange]:
    found = [e for e in posts(answers) if is_client_error(e.status)]
    return some(found, "refused request")


def envelopes(answers: list[Exchange]) -> list[Exchange]:
    found = [e for e in posts(answers) if is_error(e.status)]
    return some([e for e in found if isinstance(e.json, dict)], "error body")


@verifies("ERROR-1", profile="smoke", reads="every answer")
def test_every_refusal_has_the_envelope(answers: list[Exchange]) -> None:
    judged = [e for e in refusals(answers) if e.status not in BY_SERVER_OR_PROXY]
    each((e, problem) for e in some(judged, "refused request") if (problem := no_envelope(e)))


@verifies("ERROR-2", reads="every answer")
def test_a_servers_own_refusal_has_the_envelope_too(answers: list[Exchange]) -> None:
    judged = [e for e in posts(answers) if e.status in BY_SERVER_OR_PROXY]
    if not judged:
        statuses = ", ".join(map(str, sorted(BY_SERVER_OR_PROXY)))
        raise NotApplicable(f"no answer had a status of a server or proxy itself ({statuses})")
    each((e, problem) for e in judged if (problem := no_envelope(e)))


def no_envelope(exchange: Exchange) -> str:
    start = exchange.text[:160]
    if exchange.reply is not None and exchange.reply.coding_problem:
        return f"{exchange.status}: {exchange.reply.coding_problem}"
    if not isinstance(exchange.json, dict):
        return f"{exchange.status} is no JSON object but {family(exchange)}: {start}"
    if exchange.media_type != "application/json":
        return f"Content-Type is {exchange.header('content-type')!r}"
    if not isinstance(exchange.body.get("is_bifrost_error"), bool):
        return f"is_bifrost_error is no boolean, the body is {family(exchange)}: {start}"
    message = known_object(exchange.body.get("error")).get("message")
    if not isinstance(message, str) or not message.strip():
        return f"error.message is missing or empty: {start}"
    return ""


def family(exchange: Exchange) -> str:
    """Return the family of an error body, named by the software that writes it."""
    body = exchange.json
    if not isinstance(body, dict):
        text = exchange.text.lstrip()[:200].lower()
        return (
            "HTML" if text.startswith(("<!doctype", "<html")) else "plain text" if text else "empty"
        )
    if "is_bifrost_error" in body:
        return "the documented envelope"
    if isinstance(body.get("error"), dict):
        return '{"error": {…}}, as OpenAI writes it'
    if "detail" in body:
        return '{"detail": …}, as FastAPI writes it'
    if body.get("status") == "failure":
        return '{"status": "failure", …}, as Portkey writes it'
    return "another JSON object"


@observes("ERROR-O1", reads="every answer")
def test_which_family_of_envelopes_is_used(answers: list[Exchange], record: Record) -> None:
    counted = Counter(family(e) for e in refusals(answers))
    for name, count in counted.most_common():
        record(f"{count} refusal(s): {name}")


@observes("ERROR-O2", reads="every answer", faults=True)
def test_which_undocumented_keys_errors_have(answers: list[Exchange], record: Record) -> None:
    first: dict[str, Exchange] = {}
    for e in envelopes(answers):
        if "is_bifrost_error" in e.body:
            for one in undocumented(e.body, CONTRACT.schema(SCHEMA)):
                first.setdefault(one.path, e)
    if first:
        witness = next(iter(first.values())).request
        some_of = ", ".join(sorted(first)[:MOST_KEYS])
        record(f"{len(first)} key(s): {some_of}, first for {witness.label} [{witness.id}]")


def coded(answers: list[Exchange]) -> list[tuple[Exchange, Any]]:
    return [
        (e, e.body["status_code"])
        for e in envelopes(answers)
        if e.body.get("status_code") is not None
    ]


def has_provider(exchange: Exchange) -> bool:
    return bool(known_object(exchange.body.get("extra_fields")).get("provider"))


@verifies("ERROR-3", reads="every answer")
def test_status_code_is_the_status(answers: list[Exchange]) -> None:
    each((e, problem) for e, code in coded(answers) if (problem := miscoded(e, code)))


def miscoded(exchange: Exchange, code: Any) -> str:
    # 400.0 is an integer too (JSON Schema 2020-12 §6.1.1).
    if isinstance(code, bool) or not isinstance(code, int | float) or code % 1:
        return f"status_code is {told(code)}, no integer"
    asked = exchange.request
    by_provider = asked.provider_fault or (has_provider(exchange) and asked.faulty)
    if (exchange.status or 0) < 500 and not by_provider and code != exchange.status:
        return f"status_code is {told(code)}, but the status is {exchange.status}"
    return ""


@verifies("ERROR-4", reads="every answer", faults=True)
def test_status_code_is_there(answers: list[Exchange]) -> None:
    judged = [e for e in envelopes(answers) if "is_bifrost_error" in e.body]
    each(
        (e, f"status_code is {told(code)}, but the status is {e.status}")
        for e in some(judged, "documented error body")
        if (code := e.body.get("status_code")) is None
        or (isinstance(code, int) and code != e.status and not miscoded(e, code))
    )


@verifies("ERROR-5", reads="every answer")
def test_documented_keys_have_their_types(answers: list[Exchange]) -> None:
    judged = [e for e in envelopes(answers) if "is_bifrost_error" in e.body]
    own = ("is_bifrost_error", "status_code", "error.message", "error")
    each(
        (e, p.text)
        for e in some(judged, "documented error body")
        for p in (type_problems(e.reply, SCHEMA) if e.reply else ())
        if not p.null and p.path not in own
    )


@verifies("ERROR-6", reads="every answer")
def test_keys_without_a_value_are_absent(answers: list[Exchange]) -> None:
    judged = [e for e in envelopes(answers) if "is_bifrost_error" in e.body]
    own = ("is_bifrost_error", "error.message", "error", "status_code")
    each(
        (e, p.text)
        for e in some(judged, "documented error body")
        for p in (type_problems(e.reply, SCHEMA) if e.reply else ())
        if p.null and p.path not in own
    )


@verifies("ERROR-7", reads="every answer")
def test_param_names_the_faulty_field(answers: list[Exchange]) -> None:
    each((e, problem) for e in refusals(answers) if (problem := misnamed(e)))


def misnamed(exchange: Exchange) -> str:
    param = known_object(exchange.body.get("error")).get("param")
    faulty = exchange.request.faulty
    if not isinstance(param, str) or not param or not faulty:
        return ""
    words = re.split(r"[^a-z_]+", param.lower())
    if faulty in words or any(w in words for w in ({"image"} if faulty == "image[]" else set())):
        return ""
    return f"error.param is {told(param)}, but the fault is in {faulty}"


@verifies("ERROR-8", profile="smoke", reads="every answer")
def test_no_success_carries_an_error(answers: list[Exchange]) -> None:
    judged = some([e for e in answers if e.ok and isinstance(e.json, dict)], "success")
    each(
        (
            e,
            f"{e.status} with {told(e.body['error']) if e.body.get('error') else 'is_bifrost_error'}",
        )
        for e in judged
        if e.body.get("error") or e.body.get("is_bifrost_error") is True
    )


@verifies("ERROR-9", reads="every answer", busy=True, faults=True)
def test_no_answer_shows_a_stack_trace(answers: list[Exchange]) -> None:
    each((e, found) for e in shown(answers) if (found := leak(TRACES, e)))


@verifies("ERROR-10", reads="every answer", busy=True, faults=True)
def test_no_answer_shows_a_path(answers: list[Exchange]) -> None:
    each((e, found) for e in shown(answers) if (found := leak(PATHS, e)))


def shown(answers: list[Exchange]) -> list[Exchange]:
    return some(
        [e for e in answers if e.reply is not None and not (e.ok and e.items)], "error body"
    )
