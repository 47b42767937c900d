"""The diagnoses of an address at which no gateway is reached: no connection, no HTTP, no answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from conformance.http import hurdles
from conformance.http.hurdles import hurdle_in
from conformance.http.status import is_client_error
from conformance.judging.expect import describe
from conformance.result.model import Diagnosis
from conformance.run.arrival import ANSWER_S

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange
    from conformance.http.hurdles import Hurdle
    from conformance.plan.plan import Plan
    from conformance.target.options import Options
    from conformance.target.target import Target

# What nginx, Go's net/http, Apache httpd and Tomcat answer to plain http on a port for TLS.
TLS_WANTED = (
    "the plain http request was sent to https port",
    "client sent an http request to an https server",
    "speaking plain http to an ssl-enabled server port",
    "this combination of host and port requires tls",
)
# nginx asks for the certificate in the handshake, and answers 400 where none came.
CERTIFICATE_WANTED = "no required ssl certificate was sent"
CERTIFICATE_REFUSED = "the ssl certificate error"


def hurdle(plan: Plan, good: Exchange) -> Diagnosis | None:
    """Return the diagnosis of a connection that does not come about for a reason that is known."""
    found = hurdle_in(good.failure_text) or _told_by_answer(plan, good)
    if found is None:
        return None
    said = good.failure_text if good.reply is None else f"{found.said}: {describe(good)}"
    return Diagnosis(
        f"{plan.target.base_url}: {said}",
        found.whose,
        found.what_to_do,
        (good.id,),
    )


def _told_by_answer(plan: Plan, good: Exchange) -> Hurdle | None:
    """Return the hurdle that an answer of HTTP tells of: some servers answer in spite of it."""
    if good.status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED and plan.target.proxy:
        return hurdles.PROXY_WANTS_KEY
    if good.status is None or not is_client_error(good.status):
        return None
    text = good.text.lower()
    if any(sentence in text for sentence in TLS_WANTED):
        return hurdles.SPEAKS_TLS
    if CERTIFICATE_WANTED in text:
        return hurdles.WANTS_CLIENT
    return hurdles.REFUSES_CLIENT if CERTIFICATE_REFUSED in text else None


def no_server(plan: Plan, good: Exchange) -> Diagnosis:
    """Return the diagnosis of an address without an HTTP server."""
    what = "does not speak HTTP" if good.failure == "not-http" else "cannot be reached"
    return Diagnosis(
        f"{plan.target.base_url} {what}: {good.failure_text}",
        "the address, or a server that is not running",
        "Start the gateway, and check scheme, host and port of the URL.",
        (good.id,),
    )


def stays_silent(target: Target, options: Options) -> Diagnosis:
    """Return the diagnosis of a server that takes connections and answers nothing, not even a look."""
    waited_s = max(options.wait_s, min(ANSWER_S, options.limits.timeout_s))
    return Diagnosis(
        f"{target.base_url} takes connections and answers nothing: not even a request that asks for"
        f" nothing had an answer within {waited_s:g} s",
        "the address, or a server that hangs",
        "Check host and port of the URL, and the server's log. If the gateway needs longer to wake up,"
        " wait for it with --wait 60.",
    )
