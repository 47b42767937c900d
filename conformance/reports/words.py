"""The words that every report uses: what statuses and verdicts mean, and what the run sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reports import scope, waiver_words
from conformance.reports.counting import count_statuses
from conformance.reports.text import plural, seconds, size
from conformance.result.model import PROCESS, Status, Verdict

if TYPE_CHECKING:
    from conformance.result.exchange_summary import ExchangeSummary, FormField, ProviderCall
    from conformance.result.model import Ledger, Result

STATUS_WORDS = {
    Status.PASS: "pass",
    Status.FAIL: "fail",
    Status.ERROR: "error",
    Status.FLAKY: "flaky",
    Status.UNTESTABLE: "untestable",
    Status.WARN: "warn",
    Status.NOT_APPLICABLE: "not applicable",
    Status.NOT_SELECTED: "not selected",
}
STATUS_MEANINGS = {
    Status.PASS: "the gateway does what the requirement says",
    Status.FAIL: "the gateway does not do what the requirement says",
    Status.ERROR: "the suite itself broke, so that it did not judge the gateway",
    Status.FLAKY: "answers to the same request led to different verdicts",
    Status.UNTESTABLE: "the suite should have judged this and could not",
    Status.WARN: "a recommendation that the gateway does not follow",
    Status.NOT_APPLICABLE: "does not apply to this target, or needs something that the run was not given",
    Status.NOT_SELECTED: "left out by the profile or the selection",
}
SYMBOLS = {
    Status.PASS: "✓",
    Status.FAIL: "✗",
    Status.ERROR: "‼",
    Status.FLAKY: "≈",
    Status.UNTESTABLE: "?",
    Status.WARN: "!",
    Status.NOT_APPLICABLE: "·",
    Status.NOT_SELECTED: "○",
}
VERDICT_SYMBOLS = {
    Verdict.CONFORMANT: "✓",
    Verdict.NONCONFORMANT: "✗",
    Verdict.INCOMPLETE: "?",
    Verdict.PARTIAL: "◐",
}
MERGE = "Put all shards together for a verdict: `conformance merge DIR…`"
NOT_FOLLOWED = ": recommendations that the gateway does not follow"
UNSETTLED = (Status.UNTESTABLE, Status.FLAKY, Status.ERROR)
UNJUDGED = (*UNSETTLED, Status.NOT_APPLICABLE, Status.NOT_SELECTED)


def meaning(result: Result) -> str:
    """Say in one or two sentences what the verdict means."""
    return f"{_meaning(result)}{scope.strict(result)}{scope.half(result)}"


def _meaning(result: Result) -> str:
    must = count_statuses(result.requirements)["MUST"]
    judged = plural(sum(must.values()) - sum(must[s] for s in UNJUDGED), "MUST requirement")
    failed = must[Status.FAIL]
    match result.verdict:
        case Verdict.CONFORMANT:
            return f"The gateway met every requirement that was judged: {judged}.{_left_out(must)}"
        case Verdict.NONCONFORMANT:
            text = f"{_ended(result)}The gateway broke {failed} of the {judged} that were judged."
            unsettled = sum(must[s] for s in UNSETTLED)
            return text + (f" {unsettled} more could not be settled." if unsettled else "")
        case Verdict.PARTIAL:
            count = f"{failed} failed" if failed else "none failed"
            return (
                f"The run judged a selection only: {judged}, {count}. A selection gives no verdict."
            )
        case _:
            return f"The run cannot say whether the gateway conforms: {_obstacle(result, must)}."


def _ended(result: Result) -> str:
    """Say first that the process ended: nothing else matters as much."""
    return "".join(f"Y{d.problem[1:]}. " for d in result.diagnosis if d.whose == PROCESS)


def _left_out(must: dict[Status, int]) -> str:
    parts = []
    if count := must[Status.NOT_APPLICABLE]:
        parts.append(f"{count} {'does' if count == 1 else 'do'} not apply")
    if count := must[Status.NOT_SELECTED]:
        parts.append(f"{count} {'was' if count == 1 else 'were'} not selected")
    return f" The rest was not judged: {' and '.join(parts)}." if parts else ""


def _obstacle(result: Result, must: dict[Status, int]) -> str:
    if result.diagnosis:
        return "it ended early"
    parts = [f"{must[s]} {STATUS_WORDS[s]}" for s in UNSETTLED if must[s]]
    if not parts:
        return "the suite itself broke"
    unsettled = plural(sum(must[s] for s in UNSETTLED), "MUST requirement")
    failed = f", and {must[Status.FAIL]} failed" if must[Status.FAIL] else ""
    return f"{unsettled} could not be settled ({', '.join(parts)}){failed}"


def next_step(result: Result) -> str:
    """Say what to do next, given the verdict."""
    counts = count_statuses(result.requirements)
    warned = sum(row[Status.WARN] for row in counts.values())
    match result.verdict:
        case Verdict.CONFORMANT if warned:
            fails = ": --strict lets them fail the run" if result.strict else ""
            return f"Look at {plural(warned, 'warning')}{fails or NOT_FOLLOWED}."
        case Verdict.CONFORMANT:
            return waiver_words.to_do(result) or scope.proof(result)
        case Verdict.NONCONFORMANT:
            first = "what ended the process" if _ended(result) else "the findings"
            return (
                f"Start with {first}: each is one cause, with the smallest request that shows it."
            )
        case Verdict.PARTIAL:
            return (
                MERGE if result.shard else "Run without a selection for a verdict on the gateway."
            )
        case _ if result.diagnosis:
            return "Settle what the diagnosis names, then run again."
        case _:
            return "Each of these requirements names what stood in its way. Settle that, then run again."


def run_facts(result: Result) -> list[tuple[str, str]]:
    """Return what was run against what, as pairs of a name and a value."""
    target = result.target
    facts = [
        ("Target", f"{target.get('url', '')}{target.get('path', '')}"),
        ("Model", str(target.get("model", ""))),
        ("Certificates", "not verified (--insecure)" if target.get("insecure") else ""),
        ("Proxy", str(target.get("proxy") or "")),
        ("Profile", result.profile),
        ("Seed", str(result.seed)),
        ("Challenge", result.challenge.nonce if result.challenge is not None else ""),
        ("Shard", result.shard),
        *scope.facts(result),
        ("Suite", result.suite.get("version", "")),
        ("Started", result.started),
    ]
    return [(name, value) for name, value in facts if value]


def ledger(result: Result) -> list[tuple[str, str]]:
    """Return what the run sent, spent and waited for, as pairs of a name and a value."""
    kept = result.ledger
    spent = ", ".join(f"{name} {count:,}" for name, count in kept.pictures.items())
    rows = [
        ("Sent", plural(kept.requests, "request"), True),
        ("Sent again because the gateway asked to", f"{kept.retried:,}", True),
        ("Rechecked", f"{kept.second_looks:,}", True),
        ("Sent by checks beyond the plan", plural(kept.probes, "probe"), True),
        ("Pictures", f"{result.images:,}" + (f": {spent}" if spent else ""), True),
        ("Pictures perhaps made without an answer", f"{kept.uncertain:,} at most", kept.uncertain),
        ("Waited because the gateway asked to", seconds(kept.waited_s), True),
        ("Rate limit", rate_limit(kept), kept.limited or kept.per_minute),
        ("In flight at once", f"{kept.most_in_flight:,} at most", True),
        (
            "Taken over from an earlier run",
            f"{plural(kept.taken_over, 'exchange')}, {plural(kept.taken_over_images, 'picture')}",
            kept.taken_over,
        ),
    ]
    return [(name, value) for name, value, shown in rows if shown]


def rate_limit(kept: Ledger) -> str:
    """Return what a run learnt of the gateway's rate limit, and what that cost; "" without one."""
    if not kept.limited and not kept.per_minute:
        return ""
    from_answers = f"{plural(kept.limited, 'answer')} with 429 or 503"
    if not kept.per_minute:
        return f"no rate learnt from {from_answers}"
    if not kept.limited:
        return f"{kept.per_minute:,.0f} requests a minute as --rate says, which took {seconds(kept.paced_s)}"
    return (
        f"the gateway takes about {kept.per_minute:,.0f} requests a minute (learnt from"
        f" {from_answers}); keeping to it took {seconds(kept.paced_s)},"
        f" and {plural(kept.retried, 'request')} were repeated"
    )


