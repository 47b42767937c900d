"""Envelopes of DSSE: the vectors that its specification publishes, and what is none."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from conformance.bundle import envelope
from conformance.bundle.envelope import Envelope, EnvelopeError, Signature, to_sign
from conformance.bundle.keys import PrivateKey
from tests.bundle import ed25519

# secure-systems-lab/dsse, protocol.md and testvectors/vectors.json: the keys are those of RFC 8032 §7.1.
SEEDS = {
    "A": "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "B": "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
}
IN_TOTO = "application/vnd.in-toto+json"
STATEMENT = b'{"_type":"https://in-toto.io/Statement/v1"}'
VECTORS = [
    ("http://example.com/HelloWorld", b"hello world", b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"),
    (IN_TOTO, STATEMENT, b"DSSEv1 28 application/vnd.in-toto+json 43 " + STATEMENT),
    (IN_TOTO, b"", b"DSSEv1 28 application/vnd.in-toto+json 0 "),
    ("", STATEMENT, b"DSSEv1 0  43 " + STATEMENT),
    (IN_TOTO, b"\xfb\xff\xbf>?", b"DSSEv1 28 application/vnd.in-toto+json 5 \xfb\xff\xbf>?"),
    ("application/vnd.exämple+json", STATEMENT, "DSSEv1 29 application/vnd.exämple+json 43 ".encode() + STATEMENT),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "payload", "encoded"), VECTORS)
def test_what_is_signed_is_what_the_specification_says(
    kind: str, payload: bytes, encoded: bytes
) -> None:
    assert to_sign(kind, payload) == encoded


@pytest.mark.parametrize("name", SEEDS)
def test_a_signature_verifies_in_another_implementation(name: str) -> None:
    own = PrivateKey(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(SEEDS[name])))
    public = own.public().der[-32:]
    signature = own.sign(to_sign(IN_TOTO, STATEMENT))
    assert ed25519.verifies(public, to_sign(IN_TOTO, STATEMENT), signature)
    assert own.public().verifies(signature, to_sign(IN_TOTO, STATEMENT))
    assert not ed25519.verifies(public, to_sign("other", STATEMENT), signature)
    assert not own.public().verifies(signature, to_sign("other", STATEMENT))
    written = envelope.written(Envelope(IN_TOTO, STATEMENT, (Signature("", signature),)))
    assert ed25519.payload_that(public, written) == STATEMENT


def test_the_published_signature_of_key_a_is_the_one_that_is_made() -> None:
    published = (
        "2WAfaHm5jluo0w+0rk8uVkluELJYWjSmU9x7EUzx+AyteDGJ4/nqyJXfmAUVFIAoQafWm7AxBZNw5M9ixNHiCA=="
    )
    own = PrivateKey(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(SEEDS["A"])))
    signature = own.sign(to_sign(IN_TOTO, STATEMENT))
    assert base64.b64encode(signature).decode() == published


def test_what_is_written_is_read_back() -> None:
    made = Envelope(IN_TOTO, STATEMENT, (Signature("a", b"1"), Signature("", b"\xfb\xff")))
    assert envelope.read(envelope.written(made)) == made


def test_both_alphabets_of_base64_are_read_and_unknown_fields_are_left_alone() -> None:
    document = {
        "payload": "-_-_Pj8=",
        "payloadType": "t",
        "more": 1,
        "signatures": [{"sig": "-_8="}],
    }
    found = envelope.read(json.dumps(document).encode())
    assert found == Envelope("t", b"\xfb\xff\xbf>?", (Signature("", b"\xfb\xff"),))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[]", "is no object"),
        (b'{"payload": 1}', "payload is no text"),
        (b'{"payload": ""}', "payloadType is no text"),
        (b'{"payload": "", "payloadType": "t"}', "signatures is no list"),
        (b'{"payload": "", "payloadType": "t", "signatures": []}', "signatures is no list"),
        (b'{"payload": "", "payloadType": "t", "signatures": [1]}', "is no object"),
        (b'{"payload": "", "payloadType": "t", "signatures": [{}]}', "sig is no text"),
        (b'{"payload": "?", "payloadType": "t", "signatures": [{"sig": ""}]}', "no base64"),
        (b'{"payload": "YQ", "payloadType": "t", "signatures": [{"sig": ""}]}', "no base64"),
    ],
)
def test_what_is_no_envelope_is_said(content: bytes, says: str) -> None:
    with pytest.raises(EnvelopeError, match=says):
        envelope.read(content)


def test_an_envelope_with_a_great_many_signatures_is_refused() -> None:
    made = Envelope("t", b"", (Signature("", b""),) * 101)
    with pytest.raises(EnvelopeError, match="1 to 100"):
        envelope.read(envelope.written(made))
