"""The extra_fields of a success: they make sense, agree with the request and show no payload."""

from collections.abc import Iterator
from typing import Any

from conformance.http.exchange import Exchange
from conformance.http.reading.short import shown
from conformance.judging.bodies import bodies
from conformance.judging.declare import verifies
from conformance.judging.ends import NotApplicable
from conformance.judging.expect import each, known_object, some, where_present
from conformance.target.target import Target


@verifies("BODY-13", reads="every answer")
def test_extra_fields_make_sense(answers: list[Exchange]) -> None:
    told = extra_fields(answers)
    each((e, problem) for e, extra in told for problem in senseless(extra))


def extra_fields(answers: list[Exchange]) -> list[tuple[Exchange, dict[str, Any]]]:
    found = [(e, known_object(e.body.get("extra_fields"))) for e in bodies(answers)]
    return where_present([(e, extra) for e, extra in found if extra], "extra_fields")


def senseless(extra: dict[str, Any]) -> Iterator[str]:
    latency, chunk, kind = (extra.get(k) for k in ("latency", "chunk_index", "request_type"))
    if isinstance(latency, int | float) and latency < 0:
        yield f"latency is {shown(latency)}"
    if isinstance(chunk, int) and chunk != 0:
        yield f"chunk_index is {shown(chunk)}, although nothing is streamed"
    if kind == "":
        yield "request_type is empty"


@verifies("BODY-14", reads="every answer")
def test_provider_and_model_agree_with_the_request(answers: list[Exchange], target: Target) -> None:
    asked = [
        (e, extra) for e, extra in extra_fields(answers) if e.request.asked("model") == target.model
    ]
    each(
        (e, problem)
        for e, extra in some(asked, "success for the model")
        for problem in disagreeing(extra, target.model)
    )


def disagreeing(extra: dict[str, Any], model: str) -> Iterator[str]:
    provider, _, name = model.lower().partition("/")
    told, requested = extra.get("provider"), extra.get("model_requested")
    if isinstance(told, str) and told and told.lower() != provider:
        yield f"provider is {shown(told)}, but the request asks for {model}"
    if isinstance(requested, str) and requested and requested.lower() not in (model.lower(), name):
        yield f"model_requested is {shown(requested)}, but the request asks for {model}"


@verifies("BODY-16", reads="every answer")
def test_raw_payloads_are_not_shown(answers: list[Exchange], target: Target) -> None:
    if "raw-echo" in target.declared:
        raise NotApplicable(
            "the operator declares that the gateway shows raw payloads (--declare raw-echo)"
        )
    each(
        (e, f"extra_fields.{key} is shown")
        for e, extra in extra_fields(answers)
        for key in ("raw_request", "raw_response")
        if extra.get(key) not in (None, "", {}, [])
    )
