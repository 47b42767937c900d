"""Each refusal repeats the credential that its request carried, each mode in another form."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING

from tests.hostile.values import Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.hostile.values import Act, Asked, Reply, World

    Form = Callable[[str], str]

PIECE = 5


def each(template: str) -> Form:
    """Each character by this template."""
    return lambda key: "".join(template.format(ord(c)) for c in key)


def one(template: str) -> Form:
    """One character in the middle by this template, and the others as they are."""

    def form(key: str) -> str:
        at = len(key) // 2
        return key[:at] + template.format(ord(key[at])) + key[at + 1 :]

    return form


def split(by: str, size: int = PIECE) -> Form:
    return lambda key: by.join(key[i : i + size] for i in range(0, len(key), size))


def coded(before: str = "") -> Form:
    return lambda key: base64.b64encode((before + key).encode()).decode()


def for_urls(key: str) -> str:
    return base64.urlsafe_b64encode(b"\xfb\xff\xbf" + key.encode()).decode().rstrip("=")


def digest(kind: str, before: str = "") -> Form:
    return lambda key: hashlib.new(kind, (before + key).encode()).hexdigest()


def digest_in_base64(key: str) -> str:
    return base64.b64encode(hashlib.sha256(key.encode()).digest()).decode()


def rotated(key: str) -> str:
    """JSON escapes with upper and lower case digits, every other character as it is."""
    return "".join(c if i % 2 else f"\\u00{ord(c):02X}" for i, c in enumerate(key))


def twice(form: Form) -> Form:
    """A text that is JSON itself, within a JSON string."""
    return lambda key: json.dumps(form(key))[1:-1]


# What stands in a JSON string: a backslash that a reader shall see is written as two.
FORMS: dict[str, tuple[str, Form]] = {
    "plain": ("as it is", lambda key: key),
    "json-escapes": ("with each character as a JSON escape", each("\\u{:04x}")),
    "one-json-escape": ("with a single character as a JSON escape", one("\\u{:04x}")),
    "every-other-json-escape": ("with every other character as a JSON escape", rotated),
    "json-in-json": ("in JSON escapes within a JSON string", twice(each("\\u{:04x}"))),
    "js-code-points": ("in the escapes of ECMAScript, \\u{73}", each("\\\\u{{{:x}}}")),
    "percent": ("in percent escapes", each("%{:02X}")),
    "one-percent-escape": ("with a single percent escape", one("%{:02x}")),
    "percent-twice": ("in percent escapes that are escaped again", each("%25{:02x}")),
    "decimal-entities": ("in decimal HTML entities", each("&#{};")),
    "hexadecimal-entities": ("in hexadecimal HTML entities", each("&#x{:X};")),
    "padded-entities": ("in HTML entities with zeros and no semicolon", each("&#00{}")),
    "one-entity": ("with a single HTML entity", one("&#x{:x};")),
    "backslash-x": ("in the escapes of C, \\x73", each("\\\\x{:02x}")),
    "upper-case": ("in upper case", str.upper),
    "lower-case": ("in lower case", str.lower),
    "swapped-case": ("with the case of each letter swapped", str.swapcase),
    "base64": ("in base64", coded()),
    "base64-behind-one": ("in base64 behind another character", coded(":")),
    "base64-behind-two": ("in base64 behind two other characters", coded("k:")),
    "base64-of-bearer": ("in base64 with its scheme", coded("Bearer ")),
    "base64-for-urls": ("in base64 for urls, without padding", for_urls),
    "base64-twice": ("in base64 of base64", lambda key: coded()(coded()(key))),
    "base64-of-escapes": ("in base64 of JSON escapes", lambda key: coded()(each("\\u{:04x}")(key))),
    "base64-in-lines": ("in base64 in lines", lambda key: split("\\n", 16)(coded()(key))),
    "hex": ("in hexadecimal digits", lambda key: key.encode().hex()),
    "hex-with-colons": ("as bytes with colons", lambda key: key.encode().hex(":").upper()),
    "hex-with-spaces": ("as bytes with spaces, as a dump", lambda key: key.encode().hex(" ")),
    "reversed": ("backwards", lambda key: key[::-1]),
    "split-by-line-ends": ("over several lines", split("\\r\\n")),
    "split-by-nuls": ("with NULs in it", split("\\u0000", 1)),
    "split-by-tabs": ("with tabs in it", split("\\t")),
    "split-by-no-width": ("with characters of no width in it", split("\u200b", 1)),
    "split-by-soft-hyphens": ("with soft hyphens in it", split("\\u00ad", 3)),
    "md5": ("as its MD5", digest("md5")),
    "sha1": ("as its SHA-1", digest("sha1")),
    "sha256": ("as its SHA-256", digest("sha256")),
    "sha512": ("as its SHA-512", digest("sha512")),
    "sha256-of-bearer": ("as the SHA-256 of the whole header", digest("sha256", "Bearer ")),
    "sha256-in-base64": ("as its SHA-256 in base64", digest_in_base64),
    "first-half": ("as its first half", lambda key: key[: (len(key) + 1) // 2]),
    "last-half": ("as its last half", lambda key: key[len(key) // 2 :]),
    "half-escaped": (
        "as half of it in JSON escapes",
        lambda k: each("\\u{:04x}")(k[len(k) // 2 :]),
    ),
    "half-in-base64": ("as the base64 of its first half", lambda k: coded()(k[: len(k) // 2 + 1])),
}
FAST = ("one-json-escape",)


def repeats(form: Form) -> Act:
    """Repeat the credential of a request in its refusal."""

    def act(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
        if not good.refuses or len(asked.credential) < 12:
            return [good.wire()]
        return [good.told(form(asked.credential).encode()).wire()]

    return act


MODES = [
    Mode(
        name,
        "leak",
        f"Each refusal repeats the credential, {how}.",
        repeats(form),
        fails=("AUTH-15",),
        fast=name in FAST,
        token=name in ("base64", "one-json-escape", "first-half"),
    )
    for name, (how, form) in FORMS.items()
]
