from __future__ import annotations

import io
from typing import Any

from PIL import Image

from conformance.reference.behaviour import Behaviour
from conformance.reference.credentials import demo_credentials
from conformance.reference.gateway import ROUTE, Gateway, answer
from conformance.reference.values import Answer, Call

MODEL = "openai/dall-e-2"
FAILING = "openai/always-fails"
BOUNDARY = b"boundary-of-a-test"
DEMO = demo_credentials()
BEARER = {"Authorization": f"Bearer {DEMO.virtual_key}"}


def picture(shade: int = 0, size: tuple[int, int] = (256, 256), kind: str = "PNG") -> bytes:
    made = Image.linear_gradient("L").rotate(90).resize(size).point(lambda v: (v + shade) % 256)
    out = io.BytesIO()
    made.convert("RGB").save(out, kind)
    return out.getvalue()


PICTURE = picture()


def pixels(content: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(content)).size


def part(name: str, content: bytes | str, *, head: str | None = None) -> bytes:
    raw = content if isinstance(content, bytes) else content.encode()
    written = head or f'Content-Disposition: form-data; name="{name}"'
    return b"--" + BOUNDARY + b"\r\n" + written.encode() + b"\r\n\r\n" + raw + b"\r\n"


def image_part(content: bytes = PICTURE, name: str = "image", file_name: str = "p.png") -> bytes:
    disposition = f'Content-Disposition: form-data; name="{name}"; filename="{file_name}"'
    return part(name, content, head=f"{disposition}\r\nContent-Type: image/png")


def body(*parts: bytes, end: bytes = b"--" + BOUNDARY + b"--\r\n") -> bytes:
    return b"".join(parts) + end


def plain(**fields: str) -> bytes:
    texts = [part(name, value) for name, value in {"model": MODEL, **fields}.items()]
    return body(*texts, image_part())


def call(content: bytes | None = None, **headers: str) -> Call:
    """The plain request, or one with this body, as the gateway gets it from the wire."""
    given = {
        "authorization": f"Bearer {DEMO.virtual_key}",
        "content-type": f"multipart/form-data; boundary={BOUNDARY.decode()}",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    shown = plain() if content is None else content
    return Call("POST", ROUTE, headers=tuple(given.items()), body=shown, base_url="http://g")


def ask(content: bytes | None = None, behaviour: Behaviour | None = None, **headers: str) -> Answer:
    return answer(Gateway(behaviour or Behaviour()), call(content, **headers))


def error(reply: Any) -> dict[str, Any]:
    """The envelope of a refusal, held to the contract's shape."""
    told: dict[str, Any] = reply.json()
    assert told["is_bifrost_error"] is True
    assert told["status_code"] == reply.status_code
    assert told["error"]["message"]
    assert reply.headers["content-type"] == "application/json"
    return told
