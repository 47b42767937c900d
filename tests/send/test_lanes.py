"""Which rate a request belongs to, and when a kind of request gets its own."""

from __future__ import annotations

import pytest

from conformance.http.request import Credential
from conformance.send.rates.lanes import TURNS, Kind, Lanes, kind_of
from tests.send.values import PLAIN, REFUSED, asked


@pytest.mark.parametrize(
    ("credential", "kind"),
    [
        (Credential(), "good"),
        (Credential(name=""), "stranger"),
        (Credential(change="cut"), "stranger"),
        (Credential(query="key"), "stranger"),
    ],
)
def test_the_kind_of_a_request_is_what_its_credential_and_its_form_are(
    credential: Credential, kind: Kind
) -> None:
    assert kind_of(asked(credential=credential)) == kind
    assert (kind_of(PLAIN), kind_of(REFUSED)) == ("good", "refused")


def turns(lanes: Lanes, limited: Kind, passing: Kind, count: int) -> None:
    for at in range(count):
        now = float(at)
        lanes.limited(limited, lanes.of(limited).sent(now), now)
        lanes.passed(passing, lanes.of(passing).sent(now + 0.5), now + 0.5)


def test_a_kind_that_takes_turns_with_others_that_pass_gets_its_own_rate() -> None:
    lanes = Lanes()
    turns(lanes, "refused", "good", TURNS)
    assert lanes.of("refused") is lanes.shared
    turns(lanes, "refused", "good", 1)
    assert lanes.of("refused") is not lanes.shared
    assert lanes.of("refused").held
    assert not lanes.shared.held
    assert lanes.refused == TURNS + 1


def test_a_pass_of_the_kind_itself_ends_the_suspicion() -> None:
    lanes = Lanes()
    for _ in range(5):
        turns(lanes, "refused", "good", 1)
        lanes.passed("refused", lanes.shared.sent(9.0), 9.0)
    assert lanes.of("refused") is lanes.shared


def test_pictures_have_their_own_rate_from_the_start() -> None:
    lanes = Lanes()
    lanes.limited("picture", lanes.of("picture").sent(0.0), 0.0)
    assert lanes.of("picture").held
    assert not lanes.shared.held
