"""OpenAI's images API: answers calls, and serves the pictures that its answers name by url."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
import time
from collections import Counter, OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.provider import proof
from conformance.provider.arrival import PICTURES
from conformance.provider.faults import (
    FAULTS,
    JSON_TYPE,
    STRICT,
    UNKNOWN,
    Reply,
    Rules,
    error,
    fault_named,
    fault_of,
)

if TYPE_CHECKING:
    from conformance.http.provider_call import Part
    from conformance.provider.arrival import Arrival

# Base urls differ: with /v1, without it, and with a gateway's own prefix before it.
ROUTE = re.compile(r"(?:/openai)?(?:/v1)?/images/(variations|edits|generations)")
MODELS = re.compile(r"(?:/openai)?(?:/v1)?/models(?:/(?P<model>.+))?")
PICTURE = re.compile(r"/pictures/([0-9a-f]{24}-\d+\.png)")
GOOD_MODELS = ("dall-e-2", "dall-e-3", "gpt-image-1")
MOST_PICTURES = 10
# Ten pictures as base64 are then some 4 MB, as large as many a provider's.
PADDING = 300_000
DEFAULT_SIZE = "1024x1024"
SIZES = (
    "256x256",
    "512x512",
    "1024x1024",
    "1792x1024",
    "1024x1792",
    "1536x1024",
    "1024x1536",
    "auto",
)
FORMATS = ("url", "b64_json")
REMEMBERED = 2_000
TWICE = 2


class ImagesApi:
    """Answers calls by its rules, and remembers which picture belongs to each url in its answers."""

    def __init__(self, rules: Rules = STRICT) -> None:
        self._rules = rules
        self._failed: Counter[str] = Counter()
        self._shown: OrderedDict[str, tuple[proof.Proof, tuple[int, int]]] = OrderedDict()

    def answer(self, arrival: Arrival) -> Reply:
        """Return the reply to a call."""
        path = arrival.path.partition("?")[0]
        if arrival.method == "POST" and (route := ROUTE.fullmatch(path)):
            return self._images(arrival, route[1])
        if arrival.method in ("GET", "HEAD"):
            return self._served(path)
        return error(404, f"Invalid URL ({arrival.method} {path})", code="unknown_url")

    def _served(self, path: str) -> Reply:
        if found := PICTURE.fullmatch(path):
            return self._picture(found[1])
        if found := MODELS.fullmatch(path):
            return _models(found["model"])
        if path == "/":
            return _json({"provider": "conformance stand-in", "faults": _faults()})
        return error(404, f"Invalid URL (GET {path})", code="unknown_url")

    def _images(self, arrival: Arrival, route: str) -> Reply:
        texts = {p.name: p.value for p in arrival.parts if not p.is_file}
        model = texts.get("model", "")
        name = fault_of(model, self._rules)
        fault = fault_named(name)
        if name == "fault-twice" and self._failed_less_than_twice(arrival):
            return error(503, "Overloaded (as the model asks for)", kind="server_error")
        if fault is not None and fault.reply is not None:
            return fault.reply
        if any(part.startswith(UNKNOWN) for part in model.split("/")):
            return _no_such_model(model)
        reply = self._made(arrival, texts, needs_image=route != "generations")
        if fault is None or reply.status != 200:  # noqa: PLR2004 - RFC 9110 §15.3.1
            return reply
        kind = fault.content_type or reply.content_type
        return dataclasses.replace(reply, delay_s=fault.delay_s, content_type=kind)

    def _failed_less_than_twice(self, arrival: Arrival) -> bool:
        image = next((p.sha256 for p in arrival.parts if p.is_file), "")
        self._failed[image] += 1
        return self._failed[image] <= TWICE

    def _made(self, arrival: Arrival, texts: dict[str, str], *, needs_image: bool) -> Reply:
        if arrival.problem:
            return error(400, f"Could not read the body: {arrival.problem}", code="bad_request")
        named = [p for p in arrival.parts if p.name in PICTURES and p.is_file]
        asked = Asked.of(texts)
        if not self._rules.lenient:
            refused = _without_picture(arrival, named) if needs_image else None
            refused = refused or asked.refused()
            if refused is not None:
                return refused
        # A call for a generation sends no picture: its prompt takes the picture's place.
        made_from = named[0].sha256 if named else _digest(texts.get("prompt", ""))
        n, size, kind = asked.served()
        return self._success(arrival, made_from, n, size, kind)

    def _success(self, arrival: Arrival, made_from: str, n: int, size: str, kind: str) -> Reply:
        size = DEFAULT_SIZE if size == "auto" else size
        width, _, height = size.partition("x")
        pixels = int(width), int(height)
        data = []
        for index in range(n):
            told = proof.Proof(arrival.id, made_from, index)
            if kind == "b64_json":
                content = proof.draw(told, pixels, PADDING if n == MOST_PICTURES else 0)
                data.append({"b64_json": base64.b64encode(content).decode()})
            else:
                name = f"{arrival.id}-{index}.png"
                self._remember(name, told, pixels)
                data.append({"url": f"{arrival.base_url}/pictures/{name}"})
        body = {"created": int(time.time()), "data": data, "size": size, "output_format": "png"}
        return dataclasses.replace(_json(body), pictures=n)

    def _remember(self, name: str, told: proof.Proof, pixels: tuple[int, int]) -> None:
        self._shown[name] = (told, pixels)
        if len(self._shown) > REMEMBERED:
            self._shown.popitem(last=False)

    def _picture(self, name: str) -> Reply:
        if name not in self._shown:
            return error(404, "no such picture", code="not_found")
        headers = (("x-content-type-options", "nosniff"),)
        return Reply(200, proof.draw(*self._shown[name]), "image/png", headers)


@dataclass(frozen=True)
class Asked:
    """The fields of a call as texts: how many pictures, how large, and in which format."""

    n: str
    size: str
    format: str

    @classmethod
    def of(cls, texts: dict[str, str]) -> Asked:
        """Read the fields of a form; a field that is missing has its default."""
        told = texts.get("n", "1").strip(), texts.get("size", DEFAULT_SIZE)
        return cls(*told, texts.get("response_format", FORMATS[0]))

    def refused(self) -> Reply | None:
        """Return the refusal of a value that OpenAI's API refuses, or None."""
        n = re.fullmatch(r"[0-9]{1,2}", self.n, re.ASCII)
        if n is None or not 1 <= int(self.n) <= MOST_PICTURES:
            return error(400, f"n must be from 1 to {MOST_PICTURES}", param="n")
        if self.size not in SIZES:
            return error(400, f"size must be one of {', '.join(SIZES)}", param="size")
        if self.format not in FORMATS:
            names = " or ".join(FORMATS)
            return error(400, f"response_format must be {names}", param="response_format")
        return None

    def served(self) -> tuple[int, str, str]:
        """Return what is made: one picture too many, or the default of any other odd value."""
        n = int(self.n) if re.fullmatch(r"-?[0-9]{1,20}", self.n, re.ASCII) else 1
        size = self.size if self.size in SIZES else DEFAULT_SIZE
        kind = self.format if self.format in FORMATS else FORMATS[0]
        return n if 1 <= n <= MOST_PICTURES + 1 else 1, size, kind


def _without_picture(arrival: Arrival, named: list[Part]) -> Reply | None:
    """Return the refusal of a call whose image is missing or is no picture, or None."""
    if arrival.header("content-type").startswith(JSON_TYPE):
        return error(400, "the image is sent as multipart/form-data, never as JSON", param="image")
    if not named:
        return error(400, "image is required, as a file", param="image")
    if not named[0].pixels:
        return error(400, "image is no PNG, JPEG or WebP picture", param="image")
    return None


def _no_such_model(model: str) -> Reply:
    message = f"The model '{model}' does not exist or you do not have access to it."
    return error(404, message, code="model_not_found", param="model")


def _json(body: dict[str, Any]) -> Reply:
    return Reply(200, json.dumps(body).encode())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _faults() -> dict[str, str]:
    return {name: fault.sentence for name, fault in FAULTS.items()}


def _models(name: str | None) -> Reply:
    if name is not None:
        return _json({"id": name, "object": "model", "created": 0, "owned_by": "conformance"})
    ids = (*GOOD_MODELS, *FAULTS)
    rows = [{"id": i, "object": "model", "created": 0, "owned_by": "conformance"} for i in ids]
    return _json({"object": "list", "data": rows})
