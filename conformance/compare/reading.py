"""Reads what is to be compared: a report folder, a `result.json`, or a bundle that holds one.

A bundle is a zip that somebody else may have made. Of it only the member `result.json` is read,
bounded, and nothing is unpacked.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from typing import TYPE_CHECKING

from conformance.errors import UsageError
from conformance.http.reading import files
from conformance.http.reading.short import shown
from conformance.result import consistency, storage

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.result.model import Result

MEMBER = "result.json"
MOST_OF_ZIP = 500 * files.MB
MOST_MEMBERS = 10_000
BEGINS = (b"PK\x03\x04", b"PK\x05\x06")
ENCRYPTED = 0x1
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def read(path: Path) -> Result:
    """Return the result that a report folder, a file or a bundle holds.

    Raises:
        UsageError: there is none that can be read, or its values do not fit each other.
    """
    try:
        if _is_zip(path):
            found = storage.from_json(_of_bundle(path), name=f"{MEMBER} in {path}")
        else:
            path = path / MEMBER if path.is_dir() else path
            found = storage.read(path)
        return consistency.demand(found, str(path))
    except storage.ResultError as error:
        raise UsageError(str(error)) from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # a name that no file can have
        raise UsageError(f"{path} cannot be read: {error}") from error


def _is_zip(path: Path) -> bool:
    """Return whether a file begins as a zip does; what is no file, or cannot be read, is none."""
    if not path.is_file():
        return False
    try:
        with files.opened(path, MOST_OF_ZIP) as file:
            return file.read(len(BEGINS[0])) in BEGINS
    except files.UnreadableError:
        return False


def _of_bundle(path: Path) -> str:
    try:
        with files.opened(path, MOST_OF_ZIP) as file, zipfile.ZipFile(file) as bundle:
            content = _content(bundle)
        return content.decode("utf-8-sig")
    except files.UnreadableError as error:
        raise storage.ResultError(
            f"{path} is no bundle: {error}. Name one that `conformance bundle` made."
        ) from error
    except UnicodeDecodeError as error:
        raise storage.ResultError(f"{MEMBER} in {path} is not UTF-8 text.") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        why = " ".join(str(error).split()) or "it is damaged"
        raise storage.ResultError(
            f"{path} is no bundle: {why}. Make it again, or fetch it again."
        ) from error


def _content(bundle: zipfile.ZipFile) -> bytes:
    members = bundle.infolist()
    if len(members) > MOST_MEMBERS:
        raise files.UnreadableError(f"it holds more than {MOST_MEMBERS:,} files")
    for member in members:
        if problem := _odd(member.orig_filename):
            raise files.UnreadableError(
                f"it holds a file named {shown(member.orig_filename)}, {problem}"
            )
    found = [member for member in members if member.filename == MEMBER]
    if len(found) != 1:
        raise files.UnreadableError(
            f"it holds {len(found) or 'no'} {MEMBER}{'s' * (len(found) > 1)}"
        )
    (member,) = found
    if member.flag_bits & ENCRYPTED:
        raise files.UnreadableError(f"its {MEMBER} is encrypted")
    if member.compress_type not in PACKED:
        raise files.UnreadableError(f"its {MEMBER} is packed in a way that bundles do not use")
    if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):  # 0: it does not say
        raise files.UnreadableError(f"its {MEMBER} is no file")
    # What a zip says of its sizes may be wrong, so that what comes out is counted.
    with bundle.open(member) as file:
        content = file.read(storage.MOST_BYTES + 1)
    if len(content) > storage.MOST_BYTES:
        raise files.UnreadableError(f"its {MEMBER}: {files.too_large(storage.MOST_BYTES)}")
    return content


def _odd(name: str) -> str:
    """Return what is wrong with the name of a member; "" for a name that a bundle may have."""
    if not name or not name.isprintable() or "\\" in name:
        return "which no bundle has"
    if name.startswith("/") or ":" in name or ".." in name.split("/"):
        return "which leads out of it"
    return ""
