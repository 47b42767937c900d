"""A toy gateway in FastAPI: POST /v1/images/variations in one file, with a drawer in the place of a model.

    uvicorn gateway:app --port 8080          # GATEWAY_KEY holds the one key that it accepts

It is small and honest. It has one key and one model, keeps its pictures in memory, and forgets them when it
ends; test_gateway.py judges it.
"""

from __future__ import annotations

import base64
import hmac
import io
import os
import re
import secrets
import time
from typing import Annotated, Any

import multipart  # type: ignore[import-untyped]  # it has no types
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import HTTPException
from fastapi.responses import JSONResponse, Response
from PIL import Image, ImageOps
from starlette.exceptions import HTTPException as StarletteHTTPException

MODEL = "openai/dall-e-2"
MOST_PICTURES = 10
MOST_BYTES = 20 * 2**20
MOST_PIXELS = 16_000_000
WIDE_OR_HIGH = ("1792x1024", "1024x1792", "1536x1024", "1024x1536")
SIZES = ("256x256", "512x512", "1024x1024", *WIDE_OR_HIGH, "auto")
FORMATS = ("url", "b64_json")
KINDS = ("PNG", "JPEG", "WEBP")
KEPT = 500
NO_ENTRY = 401
# The gateway looks at the pixels itself, before it decodes a picture.
Image.MAX_IMAGE_PIXELS = None

app = FastAPI(title="A toy gateway", openapi_url=None)
pictures: dict[str, bytes] = {}


class Refused(HTTPException):
    """A request that is not served: its status, what is wrong, and with which field."""

    def __init__(self, message: str, param: str | None = None, status: int = 400) -> None:
        bearer = {"WWW-Authenticate": "Bearer"} if status == NO_ENTRY else None
        super().__init__(status, message, bearer)
        self.param = param


@app.exception_handler(StarletteHTTPException)
async def refuse(_: Request, error: StarletteHTTPException) -> JSONResponse:
    """Answer with the documented error."""
    kind = "authentication_error" if error.status_code == NO_ENTRY else "invalid_request_error"
    return problem(
        error.status_code, kind, error.detail, getattr(error, "param", None), error.headers
    )


@app.exception_handler(Exception)
async def fail(_: Request, __: Exception) -> JSONResponse:
    """Answer what nobody foresaw, without a word of the program's inside."""
    return problem(500, "internal_error", "the gateway itself failed")


def problem(
    status: int, kind: str, message: str, param: str | None = None, headers: Any = None
) -> JSONResponse:
    """Return the documented error."""
    event = secrets.token_hex(8)
    told = {"type": kind, "code": kind, "message": message, "event_id": event}
    content = {
        "event_id": event,
        "type": kind,
        "is_bifrost_error": True,
        "status_code": status,
        "error": {**told, "param": param} if param else told,
        "extra_fields": {"request_type": "image_variation"},
    }
    return JSONResponse(content, status, headers)


