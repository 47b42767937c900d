"""What a gateway sends fills no disk, and no row that lacks something is taken for a whole one."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from conformance.evidence import log, reading, resume, rows
from conformance.http import bounds
from conformance.http.exchange import Exchange, Fetched, Reply
from conformance.http.images import looking, pictures
from conformance.http.redacting.vault import Vault
from tests.values import attempt, exchange, request

if TYPE_CHECKING:
    from pathlib import Path


def large(number: int) -> Exchange:
    body = b'{"text": "%d %s"}' % (number, b"x" * 40_000)
    headers = tuple((f"x-{i}", "v" * 1_000) for i in range(100))
    return dataclasses.replace(
        exchange(200, request(f"number {number}"), body, headers=headers),
        surplus=b"y" * 60_000,
        earlier=(attempt(500, headers=headers),),
    )


def test_large_rows_are_cut_once_the_file_has_so_many_bytes(tmp_path: Path) -> None:
    evidence = log.Evidence(tmp_path / log.EVIDENCE_FILE, Vault())
    sent = [large(i) for i in range(300)]
    for one in sent:
        evidence(one)
    evidence.close()
    size = (tmp_path / log.EVIDENCE_FILE).stat().st_size
    assert size < rows.MOST_BYTES + 300 * 2 * rows.FREE_BYTES
    found = [*reading.read(tmp_path / log.EVIDENCE_FILE)]
    assert len(found) == len(sent)
    assert found[0].content == sent[0].content
    last = found[-1]
    assert last.reply is not None
    assert last.reply.cut is not None
    assert last.reply.cut.length == len(sent[-1].content)
    assert last.content == sent[-1].content[: bounds.HEAD_BYTES]


def test_checks_get_no_more_of_a_cut_row_than_is_written(tmp_path: Path) -> None:
    evidence = log.Evidence(tmp_path / log.EVIDENCE_FILE, Vault())
    evidence._left = 0
    given = evidence(large(1))
    evidence.close()
    (found,) = reading.read(tmp_path / log.EVIDENCE_FILE)
    assert dataclasses.replace(given, request=found.request) == found
    assert given.reply is not None
    assert given.reply.cut is not None
    assert given.reply.cut.headers, "some are missing, and no check may take that for their absence"


def test_a_cut_row_names_the_secrets_in_what_it_lacks() -> None:
    behind = dataclasses.replace(large(1), surplus=b"y" * 300 + "«whole credential:k0»".encode())
    reply = rows.lean(behind).reply
    assert reply is not None
    assert reply.cut is not None
    assert reply.cut.leaks == ("«whole credential:k0»",)
    clean = rows.lean(large(1)).reply
    assert clean is not None
    assert clean.cut is not None
    assert clean.cut.leaks is None, "a secret that is learnt later may have stood there"


def test_small_rows_are_written_whatever_came_before() -> None:
    line = rows.line(exchange(200), left=0)
    assert line.taken == 0
    assert not line.is_lean
    assert '"cut": null' in line.text


def test_the_facts_of_pictures_come_back_as_they_were(tmp_path: Path) -> None:
    facts = looking.facts_of(pictures.make("x", "photo"))
    reply = Reply(200, (), b"{}", pictures=(facts,))
    served = Fetched("http://x/1", 200, "image/png", b"", kept=facts)
    sent = Exchange(request(), reply, fetched=(served,))
    evidence = log.Evidence(tmp_path / log.EVIDENCE_FILE, Vault())
    evidence(sent)
    evidence.close()
    (found,) = reading.read(tmp_path / log.EVIDENCE_FILE)
    assert found.reply == reply
    assert found.fetched == (served,)


def test_an_answer_that_was_cut_is_not_taken_over() -> None:
    whole = large(1)
    assert resume.taken([whole.request], {whole.id: whole})
    assert not resume.taken([whole.request], {whole.id: rows.lean(whole)})
    behind = dataclasses.replace(whole, behind=(rows.lean(whole).reply or Reply(200, (), b""),))
    assert not resume.taken([whole.request], {whole.id: behind})
