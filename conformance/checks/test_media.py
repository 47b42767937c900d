"""The body is multipart/form-data, in every form that clients send, and no other media type."""

from dataclasses import replace

from conformance.cases import combinations, malformed_bodies
from conformance.cases.clients import CLIENTS
from conformance.cases.combinations import BYTES_255, QUOTES, SPACES_AND_UTF8, covering
from conformance.cases.spec import PLAIN, beside_a_fault
from conformance.http import deliveries
from conformance.http.exchange import Exchange
from conformance.http.form import Form, text
from conformance.judge.declare import Record, observes, sends, verifies
from conformance.judge.ends import NotApplicable, Untestable
from conformance.judge.expect import answered_like_its_control, expect, fail, known_object


@verifies("MEDIA-1")
@sends([covering(content_type=way) for way in combinations.CONTENT_TYPES])
def test_a_legal_content_type_is_accepted(exchange: Exchange) -> None:
    expect(exchange).accepted()


@verifies("MEDIA-2", profile="smoke")
@sends([malformed_bodies.JSON, malformed_bodies.URLENCODED, malformed_bodies.PLAIN_TEXT])
def test_another_media_type_is_refused(exchange: Exchange) -> None:
    expect(exchange).refused()


@verifies("MEDIA-3")
@sends([malformed_bodies.NO_CONTENT_TYPE, malformed_bodies.MIXED])
def test_an_unnamed_or_mixed_body_is_refused(exchange: Exchange) -> None:
    expect(exchange).refused()


@verifies("MEDIA-4")
@sends(
    [
        malformed_bodies.NO_BOUNDARY,
        malformed_bodies.UNKNOWN_BOUNDARY,
        malformed_bodies.EMPTY_BODY,
        *malformed_bodies.CUTS,
    ]
)
def test_a_malformed_form_is_refused(exchange: Exchange) -> None:
    expect(exchange).refused()


@verifies("MEDIA-5")
@sends([malformed_bodies.UNCLOSED, *malformed_bodies.ENDINGS])
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
        raise Untestable(f"the gateway did not accept the chunked body: {exchange.outcome}")


@verifies("MEDIA-10")
@sends([covering(filename=name) for name in (SPACES_AND_UTF8, QUOTES, BYTES_255)])
def test_a_file_name_is_accepted(exchange: Exchange) -> None:
    expect(exchange).accepted()


@verifies("MEDIA-13")
@sends([covering(delivery=deliveries.IN_PIECES)])
def test_a_form_may_arrive_in_pieces(exchange: Exchange) -> None:
    expect(exchange).accepted()


def fold(head: bytes) -> bytes:
    return head.replace(b"; name=", b";\r\n name=", 1)


def lower(head: bytes) -> bytes:
    return head.replace(b"Content-Disposition", b"content-disposition").replace(b"Type", b"type")


def more(head: bytes) -> bytes:
    """Add header fields that a reader ignores (RFC 7578 §4.8); Apache's client sends the first."""
    return head + b"Content-Transfer-Encoding: binary\r\nX-Part: 1\r\n"


def escaped(head: bytes) -> bytes:
    """Add a quote to the file name behind a backslash, as Go and older curls write it."""
    return head.replace(b'filename="', b'filename="a\\"b ')


def extended_name(form: Form) -> Form:
    """Give the file part only filename*, which RFC 7578 §4.2 forbids and RFC 6266 defines."""
    name = b"Content-Disposition: form-data; name=\"image\"; filename*=UTF-8''picture.png\r\n"
    head = name + b"Content-Type: image/png\r\n"
    parts = tuple(p if p.filename is None else replace(p, headers=head) for p in form.parts)
    return replace(form, parts=parts)


def both_names(form: Form) -> Form:
    """Give the file part both names; filename* holds a sign beyond ASCII (RFC 6266 §4.3)."""
    more = b"; filename*=UTF-8''%E2%82%AC%20rates.png\r\n"
    return malformed_bodies.with_heads(
        form, lambda head: head.replace(b'.png"\r\n', b'.png"' + more)
    )


def spaced(form: Form) -> Form:
    """Put white space before the semicolon of the Content-Type, as RFC 9110 §5.6.6 allows."""
    return replace(form, media_type=f"{form.media_type} ")


def framed(form: Form) -> Form:
    return replace(form, preamble=b"This is a form.\r\n", epilogue=b"The end.\r\n")