def ledger_line(result: Result) -> str:
    """Return the ledger in one line."""
    kept = result.ledger
    parts = [
        f"{kept.retried:,} sent again",
        f"{kept.second_looks:,} rechecked",
        plural(kept.probes, "probe"),
        f"{kept.most_in_flight:,} at once",
        f"waited {seconds(kept.waited_s)}",
    ]
    if text := rate_limit(kept):
        parts.append(text)
    if kept.uncertain:
        parts.append(f"{plural(kept.uncertain, 'picture')} perhaps made without an answer")
    if kept.taken_over:
        parts.append(f"{plural(kept.taken_over, 'exchange')} taken over")
    return "ledger: " + ", ".join(parts)


def field_value(part: FormField) -> str:
    """Return a form field's value as a person reads it."""
    if part.filename is None and part.fixture is None:
        kind = f"  ({part.content_type})" if part.content_type else ""
        if part.value or not part.size_bytes:
            return f"{part.value or '(empty)'}{kind}"
        return f"({size(part.size_bytes)}){kind}"
    name = "file without a name" if part.filename is None else f'file "{part.filename}"'
    kind = part.content_type or "no Content-Type"
    where = f", {part.fixture}" if part.fixture else ""
    return f"{name}, {kind}, {size(part.size_bytes)}{where}"


def call_outcome(call: ProviderCall) -> str:
    """Return what the provider did with a call, in a few words."""
    made = f" with {plural(call.pictures, 'picture')}" if call.pictures else ""
    ended = f", {call.end}" if call.end not in ("", "answered") else ""
    return (f"{call.status}{made}" if call.status is not None else "no answer") + ended


def outcome(exchange: ExchangeSummary) -> str:
    """Return what came back, in a word or two: the status code, or why there is none."""
    if exchange.failure:
        return exchange.failure
    return str(exchange.status) if exchange.status is not None else "no answer"


def replay(result: Result, exchange_id: str) -> str:
    """Return the command that judges one exchange again, or "" where no command is known."""
    known = result.command and "--replay" not in result.command
    return f"{result.command} --replay {exchange_id}" if known else ""
