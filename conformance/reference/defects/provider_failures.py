"""Defects in what becomes of the provider's failures: PROVIDER-12, -14 to -18, and -21."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import observed
from conformance.reference.forwarding import PROVIDER_KEY, Heard, fault_of
from conformance.reference.making import both, forwards, on_refusal

if TYPE_CHECKING:
    from conformance.reference.values import Answer, Fault

UNENDING = 40
FOR_EVER_S = 600.0
PLACEHOLDER = json.dumps({"data": [{"url": "http://127.0.0.1/placeholder.png"}]}).encode()


def _telling(heard: Heard) -> Fault:
    fault = fault_of(heard)
    if heard.status != 401:  # noqa: PLR2004 - RFC 9110 §15.5.2
        return fault
    return replace(fault, message=f"the provider refused the key {PROVIDER_KEY}")


def _raw(heard: Heard) -> Fault:
    fault = fault_of(heard)
    return replace(fault, code="raw") if heard.status in (400, 404) else fault


def _as_it_came(answer: Answer, fault: Fault) -> Answer:
    body = json.dumps({"error": {"message": "as the provider wrote it", "type": "x"}}).encode()
    return replace(answer, body=body) if fault.code == "raw" else answer


def _empty_success(heard: Heard) -> Heard:
    is_page = heard.status == 200 and (heard.header("content-type") or "").startswith("text/html")  # noqa: PLR2004 - RFC 9110 §15.3.1
    return Heard(200, body=PLACEHOLDER) if is_page else heard


def _gone(heard: Heard) -> Fault:
    fault = fault_of(heard)
    is_drop = heard.status is None and heard.problem != "timeout"
    return replace(fault, code="gone") if is_drop else fault


def _hung_up(answer: Answer, fault: Fault) -> Answer:
    return replace(answer, dropped=True) if fault.code == "gone" else answer


def _all_500(heard: Heard) -> Fault:
    fault = fault_of(heard)
    return replace(fault, status=500, headers=()) if heard.status == 429 else fault  # noqa: PLR2004 - RFC 6585 §4


def _without_retry_after(heard: Heard) -> Fault:
    return replace(fault_of(heard), headers=())


DEFECTS = (
    observed(
        "retry-sends-an-empty-form",
        "What is sent to the provider a second time has no body: the first try has read it.",
        ("PROVIDER-21",),
        forwards(tries=2, body_again=lambda _: b""),
    ),
    observed(
        "providers-key-told",
        "The message of a provider's 401 shows the provider's key.",
        ("PROVIDER-12",),
        forwards(fault_of=_telling),
    ),
    observed(
        "raw-errors",
        "A provider's 400 and 404 are passed through as it wrote them.",
        ("PROVIDER-14",),
        both(forwards(fault_of=_raw), on_refusal(_as_it_came)),
    ),
    observed(
        "page-is-success",
        "An HTML page becomes a 200 with a placeholder.",
        ("PROVIDER-15",),
        forwards(on_heard=_empty_success),
    ),
    observed(
        "drop-passed-on",
        "Where the provider hangs up, the gateway does too.",
        ("PROVIDER-16",),
        both(forwards(fault_of=_gone), on_refusal(_hung_up)),
    ),
    observed(
        "waits-for-ever",
        "The provider has as long as it likes.",
        ("PROVIDER-16",),
        forwards(timeout_s=FOR_EVER_S),
        profile="full",
    ),
    observed(
        "429-becomes-500",
        "A provider's 429 becomes a 500.",
        ("PROVIDER-17",),
        forwards(fault_of=_all_500),
    ),
    observed(
        "retry-after-lost",
        "A 429 loses the provider's Retry-After.",
        ("PROVIDER-17",),
        forwards(fault_of=_without_retry_after),
    ),
    observed(
        "retries-without-end",
        f"A provider that fails is asked again, {UNENDING} times.",
        ("PROVIDER-18",),
        forwards(tries=UNENDING, again=lambda heard: heard.status in (500, 503)),
    ),
)
