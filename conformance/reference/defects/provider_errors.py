"""Defects in the error that a client gets after the provider failed: PROVIDER-14, -22 and -23."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import observed
from conformance.reference.forwarding import PROVIDER_KEY, Heard, fault_of
from conformance.reference.making import both, edit_error, forwards

if TYPE_CHECKING:
    from conformance.reference.values import Fault, Json

DIGEST = hashlib.sha256(PROVIDER_KEY.encode()).hexdigest()


def _as_openai_says(heard: Heard) -> Fault:
    """Take the message of the provider's error, where it stands in OpenAI's."""
    fault = fault_of(heard)
    if heard.status in (None, 200):
        return fault
    try:
        message = json.loads(heard.body)["error"]["message"]
    except (ValueError, KeyError, TypeError):
        message = ""
    return replace(fault, message=message)


def _gone_is_400(heard: Heard) -> Fault:
    fault = fault_of(heard)
    is_drop = heard.status is None and heard.problem != "timeout"
    return replace(fault, status=400) if is_drop else fault


def _of_the_socket(heard: Heard) -> Fault:
    fault = fault_of(heard)
    if heard.status is not None:
        return fault
    return replace(fault, message="httpx.RemoteProtocolError: 10.20.0.7:443 hung up")


def _with_page(heard: Heard) -> Fault:
    fault = fault_of(heard)
    return replace(fault, code="page") if b"<h1>" in heard.body else fault


def _shown(error: Json, fault: Fault) -> Json:
    return {**error, "error": "<html><h1>502</h1></html>"} if fault.code == "page" else error


def _with_digest(heard: Heard) -> Fault:
    fault = fault_of(heard)
    refused = heard.status == 401  # noqa: PLR2004 - RFC 9110 §15.5.2
    return replace(fault, message=f"the key {DIGEST} was refused") if refused else fault


DEFECTS = (
    observed(
        "message-of-openais-errors-alone",
        "An error of the provider that is not in OpenAI's form has an empty message.",
        ("PROVIDER-14",),
        forwards(fault_of=_as_openai_says),
    ),
    observed(
        "drop-becomes-400",
        "Where the provider hangs up, the client is told that its request is bad.",
        ("PROVIDER-22",),
        forwards(fault_of=_gone_is_400),
    ),
    observed(
        "socket-shown",
        "Where the provider hangs up, the message shows its address and a class of the program.",
        ("PROVIDER-23",),
        forwards(fault_of=_of_the_socket),
    ),
    observed(
        "page-shown",
        "A page that the provider sends stands in error.error.",
        ("PROVIDER-23",),
        both(forwards(fault_of=_with_page), edit_error(_shown)),
    ),
    observed(
        "providers-key-as-digest",
        "The message of a provider's 401 shows a digest of the provider's key.",
        ("PROVIDER-12",),
        forwards(fault_of=_with_digest),
    ),
)
