"""What an error shows that no client needs: traces, paths, addresses, classes, queries, variables.

Each pattern finds one kind; `leak` and `first` look for them in an answer. Text that the request
itself holds does not count, since a gateway may quote it, nor does the gateway's own address.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.http.exchange import Exchange

# An error says what it says at its beginning. All patterns take a microsecond or two a character.
SEARCHED = 200_000
# What was found in a text of this length is kept for the next answer that is the same.
LONGEST_KNOWN = 1_000
TRACES = re.compile(
    r"Traceback \(most recent|File \"[^\"]+\", line \d+|goroutine \d+ \["
    r"|\bat [\w.$<>/]+ ?\((?:[^()\s]*\.\w+|<anonymous>|native|node:[\w/]+):\d+(?::\d+)?\)"
    # .NET, PHP, Ruby and Rust
    r"|\bat [\w.`<>\[\],]+\([^)\n]{0,200}\) in \S+:line \d+|#\d+ \S+\.php\(\d+\): "
    r"|\w\.rb:\d+:in [`'\"]|panicked at (?:'[^']{0,500}', )?[\w./-]+\.rs:\d+:\d+"
)
PATHS = re.compile(
    r"(?<![\w/:.])/(?:usr|home|opt|var|srv|app|root|etc|tmp|mnt|Users|workspace)/[\w.@-]+(?:/[\w.@-]+)*|\b[A-Z]:\\\\?[\w.@-]+\\"
)
# A socket address: a host that is a number or this machine, with a port.
SOCKETS = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}:\d{2,5}\b|\[[0-9a-fA-F:.]{2,}(?:%\w+)?\]:\d{2,5}\b"
    r"|\blocalhost:\d{2,5}\b"
)
# What only the gateway's own network knows: a url whose host has one label, a name of a cluster's or a
# cloud's own zone, a socket in the file system. A zone's name is also a word, so it counts with a port.
HOSTS = re.compile(
    r"\bhttps?://[A-Za-z][\w-]*(?::\d{2,5}\b|/)|\b[\w-]{1,40}\.(?:svc\.)?cluster\.local\b"
    r"|\b(?:compute|ec2|docker|google)\.internal\b"
    r"|\b[\w-]{1,40}\.(?:svc|internal|local|consul|lan|intranet):\d{2,5}\b"
    r"|\bunix:/{1,3}\w[\w./-]*|(?<![\w/])/run/[\w./-]{1,200}\.sock\b"
)
# Statements and messages of databases. A column list without white space but after its commas tells
# SQL from prose in capitals.
QUERIES = re.compile(
    r"\bSELECT\s+[\w*.\"`()]+(?:\s*,\s*[\w*.\"`()]+)*\s+FROM\s+[\w.\"`]+|\bINSERT INTO\s+[\w.\"`]+\s*\("
    r"|\bUPDATE\s+[\w.\"`]+\s+SET\s+[\w.\"`]+\s*=|\bDELETE FROM\s+[\w.\"`]+\s+WHERE\b"
    r"|\bSQLSTATE\b|\bORA-\d{5}\b|\bsyntax error at or near\b|\bno such (?:table|column): "
    r"|\brelation \\?\"[\w.]+\\?\" does not exist|\bviolates (?:unique|foreign key|not-null) constraint\b"
    r"|\bUNIQUE constraint failed\b|\bpq: |\bDuplicate entry '"
)
# Variables of the process, by what surrounds them: their names alone look like codes of errors.
VARIABLES = re.compile(
    r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?:KEY|SECRET|TOKEN|PASSWORD|URL|URI|HOST|PORT|DSN|PATH|HOME)=[^\s\"',;&]+"
    r"|\bprocess\.env\.\w+|\bos\.(?:environ\b|getenv\()|\$\{[A-Z][A-Z0-9_]{2,}\}"
    r"|\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+ env(?:ironment)? variable\b"
    r"|\b[Ee]nv(?:ironment)? variables?:? [\"'`]?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b"
)
_KIND = r"(?:Error|Exception|Timeout)\b"
# Bounded, as is how often it is repeated: a gateway may quote a megabyte, and no search may be quadratic.
_NAME = r"\w{0,60}"
# The classes of programs by their whole names, as `httpx.ConnectError`, `java.net.ConnectException`,
# `Net::ReadTimeout`; those that no API would call an error by, as `NullPointerException`; and what the
# libraries of languages say of a call, as Go's `dial tcp`. `ValidationException` and its like are no
# leak: APIs name their errors so.
CLASSES = re.compile(
    rf"\b[a-z_]{_NAME}(?:\.[a-z_]{_NAME}){{0,9}}\.[A-Z]{_NAME}?{_KIND}"
    rf"|\b(?:[A-Z]{_NAME}\.){{1,9}}[A-Z]{_NAME}?(?:Error|Exception)\b"
    rf"|\b\w{_NAME}(?:::\w{_NAME}){{0,9}}::{_NAME}?{_KIND}"
    rf"|\b[A-Z]{_NAME}(?:\\{{1,2}}[A-Z]{_NAME}?){{1,9}}(?:Error|Exception)\b"
    r"|\b(?:NullPointer|IllegalState|IllegalArgument|ClassCast|SocketTimeout|ConnectTimeout|ReadTimeout"
    r"|UnknownHost|PrematureClose|ClosedChannel|Connect|Socket|NoHttpResponse|ResourceAccess"
    r"|HttpRequest|WebClientRequest)Exception\b"
    r"|\b(?:Attribute|Key|Index|Type|Value|Assertion|Reference|Syntax|JSONDecode|UnicodeDecode"
    r"|ConnectionRefused|ConnectionReset|BrokenPipe|NewConnection|MaxRetry|RemoteProtocol"
    r"|ServerDisconnected|ClientConnector|ClientOS|ContentType)Error\b"
    r"|\bRemoteDisconnected\b|\b[A-Z]\w*(?:Error|Exception)\(|\bHTTPS?ConnectionPool\("
    r"|\bobject at 0x[0-9a-f]{6,}|\*\w+\.\w*Error\b|\[Errno -?\d+\]"
    r"|\b(?:dial|read|write) (?:tcp|udp)\b|\blookup \S+(?: on \S+)?: no such host"
    r"|\b(?:Get|Head|Post|Put) \\?\"https?://"
)
PAGES = re.compile(r"<(?:!doctype html|html|head|body|h1)\b", re.IGNORECASE)


def leak(pattern: re.Pattern[str], exchange: Exchange) -> str:
    """Return the first leak of an answer; a gateway may quote what the request itself holds."""
    found = (shown for text in _texts(exchange) for shown in _shown(pattern, text))
    own = f":{urlsplit(exchange.request.url).port}"
    quoted: set[str] = set()
    sent = ""  # Most answers show nothing: then nobody asks what the request holds.
    for shown in found:
        is_own = pattern in (SOCKETS, HOSTS) and shown.endswith(own)
        if is_own or shown in quoted or exchange.request.path in shown:
            continue
        sent = sent or exchange.request.body.decode("utf-8", "replace") + exchange.request.url
        if shown not in sent:
            return f"the answer shows {shown[:100]!r}"
        quoted.add(shown)
    return ""


def _shown(pattern: re.Pattern[str], text: str) -> Iterable[str]:
    """Return what a pattern finds in a text; most answers of a run are the same few texts."""
    if len(text) <= LONGEST_KNOWN:
        return _known(pattern, text)
    return (m.group() for m in pattern.finditer(text))


@lru_cache(maxsize=8192)
def _known(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(m.group() for m in pattern.finditer(text))


def _texts(exchange: Exchange) -> Iterator[str]:
    """Yield the texts of an answer, no more of them than can be searched in a moment."""
    left = SEARCHED
    for text in exchange.reply.texts if exchange.reply else ():
        yield text[:left]
        left -= len(text)
        if left <= 0:
            return


def first(patterns: Iterable[re.Pattern[str]], exchange: Exchange) -> str:
    """Return the first leak of an answer of any of these kinds, or an empty text."""
    return next((found for pattern in patterns if (found := leak(pattern, exchange))), "")
