"""Looks at the target with a few requests before anything else is spent.

Reachable? Route there? Credential accepted? Answered with a picture? Each "no" says whose problem
it looks like and what to do. A gateway that answers one good request in some form is ready: what
is wrong with the other forms is for the checks to say.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.cases.clients import openai_go
from conformance.cases.spec import PLAIN, Spec, Upload, uploaded, variation
from conformance.http.exchange import PREFLIGHT, Request
from conformance.http.status import has_failed, is_redirect
from conformance.judge.expect import describe, is_providers
from conformance.result.model import Diagnosis

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.http.exchange import Exchange
    from conformance.http.provider_call import Call
    from conformance.plan.plan import Plan
    from conformance.send.sender import Sender

WHOSE_KEY = "the key"
SIBLING = "-that-nobody-serves"

OTHER_FORMS = (
    variation("as a client with all fields sends it", n=1, size="1024x1024", response_format="url"),
    variation("with base64 asked for", n=1, response_format="b64_json"),
    uploaded("with image[]", Upload(field="image[]")),
    uploaded("with a JPEG", Upload("jpeg", filename="picture.jpg", content_type="image/jpeg")),
    uploaded("with a larger picture", Upload("large")),
    uploaded("with a picture that has an alpha channel", Upload("rgba")),
    variation("with a user", user="somebody"),
    replace(PLAIN, label="as openai-go sends it", shape=openai_go, variant="go", title_case=True),
)


def examine(  # noqa: PLR0911 - one question after the other, each with its answer
    plan: Plan, sender: Sender
) -> tuple[Diagnosis, ...]:
    """Return nothing if the target can be judged, or what stands in the way."""
    good = _send(plan, sender, PLAIN)
    if good.ok and good.items:
        return ()
    if good.failure in ("unreachable", "not-http"):
        return (_no_server(plan, good),)
    if good.failure == "budget":
        return (_no_budget(good),)
    sibling = _send(
        plan,
        sender,
        replace(
            PLAIN,
            label="an impossible sibling path",
            path_suffix=SIBLING,
            expected="refused",
            phase=PREFLIGHT,
        ),
    )
    alike = _alike(good, sibling)
    if good.ok and not alike:
        return ()
    if good.status in (401, 403, 407):
        return (_no_entry(good),)
    if is_redirect(good.status):
        return (_redirects(good),)
    if alike:
        return (_no_route(plan, good, sibling),)
    tried = [good]
    for form in OTHER_FORMS:
        tried.append(_send(plan, sender, replace(form, phase=PREFLIGHT)))
        if tried[-1].ok:
            return ()
    return (_refused(plan, good, tried),)


def gone_since(plan: Plan, sender: Sender, known: Iterable[Exchange]) -> tuple[Diagnosis, ...]:
    """Return nothing if a gateway that an earlier run judged is still there, and lets us in.

    It is asked for something that it refused then, which costs nothing.
    """
    first = next((e for e in known if _repeatable(e)), None)
    if first is None:
        return ()
    request = replace(
        first.request,
        label=f"{first.request.label}, on resuming",
        purpose="preflight",
        control=None,
    )
    again = sender.send(request)
    if again.failure in ("unreachable", "not-http"):
        return (_no_server(plan, again),)
    if again.status in (401, 403, 407):
        return (_no_entry(again),)
    return ()


def _repeatable(exchange: Exchange) -> bool:
    request = exchange.request
    plain = not (request.connection or request.delivery or request.canary or request.after)
    plain = plain and request.credential == PLAIN.credential and request.method == "POST"
    refused = exchange.status in (400, 422) and request.expected == "refused"
    return plain and refused and not request.copy


def unobserved(
    url: str, calls: tuple[Call, ...], exchanges: list[Exchange]
) -> tuple[Diagnosis, ...]:
    """Return nothing if a good request reached the provider that is played, or what did not."""
    good = [e for e in exchanges if e.ok]
    if any(call.served for call in calls) or any(e.from_cache for e in good):
        return ()
    strange = f"; {len(calls)} call(s) came that belong to no request of this run" if calls else ""
    return (
        Diagnosis(
            f"the gateway answers, and no request of this run reached the provider at {url}{strange}",
            "the gateway's configuration",
            f"Set the base url of its provider to {url}/v1 (docs/observe.md), or leave out --observe.",
            tuple(e.id for e in good),
        ),
    )


def _send(plan: Plan, sender: Sender, spec: Spec) -> Exchange:
    bound = plan.bind(spec)
    if not isinstance(bound, Request):  # a size that the target was declared to lack
        bound = plan.bind(replace(spec, fields=tuple(f for f in spec.fields if f[0] != "size")))
    assert isinstance(bound, Request)
    return sender.send(bound)


def _alike(good: Exchange, sibling: Exchange) -> bool:
    """Return whether the endpoint answers just like a path that nobody can serve."""
    if good.reply is None or sibling.reply is None:
        return good.failure == sibling.failure
    if good.reply.status != sibling.reply.status:
        return False
    return _skeleton(good) == _skeleton(sibling)


def _skeleton(exchange: Exchange) -> str:
    """Return an answer's body without what differs from request to request."""
    assert exchange.reply is not None
    text = exchange.reply.text.replace(SIBLING, "")
    return re.sub(r"[0-9a-fA-F-]{8,}|\d+", "#", text)[:20_000]


