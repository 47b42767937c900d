"""Answers of which the suite kept only the beginning: no check passes or fails by what nobody has.

The status and the headers of such an answer are judged like those of any other. A check that reads
more of it is called once more with the whole answers alone: what they show is shown. If that is no
failure, the check ends untestable, and says which answer was too large.
"""

from __future__ import annotations

import contextlib
import dataclasses
from typing import TYPE_CHECKING, Any

from conformance.http.exchange import Reply
from conformance.judging.ends import NotApplicable, Untestable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.http.exchange import Exchange

_OF_THE_BODY = frozenset({"body", "text", "texts", "json", "object"})


class NotKeptError(Exception):
    """A check reads what the suite did not keep of an answer."""


class PartialReply(Reply):
    """An answer as checks get it of which only the beginning was kept: the rest cannot be read.

    `asked` names the request.
    """

    asked = ""

    def __getattribute__(self, name: str) -> Any:
        """Return an attribute, unless it needs what was not kept.

        Raises:
            NotKeptError: it does.
        """
        cut = super().__getattribute__("cut")
        if name in _OF_THE_BODY or (name == "headers" and cut.headers):
            raise NotKeptError(
                f"the answer to {super().__getattribute__('asked')} is not kept whole ({cut.length:,}"
                f" bytes, sha256 {cut.sha256[:16]}…): {cut.why}"
            )
        return super().__getattribute__(name)

    def __repr__(self) -> str:
        """Return what a reader needs."""
        return f"Reply({self.status}, {self.cut})"

    def header(self, name: str) -> str | None:
        """Return a header's first value, whatever the case of its name."""
        known = super().__getattribute__("__dict__")["headers"]
        found = next((v for k, v in known if k.lower() == name.lower()), None)
        if found is None:
            _ = self.headers  # if some were not kept, this says so
        return found


def guarded(exchange: Exchange) -> Exchange:
    """Return an exchange as a check gets it: what was not kept of its answers cannot be read."""
    if not is_partial(exchange):
        return exchange
    control = guarded(exchange.control) if exchange.control is not None else None
    return dataclasses.replace(
        exchange,
        reply=_guarded(exchange.reply, exchange) if exchange.reply is not None else None,
        behind=tuple(_guarded(reply, exchange) for reply in exchange.behind),
        control=control,
    )


def is_partial(exchange: Exchange) -> bool:
    """Return whether an answer of an exchange, or of its control, was not kept whole."""
    replies = [exchange.reply, *exchange.behind]
    cut = any(reply is not None and reply.cut is not None for reply in replies)
    return cut or (exchange.control is not None and is_partial(exchange.control))


def _guarded(reply: Reply, exchange: Exchange) -> Reply:
    if reply.cut is None or isinstance(reply, PartialReply):
        return reply
    found = PartialReply(**{f.name: getattr(reply, f.name) for f in dataclasses.fields(Reply)})
    object.__setattr__(found, "asked", f"{exchange.request.label} [{exchange.id}]")
    return found


def called(check: Callable[..., None], taken: Mapping[str, Any]) -> None:
    """Call a check with what it takes.

    Raises:
        Untestable: it read what was not kept of an answer, and the whole answers break nothing.
    """
    try:
        check(**taken)
    except NotKeptError as missing:
        lists = {k: v for k, v in taken.items() if isinstance(v, list)}
        whole = {k: [e for e in v if not is_partial(e)] for k, v in lists.items()}
        if lists and "record" not in taken:
            # If the whole answers tell nothing either, what is missing is the reason.
            with contextlib.suppress(Untestable, NotApplicable, NotKeptError):
                check(**{**taken, **whole})
        raise Untestable(str(missing)) from None
