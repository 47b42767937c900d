"""Makes the text of gateways safe to print: control characters are shown, and length is limited."""

from __future__ import annotations

import json
import re

from conformance.result.findings.saying import without_blobs

INDENT = "  "
DEEPEST = 40
LONGEST_STRING = 160
# So many characters are read for each that one line shows: what was left out is in long texts.
MOST_READ = 4

# Control characters, what turns or hides text, lone surrogates and the two non-characters that
# XML forbids. Tab and line feed stay as they are.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\ufffe\uffff\U000e0000-\U000e007f]"
)
# GitHub takes any white space off a line before it looks for a command, also that of other scripts.
_COMMAND_LINE = re.compile(r"^([^\S\n]*)::", re.MULTILINE)
_COMMAND = re.compile(r"##(?=[a-z]*\[)", re.IGNORECASE)
_JSON_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[{}\[\],:]|[^\s"{}\[\],:]+', re.DOTALL)


def visible(text: str) -> str:
    r"""Return the text with everything that does not print written as an escape like \x1b."""
    return _UNPRINTABLE.sub(_escape, text.replace("\r\n", "\n"))


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code > 0xFFFF:  # noqa: PLR2004 - the end of the basic plane, where \u stops
        return f"\\U{code:08x}"
    return f"\\u{code:04x}" if code > 0xFF else f"\\x{code:02x}"  # noqa: PLR2004 - one byte


def obeyed_by_none(text: str) -> str:
    """Return lines for a terminal of which no CI system takes one for a command of its own.

    GitHub obeys a line that begins with `::`, and Azure, GitHub and TeamCity one that holds `##[` or
    `##name[`.
    """
    return _COMMAND.sub("# #", _COMMAND_LINE.sub(r"\1…::", text))


def clip(text: str, limit: int) -> str:
    """Return at most `limit` characters of the text, and how many more there are."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… ({len(text) - limit:,} more characters)"


def one_line(text: str, limit: int = 300) -> str:
    """Return the first line of the text, visible and clipped."""
    first = text[: limit + 1].lstrip().partition("\n")[0].rstrip()
    cut = "…" if len(first) > limit else ""
    return visible(first[:limit]) + cut


def headline(message: str, limit: int = 300) -> str:
    """Return in one line what was expected and what came: `expected …, got …`, base64 by its length."""
    message = without_blobs(message[: MOST_READ * limit])
    first, _, rest = message.lstrip().partition("\n")
    second = rest.partition("\n")[0]
    if second.startswith("got ") and ", got " not in first:
        return one_line(f"{first.rstrip()}, {second}", limit)
    return one_line(message, limit)


def printable(text: str, limit: int) -> str:
    """Return the text clipped and with control characters shown, as reports print it."""
    return visible(clip(text, limit))


def plural(count: int, noun: str, nouns: str | None = None) -> str:
    """Return `1 check`, `2 checks`, `1,234 checks`."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def seconds(value: float) -> str:
    """Return a duration as people write it: `40 ms`, `1.2 s`, `3 min 5 s`."""
    if value < 1:
        return f"{value * 1000:.0f} ms"
    if value < 60:  # noqa: PLR2004 - a minute
        return f"{value:.1f} s"
    return f"{int(value) // 60} min {int(value) % 60} s"


def size(count: int) -> str:
    """Return a number of bytes as people write it: `812 bytes`, `4.1 kB`, `2.0 MB`."""
    if count < 1000:  # noqa: PLR2004 - a kilobyte
        return plural(count, "byte")
    if count < 1_000_000:  # noqa: PLR2004 - a megabyte
        return f"{count / 1000:.1f} kB"
    return f"{count / 1_000_000:.1f} MB"


def pretty_json(text: str, *, cut_off: bool = False) -> str | None:
    """Return JSON text indented, or None if it is none.

    The tokens stay as they were sent, so repeated keys, odd escapes and huge numbers are still
    there to see; only long strings are shortened. `cut_off` accepts the start of a document.
    """
    start = text.lstrip()[:1]
    if start not in ("{", "["):
        return None
    if not cut_off:
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return None
    return _indent(_JSON_TOKEN.findall(text))


def _indent(tokens: list[str]) -> str | None:
    depth, out = 0, ""
    parts: list[str] = []
    for part in tokens:
        if part in "{[":
            depth += 1
            if depth > DEEPEST:
                return None
            out = part + "\n" + INDENT * depth
        elif part in "}]":
            depth = max(0, depth - 1)
            empty = bool(parts) and parts[-1].rstrip() in ("{", "[")
            if empty:
                parts[-1] = parts[-1].rstrip()
            out = part if empty else "\n" + INDENT * depth + part
        elif part == ",":
            out = ",\n" + INDENT * depth
        elif part == ":":
            out = ": "
        else:
            out = _shorten(part)
        parts.append(out)
    return "".join(parts)


def _shorten(token: str) -> str:
    if len(token) <= LONGEST_STRING:
        return token
    left = len(token) - LONGEST_STRING
    return f"{token[:LONGEST_STRING]}… ({left:,} more characters)"
