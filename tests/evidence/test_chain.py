"""Each row of evidence holds the digest of the one before it."""

from __future__ import annotations

import hashlib
import json
import threading
from typing import TYPE_CHECKING

import pytest

from conformance.evidence import chain, reading
from conformance.evidence.log import EVIDENCE_FILE, Evidence, Sealed
from conformance.evidence.reading import Head
from conformance.evidence.tape import Told
from conformance.http.redacting.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path


def evidence_of(folder: Path, vault: Vault | None = None, *, more: bool = False) -> Sealed:
    log = Evidence(folder / EVIDENCE_FILE, vault or Vault(), more=more)
    log.begin(Head({"seed": 1}))
    log.tell(Told("how many", 0, 4))
    log.end({"stopped": ""})
    return log.close()


def test_a_row_holds_the_digest_of_the_bytes_before_it(tmp_path: Path) -> None:
    sealed = evidence_of(tmp_path)
    lines = (tmp_path / EVIDENCE_FILE).read_bytes().splitlines()
    digests = [hashlib.sha256(line).hexdigest() for line in lines]
    assert [json.loads(line)["previous"] for line in lines] == ["", *digests[:-1]]
    assert sealed == Sealed(3, digests[-1])


def test_the_end_says_how_many_rows_there_are(tmp_path: Path) -> None:
    evidence_of(tmp_path)
    path = tmp_path / EVIDENCE_FILE
    assert reading.recording(path).end == {"stopped": ""}
    *rows, end = path.read_text().splitlines()
    row = json.loads(end)
    assert row["rows"] == 3
    row["rows"] = 4
    path.write_text("\n".join([*rows, json.dumps(row)]) + "\n")
    with pytest.raises(reading.ChainError, match="line 3 says that it is line 4"):
        reading.recording(path)


def test_a_run_that_goes_on_continues_the_chain(tmp_path: Path) -> None:
    evidence_of(tmp_path)
    sealed = evidence_of(tmp_path, more=True)
    found = reading.recording(tmp_path / EVIDENCE_FILE)
    assert (found.rows, found.last) == (sealed.rows, sealed.last)
    assert (len(found.earlier), len(found.latest)) == (1, 1)
    assert [one.question for one in found.told] == ["how many"]


def test_a_run_that_was_killed_has_no_end(tmp_path: Path) -> None:
    log = Evidence(tmp_path / EVIDENCE_FILE, Vault())
    log.begin(Head({"seed": 1}))
    log.close()
    assert reading.recording(tmp_path / EVIDENCE_FILE).end is None


def test_what_is_cleaned_later_has_a_whole_chain_again(tmp_path: Path) -> None:
    vault = Vault()
    log = Evidence(tmp_path / EVIDENCE_FILE, vault)
    log.begin(Head({"seed": 1}, {"note": "sk-learnt-later"}))
    log.tell(Told("q", 0, 1))
    vault.learn("provider", "sk-learnt-later")
    sealed = log.close()
    assert "sk-learnt-later" not in (tmp_path / EVIDENCE_FILE).read_text()
    found = reading.recording(tmp_path / EVIDENCE_FILE)
    assert (found.rows, found.last) == (sealed.rows, sealed.last)


def test_rows_that_two_threads_write_are_one_chain(tmp_path: Path) -> None:
    log = Evidence(tmp_path / EVIDENCE_FILE, Vault())

    def write(name: int) -> None:
        for value in range(200):
            log.tell(Told(f"{name}", value, value))

    writers = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    sealed = log.close()
    assert sealed.rows == 800
    assert chain.last_of((tmp_path / EVIDENCE_FILE).read_bytes().splitlines()).last == sealed.last
    list(reading.rows(tmp_path / EVIDENCE_FILE))
