"""Bundles that anybody may hand in: each is read, or refused with the error that is documented."""

from __future__ import annotations

import contextlib
import json
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.bundle import archive, envelope, signing
from conformance.bundle.checking import check_statement
from conformance.bundle.difference import Difference
from conformance.bundle.layout import SIGNATURES, STATEMENT
from conformance.bundle.product import Product, problems, unreleased
from conformance.bundle.reading import Opened
from conformance.bundle.signing import check_signatures
from tests.bundle.making import bundle, key
from tests.fuzz.budget import ANY_TEXT, JSON, examples, made_of
from tests.fuzz.test_files import places, put

ZIP = made_of(
    *(archive.BEGINNING, archive.ENDING, b"PK\x01\x02", b"\0" * 18, b"\xff" * 4, b"result.json"),
    *(archive._end(0, 0, 4), archive._local("result.json", 0, 0, 0), b"\x03\x00"),
)
DSSE = made_of(
    *(b'{"payload": "', b'", "payloadType": "', b'", "signatures": [{"sig": "', b'"}]}', b"YQ=="),
    *(b"{", b"[" * 600, b"9" * 5_000, b"\xff", b"\\ud800", b'"keyid": 1'),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    return bundle(tmp_path_factory.mktemp("fuzz"))


def changed(before: Opened, **files: bytes) -> Opened:
    return Opened(before.path, MappingProxyType({**before.files, **files}), is_zip=True)


@examples(250)
@given(ZIP)
def test_any_bytes_are_a_zip_or_refused(content: bytes) -> None:
    with contextlib.suppress(archive.NoArchiveError):
        archive.unpacked(content)


@examples(150)
@given(DSSE)
def test_any_bytes_are_an_envelope_or_refused(content: bytes) -> None:
    with contextlib.suppress(envelope.EnvelopeError):
        envelope.written(envelope.read(content))


@examples(150)
@given(st.data())
def test_a_statement_with_another_value_differs_or_says_the_same(made: Opened, data: Any) -> None:
    said = json.loads(made.files[STATEMENT])
    other = put(said, data.draw(st.sampled_from([*places(said)])), data.draw(JSON))
    text = (json.dumps(other, indent=1, sort_keys=True) + "\n").encode()
    found = check_statement(changed(made, **{STATEMENT: text}))
    own = ["predicate", "conformance", "product"]
    assert found or text == made.files[STATEMENT] or _only(said, other, own)
    assert all(isinstance(one, Difference) and str(one) for one in found)


def _only(one: Any, other: Any, at: list[str]) -> bool:
    """Whether two values differ nowhere but here: what a product is called is nowhere else."""
    for step in at[:-1]:
        one, other = one[step], other[step]
    return {**one, at[-1]: 0} == {**other, at[-1]: 0}


@examples(100)
@given(DSSE)
def test_any_signatures_are_looked_at(made: Opened, content: bytes) -> None:
    other = changed(made, **{SIGNATURES: content})
    found = check_signatures(other, [key().public()])
    assert all(one.validity is not signing.Validity.VALID for one in found)
    check_statement(other)


@examples(150)
@given(ANY_TEXT)
def test_any_text_is_a_version_or_no_release(text: str) -> None:
    told = dict(problems(Product(text, text, text, text, text)))
    assert bool(unreleased(text)) <= ("version" in told)
