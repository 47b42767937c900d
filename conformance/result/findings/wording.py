"""Says a cause in one sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.result.findings.causes import SUCCESS, Kind, status_of
from conformance.result.findings.failures import is_server_error
from conformance.result.findings.saying import message_of, shape_of, without_blobs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.result.exchange_summary import ExchangeSummary
    from conformance.result.findings.causes import Cause
    from conformance.result.findings.failures import Failure

SHOWN = 3
LONGEST = 100
LABEL = 40
# The kinds of causes that are told by what was answered.
ANSWERED = (Kind.SAYS, Kind.PART, Kind.TRAIT)


def sentence(cause: Cause, failures: Sequence[Failure], witness: Failure) -> str:
    """Return what the gateway does wrong, in one sentence.

    Args:
        cause: the cause that all failures have.
        failures: what it explains.
        witness: the failure with the smallest request.
    """
    shown = witness.first
    alone = len({f.requirement.id for f in failures}) == 1
    if alone and cause.kind is Kind.FALLBACK:
        return _headline(witness)
    if alone and cause.kind in ANSWERED and shown and not is_server_error(shown):
        # The answer may be right but for what the check looks at.
        return f"{_headline(witness)}, for {_labels(failures)}"
    said = _said(cause, failures, witness)
    return said or _headline(witness)


def _said(cause: Cause, failures: Sequence[Failure], witness: Failure) -> str:
    """Return the sentence of a cause that is more than what one check found; "" for others."""
    answer, labels = _answer(witness.first), _labels(failures)
    sentences = {
        Kind.ACCEPTS: f"Accepted although it must be refused: {_about(cause)}, as in {labels}",
        Kind.CACHED: "A cached answer is given to a request that differs from the one that filled the cache",
        Kind.FALLBACK: f"What is asked of a fallback is not what was asked of the primary: {_headline(witness)}",
        Kind.FRAME: _frame(failures),
        Kind.PART: f"{answer} for {_about(cause)}, as in {labels}",
        Kind.REFUSALS: f"Refusals come as {answer} instead of a 4xx, for {_subjects(failures)}",
        Kind.SAYS: f"{answer} for {_subjects(failures)}",
        Kind.TRAIT: f"{answer} for {cause.about}, as in {labels}",
        Kind.WAVERS: "The same bytes get another verdict from one time to the next",
    }
    said = sentences.get(cause.kind, "")
    return said[:1].upper() + said[1:]


def _answer(exchange: ExchangeSummary | None) -> str:
    """Return an answer as a cause names it: its status and what it says."""
    if exchange is None:
        return "a wrong answer"
    if exchange.status is None:
        return f"no answer ({_clip(exchange.failure or 'none came')})"
    said = _clip(message_of(exchange))
    return f"{status_of(exchange)} “{said}”" if said else status_of(exchange)


def _frame(failures: Sequence[Failure]) -> str:
    errors = [
        exchange
        for failure in failures
        for exchange in failure.shown
        if exchange.status not in SUCCESS and (exchange.reply_body or exchange.reply_headers)
    ]
    shapes = list(dict.fromkeys(map(shape_of, errors)))
    are = " or ".join(map(_clip, shapes[:SHOWN])) + (" or others" if len(shapes) > SHOWN else "")
    passed = errors and all(map(_is_passed_on, errors))
    whose = "The provider's errors are passed on as they are" if passed else "Errors"
    if passed:
        return f"{whose}, without the documented body: {are}"
    return f"{whose} do not have the documented body: they are {are}"


def _is_passed_on(exchange: ExchangeSummary) -> bool:
    """Return whether a client got just the body that the provider had sent."""
    return any(
        call.reply_body and call.reply_body == exchange.reply_body for call in exchange.calls
    )


def _about(cause: Cause) -> str:
    """Return a subject as a sentence holds it: `model (unknown)`."""
    widest, colon, rest = cause.about.partition(": ")
    return f"{widest} ({rest})" if colon else widest


def _subjects(failures: Sequence[Failure]) -> str:
    """Return the parts of a request that a cause concerns."""
    found = list(dict.fromkeys(f.subject.partition(":")[0] for f in failures))
    more = f" and {len(found) - 2 * SHOWN} more" if len(found) > 2 * SHOWN else ""
    return ", ".join(found[: 2 * SHOWN]) + more


def _labels(failures: Sequence[Failure]) -> str:
    """Return the shortest labels of the requests that show a cause, and how many more there are."""
    found = {e.id: e.label for failure in failures for e in failure.shown}
    distinct = dict.fromkeys(_clip(label, LABEL) for label in found.values())
    labels = sorted(distinct, key=lambda label: (len(label), label))
    more = f" and {len(labels) - SHOWN} more" if len(labels) > SHOWN else ""
    return ", ".join(labels[:SHOWN]) + more


def _headline(failure: Failure) -> str:
    """Return what a check found, or what it expected and what came."""
    got = failure.got.partition("\n")[0]
    if not failure.is_of_one_answer:
        return _clip(got) or failure.requirement.text
    shown = failure.first
    good = shown is None or shown.status in SUCCESS
    came = got.partition(": {")[0] if good else _answer(shown)
    return f"Expected {_clip(failure.expected.partition(chr(10))[0])}, got {_clip(came)}"


def _clip(text: str, longest: int = LONGEST) -> str:
    line = re.sub(r"\s+", " ", without_blobs(text)).strip()
    return line if len(line) <= longest else line[:longest] + "…"
