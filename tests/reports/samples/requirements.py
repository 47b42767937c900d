"""Requirements that were met, that were not judged, and what was observed beside them."""

from __future__ import annotations

from typing import Any

from conformance.result.model import (
    Check,
    Observation,
    RequirementResult,
    Status,
)
from conformance.result.verdict import worst

CLAUSES = {
    "MEDIA": "The body is multipart/form-data",
    "AUTH": "Bearer authentication",
    "MODEL": "model",
    "IMAGE": "image and image[]",
    "N": "n",
    "SIZE": "size",
    "FORMAT": "response_format",
    "FALLBACKS": "fallbacks",
    "BODY": "The answer to a good request",
    "ERROR": "The answer to a bad request",
    "ROBUST": "Odd input and steady operation",
}


def requirement(
    rid: str, level: str, source: str, text: str, basis: str, *checks: Check, **changes: Any
) -> RequirementResult:
    status = Status(changes.pop("status", worst([c.status for c in checks])))
    return RequirementResult(
        rid, rid.partition("-")[0], level, source, text, basis, status, **changes, checks=checks
    )


def check(node: str, status: str, message: str = "", *ids: str, took: float = 0.41) -> Check:
    return Check(f"test_{node}", Status(status), message, ids, took)


PASSING = (
    requirement(
        "MEDIA-1",
        "MUST",
        "stated",
        "A valid multipart/form-data POST is answered with 2xx.",
        '"Request must be sent as multipart/form-data"',
        check("media_type.py::test_a_valid_form_is_accepted", "pass", "", "x001"),
    ),
    requirement(
        "N-1",
        "MUST",
        "stated",
        "Every integer from 1 to 10 works and gives exactly n items.",
        "Range 1 <= value <= 10",
        *(
            check(f"n.py::test_every_n_gives_n_items[n={n}]", "pass", "", "x001")
            for n in range(1, 11)
        ),
    ),
    requirement(
        "FORMAT-3",
        "MUST",
        "stated",
        "With b64_json every item has base64 that decodes to a picture.",
        'Value in "url" | "b64_json"',
        check("response_format.py::test_b64_json_decodes", "pass", "", "x007"),
    ),
    requirement(
        "AUTH-2",
        "MUST",
        "inferred",
        "A request without a credential is refused with 400, 401 or 403.",
        "RFC 6750 §3.1",
        check("authentication.py::test_no_credential_is_refused", "pass", "", "x006"),
    ),
)
UNJUDGED = (
    requirement(
        "AUTH-12",
        "MUST",
        "inferred",
        "An expired JWT is refused.",
        "RFC 7519 §4.1.4",
        check(
            "authentication.py::test_an_expired_jwt_is_refused",
            "not-applicable",
            "no expired credential was supplied; name one with --expired-key-env",
        ),
    ),
    requirement(
        "FALLBACKS-2",
        "MUST",
        "stated",
        "With a failing primary, a working fallback serves.",
        "Fallback models to try if primary model fails",
        status="not-selected",
        message="left out by profile core; full runs it",
    ),
)
OBSERVATIONS = (
    Observation(
        "N-O1",
        "N",
        "What an empty n, null and 2.0 are answered with.",
        (
            check("n.py::test_observe_n[empty]", "pass", "200, 1 item", "x001"),
            check("n.py::test_observe_n[null]", "pass", "400", "x003"),
        ),
    ),
    Observation("AUTH-O2", "AUTH", "Which status a request without a credential gets."),
)
