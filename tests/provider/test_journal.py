"""The calls of one run: what is kept of them, without credentials and within a bound."""

from __future__ import annotations

import httpx

from conformance.http.provider_call import Call, Claim, Part
from conformance.provider.journal import MOST_BYTES, Journal
from conformance.provider.server import REFUSED, listening, running

from .asking import CLIENTS, DIGEST, KEY, asked, last

PARTS = tuple(Part(f"field {i}", "v" * 4_000) for i in range(500))


def call(number: int, *parts: Part) -> Call:
    return Call(f"{number}", 0.0, "POST", "/v1/images/variations", parts=parts)


def test_large_calls_beyond_the_bound_are_kept_without_their_parts_and_say_so() -> None:
    journal = Journal()
    for number in range(30):
        journal.begin(call(number, *PARTS))
    kept = journal.calls()
    assert kept[0].parts == PARTS
    assert journal.problem_of("0") == ""
    assert kept[-1].parts == ()
    assert "larger than the suite keeps" in journal.problem_of("29")
    assert sum(len(p.value) for one in kept for p in one.parts) <= MOST_BYTES


def test_small_calls_are_kept_whatever_came_before() -> None:
    journal = Journal()
    for number in range(30):
        journal.begin(call(number, *PARTS))
    journal.begin(call(30, Part("n", "1")))
    assert journal.calls()[-1].parts == (Part("n", "1"),)
    assert journal.problem_of("30") == ""


def test_the_journal_tells_what_arrived_and_what_was_answered(url: str, journal: Journal) -> None:
    asked(url, n="2", user="somebody")
    call = last(journal)
    assert (call.method, call.path, call.model, call.n) == (
        "POST", "/v1/images/variations", "dall-e-2", 2,
    )  # fmt: skip
    assert (call.text("user"), call.text("size")) == ("somebody", None)
    (file,) = call.files
    assert (file.sha256, file.file_name, file.format, file.width) == (DIGEST, "a.png", "png", 256)
    assert call.answered is not None
    assert (call.answered.status, call.answered.pictures, call.served) == (200, 2, True)


def test_the_journal_holds_no_credential(url: str, journal: Journal) -> None:
    asked(url, user=f"with {CLIENTS} in it")
    httpx.post(f"{url}/v1/x", headers={"authorization": f"Bearer {CLIENTS}"})
    text = repr(journal.calls())
    assert KEY not in text
    assert CLIENTS not in text
    assert "Bearer «whole credential:provider»" in text
    assert "with «whole credential:client» in it" in text
    assert journal.vault.name_of(KEY) == "provider"


def test_a_call_that_is_not_of_the_run_is_recorded_and_not_served() -> None:
    journal = Journal()
    stranger = Claim(refusal="the picture is none of its own", own_key=False)
    with running(listening("127.0.0.1", 0), journal, lambda _: stranger) as url:
        answer = asked(url)
        assert httpx.get(f"{url}/v1/models").status_code == 200
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == REFUSED
    assert not last(journal).served
    assert journal.vault.name_of(KEY) == ""
    assert "«unknown credential»" in repr(journal.calls())
