"""The diagnoses of the preflight: the problem, whose problem it looks like, and what to do."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from conformance.http.status import has_failed
from conformance.judge.expect import describe, is_providers
from conformance.result.model import PROCESS, Diagnosis
from conformance.send.falls import since, suspects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.http.exchange import Exchange
    from conformance.http.provider_call import Call
    from conformance.plan.plan import Plan
    from conformance.send.falls import Asked, Fall

WHOSE_KEY = "the key"
SHOWN = 5


def no_server(plan: Plan, good: Exchange) -> Diagnosis:
    """Return the diagnosis of an address without an HTTP server."""
    what = "does not speak HTTP" if good.failure == "not-http" else "cannot be reached"
    return Diagnosis(
        f"{plan.target.base_url} {what}: {good.failure_text}",
        "the address, or a server that is not running",
        "Start the gateway, and check scheme, host and port of the URL.",
        (good.id,),
    )


def no_budget(good: Exchange) -> Diagnosis:
    """Return the diagnosis of a run whose limit allows no picture."""
    return Diagnosis(
        f"the limit of pictures does not allow even one: {good.failure_text}",
        "the limit of this run",
        "Raise --max-images.",
        (good.id,),
    )


def no_entry(good: Exchange) -> Diagnosis:
    """Return the diagnosis of a credential that the gateway refuses."""
    return Diagnosis(
        f"the gateway refuses the credential: {describe(good)}",
        WHOSE_KEY,
        "Check the credential in the variable that --api-key-env names, and what it may use. If the"
        " gateway wants it in another header, give it with --header, and add --auth none.",
        (good.id,),
    )


def no_route(plan: Plan, good: Exchange, sibling: Exchange) -> Diagnosis:
    """Return the diagnosis of a server that answers the endpoint like a path without a route."""
    ids = (good.id, sibling.id)
    if good.failure == "dropped":
        return Diagnosis(
            f"{plan.target.base_url} closes every connection without an answer: {good.failure_text}",
            "the address, or the server at it",
            "Check scheme, host and port of the URL (a server that wants TLS, or that speaks no"
            " HTTP, closes like this), and look at the server's log.",
            ids,
        )
    if good.reply is None:
        return Diagnosis(
            f"the server answers no request: {good.outcome}",
            "the gateway, or a proxy before it",
            "Look at the server's log. If the server is slow, give it more time with --timeout.",
            ids,
        )
    if has_failed(good.status):
        return Diagnosis(
            f"the server fails on every path alike: {describe(good)}",
            "the gateway",
            "Look at the server's log.",
            ids,
        )
    return Diagnosis(
        f"the server answers {plan.target.path} like a path that it does not serve: {describe(good)}",
        "the address: no such route",
        "Check the URL's prefix and --path (some gateways serve /openai/v1/images/variations). If"
        " both are right, the gateway does not offer the endpoint.",
        ids,
    )


def redirects(good: Exchange) -> Diagnosis:
    """Return the diagnosis of a gateway that redirects to another address."""
    assert good.reply is not None
    return Diagnosis(
        f"the gateway redirects to {good.reply.header('location') or 'nowhere'}",
        "the address",
        "Give the address that it redirects to: the suite sends the credential to no other address.",
        (good.id,),
    )


def refused(plan: Plan, good: Exchange, tried: list[Exchange]) -> Diagnosis:
    """Return the diagnosis of a gateway that answers no good request with a picture."""
    whose, advice = _blamed(plan.target.model, good)
    return Diagnosis(
        f"the gateway answered no good request with a picture, in {len(tried)} forms: {describe(good)}",
        whose,
        advice,
        tuple(e.id for e in tried),
    )


def _blamed(model: str, good: Exchange) -> tuple[str, str]:
    """Return whose problem the refusal of a good request looks like, and what to do."""
    text = good.reply.text.lower() if good.reply else ""
    if is_providers(good):
        return (
            "the provider behind the gateway",
            f"Check the provider of {model}: its key, its address and whether it makes variations.",
        )
    if "model" in text or good.status == HTTPStatus.NOT_FOUND:
        return "the model", f"Name a model that makes variations with --model (now {model})."
    if good.status == HTTPStatus.TOO_MANY_REQUESTS:
        return "the rate limit", "Wait, or raise the limit of the credential."
    return "the gateway", "Send the first request by hand and read the gateway's log."


def unobserved(
    url: str, calls: tuple[Call, ...], exchanges: list[Exchange]
) -> tuple[Diagnosis, ...]:
    """Return a diagnosis if no good request reached the provider that the run plays, or nothing."""
    good = [e for e in exchanges if e.ok]
    if any(call.served for call in calls) or any(e.from_cache for e in good):
        return ()
    strange = f"; {len(calls)} call(s) came that no request of this run caused" if calls else ""
    return (
        Diagnosis(
            f"the gateway answers, but no request of this run reached the provider at {url}{strange}",
            "the gateway's configuration",
            f"Set the base url of its provider to {url}/v1 (docs/observe.md), or leave out --observe.",
            tuple(e.id for e in good),
        ),
    )


def fell(falls: Sequence[Fall]) -> tuple[Diagnosis, ...]:
    """Return a diagnosis if requests ended the gateway's process, or if it did not come back."""
    culprits = {c.exchange.id: c for fall in falls for c in fall.culprits}
    if culprits:
        named = "; ".join(f"{c.label} [{id_}]" for id_, c in culprits.items())
        return (
            Diagnosis(
                f"your gateway's process ended: because of {named}",
                PROCESS,
                "Send the request with the curl line of its report, and read the log of the process that ended."
                " Whoever may send a request can stop the gateway for everybody.",
                tuple(culprits),
            ),
        )
    gone = [fall for fall in falls if fall.sure and not fall.back]
    if not gone:
        return ()
    last = suspects(falls)[:SHOWN]
    return (
        Diagnosis(
            f"your gateway's process ended: connections were refused from {since(gone[-1])} on",
            PROCESS,
            "Read the last lines of its log. Under something that starts it again, a run asks each"
            f" candidate alone and names the culprit. Asked last: {_named(last)}.",
            tuple(a.request.id for a in last),
        ),
    )


def _named(last: list[Asked]) -> str:
    return "; ".join(f"{a.request.label} ({a.outcome or 'in flight'})" for a in last)
