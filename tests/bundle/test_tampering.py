"""Random edits of a signed bundle: each is found, or changes nothing that is read."""

from __future__ import annotations

import random
from types import MappingProxyType

import pytest

from conformance.bundle import archive, signing
from conformance.bundle.checking import check_statement
from conformance.bundle.layout import NEEDED_IN_ZIP, SIGNATURES
from conformance.bundle.reading import Opened
from conformance.bundle.signing import Checked, Validity, check_signatures
from tests.bundle.making import bundle, key, opened

EDITS = 1_000
VENDOR = key().public("vendor")
SOUND = (Checked(VENDOR.keyid, Validity.VALID, by="vendor"),)


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    folder = tmp_path_factory.mktemp("signed")
    return opened(folder, signing.signed(bundle(folder), key()))


def is_found(other: Opened) -> bool:
    return check_signatures(other, [VENDOR]) != SOUND or check_statement(other) != ()


def edited(content: bytes, drawn: random.Random) -> bytes:
    at = drawn.randrange(len(content))
    return content[:at] + bytes([content[at] ^ drawn.randrange(1, 256)]) + content[at + 1 :]


def test_each_single_byte_of_the_file_that_changes_is_found_or_changes_nothing(
    signed: Opened,
) -> None:
    content, drawn, without_effect = signed.path.read_bytes(), random.Random(1), 0
    for _ in range(EDITS):
        try:
            files = archive.unpacked(edited(content, drawn))
        except archive.NoArchiveError:
            continue
        without_effect += files == signed.files
        assert files == signed.files or is_found(
            Opened(signed.path, MappingProxyType(files), is_zip=True)
        )
    assert without_effect <= EDITS // 100


def test_each_single_byte_of_a_member_that_is_packed_again_is_found_or_says_the_same(
    signed: Opened,
) -> None:
    """A forger who knows the format mends every checksum; what is left is whitespace and an id."""
    drawn, names = random.Random(2), sorted(signed.files)
    for _ in range(EDITS):
        name = drawn.choice(names)
        files = {**signed.files, name: edited(signed.files[name], drawn)}
        other = Opened(signed.path, MappingProxyType(files), is_zip=True)
        assert is_found(other) or name == SIGNATURES, (name, files[name])


@pytest.mark.parametrize("seed", range(3))
def test_members_that_are_swapped_or_taken_away_are_found(seed: int, signed: Opened) -> None:
    drawn, names = random.Random(seed), sorted(signed.files)
    one, other = drawn.sample(names, 2)
    swapped = {**signed.files, one: signed.files[other], other: signed.files[one]}
    assert is_found(Opened(signed.path, MappingProxyType(swapped), is_zip=True))
    for name in set(names) - {*NEEDED_IN_ZIP}:
        less = {k: v for k, v in signed.files.items() if k != name}
        assert is_found(Opened(signed.path, MappingProxyType(less), is_zip=True)), name


def test_a_file_that_ends_early_is_found_wherever_it_ends(signed: Opened) -> None:
    content = signed.path.read_bytes()
    for end in range(0, len(content), max(1, len(content) // 200)):
        with pytest.raises(archive.NoArchiveError):
            archive.unpacked(content[:end])
