"""The calls to the provider: the first picture, n and the fields arrive, refused requests do not."""

import hashlib
from collections.abc import Iterator

from conformance.contract import contract
from conformance.http.exchange import Exchange
from conformance.http.provider_call import Call
from conformance.http.status import is_client_error
from conformance.judging.declare import Record, observes, verifies
from conformance.judging.ends import NotApplicable
from conformance.judging.expect import each, some
from conformance.judging.forwarding import MADE, makers, shows, successes, told, wanted
from conformance.judging.probe import Probe
from conformance.plan.declared import NOT_OBSERVED
from conformance.provider.proof import proofs
from conformance.target.target import Target

CONTRACT = contract.load()


@verifies("PROVIDER-1", reads="provider calls")
def test_the_first_picture_is_sent_on(forwarded: list[Exchange]) -> None:
    judged = some([e for e in forwarded if e.request.picture and told(e)], MADE)
    each(
        (e, f"call {call.id} has another picture than the first one of the request")
        for e in judged
        for call in told(e)
        if call.pictures and not shows(call.pictures[0], e.request.picture)
    )


@verifies("PROVIDER-1", reads="provider calls")
def test_an_answer_is_made_from_the_first_picture(forwarded: list[Exchange]) -> None:
    calls = {call.id: call for e in forwarded for call in e.calls or ()}
    judged = some([e for e in forwarded if e.ok and e.request.picture and proofs(e)], "picture")
    each(
        (e, f"call {one.call} made its picture, from another picture than the client sent")
        for e in judged
        for one in proofs(e)
        if one.call in calls and not shows(calls[one.call].pictures[0], e.request.picture)
    )


@verifies("PROVIDER-2", reads="provider calls")
def test_the_bytes_of_the_picture_are_sent_on(forwarded: list[Exchange]) -> None:
    judged = some([e for e in successes(forwarded) if e.request.picture], MADE)
    each(
        (e, f"the gateway re-encoded the picture, as {call.pictures[0].format or 'no picture'}")
        for e in judged
        for call in makers(e)
        if call.pictures
        and shows(call.pictures[0], e.request.picture)
        and call.pictures[0].sha256 != digest(e)
    )


def digest(exchange: Exchange) -> str:
    return hashlib.sha256(exchange.request.picture).hexdigest()


@verifies("PROVIDER-3", reads="provider calls")
def test_n_pictures_are_asked_for(forwarded: list[Exchange]) -> None:
    each(
        (e, f"the request asks for {wanted(e)}, the gateway asked for {asked} in {calls} call(s)")
        for e in some(successes(forwarded), MADE)
        if not e.earlier or proofs(e)  # else the calls of an earlier try may be among them
        for calls, asked in [(len(makers(e)), sum(call.n for call in makers(e)))]
        if wanted(e) not in (None, asked)
    )


@verifies("PROVIDER-4", reads="provider calls")
def test_size_is_sent_on(forwarded: list[Exchange]) -> None:
    each(differing(forwarded, "size", (None, *CONTRACT.sizes), (None, "auto")))


def differing(
    forwarded: list[Exchange],
    name: str,
    known: tuple[str | None, ...],
    default: tuple[str | None, ...],
) -> Iterator[tuple[Exchange, str]]:
    """Yield each success for which a field reached the provider with another value."""
    for e in some(successes(forwarded), MADE):
        asked = e.request.asked(name)
        for call in makers(e) if asked in known else ():
            if call.text(name) not in (default if asked is None else (asked,)):
                yield e, f"the client sent {name}={asked!r}, the provider got {call.text(name)!r}"


@verifies("PROVIDER-5", reads="provider calls")
def test_response_format_is_sent_on(forwarded: list[Exchange]) -> None:
    default = (None, CONTRACT.default_format)
    each(
        (e, problem)
        for e, problem in differing(
            forwarded, "response_format", (None, *CONTRACT.formats), default
        )
        if not is_rehosted(e)
        and not (e.request.asked("response_format") == default[1] and has_none(e))
    )


def is_rehosted(exchange: Exchange) -> bool:
    """Return whether the gateway serves the urls itself, and so had to ask for the bytes."""
    urls = [item.get("url") for item in exchange.items if isinstance(item, dict)]
    return all(urls) and all(c.text("response_format") == "b64_json" for c in makers(exchange))


def has_none(exchange: Exchange) -> bool:
    return all(call.text("response_format") is None for call in makers(exchange))


@verifies("PROVIDER-6", reads="provider calls")
def test_user_is_sent_on(forwarded: list[Exchange]) -> None:
    given = [e for e in successes(forwarded) if (e.request.asked("user") or "\0").isprintable()]
    each(
        (e, f"the client sent {e.request.asked('user')!r}, the provider got {call.text('user')!r}")
        for e in some(given, "success with a user")
        for call in makers(e)
        if call.text("user") != e.request.asked("user")
    )


@verifies("PROVIDER-10", reads="provider calls")
def test_a_refused_request_does_not_reach_the_provider(
    forwarded: list[Exchange], target: Target
) -> None:
    failing = str(target.failing_model)
    judged = [
        e
        for e in forwarded
        if e.request.expected == "refused"
        and is_client_error(e.status)
        and e.request.faulty not in ("image", "model")  # a gateway may leave these to its provider
        and e.request.asked("model") != failing
    ]
    each(
        (e, f"refused with {e.status}, after {len(told(e))} call(s) to the provider")
        for e in some(judged, "refused request")
        if told(e)
    )


@observes("PROVIDER-O1", reads="provider calls")
def test_calls_for_a_success(forwarded: list[Exchange], record: Record) -> None:
    made = some(successes(forwarded), MADE)
    counts = [sum(call.settled for call in told(e)) for e in made]
    for number in sorted(set(counts)):
        record(f"{number} call(s): {counts.count(number)} success(es)")


@observes("PROVIDER-O2", reads="provider calls")
def test_what_becomes_of_the_form(forwarded: list[Exchange], record: Record) -> None:
    found: dict[str, int] = {}
    for e in some(successes(forwarded), MADE):
        for call in makers(e):
            for fact in changes(e, call):
                found[fact] = found.get(fact, 0) + 1
    for fact, count in found.items():
        record(f"{fact}: {count} call(s)")


def changes(exchange: Exchange, call: Call) -> Iterator[str]:
    sent = {name for name, _ in exchange.request.fields}
    for part in call.parts:
        if part.is_file:
            yield f"the picture under {part.name}, as {part.format}, by its {call.claim.by}"
        elif part.name not in sent:
            yield f"{part.name} was added"
    yield from (f"{name} was left out" for name in sorted(sent) if not call.texts(name))


@observes("PROVIDER-O4", probes=True)
def test_calls_of_others(probe: Probe, record: Record) -> None:
    strangers = probe.strangers()
    if strangers is None:
        raise NotApplicable(NOT_OBSERVED)
    for call in strangers[:20]:
        record(f"{call.method} {call.path}, model {call.model!r}: {call.claim.refusal}")
