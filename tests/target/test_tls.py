"""The files of TLS: what is trusted and shown, and what is wrong with a file that is of no use."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from conformance.errors import UsageError
from conformance.target.settings import KEY_PASSWORD_VARIABLE
from tests import tls
from tests.serving import target_at

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.target.target import Target

URL = "https://gateway.example"
PASSWORD = "open-sesame-7f3a"


class Files:
    """A client's certificate and key, in the forms in which people have them."""

    def __init__(self, folder: Path) -> None:
        own = tls.authority(folder)
        leaf = own.issue("client@example.org")
        self.ca = str(own.file)
        self.cert, self.key, self.both, self.locked, self.der, self.none = (
            str(folder / name) for name in ("cert", "key", "both", "locked", "der", "none")
        )
        leaf.cert_chain_pems[0].write_to_path(self.cert)
        leaf.private_key_pem.write_to_path(self.key)
        leaf.private_key_and_cert_chain_pem.write_to_path(self.both)
        key = load_pem_private_key(leaf.private_key_pem.bytes(), None)
        (folder / "locked").write_bytes(
            key.private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSWORD.encode())
            )
        )
        (folder / "der").write_bytes(
            ssl.PEM_cert_to_DER_cert(leaf.cert_chain_pems[0].bytes().decode())
        )
        self.other = str(folder / "other")
        own.issue("other@example.org").private_key_pem.write_to_path(self.other)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(tmp_path_factory.mktemp("files"))


def built(password: str = "", **flags: str) -> Target:
    more = {KEY_PASSWORD_VARIABLE: password} if password else {}
    return target_at(URL, more, **flags)


def test_an_authority_is_trusted_beside_those_of_the_system(files: Files) -> None:
    usual, own = built().tls.gateway(), built(ca=files.ca).tls.gateway()
    assert own.cert_store_stats()["x509"] == usual.cert_store_stats()["x509"] + 1
    assert own.verify_mode is ssl.CERT_REQUIRED
    assert own.check_hostname


def test_ssl_cert_file_takes_the_place_of_the_systems_store(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", files.ca)
    monkeypatch.setenv("SSL_CERT_DIR", files.none)
    # Another file than in any other test, so that the context is made anew.
    context = built(ca=files.ca, client_cert=files.both).tls.gateway()
    assert context.cert_store_stats()["x509"] == 1


def test_a_key_may_stand_in_the_file_of_the_certificate(files: Files) -> None:
    assert built(client_cert=files.both).tls.client_cert == files.both


def test_an_encrypted_key_is_opened_with_the_password_of_the_environment(files: Files) -> None:
    target = built(PASSWORD, client_cert=files.cert, client_key=files.locked)
    assert PASSWORD not in repr(target)
    assert PASSWORD not in str(target.describe())


def test_a_client_certificate_is_shown_to_the_gateway_alone(files: Files) -> None:
    known = built(client_cert=files.both).tls
    assert known.elsewhere() is built().tls.elsewhere()
    assert known.gateway() is not known.elsewhere()


def test_insecure_verifies_nothing() -> None:
    known = target_at(URL, insecure=True)
    assert known.tls.gateway().verify_mode is ssl.CERT_NONE
    assert known.tls.elsewhere().verify_mode is ssl.CERT_NONE
    assert known.describe()["insecure"] is True


@pytest.mark.parametrize(
    ("given", "password", "said"),
    [
        ({"ca": "none"}, "", "--ca .*none: cannot be read: No such file"),
        ({"ca": "key"}, "", "--ca .*key: holds no certificate in PEM form"),
        ({"ca": "der"}, "", "openssl x509 -inform der"),
        ({"client_key": "key"}, "", "--client-key: is of no use alone"),
        ({"client_cert": "none"}, "", "--client-cert .*none: cannot be read"),
        ({"client_cert": "cert", "client_key": "none"}, "", "--client-key .*none: cannot be read"),
        ({"client_cert": "cert"}, "", "holds no private key .*--client-key"),
        ({"client_cert": "key"}, "", "--client-cert .*key: holds no certificate"),
        ({"client_cert": "der", "client_key": "key"}, "", "der: holds no certificate"),
        ({"client_cert": "cert", "client_key": "ca"}, "", "holds no private key in PEM form$"),
        ({"client_cert": "cert", "client_key": "other"}, "", "the key of another certificate"),
        (
            {"client_cert": "cert", "client_key": "locked"},
            "",
            f"password into {KEY_PASSWORD_VARIABLE}",
        ),
        ({"client_cert": "cert", "client_key": "locked"}, "wrong", "does not open it"),
    ],
)
def test_a_file_that_is_of_no_use_is_named_with_its_flag(
    given: dict[str, str], password: str, said: str, files: Files
) -> None:
    with pytest.raises(UsageError, match=said) as raised:
        built(password, **{flag: getattr(files, name) for flag, name in given.items()})
    assert "PRIVATE" not in str(raised.value)