def _no_server(plan: Plan, good: Exchange) -> Diagnosis:
    what = "does not speak HTTP" if good.failure == "not-http" else "cannot be reached"
    return Diagnosis(
        f"{plan.target.base_url} {what}: {good.failure_text}",
        "the address, or a server that is not running",
        "Start the gateway, and check scheme, host and port of the URL.",
        (good.id,),
    )


def _no_budget(good: Exchange) -> Diagnosis:
    return Diagnosis(
        f"not even one picture may be spent: {good.failure_text}",
        "the limit of this run",
        "Raise --max-images.",
        (good.id,),
    )


def _no_entry(good: Exchange) -> Diagnosis:
    return Diagnosis(
        f"the gateway refuses the credential: {describe(good)}",
        WHOSE_KEY,
        "Check the credential in the variable that --api-key-env names, and what it may use; a"
        " gateway that wants it in another header gets it with --header and --auth none.",
        (good.id,),
    )


def _no_route(plan: Plan, good: Exchange, sibling: Exchange) -> Diagnosis:
    ids = (good.id, sibling.id)
    if good.failure == "dropped":
        return Diagnosis(
            f"{plan.target.base_url} closes every connection without an answer: {good.failure_text}",
            "the address, or what stands there",
            "Check scheme, host and port of the URL (a server that wants TLS, or that speaks no"
            " HTTP, closes like this), and look at the server's log.",
            ids,
        )
    if good.reply is None:
        return Diagnosis(
            f"the server answers no request: {good.outcome}",
            "the gateway, or what stands before it",
            "Look at the server's log; give a slow one more time with --timeout.",
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
        f"{plan.target.path} is answered like a path that nobody serves: {describe(good)}",
        "the address: no such route",
        "Check the URL's prefix and --path (some gateways serve"
        " /openai/v1/images/variations); if both are right, the gateway does not offer the endpoint.",
        ids,
    )


def _redirects(good: Exchange) -> Diagnosis:
    assert good.reply is not None
    return Diagnosis(
        f"the gateway redirects to {good.reply.header('location') or 'nowhere'}",
        "the address",
        "Give the address that it redirects to; the suite sends a credential nowhere else.",
        (good.id,),
    )


def _refused(plan: Plan, good: Exchange, tried: list[Exchange]) -> Diagnosis:
    model = plan.target.model
    text = good.reply.text.lower() if good.reply else ""
    if is_providers(good):
        whose, advice = (
            "the provider behind the gateway",
            (
                f"Check the provider of {model}: its key, its address and whether it makes variations."
            ),
        )
    elif "model" in text or good.status == 404:  # noqa: PLR2004 - RFC 9110 §15.5.5
        whose, advice = (
            "the model",
            f"Name a model that makes variations with --model (now {model}).",
        )
    elif good.status == 429:  # noqa: PLR2004 - RFC 6585 §4
        whose, advice = "the rate limit", "Wait, or raise the limit of the credential."
    else:
        whose, advice = "the gateway", "Send the first request by hand and read the gateway's log."
    return Diagnosis(
        f"no good request was answered with a picture, in {len(tried)} forms: {describe(good)}",
        whose,
        advice,
        tuple(e.id for e in tried),
    )
