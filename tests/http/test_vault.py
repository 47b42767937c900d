"""The vault cleans values of any shape, and knows more secrets as a run learns them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from conformance.http.exchange import Attempt, Exchange, Fetched, Reply
from conformance.http.redacting.redaction import leaks_in
from conformance.http.redacting.vault import Vault
from tests.values import request

KEY = "sk-bf-7f3a9c2e51d84b06a1e4"
MARK = "«whole credential:key»"


@dataclass(frozen=True)
class Holder:
    """Holds a value."""

    held: object
    number: int = 1


@pytest.fixture
def vault() -> Vault:
    return Vault([("key", KEY)])


@pytest.mark.parametrize(
    ("value", "clean"),
    [
        (f"a {KEY}", f"a {MARK}"),
        (KEY.encode(), MARK.encode()),
        ((1, (KEY, None)), (1, (MARK, None))),
        ([KEY, True], [MARK, True]),
        ({KEY: {"k": [KEY]}}, {MARK: {"k": [MARK]}}),
        (Holder((Holder(KEY),)), Holder((Holder(MARK),))),
        ({"key": "\ud800" + KEY}, {"key": "\ud800" + MARK}),
    ],
)
def test_a_secret_is_taken_out_wherever_a_value_holds_it(
    vault: Vault, value: object, clean: object
) -> None:
    assert vault.clean(value) == clean


@pytest.mark.parametrize(
    "value",
    ["plain", b"\xff", (1, "a"), {"a": ["b"]}, Holder("x"), None, 1.5, (KEY[:12], KEY[-12:])],
)
def test_a_value_without_a_secret_is_the_same_value(vault: Vault, value: object) -> None:
    assert vault.clean(value) is value


def test_every_text_of_an_exchange_is_cleaned(vault: Vault) -> None:
    reply = Reply(200, ((KEY, KEY),), KEY.encode(), KEY, KEY, KEY)
    tried = Attempt(500, None, KEY, 0.1, ((KEY, KEY),), mismatch=KEY)
    served = Fetched(KEY, 200, KEY, KEY.encode(), KEY)
    found = vault.clean(
        Exchange(
            request(), reply, failure_text=KEY, earlier=(tried,), fetched=(served,),
            behind=(reply,), surplus=KEY.encode(), calls_unclear=KEY,
        )
    )  # fmt: skip
    assert (
        KEY
        not in f"{found.__dict__}{found.reply.__dict__}{found.earlier}{found.behind[0].__dict__}"
    )


def test_what_a_secret_was_changed_to_is_known_for_the_whole_run(vault: Vault) -> None:
    changed = KEY[:12] + "b" + KEY[13:14] + "b" + KEY[15:]
    assert vault.clean(changed) == changed
    vault.learn_changed("sent", changed, KEY)
    assert vault.clean(changed) == "«whole credential:sent»"
    assert vault.clean(KEY) == MARK


def test_a_mask_of_the_secret_passes_although_a_piece_of_it_was_sent(vault: Vault) -> None:
    vault.learn_changed("sent", KEY[: len(KEY) * 2 // 3], KEY)
    assert vault.clean(f"key {KEY[:12]}…") == f"key {KEY[:12]}…"


def test_it_says_since_when_it_knows_all_that_it_knows() -> None:
    times = iter([1.0, 2.0, 3.0])
    vault = Vault([("a", "secret-number-one")], now=lambda: next(times))
    vault.learn("b", "secret-number-two")
    assert vault.learnt_at == 2.0
    vault.learn("c", "secret-number-two")
    vault.learn_changed("sent", "secret-number-2", "secret-number-two")
    assert (vault.learnt_at, vault.name_of("secret-number-two")) == (2.0, "b")


def test_its_repr_and_its_marks_show_no_secret(vault: Vault) -> None:
    assert KEY not in repr(vault) + repr(vault.redactor)
    assert [leak.name for leak in leaks_in(vault.clean(KEY))] == ["key"]