def known_caller(request: Request) -> None:
    """Let in who has the key; the comparison takes the same time for every wrong one."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    wanted = os.environ.get("GATEWAY_KEY", "")
    right = hmac.compare_digest(given.strip().encode(), wanted.encode())
    if scheme.lower() != "bearer" or not wanted or not right:
        raise Refused("a bearer token that this gateway knows is needed", status=NO_ENTRY)


@app.post("/v1/images/variations", dependencies=[Depends(known_caller)])
async def create_variation(request: Request) -> dict[str, Any]:
    """Create variations of a picture."""
    form = await read_form(request)
    model, n = wanted_model(form), wanted_number(form)
    size, as_format = (
        one_of(form, "size", SIZES, "auto"),
        one_of(form, "response_format", FORMATS, "url"),
    )
    source = wanted_picture(form)
    made = [drawn(source, size, number) for number in range(n)]
    base = str(request.base_url).rstrip("/")
    return {
        "id": f"img-{secrets.token_hex(8)}",
        "created": int(time.time()),
        "model": model,
        "data": [item(picture, as_format, base, index) for index, picture in enumerate(made)],
        "output_format": "png",
        "size": size,
        "usage": usage(n),
        "extra_fields": {
            "request_type": "image_variation",
            "provider": model.partition("/")[0],
            "model_requested": model,
            "latency": 0,
            "chunk_index": 0,
        },
    }


@app.get("/files/{name}")
async def picture(name: str) -> Response:
    """Serve a picture that was made."""
    if name not in pictures:
        raise Refused("there is no such picture", status=404)
    return Response(pictures[name], media_type="image/png")


# ---------------------------------------------------------------- the request

Form = Annotated[list[multipart.MultipartPart], "the parts, in their order"]


async def read_form(request: Request) -> Form:
    """Read the body as a form; a form that ends too early is none."""
    kind, options = multipart.parse_options_header(request.headers.get("content-type", ""))
    if kind.lower() != "multipart/form-data" or not options.get("boundary"):
        raise Refused("the body must be multipart/form-data with a boundary", status=415)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise Refused("the body is too large", status=413)
    try:
        parser = multipart.MultipartParser(io.BytesIO(bytes(body)), options["boundary"])
        parts: Form = parser.parts()
    except (multipart.MultipartError, ValueError) as error:
        raise Refused("the form cannot be read") from error
    if not parts:
        raise Refused("the form has no fields")
    return parts


def text(form: Form, name: str) -> str | None:
    """Return the value of a field that occurs once at most."""
    found = [part for part in form if part.name == name]
    if len(found) > 1:
        raise Refused(f"{name} was given several times", name)
    try:
        return found[0].value if found else None
    except UnicodeDecodeError as error:
        raise Refused(f"{name} is no UTF-8", name) from error


def wanted_model(form: Form) -> str:
    """Return the one model that this gateway has."""
    model = text(form, "model")
    if not model:
        raise Refused("model is missing", "model")
    if model != MODEL:
        raise Refused("there is no such model", "model", status=404)
    return model


def wanted_number(form: Form) -> int:
    """Return how many pictures are wanted: one, if the form does not say."""
    given = text(form, "n")
    if given is None:
        return 1
    if not re.fullmatch("[1-9][0-9]?", given) or int(given) > MOST_PICTURES:
        raise Refused(f"n must be a whole number from 1 to {MOST_PICTURES}", "n")
    return int(given)


def one_of(form: Form, name: str, known: tuple[str, ...], default: str) -> str:
    """Return a value that is one of those that are documented."""
    given = text(form, name)
    if given is not None and given not in known:
        raise Refused(f"{name} must be one of {', '.join(known)}", name)
    return default if given is None else given


def wanted_picture(form: Form) -> Image.Image:
    """Return the first file in `image` or `image[]`, decoded, and small enough to be."""
    files = [
        p
        for p in form
        if p.name in ("image", "image[]") and (p.filename or p.content_type != "text/plain")
    ]
    if not files:
        raise Refused("image is missing", "image")
    try:
        found = Image.open(io.BytesIO(files[0].raw), formats=KINDS)
        fits = found.width * found.height <= MOST_PIXELS
        decoded = found.convert("RGB") if fits else None
    except Exception as error:  # Pillow raises many kinds for what is no picture
        raise Refused("image is no PNG, JPEG or WebP picture", "image") from error
    if decoded is None:
        raise Refused("the picture has too many pixels", "image")
    return decoded


# ---------------------------------------------------------------- the answer


def drawn(source: Image.Image, size: str, number: int) -> bytes:
    """Return a variation: the picture in the size that was asked for, with other colors each time."""
    width, height = (1024, 1024) if size == "auto" else map(int, size.split("x"))
    changed = ImageOps.posterize(ImageOps.fit(source, (width, height)), 2 + number % 6)
    out = io.BytesIO()
    (ImageOps.mirror(changed) if number % 2 else changed).save(out, "PNG", compress_level=1)
    return out.getvalue()


def item(picture: bytes, as_format: str, base: str, index: int) -> dict[str, Any]:
    """Return a picture as an answer holds it: whole, or as a url where it lies."""
    if as_format == "b64_json":
        return {"b64_json": base64.b64encode(picture).decode(), "index": index}
    name = f"{secrets.token_hex(16)}.png"
    pictures[name] = picture
    while len(pictures) > KEPT:
        del pictures[next(iter(pictures))]
    return {"url": f"{base}/files/{name}", "index": index}


def usage(n: int) -> dict[str, Any]:
    """Return what a picture costs here: a thousand tokens each way."""
    count = {"image_tokens": 1000, "text_tokens": 0}
    made = {"image_tokens": 1000 * n, "text_tokens": 0}
    return {
        "input_tokens": 1000,
        "input_tokens_details": count,
        "output_tokens": 1000 * n,
        "output_tokens_details": made,
        "total_tokens": 1000 + 1000 * n,
    }
