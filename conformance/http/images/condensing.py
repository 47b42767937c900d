"""Takes large pictures out of an answer's body, and leaves a mark with the facts of each in its place.

An honest run has some eighty pictures of 1.5 to 3 MB of base64, and no check reads their bytes: they ask
whether it is base64, what it decodes to, how large the picture is, and whether two are the same.
All that is found out once, as the answer arrives; then a body has a few hundred bytes, is still the
JSON that came with every key and every fault of its form, and nothing about it becomes untestable.

Only what is whole base64 (RFC 4648 §4) is taken out, and only where it stands as `b64_json` of a
success, also within JSON that is a text in JSON. All else stays as it is, and `http.bounds` decides
whether so much is kept.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.http.images import picture_headers
from conformance.http.images.looking import MAX_PIXELS, facts_of

if TYPE_CHECKING:
    from conformance.http.exchange import Fetched
    from conformance.http.facts import PictureFacts

# Shorter pictures stay in the body: they cost little, and a reader of the evidence can look at them.
SHORTEST, SHORTEST_FETCHED = 65_536, 16_384
# Ten pictures, of 4 million pixels each; what an answer has beyond that is measured from its header.
MOST_DECODED, MOST_PIXELS = 32, 3 * MAX_PIXELS
MOST_THUMBNAILS = 4
BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
# Some encoders write `/` as `\/` and `+` as `\u002b`. Possessive, so that no byte is read twice.
_LONG = re.compile(
    rb"(?<!\\)(\\{0,7}+\")b64_json\1[ \t\r\n]{0,9}:[ \t\r\n]{0,9}\1"
    rb"(?=[A-Za-z0-9+/=\\]{%d})((?:[A-Za-z0-9+/=]++|\\/|\\u00(?:2[BbFf]|3[Dd]))++)\1" % SHORTEST
)
_ESCAPES = (
    *((b"\\/", b"/"), (b"\\u002b", b"+"), (b"\\u002B", b"+")),
    *((b"\\u002f", b"/"), (b"\\u002F", b"/"), (b"\\u003d", b"="), (b"\\u003D", b"=")),
)
_MARK = "«picture of "


def mark_of(picture: PictureFacts) -> str:
    """Return what stands in a body for a picture: equal pictures have equal marks."""
    return f"{_MARK}{picture.size_bytes} bytes, sha256 {picture.sha256}»"


def condensed(body: bytes) -> tuple[bytes, tuple[PictureFacts, ...]]:
    """Return a body with marks in the place of its large pictures, and the facts of each picture."""
    # A body that holds such a mark already could have it taken for a picture.
    if len(body) < SHORTEST or _MARK.encode() in body:
        return body, ()
    pieces: list[bytes] = []
    found: list[PictureFacts] = []
    left, at = MOST_PIXELS, 0
    for match in _LONG.finditer(body):
        content = decode(_plain(match[2]))
        if content is None:
            continue
        told = picture_headers.read(content)
        left -= told.width * told.height if told else 0
        one = facts_of(
            content,
            decode=left >= 0 and len(found) < MOST_DECODED,
            thumbnail=len(found) < MOST_THUMBNAILS,
        )
        pieces += [body[at : match.start(2)], mark_of(one).encode()]
        found.append(one)
        at = match.end(2)
    return b"".join([*pieces, body[at:]]), tuple(found)


def without_body(fetched: Fetched) -> Fetched:
    """Return what a url served; of a large picture only the facts are kept."""
    if len(fetched.body) < SHORTEST_FETCHED:
        return fetched
    return replace(fetched, body=b"", kept=facts_of(fetched.body))


def decode(text: str) -> bytes | None:
    """Decode standard base64 (RFC 4648 §4), or return None, also for line breaks and `data:`."""
    if not BASE64.fullmatch(text):
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _plain(text: bytes) -> str:
    for escape, character in _ESCAPES if b"\\" in text else ():
        text = text.replace(escape, character)
    return text.decode("ascii")
