"""Files of keys: what is read and written, and that nothing of a private key is ever said."""

from __future__ import annotations

import hashlib
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from conformance.bundle import keys
from conformance.errors import UsageError
from tests.bundle.making import key

if TYPE_CHECKING:
    from pathlib import Path

PEM, PKCS8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
OPEN = serialization.NoEncryption()
OTHER = ec.generate_private_key(ec.SECP256R1())


def private_pem(other: object) -> bytes:
    return other.private_bytes(PEM, PKCS8, OPEN)  # type: ignore[attr-defined, no-any-return] # any kind of key


def public_pem(other: object) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return other.public_key().public_bytes(PEM, form)  # type: ignore[attr-defined, no-any-return] # any kind of key


def test_a_private_key_is_read_back_with_its_password_and_without() -> None:
    for password in (None, "correct horse"):
        content = keys.private_pem(key(), password)
        assert (b"ENCRYPTED" in content) is bool(password)
        assert keys.read_private(content, "--key x", password).public() == key().public()
    plain = keys.private_pem(key())
    assert keys.read_private(plain, "--key x", "needless").public() == key().public()


def test_the_id_of_a_key_is_the_digest_of_what_openssl_writes_of_it(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_bytes(keys.private_pem(key()))
    command = ["openssl", "pkey", "-in", str(file), "-pubout", "-outform", "DER"]
    der = subprocess.run(command, capture_output=True, check=True).stdout
    assert key().public().keyid == hashlib.sha256(der).hexdigest()


def test_a_public_key_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "key.pub"
    file.write_bytes(keys.public_pem(key().public()))
    assert keys.read_public(file) == keys.PublicKey(str(file), key().public().der)


@pytest.mark.parametrize(
    ("content", "password", "says"),
    [
        (b"", None, "holds no private key in PEM form; make one with `conformance keygen`"),
        (keys.public_pem(key().public()), None, "holds no private key"),
        (keys.private_pem(key(), "secret"), None, "is encrypted; name the variable"),
        (keys.private_pem(key(), "secret"), "other", "the password does not open it"),
        (keys.private_pem(key())[:-50], None, "the key cannot be read"),
        (private_pem(OTHER), None, "of another kind than Ed25519"),
        (private_pem(rsa.generate_private_key(65537, 2048)), None, "of another kind"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_what_is_no_key_to_sign_with_is_named_and_not_shown(
    content: bytes, password: str | None, says: str
) -> None:
    with pytest.raises(UsageError) as raised:
        keys.read_private(content, "--key FILE", password)
    assert str(raised.value).startswith("--key FILE: ")
    assert says in str(raised.value)
    chained = repr((raised.value, raised.value.__cause__))
    assert not any(line and line in chained for line in content.decode().splitlines()[1:-1])
    assert "secret" not in chained


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "holds no public key in PEM form"),
        (keys.private_pem(key()), "is a private key; name the public one beside it"),
        (public_pem(OTHER), "of another kind than Ed25519"),
        (b"x" * 30_000, "cannot be read: it is larger"),
    ],
    ids=["empty", "private", "another kind", "large"],
)
def test_what_is_no_key_to_verify_with_is_named(content: bytes, says: str, tmp_path: Path) -> None:
    file = tmp_path / "key.pub"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=says):
        keys.read_public(file)


def test_a_key_is_for_its_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "key"
    keys.save_new(file, b"1", 0o600)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(UsageError, match="a key is never overwritten"):
        keys.save_new(file, b"2", 0o600)
    assert file.read_bytes() == b"1"
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="is there already"):
        keys.save_new(link, b"2", 0o600)
    with pytest.raises(UsageError, match="cannot be written: No such file"):
        keys.save_new(tmp_path / "none" / "key", b"2", 0o600)


def test_the_text_of_a_private_key_shows_nothing_of_it() -> None:
    assert repr(key()) == "PrivateKey()"
    assert isinstance(key()._key, ed25519.Ed25519PrivateKey)
