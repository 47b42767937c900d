"""What reaches the provider: the first picture, n, the fields, the model; and what must not."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace

from conformance.cases.combinations import INJECTED
from conformance.cases.fallbacks import in_any_encoding
from conformance.cases.spec import MODEL, OTHER_FAILING_MODEL, RunFacts, Spec
from conformance.contract import contract
from conformance.http.exchange import Exchange
from conformance.http.provider_call import Call
from conformance.http.redaction import MARK
from conformance.http.status import is_client_error
from conformance.judge.declare import Record, observes, sends, verifies
from conformance.judge.ends import NotApplicable, Untestable
from conformance.judge.expect import each, fail, some, where_present
from conformance.judge.forwarding import calls_of, makers, proofs, shows, successes
from conformance.judge.probe import Probe
from conformance.plan.declared import NOT_OBSERVED
from conformance.provider.faults import OTHER_FAILING
from conformance.provider.journal import PROVIDERS_KEY
from conformance.target.target import Target

CONTRACT = contract.load()
MADE = "success whose calls to the provider can be told"
MOST_CALLS = 10


@verifies("PROVIDER-1", reads="provider calls")
def test_the_first_picture_is_sent_on(forwarded: list[Exchange]) -> None:
    judged = some([e for e in forwarded if e.request.picture and told(e)], MADE)
    each(
        (e, f"call {call.id} has another picture than the first one of the request")
        for e in judged
        for call in told(e)
        if call.files and not shows(call.files[0], e.request.picture)
    )


def told(exchange: Exchange) -> tuple[Call, ...]:
    """The calls of an exchange; none where they cannot be told from another one's."""
    return () if exchange.calls_unclear else exchange.calls or ()


@verifies("PROVIDER-1", reads="provider calls")
def test_an_answer_is_made_from_the_first_picture(forwarded: list[Exchange]) -> None:
    calls = {call.id: call for e in forwarded for call in e.calls or ()}
    judged = some([e for e in forwarded if e.ok and e.request.picture and proofs(e)], "picture")
    each(
        (e, f"its picture was made by call {one.call}, from another picture than was sent")
        for e in judged
        for one in proofs(e)
        if one.call in calls and not shows(calls[one.call].files[0], e.request.picture)
    )


@verifies("PROVIDER-2", reads="provider calls")
def test_the_bytes_of_the_picture_are_sent_on(forwarded: list[Exchange]) -> None:
    judged = some([e for e in successes(forwarded) if e.request.picture], MADE)
    each(
        (e, f"the picture was written anew, as {call.files[0].format or 'no picture'}")
        for e in judged
        for call in makers(e)
        if call.files
        and shows(call.files[0], e.request.picture)
        and call.files[0].sha256 != digest(e)
    )


def digest(exchange: Exchange) -> str:
    return hashlib.sha256(exchange.request.picture).hexdigest()


@verifies("PROVIDER-3", reads="provider calls")
def test_n_pictures_are_asked_for(forwarded: list[Exchange]) -> None:
    each(
        (e, f"the request wants {wanted(e)}, the provider was asked for {asked} in {calls} call(s)")
        for e in some(successes(forwarded), MADE)
        for calls, asked in [(len(makers(e)), sum(call.n for call in makers(e)))]
        if wanted(e) not in (None, asked)
    )


def wanted(exchange: Exchange) -> int | None:
    """How many pictures a request asks for; None where it can be read in several ways."""
    n = exchange.request.asked("n")
    if n is None:
        return len(exchange.items)
    return int(n) if re.fullmatch(r"[0-9]{1,9}", n) else None


@verifies("PROVIDER-4", reads="provider calls")
def test_size_is_sent_on(forwarded: list[Exchange]) -> None:
    each(differing(forwarded, "size", (None, *CONTRACT.sizes), (None, "auto")))


def differing(
    forwarded: list[Exchange],
    name: str,
    known: tuple[str | None, ...],
    default: tuple[str | None, ...],
) -> Iterator[tuple[Exchange, str]]:
    """Each success for which a field did not reach the provider as it was sent."""
    for e in some(successes(forwarded), MADE):
        asked = e.request.asked(name)
        for call in makers(e) if asked in known else ():
            if call.text(name) not in (default if asked is None else (asked,)):
                yield e, f"{name} was {asked!r}, the provider got {call.text(name)!r}"


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
    """Whether a gateway that serves urls itself asked for the bytes, as it must."""
    urls = [item.get("url") for item in exchange.items if isinstance(item, dict)]
    return all(urls) and all(c.text("response_format") == "b64_json" for c in makers(exchange))


def has_none(exchange: Exchange) -> bool:
    return all(call.text("response_format") is None for call in makers(exchange))


@verifies("PROVIDER-6", reads="provider calls")
def test_user_is_sent_on(forwarded: list[Exchange]) -> None:
    given = [e for e in successes(forwarded) if (e.request.asked("user") or "\0").isprintable()]
    each(
        (e, f"user was {e.request.asked('user')!r}, the provider got {call.text('user')!r}")
        for e in some(given, "success with a user")
        for call in makers(e)
        if call.text("user") != e.request.asked("user")
    )


@verifies("PROVIDER-7", reads="provider calls")
def test_the_model_is_sent_without_its_provider(forwarded: list[Exchange], target: Target) -> None:
    each(
        (e, f"the provider was asked for {call.model!r}")
        for e in some(successes(forwarded), MADE)
        for call in makers(e)
        if call.model not in names_of(target.model, target)
    )


