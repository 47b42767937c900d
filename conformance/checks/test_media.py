"""The body is multipart/form-data, in every form that clients send, and no other media type."""

from dataclasses import replace

from conformance.cases import combinations, malformed_bodies
from conformance.cases.clients import CLIENTS
from conformance.cases.combinations import BYTES_255, QUOTES, SPACES_AND_UTF8, covering
from conformance.cases.grammar import CHUNKED
from conformance.cases.other_bodies import WITHOUT_PICTURE
from conformance.http import deliveries
from conformance.http.exchange import Exchange
from conformance.judging.declare import sends, verifies
from conformance.judging.ends import Untestable
from conformance.judging.expect import expect, fail


@verifies("MEDIA-1")
@sends([covering(content_type=way) for way in combinations.CONTENT_TYPES])
def test_a_legal_content_type_is_accepted(exchange: Exchange) -> None:
    expect(exchange).accepted()


@verifies("MEDIA-2", profile="smoke")
@sends([malformed_bodies.JSON, malformed_bodies.URLENCODED, malformed_bodies.PLAIN_TEXT])
def test_another_media_type_is_refused(exchange: Exchange) -> None:
    expect(exchange).refused()


@verifies("MEDIA-2")
@sends(WITHOUT_PICTURE)
def test_another_media_type_without_a_picture_is_refused(exchange: Exchange) -> None:
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
        *malformed_bodies.EMPTY_BOUNDARIES,
        *malformed_bodies.CUTS,
    ]
)
def test_a_malformed_form_is_refused(exchange: Exchange) -> None:
    expect(exchange).refused()


@verifies("MEDIA-4")
@sends(
    (
        malformed_bodies.WITHOUT_ANY_PART,
        *(replace(form, profile="full") for form in malformed_bodies.WITHOUT_CONTENT),
    )
)
def test_a_form_without_parts_is_never_accepted(exchange: Exchange) -> None:
    # MEDIA-12 judges a server error.
    if expect(exchange).judged().ok:
        fail("a refusal: the form holds no part", exchange)


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
