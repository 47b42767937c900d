"""image and image[]: a picture in a file part, and the first one where there are several."""

import base64
from dataclasses import replace
from typing import Any

from conformance.cases.combinations import covering
from conformance.cases.spec import PLAIN, Spec, Upload, either, fault, uploaded, variation
from conformance.http import payload
from conformance.http.exchange import Exchange
from conformance.http.form import text
from conformance.http.images import looking, pictures
from conformance.judging.declare import Record, observes, sends, verifies
from conformance.judging.expect import expect, fail, is_providers


def wrong(label: str, upload: Upload | None, **changes: Any) -> Spec:
    return fault(replace(uploaded(label, upload), **changes), control=PLAIN)


@verifies("IMAGE-1", profile="smoke")
@sends([PLAIN])
def test_a_picture_in_image_is_accepted(exchange: Exchange) -> None:
    expect(exchange).accepted()


@verifies("IMAGE-1")
@sends([covering(picture="rgba"), covering(picture="large")])
def test_a_good_picture_of_another_kind_is_accepted(exchange: Exchange) -> None:
    expect(exchange).accepted()


@verifies("IMAGE-2")
@sends([covering(field="image[]")])
def test_a_picture_in_image_brackets_is_accepted(exchange: Exchange) -> None:
    expect(exchange).accepted()


@verifies("IMAGE-3")
@sends([uploaded("three image[], n=1", Upload(field="image[]", copies=3), variation(n=1))])
def test_several_pictures_give_n_items(exchange: Exchange) -> None:
    accepted = expect(exchange).accepted()
    if len(accepted.items) != 1:
        fail("exactly 1 item in data", accepted)


@verifies("IMAGE-4", profile="smoke")
@sends([wrong("neither image nor image[]", None)])
def test_a_request_without_a_picture_is_refused(exchange: Exchange) -> None:
    expect(exchange).refused()


@verifies("IMAGE-5")
@sends(
    [
        wrong(f"the file is named {name}", Upload(field=name))
        for name in ("file", "picture", "mask", "Image", "images", "image_file")
    ]
)
def test_a_file_under_another_name_is_not_the_image(exchange: Exchange) -> None:
    expect(exchange).refused()


TEXT_FIELD = wrong("image=string as a text field", None, extra=(text("image", "string"),))


ENCODED = wrong(
    "the picture in base64 as a text field",
    None,
    extra=(text("image", base64.b64encode(pictures.make("in base64"))),),
)


@verifies("IMAGE-6")
@sends([TEXT_FIELD, ENCODED])
def test_a_text_field_is_no_picture(exchange: Exchange) -> None:
    expect(exchange).refused()


@verifies("IMAGE-7")
@sends(
    [
        wrong(f"an empty file in {name}", Upload(content=b"", field=name))
        for name in ("image", "image[]")
    ]
)
def test_an_empty_file_is_refused(exchange: Exchange) -> None:
    expect(exchange).refused()


NO_PICTURES = (
    wrong("text in the file", Upload(content=b"this is not a picture")),
    wrong("the first bytes of a PNG", Upload(content=b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")),
    wrong("half a PNG", Upload(content=pictures.make("half a PNG")[:500])),
    wrong("random bytes", Upload(content=bytes(range(7, 251)) * 4, content_type="image/jpeg")),
    wrong(
        "a PDF",
        Upload(content=b"%PDF-1.7\n%%EOF\n", filename="a.pdf", content_type="application/pdf"),
    ),
)


@verifies("IMAGE-8")
@sends(NO_PICTURES)
def test_bytes_that_are_no_picture_are_refused(exchange: Exchange) -> None:
    expect(exchange).refused()


@verifies("IMAGE-9")
@sends(NO_PICTURES)
def test_bytes_that_are_no_picture_are_no_internal_error(exchange: Exchange) -> None:
    expect(exchange).answered(provider_may_fail=True)


@verifies("IMAGE-10")
@sends([either(uploaded("a picture of 3 MB", Upload("photo")))])
def test_a_large_picture_is_answered(exchange: Exchange) -> None:
    # A server may close instead of reading it all; ROBUST-5 tests that it still works. A proxy
    # before it says so with a 502 of its own (RFC 9110 §15.6.3).
    by_proxy = exchange.status == 502 and not isinstance(exchange.json, dict)
    if exchange.failure == "dropped" or by_proxy:
        return
    expect(exchange).answered()


NAMELESS = either(uploaded("a picture without a file name", Upload(filename=None)))
BOTH = either(replace(uploaded("image and image[]", Upload(copies=1)), shape=None))
BOTH = replace(
    BOTH,
    shape=lambda form: replace(
        form, parts=(*form.parts, replace(form.parts[-1], name="image[]", filename="second.png"))
    ),
    variant="both names",
    profile="full",
)
OTHER_KINDS = tuple(
    replace(either(uploaded(label, upload)), profile="full")
    for label, upload in (
        ("a JPEG", Upload("jpeg", filename="picture.jpg", content_type="image/jpeg")),
        ("a WebP", Upload("webp", filename="picture.webp", content_type="image/webp")),
        ("a picture that is not square", Upload("wide")),
    )
)


@verifies("IMAGE-11")
@sends((NAMELESS, TEXT_FIELD, BOTH, *OTHER_KINDS))
def test_an_unusual_picture_is_answered(exchange: Exchange) -> None:
    expect(exchange).answered(provider_may_fail=True)


@verifies("IMAGE-15")
@sends((*NO_PICTURES, NAMELESS, *OTHER_KINDS))
def test_an_unusual_picture_is_no_failure_of_the_provider(exchange: Exchange) -> None:
    if is_providers(expect(exchange).judged()):
        fail("a refusal (4xx) of what the provider cannot use", exchange)


@observes("IMAGE-O1", profile="full")
@sends(OTHER_KINDS)
def test_which_kinds_are_accepted(exchange: Exchange, record: Record) -> None:
    record(f"{exchange.request.label}: {exchange.outcome}")


@observes("IMAGE-O2")
@sends([NAMELESS, BOTH])
def test_how_an_unusual_upload_is_taken(exchange: Exchange, record: Record) -> None:
    record(f"{exchange.request.label}: {exchange.outcome}")


@observes("IMAGE-O3")
@sends([PLAIN])
def test_whether_the_result_is_the_upload(exchange: Exchange, record: Record) -> None:
    made = payload.contents(exchange)
    if made:
        same = looking.pixels(exchange.request.picture) == looking.pixels(made[0].content) != ""
        record("the result is the upload" if same else "the result is another picture")
