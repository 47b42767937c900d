"""Examines the target with a few requests before anything else is spent.

Reachable? Route there? Credential accepted? Answered with a picture? Each "no" is a diagnosis. A
gateway that answers one good request with a picture is ready; the checks judge all other forms.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.cases.clients import openai_go
from conformance.cases.spec import PLAIN, Spec, Upload, uploaded, variation
from conformance.http.request import PREFLIGHT, Request
from conformance.http.status import is_busy, is_redirect
from conformance.run import diagnoses, unreached
from conformance.run.diagnoses import SIBLING
from conformance.run.whose.causes import WHOSE_KEY
from conformance.run.whose.evidence import by_evidence, cause_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.http.exchange import Exchange
    from conformance.plan.plan import Plan
    from conformance.result.model import Diagnosis
    from conformance.run.whose.evidence import Calls
    from conformance.send.sending import Sending

NO_ENTRY = frozenset({401, 403, 407})
MOST_UNANSWERED = 2

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
# The gateway must not serve this path; an answer like it means that there is no route either.
IMPOSSIBLE = replace(
    PLAIN,
    label="an impossible sibling path",
    path_suffix=SIBLING,
    expected="refused",
    phase=PREFLIGHT,
)


def examine(plan: Plan, sender: Sending, calls: Calls = None) -> tuple[Diagnosis, ...]:
    """Return a diagnosis if the target cannot be judged, or nothing.

    Args:
        plan: the requests of the run.
        sender: what sends them.
        calls: returns the calls to the provider that the run plays; None if it plays none.
    """
    good = _send(plan, sender, PLAIN)
    if good.ok and good.items:
        return ()
    if known := _at_once(plan, good, calls) or _limited(plan, good, calls):
        return (known,)
    sibling = _send(plan, sender, IMPOSSIBLE)
    alike = _alike(good, sibling)
    if good.ok and not alike:
        return ()
    if good.status in NO_ENTRY:
        return (by_evidence(plan.target, [good], calls) or diagnoses.no_entry(good),)
    return _further(plan, sender, good, sibling if alike else None, calls)


def _at_once(plan: Plan, good: Exchange, calls: Calls) -> Diagnosis | None:
    """Return the diagnosis that a connection, or a stand-in provider, tells of, if any."""
    if hurdle := unreached.hurdle(plan, good):
        return hurdle
    if good.failure in ("unreachable", "not-http"):
        return unreached.no_server(plan, good)
    if good.failure == "overtime":
        return diagnoses.no_time(good)
    if good.failure == "budget":
        return diagnoses.no_budget(good)
    if diagnoses.is_of_a_stand_in(good):
        return diagnoses.not_of_this_run(good, calls() if calls else ())
    return None


def _limited(plan: Plan, good: Exchange, calls: Calls) -> Diagnosis | None:
    """Return the diagnosis of an answer that no other form of the request can better, if it is one."""
    limited = good.failure == "limited" or is_busy(good.reply)
    cause = cause_in(plan.target, good)
    if limited or (cause is not None and cause.is_final):
        found = by_evidence(plan.target, [good], calls)
        return found or (diagnoses.limited(good) if limited else None)
    return None


def _further(
    plan: Plan, sender: Sending, good: Exchange, alike: Exchange | None, calls: Calls
) -> tuple[Diagnosis, ...]:
    """Return a diagnosis if no form of a good request works; `alike` is a path answered alike."""
    if is_redirect(good.status):
        return (diagnoses.redirects(good),)
    if alike is not None:
        told = by_evidence(plan.target, [good], calls)
        return (told or diagnoses.no_route(plan, good, alike),)
    tried = [good]
    for form in OTHER_FORMS:
        tried.append(_send(plan, sender, replace(form, phase=PREFLIGHT)))
        if tried[-1].ok:
            return ()
        # Each takes a whole time-out, and another form would hang as well.
        if sum(e.failure == "timeout" for e in tried) >= MOST_UNANSWERED:
            return (diagnoses.unanswered(plan, tried),)
    return (by_evidence(plan.target, tried, calls) or diagnoses.refused(plan, good, tried),)


def may_use_another_key(found: tuple[Diagnosis, ...]) -> bool:
    """Return whether a run with this diagnosis may do better with another credential."""
    return bool(found) and found[0].whose == WHOSE_KEY


def gone_since(plan: Plan, sender: Sending, known: Iterable[Exchange]) -> tuple[Diagnosis, ...]:
    """Return a diagnosis if a gateway that an earlier run judged is gone, or refuses the credential.

    The suite repeats a request that the gateway refused then, which costs no picture.
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
    if found := _at_once(plan, again, None):
        return (found,)
    if again.failure == "limited" or is_busy(again.reply):
        return (diagnoses.limited(again),)
    if again.status in NO_ENTRY:
        return (diagnoses.no_entry(again),)
    return ()


def _repeatable(exchange: Exchange) -> bool:
    request = exchange.request
    plain = not (request.connection or request.delivery or request.canary or request.after)
    plain = plain and request.credential == PLAIN.credential and request.method == "POST"
    refused = exchange.status in (400, 422) and request.expected == "refused"
    return plain and refused and not request.copy


def _send(plan: Plan, sender: Sending, spec: Spec) -> Exchange:
    bound = plan.bind(spec)
    if not isinstance(bound, Request):  # the target is declared to lack this size
        bound = plan.bind(replace(spec, fields=tuple(f for f in spec.fields if f[0] != "size")))
    assert isinstance(bound, Request)
    return sender.send(bound)


def _alike(good: Exchange, sibling: Exchange) -> bool:
    """Return whether the endpoint answers just like a path that no server has a route for."""
    if good.reply is None or sibling.reply is None:
        return good.failure == sibling.failure
    if good.reply.status != sibling.reply.status or is_busy(good.reply):
        return False  # a rate limit answers before any route does
    return _skeleton(good) == _skeleton(sibling)


def _skeleton(exchange: Exchange) -> str:
    """Return an answer's body without the parts that differ from request to request."""
    assert exchange.reply is not None
    text = exchange.reply.text.replace(SIBLING, "")
    return re.sub(r"[0-9a-fA-F-]{8,}|\d+", "#", text)[:20_000]
