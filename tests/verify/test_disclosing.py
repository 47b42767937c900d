"""Secrets that were taken out of evidence can be disclosed later, and are told from others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.evidence import reading
from conformance.evidence.log import EVIDENCE_FILE, Evidence
from conformance.evidence.reading import Head
from conformance.evidence.tape import Told
from conformance.http.redacting.vault import Vault
from conformance.verify import disclosing

if TYPE_CHECKING:
    from pathlib import Path

KEY = "a key of the commitments, long enough"
SECRETS = {"GATEWAY_KEY": "sk-bf-one-secret", "OTHER_TENANT": "sk-bf-of-another"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    vault = Vault([("GATEWAY_KEY", "sk-bf-one-secret"), ("other-tenant", "sk-bf-of-another")])
    vault.learn_changed("sent", "sk-bf-one-secreX", "sk-bf-one-secret")
    log = Evidence(tmp_path / EVIDENCE_FILE, vault)
    log.begin(Head({"seed": 1}))
    log.tell(Told("what", 0, "an answer with sk-bf-one-secret in it"))
    log.end({"commitments": vault.commitments(KEY.encode())})
    log.close()
    return tmp_path / EVIDENCE_FILE


def checked(path: Path, environment: dict[str, str], key: str = KEY) -> disclosing.Disclosed:
    return disclosing.check(reading.recording(path), path, key, environment)


def test_the_secrets_of_the_run_are_known_again(path: Path) -> None:
    assert checked(path, SECRETS) == disclosing.Disclosed(
        ("GATEWAY_KEY", "other-tenant"), (), (), ()
    )


def test_a_secret_of_another_run_is_another(path: Path) -> None:
    found = checked(path, {**SECRETS, "GATEWAY_KEY": "sk-bf-another-secret"})
    assert (found.same, found.other) == (("other-tenant",), ("GATEWAY_KEY",))


def test_without_the_key_nothing_is_known_again(path: Path) -> None:
    assert checked(path, SECRETS, "another key of the commitments, as long").same == ()


def test_what_is_not_disclosed_is_named(path: Path) -> None:
    assert checked(path, {}).missing == ("GATEWAY_KEY", "other-tenant")


def test_a_secret_that_stands_in_the_evidence_is_named_with_its_row(tmp_path: Path) -> None:
    log = Evidence(tmp_path / EVIDENCE_FILE, Vault())
    log.begin(Head({"seed": 1}))
    log.tell(Told("what", 0, "sk-bf-one-secret"))
    log.end({"commitments": Vault([*SECRETS.items()]).commitments(KEY.encode())})
    log.close()
    assert checked(tmp_path / EVIDENCE_FILE, SECRETS).unmasked == ("line 2",)


def test_a_run_that_committed_to_nothing_says_so(tmp_path: Path) -> None:
    log = Evidence(tmp_path / EVIDENCE_FILE, Vault())
    log.begin(Head({"seed": 1}))
    log.end({})
    log.close()
    with pytest.raises(ValueError, match="without a key of commitments"):
        checked(tmp_path / EVIDENCE_FILE, SECRETS)
