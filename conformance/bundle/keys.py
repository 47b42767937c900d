"""Ed25519 keys in files: a private one to sign with (PKCS #8), public ones to verify with (SPKI).

Nothing of a private key is in any message. `cryptography` is imported only where a key is used.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.errors import UsageError, WriteError
from conformance.http.reading import files

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

MOST_BYTES = 20_000
MAKE_ONE = "make one with `conformance keygen`"


@dataclass(frozen=True)
class PublicKey:
    """A key that signatures are verified with: `name` is what a reader knows it by."""

    name: str
    der: bytes

    @property
    def keyid(self) -> str:
        """The SHA-256 of its SubjectPublicKeyInfo, in hexadecimal."""
        return hashlib.sha256(self.der).hexdigest()

    def verifies(self, signature: bytes, content: bytes) -> bool:
        """Return whether this key's owner signed these bytes."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - its import takes long
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - its import takes long

        key: Any = serialization.load_der_public_key(self.der)
        try:
            key.verify(signature, content)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class PrivateKey:
    """A key to sign with; its text shows nothing of it."""

    _key: Ed25519PrivateKey = field(repr=False)

    def sign(self, content: bytes) -> bytes:
        """Return the signature of these bytes; equal bytes have an equal one (RFC 8032)."""
        return self._key.sign(content)

    def public(self, name: str = "") -> PublicKey:
        """Return the key that verifies what this one signs."""
        return PublicKey(name, _spki(self._key.public_key()))


def generated() -> PrivateKey:
    """Return a new key."""
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - its import takes long

    return PrivateKey(ed25519.Ed25519PrivateKey.generate())


def private_pem(key: PrivateKey, password: str | None = None) -> bytes:
    """Return a private key as its file holds it, encrypted if there is a password."""
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415 - its import takes long

    closed: form.KeySerializationEncryption = form.NoEncryption()
    if password:
        closed = form.BestAvailableEncryption(password.encode())
    return key._key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, closed)  # noqa: SLF001 - the one door to it


def public_pem(key: PublicKey) -> bytes:
    """Return a public key as its file holds it."""
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415 - its import takes long

    known = form.load_der_public_key(key.der)
    return known.public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)


def demand_none(path: Path) -> None:
    """Refuse to make a key where a file is.

    Raises:
        UsageError: there is one.
    """
    if os.path.lexists(path):
        raise UsageError(f"{path}: is there already; a key is never overwritten")


def save_new(path: Path, content: bytes, mode: int) -> None:
    """Write a file that is not there yet; nobody but its owner can read what is not for all.

    Raises:
        UsageError: there is such a file: a key is never overwritten.
        WriteError: it cannot be written.
    """
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        demand_none(path)
        raise
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise UsageError(
            f"{path}: cannot be written: {getattr(error, 'strerror', error)}; name another file"
        ) from None
    try:
        with open(number, "wb") as file:  # noqa: PTH123 - it is open already
            file.write(content)
    except OSError as error:
        with contextlib.suppress(OSError):
            path.unlink()
        raise WriteError(f"{path} cannot be written: {error.strerror}") from None


def read_private(content: bytes, origin: str, password: str | None) -> PrivateKey:
    """Return the private key of a PEM text; `origin` is what errors call it.

    Raises:
        UsageError: it is none, of another kind, or its password is missing or another one.
    """
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - its import takes long
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - its import takes long
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - its import takes long

    if b"PRIVATE KEY-----" not in content:
        raise UsageError(f"{origin}: holds no private key in PEM form; {MAKE_ONE}")
    is_closed = b"ENCRYPTED" in content
    if is_closed and not password:
        raise UsageError(
            f"{origin}: is encrypted; name the variable of its password: --password-env"
        )
    try:
        key = serialization.load_pem_private_key(
            content, password.encode() if password and is_closed else None
        )
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # Nothing of the error is repeated: it may quote what it read.
        why = "the password does not open it" if is_closed else "the key cannot be read"
        raise UsageError(f"{origin}: {why}; {MAKE_ONE}") from None
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise UsageError(f"{origin}: is a key of another kind than Ed25519; {MAKE_ONE}")
    return PrivateKey(key)


def read_public(path: Path) -> PublicKey:
    """Return the public key of a file.

    Raises:
        UsageError: the file cannot be read, or holds no public key of Ed25519.
    """
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - its import takes long
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - its import takes long
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - its import takes long

    content = content_of(path, str(path))
    if b"PRIVATE KEY-----" in content:
        raise UsageError(f"{path}: is a private key; name the public one beside it ({path}.pub)")
    try:
        key = serialization.load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm):
        raise UsageError(f"{path}: holds no public key in PEM form; {MAKE_ONE}") from None
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise UsageError(f"{path}: is a key of another kind than Ed25519; {MAKE_ONE}")
    return PublicKey(str(path), _spki(key))


def content_of(path: Path, origin: str) -> bytes:
    """Return what a file of a key holds; `origin` is what errors call it.

    Raises:
        UsageError: it cannot be read, or is too large for a key.
    """
    try:
        return files.content(path, MOST_BYTES)
    except files.UnreadableError as error:
        raise UsageError(f"{origin}: cannot be read: {error}; name a file in PEM form") from error


def _spki(key: Any) -> bytes:
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415 - its import takes long

    found: bytes = key.public_bytes(form.Encoding.DER, form.PublicFormat.SubjectPublicKeyInfo)
    return found