def special(form: Form) -> Form:
    """Use each boundary character of RFC 2046 §5.1.1 that no token allows, except the space."""
    return replace(form, boundary="a'()+_,-./:=?0", quote_boundary=True)


def quoting(form: Form) -> Form:
    """Add a value with the delimiter in it, not at the start of a line (RFC 2046 §5.1.1)."""
    return replace(form, parts=(*form.parts, text("user", f"a--{form.boundary}--b")))


GRAMMAR = (
    malformed_bodies.rewritten(
        "a preamble", lambda form: replace(form, preamble=b"This is a form.\r\n")
    ),
    malformed_bodies.rewritten("an epilogue", lambda form: replace(form, epilogue=b"The end.\r\n")),
    malformed_bodies.headed("a folded header", fold),
    malformed_bodies.headed("part headers in lower case", lower),
    malformed_bodies.headed("further part headers", more),
    malformed_bodies.headed("a quote behind a backslash in a file name", escaped),
    malformed_bodies.rewritten("filename* alone", extended_name),
    malformed_bodies.rewritten("filename, and filename* beyond ASCII", both_names),
    malformed_bodies.rewritten("white space before a semicolon", spaced),
    malformed_bodies.rewritten("a boundary of special characters", special),
    malformed_bodies.rewritten("the boundary within a line", quoting),
    replace(
        PLAIN, label="odd chunks, and a trailer", delivery=deliveries.ODD_CHUNKS, control=CHUNKED
    ),
)
TOGETHER = replace(
    malformed_bodies.rewritten(
        "what only the grammar allows, together",
        lambda form: malformed_bodies.with_heads(
            spaced(quoting(special(framed(extended_name(form))))),
            lambda head: more(lower(fold(head))),
        ),
    ),
    delivery=deliveries.ODD_CHUNKS,
)


@verifies("MEDIA-12")
@sends(
    [
        malformed_bodies.NO_CONTENT_TYPE,
        malformed_bodies.MIXED,
        malformed_bodies.UNCLOSED,
        *malformed_bodies.ENDINGS,
        *(replace(TOGETHER, title=alone.label, otherwise=alone) for alone in GRAMMAR),
    ]
)
def test_an_unusual_form_is_no_server_error(exchange: Exchange) -> None:
    where_chunks_are_taken(exchange)
    expect(exchange).answered()


@verifies("MEDIA-11")
@sends([replace(TOGETHER, title=alone.label, otherwise=alone) for alone in GRAMMAR])
def test_what_only_the_grammar_allows_is_accepted(exchange: Exchange) -> None:
    where_chunks_are_taken(exchange)
    expect(exchange).accepted()


def where_chunks_are_taken(exchange: Exchange) -> None:
    """End the check of odd chunks if the gateway accepts no plain ones: MEDIA-8 judges those."""
    odd = exchange.request.delivery == deliveries.ODD_CHUNKS
    if odd and exchange.control is not None and not expect(exchange.control).judged().ok:
        raise NotApplicable(
            f"the gateway does not accept plain chunks either: {exchange.control.outcome}"
        )


def padded(body: bytes) -> bytes:
    boundary = body.partition(b"\r\n")[0]
    return body.replace(boundary + b"\r\n", boundary + b" \t\r\n")


LEFT_OPEN = tuple(
    beside_a_fault(label, wire=wire_of)
    for label, wire_of in (
        ("lines ended by LF", malformed_bodies.laid_out(lambda body: body.replace(b"\r\n", b"\n"))),
        ("white space behind each delimiter", malformed_bodies.laid_out(padded)),
        (
            "a boundary of 71 characters",
            malformed_bodies.shaped(lambda f: replace(f, boundary="b" * 71)),
        ),
        (
            "each part header twice",
            malformed_bodies.shaped(lambda f: malformed_bodies.with_heads(f, lambda h: h + h)),
        ),
        (
            "parts without a name",
            malformed_bodies.laid_out(lambda body: body.replace(b" name=", b" x=")),
        ),
    )
)


@verifies("MEDIA-12")
@sends(LEFT_OPEN)
def test_a_form_that_readers_take_differently_is_no_server_error(exchange: Exchange) -> None:
    answered_like_its_control(exchange)


@observes("MEDIA-O1")
@sends(LEFT_OPEN)
def test_how_such_a_form_is_taken(exchange: Exchange, record: Record) -> None:
    message = known_object(exchange.body.get("error")).get("message")
    record(f"{exchange.request.label}, with n=abc: {exchange.outcome}, {message}")
