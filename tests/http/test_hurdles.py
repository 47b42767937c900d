"""Each error of a handshake is one hurdle, and each hurdle is found again by its sentence."""

from __future__ import annotations

import ssl
from itertools import permutations

import pytest

from conformance.http import hurdles
from conformance.http.hurdles import HURDLES, Hurdle, hurdle_in, of_alert, of_handshake


def error(reason: str) -> ssl.SSLError:
    found = ssl.SSLError(1, f"[SSL: {reason}] something (_ssl.c:1000)")
    found.reason = reason
    return found


def unverified(code: int) -> ssl.SSLCertVerificationError:
    found = ssl.SSLCertVerificationError(1, "certificate verify failed")
    found.verify_code, found.verify_message = code, "so it is."
    return found


def wrapped(inner: BaseException) -> Exception:
    """As an HTTP client hands it on."""
    outer = ConnectionError("cannot connect")
    outer.__cause__ = inner
    return outer


@pytest.mark.parametrize("hurdle", HURDLES, ids=lambda h: h.said)
def test_a_hurdle_is_found_by_its_sentence(hurdle: Hurdle) -> None:
    assert hurdle_in(f"{hurdle.said} (a detail)") is hurdle
    assert hurdle_in(f"no answer: {hurdle.said}") is None


def test_no_sentence_is_the_start_of_another() -> None:
    assert not [(a, b) for a, b in permutations(HURDLES, 2) if a.said.startswith(b.said)]


@pytest.mark.parametrize(
    ("raised", "shown", "hurdle"),
    [
        (unverified(18), False, hurdles.UNTRUSTED),
        (unverified(19), False, hurdles.UNTRUSTED),
        (unverified(20), False, hurdles.UNTRUSTED),
        (unverified(10), False, hurdles.EXPIRED),
        (unverified(9), False, hurdles.NOT_YET),
        (unverified(62), False, hurdles.OTHER_NAME),
        (unverified(64), False, hurdles.OTHER_NAME),
        (error("WRONG_VERSION_NUMBER"), False, hurdles.PLAIN_HTTP),
        (error("HTTP_REQUEST"), False, hurdles.PLAIN_HTTP),
        (error("record layer failure"), False, hurdles.PLAIN_HTTP),
        (error("TLSV1_ALERT_PROTOCOL_VERSION"), False, hurdles.NOTHING_SHARED),
        (error("UNSUPPORTED_PROTOCOL"), False, hurdles.NOTHING_SHARED),
        (error("TLSV1_ALERT_INSUFFICIENT_SECURITY"), False, hurdles.NOTHING_SHARED),
        (error("DH_KEY_TOO_SMALL"), False, hurdles.NOTHING_SHARED),
        (error("SSLV3_ALERT_HANDSHAKE_FAILURE"), False, hurdles.REFUSED),
        (error("TLSV1_UNRECOGNIZED_NAME"), False, hurdles.UNKNOWN_NAME),
        (error("TLSV13_ALERT_CERTIFICATE_REQUIRED"), False, hurdles.WANTS_CLIENT),
        (error("SSLV3_ALERT_BAD_CERTIFICATE"), False, hurdles.WANTS_CLIENT),
        (error("SSLV3_ALERT_BAD_CERTIFICATE"), True, hurdles.REFUSES_CLIENT),
        (error("TLSV1_ALERT_UNKNOWN_CA"), True, hurdles.REFUSES_CLIENT),
        (ssl.SSLEOFError(8, "EOF occurred"), False, hurdles.CLOSED),
        (ConnectionResetError("reset"), False, hurdles.CLOSED),
    ],
)
def test_an_error_of_the_handshake_is_one_hurdle(
    raised: BaseException,
    shown: bool,  # noqa: FBT001 - a column of the table
    hurdle: Hurdle,
) -> None:
    found = of_handshake(wrapped(raised), shown=shown)
    assert found is not None
    assert found[0] is hurdle


def test_a_port_without_a_listener_is_no_hurdle_of_tls() -> None:
    assert of_handshake(wrapped(ConnectionRefusedError("refused")), shown=False) is None


def test_an_alert_about_the_clients_certificate_is_told_from_other_ends() -> None:
    found = of_alert(wrapped(error("TLSV13_ALERT_CERTIFICATE_REQUIRED")), shown=False)
    assert found == (hurdles.WANTS_CLIENT, "TLSV13_ALERT_CERTIFICATE_REQUIRED")
    assert of_alert(wrapped(error("DECRYPTION_FAILED_OR_BAD_RECORD_MAC")), shown=False) is None
    assert of_alert(wrapped(ConnectionResetError("reset")), shown=False) is None
