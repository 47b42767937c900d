"""The other ways to write a secret, and its digests."""

from __future__ import annotations

import base64
import hashlib

from conformance.http.derived import digests, rewritten
from conformance.http.redaction import Redactor

KEY = "sk-provider-0123456789"


def test_each_way_to_write_a_secret_is_found() -> None:
    clean = Redactor.of(("key", form) for form in rewritten(KEY))
    written = (
        base64.b64encode(KEY.encode()),
        base64.b64encode(f"Bearer {KEY}".encode()),
        KEY.encode().hex().encode(),
        KEY.encode().hex().upper().encode(),
        KEY[::-1].encode(),
    )
    for form in written:
        assert form not in clean.clean(b"the key " + form)
    assert KEY not in rewritten(KEY)


def test_each_digest_is_found_and_a_short_part_of_one_is_not() -> None:
    clean = Redactor.of(("key", form) for form in digests(KEY))
    for name in ("md5", "sha1", "sha256", "sha512"):
        whole = hashlib.new(name, KEY.encode()).hexdigest()
        assert whole not in clean.clean_text(f"key {whole}")
        assert whole[:8] in clean.clean_text(f"key {whole[:8]}…")
