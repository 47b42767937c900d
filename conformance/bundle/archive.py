"""Packs files into a zip, always in the same way, and reads back nothing that is packed otherwise.

Equal files make equal bytes wherever zlib compresses alike. What is read back has the one form that
is written: names in their order, a fixed time and fixed permissions, no comment, no extra field, no
byte between two files. So two programs that unpack it cannot see two different things, and a change
of any byte is an error or changes nothing that is read.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from conformance.bundle.layout import MOST_FILES, MOST_OF_ALL, MOST_OF_ONE, is_member
from conformance.http.reading.files import MB
from conformance.http.reading.short import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

# APPNOTE.TXT of the zip format, 4.3.7, 4.3.12 and 4.3.16.
LOCAL = struct.Struct("<4s5H3I2H")
CENTRAL = struct.Struct("<4s6H3I5H2I")
END = struct.Struct("<4s4H2IH")
BEGINNING, ENDING = b"PK\x03\x04", b"PK\x05\x06"
VERSION, MADE_BY = 20, 3 << 8 | 20
DEFLATED, LEVEL, WINDOW = 8, 6, -15
# 1980-01-01, 00:00, the first moment that a zip can hold.
DATE, TIME = 0x21, 0
PERMISSIONS = 0o100644 << 16


class NoArchiveError(ValueError):
    """Bytes that are no zip as `packed` writes it; the text is why."""


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of these files.

    Raises:
        NoArchiveError: they are too many or too large.
    """
    _demand_size({name: len(content) for name, content in files.items()})
    pieces, central, at = list[bytes](), list[bytes](), 0
    for name in sorted(files):
        content = files[name]
        deflating = zlib.compressobj(LEVEL, zlib.DEFLATED, WINDOW)
        deflated = deflating.compress(content) + deflating.flush()
        sizes = (zlib.crc32(content), len(deflated), len(content))
        pieces += [_local(name, *sizes), deflated]
        central.append(_central(name, *sizes, at))
        at += len(pieces[-2]) + len(deflated)
    whole = b"".join(central)
    return b"".join((*pieces, whole, _end(len(files), len(whole), at)))


def unpacked(content: bytes) -> dict[str, bytes]:
    """Return the files of a zip by their names.

    Raises:
        NoArchiveError: it is not packed as `packed` does it, or too large.
    """
    if not content.startswith(BEGINNING) or len(content) < END.size:
        raise NoArchiveError("it is no zip")
    mark, _, _, _, count, length, start, _ = END.unpack(content[-END.size :])
    if mark != ENDING:
        raise NoArchiveError("its end is not that of a zip of this suite, or something follows it")
    whole = content[start : start + length]
    if count > MOST_FILES:
        raise NoArchiveError(f"it holds more than {MOST_FILES} files")
    if content[start:] != whole + _end(count, length, start) or len(whole) != length:
        raise NoArchiveError("its end is not that of a zip of this suite, or something follows it")
    rows = _rows(whole, count)
    _demand_size({name: size for name, _, _, size in rows})
    found, at = dict[str, bytes](), 0
    for name, *sizes in rows:
        begin = at + len(_local(name, *sizes))
        # What a reader of the beginning sees of a file is what a reader of the end sees.
        if content[at:begin] != _local(name, *sizes):
            raise NoArchiveError(f"the head of {name} is another one than its end says")
        at = begin + sizes[1]
        found[name] = _inflated(name, content[begin : min(at, start)], *sizes)
    if at != start:
        raise NoArchiveError("there are bytes between its files")
    return found


def _rows(central: bytes, count: int) -> list[tuple[str, int, int, int]]:
    """Return name, checksum, packed size and size of each file, as the directory says."""
    rows, at, place = list[tuple[str, int, int, int]](), 0, 0
    for _ in range(count):
        try:
            fields = CENTRAL.unpack_from(central, at)
            name = central[at + CENTRAL.size : at + CENTRAL.size + fields[10]].decode("ascii")
        except (struct.error, UnicodeDecodeError) as error:
            raise NoArchiveError("its directory cannot be read") from error
        if not is_member(name):
            raise NoArchiveError(f"it holds {shown(name)}, which is no file of a bundle")
        if rows and name <= rows[-1][0]:
            raise NoArchiveError(f"{name} is there twice, or not in its place")
        checksum, packed_size, size = fields[7:10]
        expected = _central(name, checksum, packed_size, size, place)
        if central[at : at + len(expected)] != expected:
            raise NoArchiveError(f"its directory says of {name} what this suite does not write")
        rows.append((name, checksum, packed_size, size))
        at += len(expected)
        place += LOCAL.size + len(name) + packed_size
    if at != len(central):
        raise NoArchiveError("its directory holds more than its files")
    return rows


def _inflated(name: str, deflated: bytes, checksum: int, packed_size: int, size: int) -> bytes:
    inflating = zlib.decompressobj(WINDOW)
    try:
        # One byte more than it may have: a bomb is never unpacked.
        found = inflating.decompress(deflated, size + 1)
    except zlib.error as error:
        raise NoArchiveError(f"{name} cannot be unpacked ({error})") from error
    if len(deflated) != packed_size or not inflating.eof or inflating.unused_data:
        raise NoArchiveError(f"{name} ends elsewhere than the directory says")
    if len(found) != size or zlib.crc32(found) != checksum:
        raise NoArchiveError(f"{name} is not what was packed: its checksum differs")
    return found


def _local(name: str, checksum: int, packed_size: int, size: int) -> bytes:
    head = (BEGINNING, VERSION, 0, DEFLATED, TIME, DATE, checksum, packed_size, size, len(name), 0)
    return LOCAL.pack(*head) + name.encode("ascii")


def _central(name: str, checksum: int, packed_size: int, size: int, at: int) -> bytes:
    head = (b"PK\x01\x02", MADE_BY, VERSION, 0, DEFLATED, TIME, DATE, checksum, packed_size, size)
    rest = (len(name), 0, 0, 0, 0, PERMISSIONS, at)
    return CENTRAL.pack(*head, *rest) + name.encode("ascii")


def _end(count: int, length: int, start: int) -> bytes:
    return END.pack(ENDING, 0, 0, count, count, length, start, 0)


def _demand_size(sizes: Mapping[str, int]) -> None:
    if len(sizes) > MOST_FILES:
        raise NoArchiveError(f"it holds more than {MOST_FILES} files")
    for name, size in sizes.items():
        if size > MOST_OF_ONE:
            raise NoArchiveError(f"{name} has more than {MOST_OF_ONE // MB} MB")
    if sum(sizes.values()) > MOST_OF_ALL:
        raise NoArchiveError(f"its files have more than {MOST_OF_ALL // MB} MB together")
