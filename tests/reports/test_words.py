from __future__ import annotations

import dataclasses

import pytest

from conformance.reports import words
from conformance.result.exchange_summary import FormField
from conformance.result.model import PROCESS, Diagnosis, Ledger, Status, Verdict

from . import samples


@pytest.mark.parametrize(
    ("verdict", "statuses", "says"),
    [
        (
            "conformant",
            "pass pass",
            "The gateway met every requirement that was judged: 2 MUST requirements.",
        ),
        (
            "conformant",
            "pass not-applicable not-selected not-selected",
            (
                "The gateway met every requirement that was judged: 1 MUST requirement. "
                "The rest was not judged: 1 does not apply and 2 were not selected."
            ),
        ),
        (
            "nonconformant",
            "pass fail",
            "The gateway broke 1 of the 2 MUST requirements that were judged.",
        ),
        (
            "incomplete",
            "pass flaky untestable untestable",
            (
                "The run cannot say whether the gateway conforms: 3 MUST requirements could not be "
                "settled (2 untestable, 1 flaky)."
            ),
        ),
        (
            "incomplete",
            "error fail",
            (
                "The run cannot say whether the gateway conforms: 1 MUST requirement could not be "
                "settled (1 error), and 1 failed."
            ),
        ),
        (
            "incomplete",
            "pass",
            "The run cannot say whether the gateway conforms: the suite itself broke.",
        ),
        (
            "partial",
            "pass not-selected",
            "The run judged a selection only: 1 MUST requirement, none failed. A selection gives no verdict.",
        ),
    ],
)
def test_what_a_verdict_means(verdict: str, statuses: str, says: str) -> None:
    base = samples.PASSING[0]
    rows = tuple(dataclasses.replace(base, status=Status(s)) for s in statuses.split())
    result = dataclasses.replace(
        samples.conformant(), verdict=Verdict(verdict), requirements=rows, diagnosis=()
    )
    seen = dataclasses.replace(result, target={**result.target, "observe": "127.0.0.1:9500"})
    assert words.meaning(seen) == says
    assert words.meaning(result).startswith(f"{says} The run judged the client's side only")
    assert words.next_step(result)


def test_that_the_process_ended_is_said_first() -> None:
    ended = Diagnosis("your gateway's process ended: because of odd [1]", PROCESS, "read its log")
    base = dataclasses.replace(samples.PASSING[0], status=Status.FAIL)
    result = dataclasses.replace(
        samples.conformant(),
        verdict=Verdict.NONCONFORMANT,
        requirements=(base,),
        diagnosis=(ended,),
    )
    assert words.meaning(result).startswith("Your gateway's process ended: because of odd [1]. The")
    assert words.next_step(result).startswith("Start with what ended the process")


def test_warnings_are_the_next_step_of_a_conformant_gateway() -> None:
    warned = dataclasses.replace(samples.PASSING[0], level="SHOULD", status=Status.WARN)
    result = dataclasses.replace(samples.conformant(), requirements=(*samples.PASSING, warned))
    assert words.next_step(result).startswith("Look at 1 warning:")


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        (FormField("n", "11", size_bytes=2), "11"),
        (FormField("n", "11", None, "text/plain", 2), "11  (text/plain)"),
        (FormField("n"), "(empty)"),
        (FormField("n", size_bytes=9), "(9 bytes)"),
        (FormField("image", "", "a.png", None, 9), 'file "a.png", no Content-Type, 9 bytes'),
        (
            FormField("image", "", None, "image/png", 9, "fixtures/a.png"),
            "file without a name, image/png, 9 bytes, fixtures/a.png",
        ),
    ],
)
def test_a_field_as_a_person_reads_it(part: FormField, shown: str) -> None:
    assert words.field_value(part) == shown


def test_every_status_and_verdict_has_its_words() -> None:
    for table in (words.STATUS_WORDS, words.STATUS_MEANINGS, words.SYMBOLS):
        assert set(table) == set(Status)
    assert set(words.VERDICT_SYMBOLS) == set(Verdict)
    assert len(set(words.SYMBOLS.values())) == len(Status)


@pytest.mark.parametrize(
    ("kept", "says"),
    [
        (Ledger(), ""),
        (Ledger(limited=2), "no rate learnt from 2 answers with 429 or 503"),
        (Ledger(per_minute=60, paced_s=5), "60 requests a minute as --rate says, which took 5.0 s"),
        (
            Ledger(per_minute=58.6, paced_s=300, limited=28, retried=28),
            (
                "the gateway takes about 59 requests a minute (learnt from 28 answers with 429 or 503);"
                " keeping to it took 5 min 0 s, and 28 requests were repeated"
            ),
        ),
    ],
)
def test_a_rate_limit_is_told_with_what_it_cost(kept: Ledger, says: str) -> None:
    assert words.rate_limit(kept) == says
