"""What can stand between a client and a server before any HTTP: each with its sentence and advice.

The sender writes a hurdle's sentence at the start of a failure's text (`text_of`), and the
diagnosis finds the hurdle by it (`hurdle_in`). A request that met one never left.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CERTIFICATE, ADDRESS, PROXY = "the gateway's certificate", "the address", "the proxy"
CLIENT = "the client's certificate"


@dataclass(frozen=True)
class Hurdle:
    """One way in which no connection comes about: what is so, whose problem, what to do."""

    said: str
    whose: str
    what_to_do: str


UNTRUSTED = Hurdle(
    "the certificate is signed by nobody whom this machine trusts",
    CERTIFICATE,
    "Name the authority that signed it, or a self-signed certificate itself, with --ca FILE"
    " (SSL_CERT_FILE works too). If it need not be verified, use --insecure.",
)
EXPIRED = Hurdle(
    "the certificate has expired",
    CERTIFICATE,
    "Renew the certificate, and check the clock of this machine. To judge the gateway all the same,"
    " use --insecure.",
)
NOT_YET = Hurdle(
    "the certificate is not valid yet",
    CERTIFICATE,
    "Check the clock of this machine, and the day from which the certificate is valid. To judge the"
    " gateway all the same, use --insecure.",
)
OTHER_NAME = Hurdle(
    "the certificate is for another host name",
    CERTIFICATE,
    "Use a name that the certificate has in the URL, or a certificate that has the name of the URL."
    " To judge the gateway all the same, use --insecure.",
)
WANTS_CLIENT = Hurdle(
    "the server wants a certificate of the client",
    CLIENT,
    "Give one with --client-cert FILE, and its key with --client-key FILE.",
)
REFUSES_CLIENT = Hurdle(
    "the server does not accept the client's certificate",
    CLIENT,
    "Check --client-cert: who signed it, until when it is valid, and what the server's log says.",
)
PLAIN_HTTP = Hurdle(
    "the port answers without TLS, it seems to speak plain http",
    ADDRESS,
    "Check scheme and port: write http:// in the URL, or name the port for https.",
)
SPEAKS_TLS = Hurdle(
    "the port speaks TLS, and the URL says plain http",
    ADDRESS,
    "Write https:// in the URL, or name the port for plain http.",
)
NOTHING_SHARED = Hurdle(
    "the server and this machine share no version or cipher of TLS",
    "the gateway's TLS, or that of this machine",
    "Let the server offer TLS 1.2 or 1.3 with usual ciphers and keys (RFC 9325).",
)
REFUSED = Hurdle(
    "the server ends the TLS handshake without saying why",
    "the gateway's TLS",
    "It may want a client's certificate (--client-cert FILE), share no cipher with this machine, or"
    " not know the host name. Look at the server's log.",
)
UNKNOWN_NAME = Hurdle(
    "the server does not know the host name that TLS asks for",
    ADDRESS,
    "Check the host of the URL: the server has certificates for other names only.",
)
CLOSED = Hurdle(
    "the server closes the connection during the TLS handshake",
    "the address, or the server at it",
    "Check scheme and port of the URL: a port for plain http may close like this, and so may a"
    " server that wants a client's certificate (--client-cert FILE). Look at the server's log.",
)
SLOW = Hurdle(
    "no connection comes about in time",
    "the address, or the server at it",
    "Check host and port of the URL, firewalls between, and whether the port speaks TLS at all.",
)
PROXY_WANTS_KEY = Hurdle(
    "the proxy wants a credential",
    PROXY,
    "Give it as --proxy http://USER:PASSWORD@HOST:PORT; CONFORMANCE_PROXY keeps it out of the"
    " command line.",
)
PROXY_REFUSES = Hurdle(
    "the proxy does not connect to the gateway",
    PROXY,
    "Check the host and port of the URL as the proxy sees them, and what the proxy allows.",
)
NO_PROXY = Hurdle(
    "the proxy cannot be reached",
    PROXY,
    "Check the host and port of --proxy, and that it is an HTTP proxy.",
)
HURDLES = (
    *(
        UNTRUSTED,
        EXPIRED,
        NOT_YET,
        OTHER_NAME,
        WANTS_CLIENT,
        REFUSES_CLIENT,
        PLAIN_HTTP,
        SPEAKS_TLS,
    ),
    *(
        NOTHING_SHARED,
        REFUSED,
        UNKNOWN_NAME,
        CLOSED,
        SLOW,
        PROXY_WANTS_KEY,
        PROXY_REFUSES,
        NO_PROXY,
    ),
)

# The codes of OpenSSL's x509_vfy.h.
VERIFY_CODES = {9: NOT_YET, 10: EXPIRED, 62: OTHER_NAME, 64: OTHER_NAME}
CLIENT_ALERTS = (
    *("CERTIFICATE_REQUIRED", "BAD_CERTIFICATE", "UNSUPPORTED_CERTIFICATE", "CERTIFICATE_REVOKED"),
    *("CERTIFICATE_EXPIRED", "CERTIFICATE_UNKNOWN", "UNKNOWN_CA", "ACCESS_DENIED"),
)
NO_TLS = (
    *("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG"),
    *("RECORD_LAYER_FAILURE", "RECORD LAYER FAILURE"),
)
SHARED = (
    *("PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL", "NO_PROTOCOLS_AVAILABLE", "NO_SHARED_CIPHER"),
    *("INSUFFICIENT_SECURITY", "KEY_TOO_SMALL", "NO_CIPHERS_AVAILABLE", "LEGACY_SIGALG"),
    *("NO_SUITABLE_SIGNATURE_ALGORITHM", "WRONG_SIGNATURE_TYPE", "LEGACY_RENEGOTIATION"),
)
# What anyio and asyncio raise where the other side closes in the middle of a handshake.
ENDS = frozenset({"EndOfStream", "BrokenResourceError", "SSLEOFError", "SSLZeroReturnError"})
ENDS |= {"ConnectionResetError", "ConnectionAbortedError", "BrokenPipeError"}
# Steps of a handshake that goes on: they say nothing about how it ended.
STEPS = (ssl.SSLWantReadError, ssl.SSLWantWriteError)


def hurdle_in(text: str) -> Hurdle | None:
    """Return the hurdle that a failure's text names at its start."""
    return next((h for h in HURDLES if text.startswith(h.said)), None)


