"""What `st run` cannot know about the contract: real pictures, a model that serves, and the wire oracle.

`schemathesis.toml` beside this file loads it. The package `image-variations-conformance` must be installed in
the same environment as schemathesis.
"""

from __future__ import annotations

import os
from email.message import Message
from typing import TYPE_CHECKING, Any

import schemathesis
from hypothesis import strategies as st

from conformance.cases.generated import oracle
from conformance.http.images import pictures

if TYPE_CHECKING:
    import requests

WORDS = {"accepted": "right", "refused": "wrong", "either": "to be answered in either way"}
MODEL = os.environ.get("CONFORMANCE_MODEL", "openai/dall-e-2")
# What schemathesis may choose in a form that is meant to be accepted.
ASKED = ("image", "n", "size", "response_format")
# A 401 refuses a credential and a 429 refuses everything: neither says anything of a form.
ACCEPTANCES, TOO_MANY = frozenset(range(200, 300)), 429
REFUSALS = frozenset(range(400, 500)) - {401}
# schemathesis would draw random bytes, which every gateway must refuse.
PICTURES = tuple(pictures.make(f"picture {number} for st run") for number in range(4))

schemathesis.openapi.format("binary", st.sampled_from(PICTURES))


@schemathesis.hook
def before_call(_: Any, case: Any, __: Any) -> None:
    """Make a form that is meant to be accepted one that every gateway must accept.

    Any text is a model or a user for schemathesis, and `image[]` and `fallbacks` can be written in several
    ways, some of which no server reads.
    """
    meant_well = case.meta is None or case.meta.generation.mode.is_positive
    if meant_well and isinstance(case.body, dict):
        kept = {name: case.body[name] for name in ASKED if name in case.body}
        case.body = {"model": MODEL, "image": PICTURES[0], **kept}


@schemathesis.check
def wire_oracle(_: Any, response: Any, case: Any) -> None:
    """Hold the answer to what the contract says of the bytes that were sent.

    A form that was meant to be wrong may be right on the wire, and a form that servers read in different
    ways may be answered in either way. So the bytes decide, not the intention.
    """
    request, status = response.request, response.status_code
    form = read(request) if case.method.upper() == "POST" else None
    # schemathesis also asks with other credentials, and then the form is not what is answered.
    as_usual = request.headers.get("Authorization") == f"Bearer {os.environ['CONFORMANCE_API_KEY']}"
    if form is None or not as_usual or status == TOO_MANY:
        return
    if form.expected == "accepted":
        right = status in ACCEPTANCES
    elif form.expected == "refused":
        right = status in REFUSALS
    else:
        right = status in ACCEPTANCES | REFUSALS
    assert right, (
        f"{status}, though the contract says that this form is {WORDS[form.expected]}:"
        f" {', '.join(form.charged)} (see: conformance explain {form.charged[0]})"
    )


def read(request: requests.PreparedRequest) -> oracle.Reading | None:
    """Return what the contract says of a request; None if it is no form, which other checks judge."""
    header = Message()
    header["content-type"] = str(request.headers.get("Content-Type", ""))
    boundary = header.get_param("boundary")
    if header.get_content_type() != "multipart/form-data" or not isinstance(boundary, str):
        return None
    if not isinstance(request.body, bytes):
        return None
    return oracle.read(request.body, boundary, models={MODEL}, good=PICTURES)
