"""Defects in how the picture is read: IMAGE, without the uploads that attack."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from conformance.reference import drawing
from conformance.reference.defects.image_safety import is_bomb
from conformance.reference.differences import Defect
from conformance.reference.making import (
    crash,
    crash_on_form,
    crash_on_picture,
    on_form,
    picture_from,
    picture_of,
)
from conformance.reference.values import Fault, Form, Order, Part, Refused, Upload, refuse

PROVIDERS_REFUSAL = Fault(
    502,
    "the provider answered 400",
    code="provider_error",
    type="provider_error",
    provider="openai",
    by_provider=True,
)
BIG_FILE = 1_000_000


def _refused_form(_: Form) -> Form:
    raise refuse("image is not allowed here", "image")


def _renamed(form: Form, old: str, new: str) -> Form:
    return Form(tuple(replace(p, name=new) if p.name == old else p for p in form.parts))


def _any_file(form: Form) -> Part | None:
    return next((part for part in form.parts if part.is_file), None)


def _stand_in(content: bytes) -> Upload:
    digest = hashlib.sha256(content).hexdigest()
    width, height = drawing.SEED
    return Upload(digest, bytes.fromhex(digest)[:3] * width * height, content[-4096:])


def _unchecked(content: bytes) -> Upload:
    try:
        return drawing.open_upload(content)
    except Refused:
        if content:
            return _stand_in(content)
        raise


def _empty_too(content: bytes) -> Upload:
    return drawing.open_upload(content) if content else _stand_in(content)


def _undecodable_500(content: bytes) -> Upload:
    try:
        return drawing.open_upload(content)
    except Refused as refused:
        if refused.fault.code == "invalid_image" and not _is_hostile(content):
            crash()
        raise


def _undecodable_502(content: bytes) -> Upload:
    try:
        return drawing.open_upload(content)
    except Refused as refused:
        if refused.fault.code == "invalid_image" and not _is_hostile(content):
            raise Refused(PROVIDERS_REFUSAL) from None
        raise


def _is_hostile(content: bytes) -> bool:
    """Return whether the upload attacks the gateway, which IMAGE-12 and IMAGE-13 judge."""
    return is_bomb(content) or b"<svg" in content[:1000]


def _missing_502(form: Form) -> Form:
    if picture_of(form) is None:
        raise refuse("the provider found no image", status=502, code="provider_error")
    return form


def _text_taken(form: Form) -> Form:
    return Form(
        tuple(
            replace(part, content=picture_from(part.content), file_name="image")
            if part.name == "image" and not part.is_file
            else part
            for part in form.parts
        )
    )


def _items_by_file(order: Order) -> int:
    return order.n * max(1, len(order.form.named("image[]")))


def _many(form: Form) -> Form:
    if len(form.named("image[]")) > 1:
        raise refuse("one image only", "image[]")
    return form


DEFECTS = (
    Defect(
        "image-field-refused",
        "The field image is refused: only image[] is known.",
        ("IMAGE-1",),
        on_form(lambda form: _refused_form(form) if form.named("image") else form),
        widespread=True,
    ),
    Defect(
        "image-array-needs-two",
        "A single image[] is refused.",
        ("IMAGE-2",),
        on_form(lambda form: _refused_form(form) if len(form.named("image[]")) == 1 else form),
    ),
    Defect(
        "image-array-unknown",
        "The field image[] is not known.",
        ("IMAGE-2", "IMAGE-3"),
        on_form(lambda form: _renamed(form, "image[]", "images")),
    ),
    Defect(
        "several-images-refused", "Several image[] parts are refused.", ("IMAGE-3",), on_form(_many)
    ),
    Defect(
        "items-for-each-image",
        "Several image[] parts give n items each.",
        ("IMAGE-3",),
        lambda b: replace(b, items_for=_items_by_file),
    ),
    Defect(
        "several-images-500",
        "Several image[] parts end in a 500.",
        ("IMAGE-3",),
        crash_on_form(lambda form: len(form.named("image[]")) > 1),
    ),
    Defect(
        "missing-image-500",
        "A request without a picture ends in a 500.",
        ("IMAGE-4",),
        crash_on_form(
            lambda form: not any(part.is_file for part in form.parts) and not form.named("image")
        ),
    ),
    Defect(
        "missing-image-502",
        "A request without a picture is left to the provider and gets a 502.",
        ("IMAGE-4", "IMAGE-5"),
        on_form(_missing_502),
    ),
    Defect(
        "any-file-is-the-image",
        "A file is taken for the image whatever its field is called.",
        ("IMAGE-5",),
        lambda b: replace(b, image_of=lambda form: b.image_of(form) or _any_file(form)),
    ),
    Defect(
        "text-image-accepted",
        "A text field named image is taken for a file.",
        ("IMAGE-6",),
        on_form(_text_taken),
    ),
    Defect(
        "empty-file-accepted",
        "An empty file is accepted.",
        ("IMAGE-7",),
        lambda b: replace(b, open_upload=_empty_too),
    ),
    Defect(
        "empty-file-500",
        "An empty file ends in a 500.",
        ("IMAGE-7",),
        crash_on_picture(lambda part: part.is_file and not part.content),
    ),
    Defect(
        "picture-unchecked",
        "A file that is no picture is accepted.",
        ("IMAGE-8",),
        lambda b: replace(b, open_upload=_unchecked),
    ),
    Defect(
        "no-picture-502",
        "A file that is no picture is left to the provider and gets a 502.",
        ("IMAGE-8", "IMAGE-15"),
        lambda b: replace(b, open_upload=_undecodable_502),
    ),
    Defect(
        "no-picture-500",
        "A file that is no picture ends in a 500.",
        ("IMAGE-8", "IMAGE-9"),
        lambda b: replace(b, open_upload=_undecodable_500),
    ),
    Defect(
        "big-picture-500",
        "A picture of more than a megabyte ends in a 500.",
        ("IMAGE-10",),
        crash_on_picture(lambda part: len(part.content) > BIG_FILE),
    ),
    Defect(
        "nameless-picture-500",
        "A picture without a file name ends in a 500.",
        ("IMAGE-11",),
        crash_on_picture(lambda part: part.is_file and part.file_name is None),
    ),
    Defect(
        "both-names-500",
        "Both image and image[] at once end in a 500.",
        ("IMAGE-11",),
        crash_on_form(lambda form: bool(form.named("image")) and bool(form.named("image[]"))),
        profile="full",
    ),
    Defect(
        "jpeg-500",
        "A JPEG picture ends in a 500.",
        ("IMAGE-11",),
        crash_on_picture(lambda part: part.content.startswith(b"\xff\xd8")),
        profile="full",
    ),
)
