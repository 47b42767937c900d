"""Results as runs write them, to draw reports from: good, bad, ended early, hostile and large."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import struct
import zlib

from conformance.result.exchange_summary import ExchangeSummary, FormField, Picture
from conformance.result.model import (
    Check,
    Diagnosis,
    Observation,
    RequirementResult,
    Result,
    Status,
    Verdict,
)
from conformance.result.verdict import worst

URL = "https://gateway.example/v1/images/variations"
HOSTILE = (
    "</script><script>document.title='pwned'</script>"
    "<img src=x onerror=\"document.title='pwned'\"> ]]> <!-- {{ 7*7 }} {% raw %} &amp; "
    "\x00\x01\x08\x0b\x1b[31mred\x1b[0m \x1b]0;title\x07 \x7f\x85\x9b1m \ud800 \udfff\ufffe\uffff "
    "\u202eevil\u202c \u200fשלום\u200e [bold]markup[/bold] \r\rback"
)
ZERO = "image of zero bytes"
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


def png(width: int, height: int) -> bytes:
    """Return a small PNG with a gradient, so that a thumbnail is there to see."""
    rows = b"".join(
        b"\x00" + bytes(v for x in range(width) for v in (x * 255 // width, y * 255 // height, 160))
        for y in range(height)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )


THUMBNAIL = "data:image/png;base64," + base64.b64encode(png(64, 64)).decode()


def picture(index: int = 0) -> Picture:
    digest = hashlib.sha256(str(index).encode()).hexdigest()
    return Picture(f"data[{index}].b64_json", "PNG", 512, 512, 18_204, digest, THUMBNAIL)


def sent(
    number: int,
    label: str,
    status: int | None = 200,
    body: str | None = None,
    *extra: FormField,
    twin: str | None = None,
    pictures: int = 0,
    failure: str | None = None,
    attempts: int = 1,
) -> ExchangeSummary:
    # As in a run: a faulty request sends the picture of its accepted twin.
    name = "fixtures/001.png" if twin and label != ZERO else f"fixtures/{number:03d}.png"
    length = 0 if label == ZERO else 1_204
    fields = (
        FormField("model", "openai/dall-e-2", size_bytes=15),
        FormField("image", "", "variation.png", "image/png", length, name),
        *extra,
    )
    if body is None:
        answer = {
            "id": f"var-{number}",
            "created": 1790000000,
            "model": "dall-e-2",
            "data": [{"b64_json": THUMBNAIL.partition(",")[2], "index": 0}],
            "extra_fields": {"provider": "openai", "latency": 412},
        }
        body = json.dumps(answer)
    return ExchangeSummary(
        id=f"x{number:03d}",
        label=label,
        method="POST",
        url=URL,
        request_headers=(
            ("Authorization", "Bearer <credential: virtual key>"),
            ("Content-Type", "multipart/form-data; boundary=conformance-7f3a"),
            ("Accept", "application/json"),
        ),
        fields=fields,
        request_bytes=1_702,
        curl=(
            f'curl -sS -X POST {URL} -H "Authorization: Bearer $CONFORMANCE_API_KEY" '
            f"-F model=openai/dall-e-2 -F 'image=@{name};type=image/png' "
            + " ".join(f"-F '{f.name}={f.value}'" for f in extra)
        ),
        status=status,
        failure=failure,
        reply_headers=(
            ()
            if status is None
            else (("content-type", "application/json"), ("server", "gateway/1.4"), ("date", "…"))
        ),
        reply_body=body,
        reply_bytes=len(body),
        elapsed_s=0.412,
        attempts=attempts,
        pictures=tuple(picture(i) for i in range(pictures)),
        twin=twin,
    )


ENVELOPE = (
    '{"is_bifrost_error": false, "status_code": 400, "error": {"type": "invalid_request_error", '
    '"message": "size must be one of the listed values", "param": "size"}}'
)
EXCHANGES = (
    sent(1, "a good request", 200, None, pictures=1),
    sent(2, "n=11", 200, None, FormField("n", "11", size_bytes=2), twin="x001", pictures=3),
    sent(3, "n=0", 400, ENVELOPE, FormField("n", "0", size_bytes=1), twin="x001"),
    sent(4, "size=1x1", 500, "Internal Server Error", FormField("size", "1x1"), twin="x001"),
    sent(
        5,
        ZERO,
        None,
        "",
        failure="the connection was closed before an answer came",
        twin="x001",
        attempts=2,
    ),
    sent(6, "no credential", 401, '{"detail": "Not authenticated"}', twin="x001"),
    sent(7, "response_format=b64_json", 200, None, FormField("response_format", "b64_json")),
    sent(8, "model unknown", 429, '{"error": {"message": "slow down"}}', twin="x001", attempts=3),
)


def requirement(
    rid: str, level: str, source: str, text: str, basis: str, *checks: Check, **changes: str
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
FAILING = (
    requirement(
        "N-2",
        "MUST",
        "stated",
        "An integer outside 1 to 10 is refused.",
        "Range 1 <= value <= 10",
        check("n.py::test_n_outside_one_to_ten_is_refused[n=0]", "pass", "", "x003"),
        check(
            "n.py::test_n_outside_one_to_ten_is_refused[n=11]",
            "fail",
            "expected a refusal (4xx) because of n, got 200\n"
            "data has 3 items; the same request without n was accepted too",
            "x002",
            "x001",
        ),
        hint="The gateway passes n to the provider unchecked. Check the range before routing.",
        message="1 of 2 checks failed",
    ),
    requirement(
        "SIZE-3",
        "MUST",
        "stated",
        "A size that is not listed is refused.",
        'Value in "256x256" | "512x512" | "1024x1024" | "1792x1024" | "auto"',
        check(
            "size.py::test_other_dimensions_are_refused[size=1x1]",
            "fail",
            "expected a refusal (4xx) because of size\ngot 500 Internal Server Error\n"
            "sent once more, alone, on a new connection: 500 again",
            "x004",
            took=1.9,
        ),
    ),
    requirement(
        "IMAGE-6",
        "MUST",
        "stated",
        "An image of zero bytes is refused.",
        "imagefile: Image file to create variations of",
        check(
            "image.py::test_zero_bytes_are_refused",
            "fail",
            "expected a refusal (4xx), got no answer: the connection was closed",
            "x005",
            took=0.02,
        ),
    ),
    requirement(
        "ERROR-1",
        "MUST",
        "shown",
        "Every refused POST answers a JSON object with is_bifrost_error and error.message.",
        "the example of the error body",
        check("error_body.py::test_the_envelope[n=0]", "pass", "", "x003"),
        check(
            "error_body.py::test_the_envelope[no credential]",
            "fail",
            "expected the documented envelope, got the keys: detail",
            "x006",
        ),
    ),
    requirement(
        "AUTH-3",
        "SHOULD",
        "inferred",
        "A 401 carries WWW-Authenticate.",
        "RFC 9110 §11.6.1",
        check(
            "authentication.py::test_401_names_the_scheme",
            "warn",
            "expected a WWW-Authenticate header, got none",
            "x006",
        ),
    ),
    requirement(
        "MODEL-4",
        "SHOULD",
        "inferred",
        "An unknown model is refused with 4xx.",
        "RFC 9110 §15.5",
        check(
            "model.py::test_an_unknown_model_is_refused",
            "untestable",
            "the gateway answered 429 three times; raise the limit or lower --concurrency",
            "x008",
        ),
    ),
    requirement(
        "IMAGE-3",
        "MUST",
        "stated",
        "image[] several times works and gives n items.",
        "Use field name image for a single file or image[] for multiple",
        check(
            "image.py::test_image_list_works",
            "untestable",
            "the budget of 20 pictures was spent; raise --max-images",
        ),
    ),
    requirement(
        "ROBUST-5",
        "MUST",
        "inferred",
        "The same request gets the same verdict every time.",
        "safe operation",
        check(
            "robustness.py::test_the_same_request_again",
            "flaky",
            "expected 2xx five times, got 200, 200, 500, 200, 200",
            "x001",
            "x004",
        ),
    ),
    requirement(
        "BODY-9",
        "SHOULD",
        "shown",
        "id differs from answer to answer.",
        "the example of the body",
        check(
            "success_body.py::test_ids_differ",
            "error",
            "KeyError: 'id' in conformance/checks",
            "x001",
        ),
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


def _ordered(rows: tuple[RequirementResult, ...]) -> tuple[RequirementResult, ...]:
    return tuple(sorted(rows, key=lambda r: list(CLAUSES).index(r.clause)))


def conformant() -> Result:
    return Result(
        verdict=Verdict.CONFORMANT,
        profile="core",
        target={
            "url": "https://gateway.example",
            "path": "/v1/images/variations",
            "model": "openai/dall-e-2",
        },
        suite={"version": "0.1.0"},
        contract={"version": "1.0.0", "sha256": "9f2c" * 16},
        seed=20260101,
        started="2026-01-02T03:04:05+00:00",
        duration_s=12.3,
        requests=8,
        images=5,
        requirements=_ordered((*PASSING, *UNJUDGED)),
        clauses=CLAUSES,
        observations=OBSERVATIONS,
        exchanges={e.id: e for e in EXCHANGES},
        command="conformance run https://gateway.example --model openai/dall-e-2 --seed 20260101",
        notes=("The gateway looks like Bifrost (header server).",),
    )


def nonconformant() -> Result:
    return dataclasses.replace(
        conformant(),
        verdict=Verdict.NONCONFORMANT,
        requirements=_ordered((*PASSING, *UNJUDGED, *FAILING)),
    )


def incomplete() -> Result:
    first = sent(1, "a good request", 404, '{"detail":"Not Found"}')
    return dataclasses.replace(
        conformant(),
        verdict=Verdict.INCOMPLETE,
        requirements=tuple(
            dataclasses.replace(
                r, status=Status.UNTESTABLE, checks=(), message="the run ended early"
            )
            for r in _ordered((*PASSING, *UNJUDGED))
        ),
        diagnosis=(
            Diagnosis(
                "The gateway has no such route: POST /v1/images/variations gets 404, "
                "and so does an impossible path beside it.",
                "gateway or address",
                "Check the address and --path; some gateways serve /openai/v1/images/variations.",
                ("x001",),
            ),
        ),
        exchanges={"x001": first},
        observations=(),
    )


def partial() -> Result:
    return dataclasses.replace(
        nonconformant(),
        verdict=Verdict.PARTIAL,
        requirements=tuple(
            r
            if r.clause == "N"
            else dataclasses.replace(r, status=Status.NOT_SELECTED, checks=(), message="")
            for r in nonconformant().requirements
        ),
    )


def hostile() -> Result:
    """Every text that a gateway or an operator can choose is as bad as it can be."""
    long = "A" * 1_000_000
    bad = ExchangeSummary(
        id="x666",
        label=f"label {HOSTILE}",
        method="POST",
        url=f"javascript:alert(1)//{HOSTILE}",
        request_headers=((f"X-{HOSTILE}", HOSTILE),),
        fields=(
            FormField(HOSTILE, HOSTILE + long, HOSTILE, HOSTILE, 3, "../../etc/passwd"),
            FormField("image", "", "a.png", "image/png", 3, "javascript:alert(1)"),
        ),
        request_body=HOSTILE + long,
        curl=f"curl '{HOSTILE}'",
        status=200,
        reply_headers=(("content-type", "text/html"), (HOSTILE, HOSTILE)),
        reply_body='{"a": "' + HOSTILE + long,
        reply_bytes=1_000_300,
        reply_truncated=True,
        pictures=(
            dataclasses.replace(picture(), source=HOSTILE, thumbnail="javascript:alert(1)"),
            dataclasses.replace(picture(), thumbnail="data:image/svg+xml,<svg onload=alert(1)>"),
            dataclasses.replace(picture(), thumbnail='data:image/png;base64,AA" onerror="x'),
        ),
        twin="x001",
    )
    failed = check(f"n.py::test_n[{HOSTILE}]", "fail", f"expected x, got {HOSTILE}\n{long}", "x666")
    deep = dataclasses.replace(bad, id="x<667>", reply_body="[" * 5000 + "]" * 5000)
    return dataclasses.replace(
        nonconformant(),
        target={"url": f"https://{HOSTILE}", "model": HOSTILE},
        command=f"conformance run '{HOSTILE}'",
        notes=(HOSTILE,),
        requirements=_ordered(
            (
                requirement("N-2", "MUST", "stated", f"Text {HOSTILE}", HOSTILE, failed, failed),
                requirement(
                    "N-3",
                    "SHOULD",
                    "stated",
                    "Warned.",
                    "",
                    check(HOSTILE, "warn", HOSTILE, "x<667>"),
                ),
                *FAILING[1:],
            )
        ),
        diagnosis=(Diagnosis(HOSTILE, HOSTILE, HOSTILE, ("x666", "gone")),),
        exchanges={e.id: e for e in (*EXCHANGES, bad, deep)},
        observations=(Observation("N-O1", "N", HOSTILE, (failed,)),),
    )


def large() -> Result:
    """As much as a full run gives: 160 requirements, 480 checks, 300 exchanges."""
    exchanges = tuple(sent(n, f"request {n}", 200 if n % 7 else 400) for n in range(300))
    statuses = ["pass"] * 17 + ["fail", "warn", "not-applicable"]
    rows = tuple(
        requirement(
            f"{clause}-{n}",
            "MUST" if n % 3 else "SHOULD",
            "stated",
            f"Sentence {n} of {clause} holds for every request that a client may send.",
            "the documentation",
            *(
                check(
                    f"{clause.lower()}.py::test_{n}[case={k}]",
                    statuses[(n * 3 + k) % 20],
                    "expected 2xx, got 400" if statuses[(n * 3 + k) % 20] != "pass" else "",
                    f"x{(n * 17 + k * 5) % 300:03d}",
                )
                for k in range(3)
            ),
        )
        for clause in CLAUSES
        for n in range(1, 16)
    )
    return dataclasses.replace(
        nonconformant(),
        requirements=rows,
        exchanges={e.id: e for e in exchanges},
        requests=300,
    )


ALL = {
    "conformant": conformant,
    "nonconformant": nonconformant,
    "incomplete": incomplete,
    "partial": partial,
    "hostile": hostile,
    "large": large,
}
