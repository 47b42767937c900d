"""The diagnoses of the preflight: the problem, whose problem it looks like, and what to do."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from conformance.http.status import has_failed, is_client_error
from conformance.judging.expect import PROVIDER_STATUSES, describe, is_providers
from conformance.provider.server import ONE_RUN, REFUSED
from conformance.result.model import TIME, Diagnosis
from conformance.run.whose.causes import EITHER, PROVIDER, WHOSE_KEY
from conformance.run.whose.evidence import said_by

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.http.exchange import Exchange
    from conformance.http.provider_call import Call
    from conformance.plan.plan import Plan
    from conformance.target.target import Target

# What makes the endpoint's path one that no gateway serves.
SIBLING = "-that-nobody-serves"


def no_budget(good: Exchange) -> Diagnosis:
    """Return the diagnosis of a run whose limit allows no picture."""
    return Diagnosis(
        f"the limit of pictures does not allow even one: {good.failure_text}",
        "the limit of this run",
        "Raise --max-images.",
        (good.id,),
    )


def no_time(good: Exchange) -> Diagnosis:
    """Return the diagnosis of a run whose time was over before a good request was answered."""
    return Diagnosis(
        f"no good request was answered: {good.failure_text}",
        TIME,
        "Look at the gateway's log. If the gateway is slow, raise --max-time.",
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


def is_of_a_stand_in(good: Exchange) -> bool:
    """Return whether a stand-in provider refused a request because no request of its run caused it."""
    return not good.ok and (REFUSED in good.text or ONE_RUN in good.text)


def not_of_this_run(good: Exchange, calls: Iterable[Call]) -> Diagnosis:
    """Return the diagnosis of a good request that a stand-in provider took for a stranger's.

    Args:
        good: the request.
        calls: the calls that reached the stand-in of this run, if it has one.
    """
    if any(call.claim.refusal for call in calls):
        return Diagnosis(
            "the request reached the provider that this run plays without the picture that it was"
            " sent with: the stand-in could not recognize it",
            "the gateway",
            "See the call in provider.jsonl: the gateway dropped the picture or changed it beyond"
            " recognition. If it cannot but change it, leave out --observe.",
            (good.id,),
        )
    return Diagnosis(
        "the gateway's provider is the stand-in provider of another run, which serves that run alone",
        "the gateway's configuration, or another run that has not ended",
        "Wait for the other run to end, or point the gateway's provider at the address that this run"
        " names with --observe.",
        (good.id,),
    )


def no_route(plan: Plan, good: Exchange, sibling: Exchange) -> Diagnosis:
    """Return the diagnosis of a server that answers the endpoint like a path without a route."""
    ids = (good.id, sibling.id)
    if good.failure == "dropped":
        return Diagnosis(
            f"{plan.target.base_url} closes every connection without an answer: {good.failure_text}",
            "the address, or the server at it",
            "Check scheme, host and port of the URL: a server that wants TLS, or a client's certificate"
            " (--client-cert FILE), or that speaks no HTTP, closes like this. Look at its log.",
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
        f"the server answers {plan.target.url} like a path that it does not serve: {describe(good)}",
        "the address: no such route",
        "Check the URL's prefix and --path (some gateways serve /openai/v1/images/variations). If"
        " both are right, the gateway does not offer the endpoint.",
        ids,
    )


def unanswered(plan: Plan, tried: list[Exchange]) -> Diagnosis:
    """Return the diagnosis of a gateway that answers other paths, and no good request in time."""
    return Diagnosis(
        f"the gateway answers no good request in time: {describe(tried[0])}, while it answers"
        f" {plan.target.url}{SIBLING} at once",
        "the gateway, or the provider behind it",
        "See in the gateway's log what the request waits for. If a picture takes longer, give it more"
        " time with --timeout.",
        tuple(e.id for e in tried),
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


def limited(good: Exchange) -> Diagnosis:
    """Return the diagnosis of a gateway whose rate limit lets no request pass."""
    return Diagnosis(
        f"the gateway's rate limit lets not even one request pass: {describe(good)}",
        "the rate limit",
        "Wait, or raise the limit of the credential; docs/rate-limits.md says what the run does.",
        (good.id,),
    )


def refused(plan: Plan, good: Exchange, tried: list[Exchange]) -> Diagnosis:
    """Return the diagnosis of a gateway that answers no good request with a picture."""
    whose, advice = _blamed(plan.target, good)
    return Diagnosis(
        f"the gateway answered no good request with a picture, in {len(tried)} forms: {describe(good)}",
        whose,
        advice,
        tuple(e.id for e in tried),
    )


def _blamed(target: Target, good: Exchange) -> tuple[str, str]:
    """Return whose problem the refusal of a good request looks like, and what to do."""
    if is_providers(good):
        # The name of a provider beside a 500 says who was asked, and not who failed.
        either = good.status not in PROVIDER_STATUSES
        advice = "Check the provider of {}: its key, its address and whether it makes variations."
        return EITHER if either else PROVIDER, advice.format(target.model)
    found = said_by(target, good)
    told = found is not None and "model" in found.message and is_client_error(good.status)
    if told or good.status == HTTPStatus.NOT_FOUND:
        return "the model", f"Name a model that makes variations with --model (now {target.model})."
    return "the gateway", "Send the first request by hand and read the gateway's log."


def unobserved(
    url: str, calls: tuple[Call, ...], exchanges: list[Exchange]
) -> tuple[Diagnosis, ...]:
    """Return a diagnosis if no good request reached the provider that the run plays, or nothing."""
    good = [e for e in exchanges if e.ok]
    if any(call.served for call in calls) or any(e.from_cache for e in good):
        return ()
    lost = sum(bool(call.claim.perhaps) for call in calls)
    own = sum(not call.claim.refusal for call in calls)
    others = len(calls) - lost - own
    strange = f"; {others} call(s) came that no request of this run caused" if others else ""
    if own:
        strange += f"; {own} call(s) of this run came and got no picture"
    if lost:
        strange += f"; {lost} came without a picture while requests of this run were in flight"
    verb = "was served by" if own or lost else "reached"
    return (
        Diagnosis(
            f"the gateway answers, but no request of this run {verb} the provider at {url}{strange}",
            "the gateway's configuration",
            f"Set the base url of its provider to {url}/v1 (docs/observe.md), or leave out --observe.",
            tuple(e.id for e in good),
        ),
    )
