"""Finds the secrets in what came back for a request: the vault left a mark in the place of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.http.redacting.redaction import leaks_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.http.exchange import Exchange
    from conformance.http.redacting.redaction import Leak


def leaks(exchange: Exchange) -> Iterator[Leak]:
    """Yield each secret in whatever a client could have read: answers, tries, what urls served.

    What could not be read as HTTP counts, too: a failure quotes what came.
    """
    for text in _came_back(exchange):
        yield from leaks_in(text)


def _came_back(exchange: Exchange) -> Iterator[str | bytes]:
    for reply in (exchange.reply, *exchange.behind):
        if reply is not None:
            # Of an answer that was cut after it was searched, the marks are known.
            cut = reply.cut
            yield from (reply.body,) if cut is None or cut.leaks is None else cut.leaks
            yield reply.coding_problem
            yield from (text for header in reply.headers for text in header)
    yield from (exchange.failure_text, exchange.surplus, exchange.received)
    for tried in exchange.earlier:
        yield tried.text
        yield from (text for header in tried.headers for text in header)
    for served in exchange.fetched:
        yield from (served.url, served.content_type, served.problem, served.body)
