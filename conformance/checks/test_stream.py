"""No streaming: the endpoint never answers with an event stream."""

from dataclasses import replace

from conformance.cases.spec import PLAIN, either, variation
from conformance.http.exchange import Exchange
from conformance.judging.declare import sends, verifies
from conformance.judging.expect import expect, fail

STREAM = either(variation(stream="true"))
ACCEPT = replace(
    PLAIN,
    label="Accept: text/event-stream",
    headers=(("accept", "text/event-stream"),),
    expected="either",
)
BOTH = replace(STREAM, label="stream=true, Accept: text/event-stream", headers=ACCEPT.headers)


def is_event_stream(exchange: Exchange) -> bool:
    begins = exchange.content.lstrip().startswith((b"data:", b"event:"))
    return exchange.media_type == "text/event-stream" or begins


def no_event_stream(exchange: Exchange) -> None:
    answer = expect(exchange).answered()
    if is_event_stream(answer):
        fail("JSON or a refusal, no event stream", answer)


@verifies("STREAM-1")
@sends([STREAM])
def test_stream_is_not_streamed(exchange: Exchange) -> None:
    no_event_stream(exchange)


@verifies("STREAM-2")
@sends([ACCEPT])
def test_accept_is_not_streamed(exchange: Exchange) -> None:
    no_event_stream(exchange)
