"""Changes of how an answer is written to its connection: chunks, closes, pieces, delays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.proxies.values import Change

if TYPE_CHECKING:
    from conformance.reference.proxies.values import Answered, Asked

JITTER_S = 0.1
ALONE = 200
SEQUENCES = ((103,), (102,), (102, 103, 103))
# Behind these no connection serves twice, so that nothing shows what a used one does.
USED_CONNECTIONS = ("ROBUST-3",)


def _chunked(answer: Answered, _: Asked) -> Answered:
    return answer.sent(framing="chunked")


def _closed(answer: Answered, _: Asked) -> Answered:
    return answer.without("connection").with_headers(("Connection", "close"))


def _old(answer: Answered, _: Asked) -> Answered:
    return answer.without("connection").sent(version="HTTP/1.0", framing="close")


def _late(answer: Answered, asked: Asked) -> Answered:
    return answer.sent(wait_s=asked.random.uniform(0, JITTER_S))


def _in_pieces(answer: Answered, asked: Asked) -> Answered:
    if asked.random.random() < 0.5:  # noqa: PLR2004 - as often one as the other
        return answer.sent(head_apart=True)
    return answer.sent(alone=ALONE)


def _after_interim(answer: Answered, asked: Asked) -> Answered:
    return answer.sent(interim=asked.random.choice(SEQUENCES))


CHANGES = (
    Change(
        "odd-chunks",
        "Answers come in chunks of many sizes, with extensions and a trailer.",
        "RFC 9112 §7.1",
        on_answer=_chunked,
    ),
    Change(
        "closes-each",
        "Each connection is closed after its answer, which says so.",
        "RFC 9112 §9.6",
        on_answer=_closed,
        hides=USED_CONNECTIONS,
    ),
    Change(
        "http-1.0",
        "Answers are of HTTP/1.0: without a length, and ended by the connection's end.",
        "RFC 9112 §6.3 and RFC 9110 §6.2",
        on_answer=_old,
        hides=USED_CONNECTIONS,
    ),
    Change(
        "jitter",
        "An answer takes up to a tenth of a second longer.",
        "the documentation is silent",
        on_answer=_late,
    ),
    Change(
        "in-pieces",
        "The head comes byte by byte, or the body a moment after the head.",
        "RFC 9112 §2.1",
        on_answer=_in_pieces,
    ),
    Change(
        "interim-answers",
        "102 Processing and 103 Early Hints come before an answer.",
        "RFC 9110 §15.2",
        on_answer=_after_interim,
    ),
)
