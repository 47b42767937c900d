"""The searcher finds a secret in every form that a reader could read back, and no other text."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import random
from urllib.parse import quote

import pytest

from .searching import Secret, found

KEY = "sk-bf-Ru7pQw2mZc94LtVxYb6NdE"
SECRET = Secret("the key", KEY)
B = KEY.encode()

FORMS = {
    "plain": B,
    "upper": B.upper(),
    "reversed": B[::-1],
    "half": b"..." + B[: -(-len(B) // 2)] + b"...",
    "later half": b"..." + B[len(B) // 2 :] + b"...",
    "json": "".join(f"\\u{ord(c):04x}" for c in KEY).encode(),
    "json in json": json.dumps("".join(f"\\u{ord(c):04x}" for c in KEY)).encode(),
    "one escaped": b"\\u0073" + B[1:],
    "percent": "".join(f"%{ord(c):02X}" for c in KEY).encode(),
    "percent twice": quote("".join(f"%{ord(c):02X}" for c in KEY)).encode(),
    "decimal entities": "".join(f"&#{ord(c)};" for c in KEY).encode(),
    "hexadecimal entities": "".join(f"&#x{ord(c):x};" for c in KEY).encode(),
    "entities in entities": "".join(f"&amp;#x{ord(c):x};" for c in KEY).encode(),
    "backslash x": "".join(f"\\x{ord(c):02x}" for c in KEY).encode(),
    "base64": base64.b64encode(B),
    "base64 of Bearer": base64.b64encode(b"Bearer " + B),
    "base64 at one": b"x" + base64.b64encode(B),
    "base64 behind one": base64.b64encode(b"?" + B),
    "base64 behind two": base64.b64encode(b"??" + B),
    "base64 for urls": base64.urlsafe_b64encode(b"\xfb\xff" + B).rstrip(b"="),
    "base64 twice": base64.b64encode(base64.b64encode(B)),
    "escapes in base64": base64.b64encode("".join(f"\\u{ord(c):04x}" for c in KEY).encode()),
    "hex": B.hex().encode(),
    "hex with colons": B.hex(":").upper().encode(),
    "line ends": b"\r\n".join(B[i : i + 3] for i in range(0, len(B), 3)),
    "escaped line ends": b"\\n".join(B[i : i + 3] for i in range(0, len(B), 3)),
    "NULs": b"\0".join(B[i : i + 1] for i in range(len(B))),
    "zero width": "\u200b".join(KEY).encode(),
    "escaped zero width": "\\u200b".join(KEY).encode(),
    "escaped soft hyphens": "\\u00ad".join(KEY).encode(),
    "code points": "".join(f"\\u{{{ord(c):x}}}" for c in KEY).encode(),
    "utf-16": KEY.encode("utf-16"),
    "gzip": gzip.compress(b"said: " + B),
    "gzip in base64": base64.b64encode(gzip.compress(b"said: " + B)),
    **{kind: hashlib.new(kind, B).hexdigest().encode() for kind in ("md5", "sha1", "sha512")},
    "sha256 in base64": base64.b64encode(hashlib.sha256(B).digest()),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_found_in_every_form(form: str) -> None:
    drawn = random.Random(form)
    around = bytes(drawn.choices(b"abcdef \n{}\"'", k=300))
    assert found([SECRET], around + b" " + FORMS[form] + b" " + around), form


def test_less_than_half_and_other_values_are_no_secret() -> None:
    drawn = random.Random("noise")
    noise = drawn.randbytes(300_000) + base64.b64encode(drawn.randbytes(300_000))
    less = B[: len(B) // 2 - 1]
    assert found([SECRET], noise + less + b" \\u0073k-bf- " + noise.hex().encode()) == []


def test_pieces_everywhere_are_no_secret_and_hide_none() -> None:
    less = (B[: len(B) // 2 - 2] + b"-") * 20_000
    assert found([SECRET], less) == []
    assert found([SECRET], less + B)
