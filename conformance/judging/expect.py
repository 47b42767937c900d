"""What a check expects of an exchange; a failure says what was expected and what came.

    expect(exchange).refused()

If the exchange cannot be judged (the gateway did not accept the control, or it only asked to try
again later), the expectation raises `Untestable` and never passes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from conformance.http.status import (
    asks_to_retry,
    is_busy,
    is_client_error,
    is_redirect,
    is_server_error,
    was_never_asked,
)
from conformance.judging.ends import Failed, Flaky, NotApplicable, Untestable
from conformance.judging.flakiness import wavered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.http.exchange import Exchange

NO_REFUSALS = frozenset({401, 403, 404, 405, 407, 408, 409, 425, 429, 431})
NO_ENTRY = frozenset({400, 401, 403})
PROVIDER_STATUSES = frozenset({502, 504})
EXCERPT = 300
# How many problems a message of `each` shows, and how much of each: it may quote what came.
SHOWN, LONGEST_PROBLEM = 5, 1_000

Found = TypeVar("Found")


def expect(exchange: Exchange) -> Expectation:
    """Return what can be expected of an exchange."""
    return Expectation(exchange)


@dataclass(frozen=True)
class Expectation:
    """One exchange, about to be judged."""

    exchange: Exchange

    def accepted(self) -> Exchange:
        """Expect a 2xx."""
        self.judged()
        if not self.exchange.ok:
            fail("a success (2xx)", self.exchange)
        return self.exchange

    def refused(self, *, model_at_fault: bool = False) -> Exchange:
        """Expect a 4xx that refuses the request for its fault, next to an accepted control.

        Args:
            model_at_fault: whether 403 and 404 are refusals too: a gateway may use them for a
                model.
        """
        self.judged()
        self._control_accepted()
        status = self.exchange.status
        allowed = {403, 404} if model_at_fault else set()
        if not is_client_error(status) or status in NO_REFUSALS - allowed:
            fail("a refusal (400, 415, 422 or another 4xx that blames the request)", self.exchange)
        return self.exchange

    def no_entry(self) -> Exchange:
        """Expect 400, 401 or 403 for a bad credential, next to an accepted control."""
        self.judged()
        self._control_accepted()
        if self.exchange.status not in NO_ENTRY:
            fail("no entry (400, 401 or 403)", self.exchange)
        return self.exchange

    def answered(self, *, provider_may_fail: bool = False) -> Exchange:
        """Expect a 2xx or a 4xx: no server error, no broken connection, no hang.

        Args:
            provider_may_fail: whether only a provider can judge the request. Then a failure of the
                provider (502, 504, or a 5xx that names it) is not charged to the gateway.
        """
        self.judged()
        if self.exchange.reply is None or is_server_error(self.exchange):
            if provider_may_fail and is_providers(self.exchange):
                return self.exchange
            fail("an answer (2xx or 4xx)", self.exchange)
        if is_redirect(self.exchange.status):
            fail("an answer (2xx or 4xx), no redirect", self.exchange)
        return self.exchange

    def judged(self) -> Exchange:
        """Expect an answer that can be judged: the request was sent, and not only rate limited.

        Raises:
            NotApplicable: it was not sent, since a wrong acceptance is known already.
            Untestable: there is no such answer.
            Flaky: the gateway accepted the same bytes once and refused them once.
        """
        exchange = self.exchange
        if exchange.failure == "spared":
            raise NotApplicable(f"not asked: {exchange.failure_text}")
        if was_never_asked(exchange):
            raise Untestable(f"{exchange.failure}: {exchange.failure_text}")
        not_rate_limited(exchange)
        if text := wavered(exchange):
            raise Flaky(text)
        return exchange

    def _control_accepted(self) -> None:
        control = self.exchange.control
        if control is None:
            raise Untestable("its control was not sent: the same request without the fault")
        if was_never_asked(control):
            if self.exchange.ok:
                return  # only a refusal needs a control, to show that it is for the fault
            raise Untestable(
                f"{control.failure}: {control.failure_text}; so its control without the fault"
                f" ({control.request.label}) was not sent"
            )
        not_rate_limited(control, f"its control without the fault ({control.request.label})")
        if not control.ok:
            raise Untestable(
                "the gateway did not accept its control without the fault"
                f" ({control.request.label}) either: {control.outcome}"
            )


def not_rate_limited(exchange: Exchange, what: str = "it") -> None:
    """End a check whose request was never answered for itself: "too many requests" is no verdict.

    Raises:
        Untestable: the last answer, or one behind it on its connection, only asks to send the
            request again later.
    """
    asked = exchange.status if asks_to_retry(exchange) else None
    found = asked or next((r.status for r in exchange.behind if is_busy(r)), None)
    if found is not None:
        raise Untestable(
            f"the gateway answered {what} with {found} in the end, which asks to try again later:"
            " raise its rate limit, or lower --concurrency"
        )


def answered_like_its_control(exchange: Exchange) -> None:
    """Expect an answer to a faulty request with an odd part.

    Raises:
        NotApplicable: the gateway does not answer the faulty request without the odd part either.
    """
    control = exchange.control
    if control is not None:
        not_rate_limited(control, f"the fault without the odd part ({control.request.label})")
    if control is not None and (control.reply is None or is_server_error(control)):
        raise NotApplicable(
            f"the gateway does not answer the fault without the odd part either: {control.outcome}"
        )
    expect(exchange).answered()


def is_providers(exchange: Exchange) -> bool:
    """Return whether a server error looks like a failure of the provider, not of the gateway."""
    if exchange.reply is None:
        return False
    extra = exchange.reply.object.get("extra_fields")
    named = isinstance(extra, dict) and bool(extra.get("provider"))
    return exchange.reply.status in PROVIDER_STATUSES or (is_server_error(exchange) and named)


def fail(expected: str, exchange: Exchange) -> NoReturn:
    """Fail with what was expected and what came back."""
    raise Failed(f"expected {expected}\ngot {describe(exchange)}")


def describe(exchange: Exchange) -> str:
    """Return what came back, in one line."""
    if exchange.reply is None:
        return f"no answer: {exchange.outcome}"
    if (cut := exchange.reply.cut) is not None:
        return f"{exchange.reply.status}: an answer of {cut.length:,} bytes, which are not kept"
    said = f"{exchange.reply.status}"
    if exchange.ok:
        said += f" with {len(exchange.items)} item(s)"
    body = " ".join(exchange.reply.text[:EXCERPT].split())
    return f"{said}: {body or 'an empty body'}"


def each(problems: Iterable[tuple[Exchange, str]]) -> None:
    """Fail if there is any problem; the message names the exchanges and shows the first few."""
    found = list(problems)
    if not found:
        return
    named = [f"{e.request.label} [{e.id}]: {text[:LONGEST_PROBLEM]}" for e, text in found[:SHOWN]]
    more = f"\n… and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    raise Failed("\n".join(named) + more, exchanges=tuple(dict.fromkeys(e.id for e, _ in found)))


def some(exchanges: Iterable[Found], what: str) -> list[Found]:
    """Return what there is to judge.

    Raises:
        Untestable: there is nothing, although every run should have some.
    """
    found = list(exchanges)
    if not found:
        raise Untestable(f"no {what} in this run, so there is nothing to judge")
    return found


def where_present(exchanges: Iterable[Found], what: str) -> list[Found]:
    """Return what there is to judge of what a gateway may leave out.

    Raises:
        NotApplicable: the gateway left it out everywhere.
    """
    found = list(exchanges)
    if not found:
        raise NotApplicable(f"no {what} in this run; a gateway may leave it out")
    return found


def known_object(value: Any) -> dict[str, Any]:
    """Return a JSON object as it is, and an empty one for anything else."""
    return value if isinstance(value, dict) else {}