def names_of(model: str, target: Target) -> tuple[str, ...]:
    """The names under which a provider may know a model."""
    if model == target.model and target.deployment:
        return (target.deployment,)
    return (model.partition("/")[2] or model,)


@verifies("PROVIDER-8", reads="provider calls")
def test_no_fallback_is_asked_while_the_primary_works(
    forwarded: list[Exchange], target: Target
) -> None:
    healthy = [
        e
        for e in successes(forwarded)
        if e.request.asked("model") == target.model and has_fallbacks(e)
    ]
    each(
        (e, f"a fallback was asked: {', '.join(models(e))}")
        for e in some(healthy, "success with fallbacks")
        if any(call.fault for call in e.calls or ())
    )


def has_fallbacks(exchange: Exchange) -> bool:
    return any(name.startswith("fallbacks") for name, _ in exchange.request.fields)


def models(exchange: Exchange) -> list[str]:
    """The models that were asked for an answer, in their order; retries count once."""
    found: list[str] = []
    for call in exchange.calls or ():
        name = call.fault or call.model
        if call.settled and (not found or found[-1] != name):
            found.append(name)
    return found


def in_order(run: RunFacts) -> list[Spec]:
    """A failing primary, another failing model, and then the model of the run."""
    (asked,) = in_any_encoding(run, OTHER_FAILING_MODEL, MODEL)
    return [replace(_ordered(asked), title="two fallbacks in their order")]


def _ordered(spec: Spec) -> Spec:
    after = _ordered(spec.otherwise) if spec.otherwise else None
    return replace(spec, provider_fault="order", otherwise=after)


@verifies("PROVIDER-9")
@sends(in_order)
def test_the_primary_and_its_fallbacks_are_asked_in_order(
    exchange: Exchange, target: Target
) -> None:
    calls_of(exchange)
    if not exchange.ok:
        raise Untestable(f"no fallback was understood: {exchange.outcome}")
    primary = str(target.failing_model).rpartition("/")[2]
    found = models(exchange)
    if len(found) != 3 or found[:2] != [primary, OTHER_FAILING]:
        fail(
            f"{primary}, then {OTHER_FAILING}, then {target.model} to be asked; was {found}",
            exchange,
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
        and e.request.faulty not in ("image", "model")  # which only a provider may know
        and e.request.asked("model") != failing
    ]
    each(
        (e, f"refused with {e.status}, after {len(told(e))} call(s) to the provider")
        for e in some(judged, "refused request")
        if told(e)
    )


@verifies("PROVIDER-11", reads="provider calls")
def test_the_clients_credential_is_not_sent_on(forwarded: list[Exchange], target: Target) -> None:
    if target.auth == "none":
        raise NotApplicable("the target is declared to have no authentication (--auth none)")
    if "key-passed-on" in target.declared:
        raise NotApplicable("the client's key is declared to be the provider's (key-passed-on)")
    each(
        (e, f"call {call.id} carries {leak}")
        for e in some([e for e in forwarded if told(e)], "call to the provider")
        for call in told(e)
        if (leak := credential_in(call))
    )


def credential_in(call: Call) -> str:
    """The first mark of a credential of the client in a call, and where it stands."""
    places = [("the path", call.path), *((f"the header {k}", v) for k, v in call.headers)]
    places += [(f"the field {p.name}", p.value + (p.file_name or "")) for p in call.parts]
    for place, text in places:
        for mark in MARK.finditer(text):
            if f":{PROVIDERS_KEY}»" not in mark[0]:
                return f"{mark[0]} in {place}"
    return ""


@verifies("PROVIDER-12", reads="provider calls")
def test_the_providers_credential_never_comes_back(forwarded: list[Exchange]) -> None:
    own = [e for e in forwarded if any(presents_own_key(call) for call in told(e))]
    where_present(own, "credential of the gateway's own at the provider")
    each((e, "the answer holds the provider's credential") for e in forwarded if leaks(e))


def presents_own_key(call: Call) -> bool:
    return any(f"credential:{PROVIDERS_KEY}»" in value for _, value in call.headers)


def leaks(exchange: Exchange) -> bool:
    headers = exchange.reply.headers if exchange.reply else ()
    texts = (exchange.text, *(value for _, value in headers), *(a.text for a in exchange.earlier))
    return any(f"credential:{PROVIDERS_KEY}»" in text for text in texts)


@verifies("PROVIDER-13", reads="provider calls")
def test_crlf_adds_no_header_and_no_part(forwarded: list[Exchange]) -> None:
    name = INJECTED.encode()
    judged = [e for e in forwarded if name in e.request.body and told(e)]
    each(
        (e, f"call {call.id} has {INJECTED} as {place}")
        for e in where_present(judged, "value with CRLF that reached the provider")
        for call in told(e)
        for place in injected(call)
    )


def injected(call: Call) -> Iterator[str]:
    if any(k.lower() == INJECTED for k, _ in call.headers):
        yield "a header"
    for part in call.parts:
        if part.name == INJECTED:
            yield "a part"
        if any(k.lower() == INJECTED for k, _ in part.headers):
            yield f"a header of the part {part.name}"


@verifies("PROVIDER-18", reads="provider calls")
def test_retries_end(forwarded: list[Exchange]) -> None:
    each(
        (e, f"{count} calls for {name}")
        for e in some([e for e in forwarded if told(e)], "call to the provider")
        for name, count in counted(e)
        if count > MOST_CALLS * max(wanted(e) or 1, 1) * (1 + len(e.earlier))
    )


def counted(exchange: Exchange) -> list[tuple[str, int]]:
    names = [call.model for call in told(exchange)]
    return [(name, names.count(name)) for name in dict.fromkeys(names)]


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
