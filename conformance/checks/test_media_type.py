"""The body is multipart/form-data: as clients in use write it, and nothing else."""

from dataclasses import replace

from conformance import wire
from conformance.combinations import BYTES_255, QUOTES, SPACES_AND_UTF8, covering
from conformance.exchange import Exchange
from conformance.expect import expect, fail
from conformance.form import Form, Part
from conformance.judging import Untestable, sends, verifies
from conformance.shapes import CLIENTS


@verifies("MEDIA-1")
@sends([covering(content_type=way) for way in ("quoted boundary", "another case", "charset first")])
def test_a_legal_content_type_is_accepted(exchange: Exchange) -> None:
    expect(exchange).accepted()


@verifies("MEDIA-2", profile="smoke")
@sends([wire.JSON, wire.URLENCODED, wire.PLAIN_TEXT])
def test_another_media_type_is_refused(exchange: Exchange) -> None:
    expect(exchange).refused()


@verifies("MEDIA-3")
@sends([wire.NO_CONTENT_TYPE, wire.MIXED])
def test_an_unnamed_or_mixed_body_is_refused(exchange: Exchange) -> None:
    expect(exchange).refused()


@verifies("MEDIA-4")
@sends([wire.NO_BOUNDARY, wire.UNKNOWN_BOUNDARY, wire.EMPTY_BODY, wire.CUT])
def test_a_malformed_form_is_refused(exchange: Exchange) -> None:
    expect(exchange).refused()


@verifies("MEDIA-5")
@sends([wire.UNCLOSED])
def test_a_form_without_its_end_is_refused(exchange: Exchange) -> None:
    expect(exchange).refused()


@verifies("MEDIA-6")
@sends([covering(ending="no final CRLF")])
def test_the_last_line_needs_no_crlf(exchange: Exchange) -> None:
    expect(exchange).accepted()


@verifies("MEDIA-7")
@sends([covering(client=client) for client in CLIENTS])
def test_what_a_client_sends_is_accepted(exchange: Exchange) -> None:
    expect(exchange).accepted()


CHUNKED = covering(chunked=True)


@verifies("MEDIA-8")
@sends([CHUNKED])
def test_a_chunked_body_is_accepted_or_needs_a_length(exchange: Exchange) -> None:
    if expect(exchange).judged().status != 411:
        expect(exchange).accepted()


@verifies("MEDIA-9")
@sends([CHUNKED])
def test_a_chunked_body_needs_no_length(exchange: Exchange) -> None:
    if expect(exchange).judged().status == 411:
        fail("a success: the length of a chunked body is in its chunks", exchange)
    if not exchange.ok:
        raise Untestable(f"the chunked body was not accepted: {exchange.outcome}")


@verifies("MEDIA-10")
@sends([covering(filename=name) for name in (SPACES_AND_UTF8, QUOTES, BYTES_255)])
def test_a_file_name_is_accepted(exchange: Exchange) -> None:
    expect(exchange).accepted()


def folded(form: Form) -> Form:
    return replace(form, parts=tuple(replace(p, headers=fold(p)) for p in form.parts))


def fold(part: Part) -> bytes:
    return part.head().replace(b"; name=", b";\r\n name=", 1)


def extended_name(form: Form) -> Form:
    """The file part with filename* alone, which RFC 7578 §4.2 forbids and RFC 6266 knows."""
    name = b"Content-Disposition: form-data; name=\"image\"; filename*=UTF-8''picture.png\r\n"
    head = name + b"Content-Type: image/png\r\n"
    parts = tuple(p if p.filename is None else replace(p, headers=head) for p in form.parts)
    return replace(form, parts=parts)


def framed(form: Form) -> Form:
    return replace(form, preamble=b"This is a form.\r\n", epilogue=b"The end.\r\n")


GRAMMAR = (
    wire.rewritten("a preamble", lambda form: replace(form, preamble=b"This is a form.\r\n")),
    wire.rewritten("an epilogue", lambda form: replace(form, epilogue=b"The end.\r\n")),
    wire.rewritten("a folded header", folded),
    wire.rewritten("filename* alone", extended_name),
)
TOGETHER = wire.rewritten(
    "preamble, epilogue, folded headers and filename*",
    lambda form: framed(extended_name(folded(form))),
)


@verifies("MEDIA-12")
@sends(
    [
        wire.NO_CONTENT_TYPE,
        wire.MIXED,
        wire.UNCLOSED,
        *(replace(TOGETHER, title=alone.label, otherwise=alone) for alone in GRAMMAR),
    ]
)
def test_an_unusual_form_is_no_server_error(exchange: Exchange) -> None:
    expect(exchange).answered()


@verifies("MEDIA-11")
@sends([replace(TOGETHER, title=alone.label, otherwise=alone) for alone in GRAMMAR])
def test_what_only_the_grammar_allows_is_accepted(exchange: Exchange) -> None:
    expect(exchange).accepted()
