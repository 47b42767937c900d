"""The gateway lets no key, header or part through between client and provider by mistake."""

from collections.abc import Iterator

from conformance.cases.combinations import INJECTED
from conformance.http.exchange import Exchange
from conformance.http.provider_call import Call
from conformance.http.redacting.redaction import leaks_in
from conformance.judging.declare import verifies
from conformance.judging.ends import NotApplicable
from conformance.judging.expect import each, some, where_present
from conformance.judging.forwarding import told
from conformance.judging.secrets import leaks
from conformance.provider.journal import PROVIDERS_KEY
from conformance.target.target import Target


@verifies("PROVIDER-11", reads="provider calls")
def test_the_clients_credential_is_not_sent_on(forwarded: list[Exchange], target: Target) -> None:
    if target.auth == "none":
        raise NotApplicable("the target is declared to have no authentication (--auth none)")
    if "key-passed-on" in target.declared:
        raise NotApplicable(
            "the operator declares that the provider gets the client's key (--declare key-passed-on)"
        )
    each(
        (e, f"call {call.id} carries {leak}")
        for e in some([e for e in forwarded if told(e)], "call to the provider")
        for call in told(e)
        if (leak := credential_in(call))
    )


def credential_in(call: Call) -> str:
    """Return the first mark of a client's credential in a call, and its place.

    A digest is none: gateways tell their provider by one which client asks.
    """
    places = [("the path", call.path), *((f"the header {k}", v) for k, v in call.headers)]
    places += [(f"the field {p.name}", p.value + (p.file_name or "")) for p in call.parts]
    for place, text in places:
        for leak in leaks_in(text):
            if leak.name != PROVIDERS_KEY and not leak.is_digest:
                return f"{leak.mark} in {place}"
    return ""


@verifies("PROVIDER-12", reads="provider calls")
def test_the_providers_credential_never_comes_back(forwarded: list[Exchange]) -> None:
    own = [e for e in forwarded if any(presents_own_key(call) for call in told(e))]
    where_present(own, "credential of the gateway's own at the provider")
    each((e, found) for e in forwarded if (found := leaked(e)))


def presents_own_key(call: Call) -> bool:
    return any(f"credential:{PROVIDERS_KEY}»" in value for _, value in call.headers)


def leaked(exchange: Exchange) -> str:
    first = next((leak for leak in leaks(exchange) if leak.name == PROVIDERS_KEY), None)
    return f"the answer holds the provider's credential ({first.mark})" if first else ""


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
