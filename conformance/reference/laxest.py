"""The laxest gateway: it checks nothing, and answers whatever arrives with pictures."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from conformance.reference.drawing import SEED
from conformance.reference.values import Form, Part, Refused, Upload

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.differences import Patch

Asked = ParamSpec("Asked")
Made = TypeVar("Made")
EVERY_METHOD = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SOME_MODEL = "openai/dall-e-2"
# No gateway makes more pictures for one request, whatever it was asked for.
MOST = 100
ANY = 10**40


def as_asked(n: int) -> int:
    """Make as many pictures as are asked for, as far as any gateway can."""
    return min(max(n, 1), MOST)


def at_most_ten(n: int) -> int:
    """Make as many pictures as are asked for, and ten where more are."""
    return min(max(n, 1), 10)


def always_one(_: int) -> int:
    """Make one picture, whatever is asked for."""
    return 1


def accepts_everything(items: Callable[[int], int]) -> Patch:
    """Return a patch: whatever arrives is answered with pictures; `items` says how many for an n.

    A model that always fails still fails: the gateway would serve it, if its provider could.
    """

    def patch(b: Behaviour) -> Behaviour:
        return replace(
            b,
            methods=EVERY_METHOD,
            authenticates=False,
            boundary_of=_or(b.boundary_of, lambda _: b"none"),
            read_form=_or(b.read_form, lambda *_: Form(())),
            on_form=lambda form: _as_text(b.on_form(form)),
            read_model=lambda text: text if text and "/" in text else SOME_MODEL,
            known_model=lambda model: model,
            image_of=lambda form: b.image_of(form) or _no_picture(),
            is_file=lambda _: True,
            open_upload=_or(b.open_upload, _of_no_picture),
            read_n=_or(b.read_n, lambda _: 1),
            n_min=-ANY,
            n_max=ANY,
            items_for=lambda order: items(order.n),
            accepts_size=lambda _: True,
            pixels_for=lambda size: b.pixels_for(size if size and b.accepts_size(size) else None),
            accepts_format=lambda _: True,
            read_user=lambda text: text,
            read_fallbacks=_or(b.read_fallbacks, lambda _: ()),
        )

    return patch


def _or(reads: Callable[Asked, Made], instead: Callable[Asked, Made]) -> Callable[Asked, Made]:
    """Return a reader that makes something of what the other one refuses."""

    def read(*given: Asked.args, **named: Asked.kwargs) -> Made:
        try:
            return reads(*given, **named)
        except Refused:
            return instead(*given, **named)

    return read


def _no_picture() -> Part:
    """Return what stands for a picture that did not come; no two are the same in a cache."""
    return Part("image", secrets.token_bytes(8), "picture.png")


def _of_no_picture(content: bytes) -> Upload:
    return Upload(hashlib.sha256(content).hexdigest(), bytes(3 * SEED[0] * SEED[1]))


def _as_text(form: Form) -> Form:
    """Return a form whose text fields are UTF-8, whatever they were."""
    return Form(
        tuple(
            p if p.is_file else replace(p, content=p.content.decode("utf-8", "replace").encode())
            for p in form.parts
        )
    )
