"""How a run speaks TLS: whom it trusts, and what it shows of itself.

The authorities are those of the system, or those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name in
their place, and those of `--ca` beside them.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.errors import UsageError
from conformance.http.reading import files
from conformance.target.settings import KEY_PASSWORD_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

# The authorities of a whole system have some 250 kB.
MOST_BYTES = 10 * files.MB


@dataclass(frozen=True)
class Tls:
    """The files and switches of TLS, as the settings name them."""

    ca: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    insecure: bool = False
    password: str | None = field(default=None, repr=False)

    def gateway(self) -> ssl.SSLContext:
        """Return what speaks TLS with the gateway."""
        return _context(self)

    def elsewhere(self) -> ssl.SSLContext:
        """Return what speaks TLS with any other server: it never shows the client's certificate."""
        return _context(Tls(ca=self.ca, insecure=self.insecure))

    def of_any_name(self) -> ssl.SSLContext:
        """Return what accepts the gateway's certificate under another name, to read its names."""
        return _context(self, names=False)


def build(values: Mapping[str, Any], environment: Mapping[str, str], *, https: bool) -> Tls:
    """Return how the run speaks TLS.

    Raises:
        UsageError: a file cannot be used; the message names its flag, and shows nothing of it.
    """
    found = Tls(
        ca=values["ca"],
        client_cert=values["client_cert"],
        client_key=values["client_key"],
        insecure=values["insecure"],
        password=environment.get(KEY_PASSWORD_VARIABLE) or None,
    )
    if found.client_key and not found.client_cert:
        raise UsageError(
            "--client-key: is of no use alone; name its certificate with --client-cert"
        )
    if https or found.ca or found.client_cert:
        found.gateway()
    return found


@lru_cache(maxsize=1)
def for_plain_http() -> ssl.SSLContext:
    """Return a context for plain connections: without it, httpx makes one for each of them."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@lru_cache(maxsize=16)
def _context(tls: Tls, *, names: bool = True) -> ssl.SSLContext:
    context = ssl.create_default_context()
    # Python 3.13 demands more of an authority's certificate than other clients: private ones fail.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    # A certificate that is named by --ca is trusted, an authority's own or not.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.set_alpn_protocols(["http/1.1"])
    if tls.ca:
        _trust(context, tls.ca)
    if tls.client_cert:
        _show(context, tls, tls.client_cert)
    if not names or tls.insecure:
        context.check_hostname = False
    if tls.insecure:
        context.verify_mode = ssl.CERT_NONE
    return context


def _trust(context: ssl.SSLContext, path: str) -> None:
    _readable(path, "--ca")
    try:
        context.load_verify_locations(cafile=path)
    except (ssl.SSLError, OSError, ValueError) as error:
        raise UsageError(
            f"--ca {path}: holds no certificate in PEM form (-----BEGIN CERTIFICATE-----); for a"
            " DER file: openssl x509 -inform der -in FILE -out FILE.pem"
        ) from error


def _show(context: ssl.SSLContext, tls: Tls, path: str) -> None:
    key = tls.client_key or path
    flag = "--client-key" if tls.client_key else "--client-cert"
    _readable(path, "--client-cert")
    _readable(key, flag)
    asked = False

    def password() -> str:
        nonlocal asked
        asked = True
        return tls.password or ""

    try:
        context.load_cert_chain(path, tls.client_key, password=password)
    except (ssl.SSLError, OSError, ValueError) as error:
        raise UsageError(_unusable(error, path, key, flag, tls, asked=asked)) from None


def _unusable(error: Exception, path: str, key: str, flag: str, tls: Tls, *, asked: bool) -> str:
    if asked and not tls.password:
        return f"{flag} {key}: is encrypted; put its password into {KEY_PASSWORD_VARIABLE}"
    if asked:
        return f"{flag} {key}: the password in {KEY_PASSWORD_VARIABLE} does not open it"
    if getattr(error, "reason", "") == "KEY_VALUES_MISMATCH":
        return f"{flag} {key}: is the key of another certificate than --client-cert {path}"
    text = files.content(Path(path), MOST_BYTES)
    if b"-----BEGIN CERTIFICATE" not in text and b"-----BEGIN TRUSTED" not in text:
        return f"--client-cert {path}: holds no certificate in PEM form"
    if b"PRIVATE KEY-----" not in files.content(Path(key), MOST_BYTES):
        more = "" if tls.client_key else "; name the file that does with --client-key"
        return f"{flag} {key}: holds no private key in PEM form{more}"
    return f"{flag} {key}: the certificate or its key cannot be read: {error}"


def _readable(path: str, flag: str) -> None:
    try:
        files.content(Path(path), MOST_BYTES)
    except files.UnreadableError as error:
        raise UsageError(
            f"{flag} {path}: cannot be read: {error}; name a file in PEM form"
        ) from error