def of_handshake(error: BaseException, *, shown: bool) -> tuple[Hurdle, str] | None:
    """Return the hurdle behind an error of the handshake and its detail, or None for another error.

    Args:
        error: what the handshake, or opening the connection, raised.
        shown: whether the client has a certificate to show.
    """
    for one in chain(error):
        if isinstance(one, STEPS):
            continue
        if isinstance(one, ssl.SSLCertVerificationError):
            found = VERIFY_CODES.get(one.verify_code, UNTRUSTED)
            return found, one.verify_message.rstrip(".")
        if isinstance(one, ssl.SSLError) and type(one).__name__ not in ENDS:
            return _of_reason(one, shown=shown), _reason(one)
    if any(type(one).__name__ in ENDS for one in chain(error)):
        return CLOSED, ""
    return None


def of_alert(error: BaseException, *, shown: bool) -> tuple[Hurdle, str] | None:
    """Return the hurdle of an alert about the client's certificate, or None.

    With TLS 1.3 the client hears of it only after its own part of the handshake, when it reads.
    """
    for one in chain(error):
        if isinstance(one, ssl.SSLError) and any(a in _reason(one) for a in CLIENT_ALERTS):
            return (REFUSES_CLIENT if shown else WANTS_CLIENT), _reason(one)
    return None


def _of_reason(error: ssl.SSLError, *, shown: bool) -> Hurdle:
    reason = _reason(error)
    if "ALERT" in reason and any(a in reason for a in CLIENT_ALERTS):
        return REFUSES_CLIENT if shown else WANTS_CLIENT
    if "UNRECOGNIZED_NAME" in reason:
        return UNKNOWN_NAME
    if any(r in reason for r in NO_TLS):
        return PLAIN_HTTP
    if any(r in reason for r in SHARED):
        return NOTHING_SHARED
    return REFUSED


def _reason(error: ssl.SSLError) -> str:
    return (error.reason or str(error)).upper()


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and those that led to it."""
    seen = set[int]()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
