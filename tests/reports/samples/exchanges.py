"""Exchanges as runs keep them, and text that tries to act in a report."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import zlib

from conformance.result.exchange_summary import ExchangeSummary, FormField, Picture

URL = "https://gateway.example/v1/images/variations"
HOSTILE = (
    "</script><script>document.title='pwned'</script>"
    "<img src=x onerror=\"document.title='pwned'\"> ]]> <!-- {{ 7*7 }} {% raw %} &amp; "
    "\x00\x01\x08\x0b\x1b[31mred\x1b[0m \x1b]0;title\x07 \x7f\x85\x9b1m \ud800 \udfff\ufffe\uffff "
    "\u202eevil\u202c \u200fשלום\u200e [bold]markup[/bold] \r\rback"
)
ZERO = "image of zero bytes"


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
