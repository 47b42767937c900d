"""The zip of a bundle: always the same bytes, read by every program, and nothing else is read back."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest

from conformance.bundle import archive
from conformance.bundle.archive import NoArchiveError, packed, unpacked
from tests.bundle.making import FIXTURE

FILES = {
    "result.json": b"{}" * 500,
    FIXTURE: bytes(range(256)),
    "evidence.jsonl": b"",
    "contract/endpoint.txt": "ä".encode() * 99,
}


def test_what_is_packed_is_unpacked() -> None:
    assert unpacked(packed(FILES)) == FILES
    assert list(unpacked(packed(FILES))) == sorted(FILES)


def test_the_order_in_which_files_come_changes_no_byte() -> None:
    assert packed(FILES) == packed(dict(reversed(FILES.items())))


def test_another_program_reads_the_same() -> None:
    with zipfile.ZipFile(io.BytesIO(packed(FILES))) as found:
        assert found.testzip() is None
        assert {i.filename: found.read(i) for i in found.infolist()} == FILES
        assert {i.date_time for i in found.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {i.external_attr >> 16 for i in found.infolist()} == {0o100644}
        assert {i.create_system for i in found.infolist()} == {3}


def written_by_python(**how: object) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("result.json", b"{}")
        made.comment = how.get("comment", b"")  # type: ignore[assignment] # bytes, or nothing
    return content.getvalue()


def entry(name: str, content: bytes = b"x", *, size: int | None = None) -> bytes:
    """A zip of one file as the suite writes it, but for the name, or the size that it claims."""
    deflating = zlib.compressobj(6, zlib.DEFLATED, -15)
    deflated = deflating.compress(content) + deflating.flush()
    sizes = (zlib.crc32(content), len(deflated), len(content) if size is None else size)
    local, central = archive._local(name, *sizes), archive._central(name, *sizes, 0)
    end = archive._end(1, len(central), len(local + deflated))
    return local + deflated + central + end


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "it is no zip"),
        (b"no zip at all, but long enough to have an end", "no zip"),
        (b"junk" + packed(FILES), "it is no zip"),
        (packed(FILES) + b"junk", "end"),
        (written_by_python(), "what this suite does not write"),
        (written_by_python(comment=b"hello"), "end"),
        (entry("../etc/passwd"), "'../etc/passwd', which is no file of a bundle"),
        (entry("/result.json"), "no file of a bundle"),
        (entry("contract/../result.json"), "no file of a bundle"),
        (entry("disclosure.key"), "no file of a bundle"),
        (entry("fixtures/"), "no file of a bundle"),
        (entry("result.json", b"x", size=600_000_000), "more than 500 MB"),
        (entry("result.json", b"x" * 9_000_000, size=10), "ends elsewhere"),
        (entry("result.json", b"x", size=9), "not what was packed"),
    ],
)
def test_what_the_suite_does_not_write_is_not_read(content: bytes, says: str) -> None:
    with pytest.raises(NoArchiveError, match=says):
        unpacked(content)


def test_two_files_of_one_name_are_refused() -> None:
    one, row = packed({"result.json": b"1"}), packed({"result.json": b"2"})
    start = one.index(b"PK\x01\x02")
    both = one[:start] + row[:start]
    sizes = [(zlib.crc32(c), start - 30 - len("result.json"), 1) for c in (b"1", b"2")]
    rows = [
        archive._central("result.json", *s, at) for s, at in zip(sizes, (0, start), strict=True)
    ]
    whole = both + b"".join(rows) + archive._end(2, len(b"".join(rows)), len(both))
    with pytest.raises(NoArchiveError, match="there twice"):
        unpacked(whole)


@pytest.mark.parametrize("at", [4, 6, 8, 10, 12, 26, 28])
def test_a_head_that_says_something_else_than_the_directory_is_refused(at: int) -> None:
    content = bytearray(packed({"result.json": b"1"}))
    (before,) = struct.unpack_from("<H", content, at)
    struct.pack_into("<H", content, at, before ^ 1)
    with pytest.raises(NoArchiveError, match=r"the head of result\.json"):
        unpacked(bytes(content))


def test_what_is_too_large_or_too_many_is_not_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_OF_ALL", 3)
    with pytest.raises(NoArchiveError, match="together"):
        packed({"result.json": b"ab", "junit.xml": b"cd"})
    monkeypatch.setattr(archive, "MOST_FILES", 1)
    with pytest.raises(NoArchiveError, match="more than 1 files"):
        packed({"result.json": b"", "junit.xml": b""})
