"""What an error shows that no client needs: stack traces, paths, addresses, classes of the program.

Each pattern finds one kind; `leak` and `first` look for them in an answer. Text that the request
itself holds does not count, since a gateway may quote it, nor does the gateway's own address.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.http.exchange import Exchange

TRACES = re.compile(
    r"Traceback \(most recent|File \"[^\"]+\", line \d+|goroutine \d+ \["
    r"|\bat [\w.$<>/]+ ?\((?:[^()\s]*\.\w+|<anonymous>|native|node:[\w/]+):\d+(?::\d+)?\)"
)
PATHS = re.compile(
    r"(?<![\w/:.])/(?:usr|home|opt|var|srv|app|root|etc|tmp|mnt|Users|workspace)/[\w.@-]+(?:/[\w.@-]+)*|\b[A-Z]:\\\\?[\w.@-]+\\"
)
# A socket address: a host that is a number or this machine, with a port.
SOCKETS = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}:\d{2,5}\b|\[[0-9a-fA-F:.]{2,}(?:%\w+)?\]:\d{2,5}\b"
    r"|\blocalhost:\d{2,5}\b"
)
_KIND = r"(?:Error|Exception|Timeout)\b"
# The classes of programs by their whole names, as `httpx.ConnectError`, `java.net.ConnectException`,
# `Net::ReadTimeout`; those that no API would call an error by, as `NullPointerException`; and what the
# libraries of languages say of a call, as Go's `dial tcp`. `ValidationException` and its like are no
# leak: APIs name their errors so.
CLASSES = re.compile(
    rf"\b[a-z_]\w*(?:\.[a-z_]\w*)*\.[A-Z]\w*{_KIND}"
    r"|\b(?:[A-Z]\w*\.)+[A-Z]\w*(?:Error|Exception)\b"
    rf"|\b\w+(?:::\w+)*::[A-Za-z]*{_KIND}"
    r"|\b[A-Z]\w*(?:\\{1,2}[A-Z]\w*)+(?:Error|Exception)\b"
    r"|\b(?:NullPointer|IllegalState|IllegalArgument|ClassCast|SocketTimeout|ConnectTimeout|ReadTimeout"
    r"|UnknownHost|PrematureClose|ClosedChannel|Connect|Socket|NoHttpResponse|ResourceAccess"
    r"|HttpRequest|WebClientRequest)Exception\b"
    r"|\b(?:Attribute|Key|Index|Type|Value|Assertion|Reference|Syntax|JSONDecode|UnicodeDecode"
    r"|ConnectionRefused|ConnectionReset|BrokenPipe|NewConnection|MaxRetry|RemoteProtocol"
    r"|ServerDisconnected|ClientConnector|ClientOS|ContentType)Error\b"
    r"|\bRemoteDisconnected\b|\b[A-Z]\w*(?:Error|Exception)\(|\bHTTPS?ConnectionPool\("
    r"|\w+ object at 0x[0-9a-f]{6,}|\*\w+\.\w*Error\b|\[Errno -?\d+\]"
    r"|\b(?:dial|read|write) (?:tcp|udp)\b|\blookup \S+(?: on \S+)?: no such host"
    r"|\b(?:Get|Head|Post|Put) \\?\"https?://"
)
PAGES = re.compile(r"<(?:!doctype html|html|head|body|h1)\b", re.IGNORECASE)


def leak(pattern: re.Pattern[str], exchange: Exchange) -> str:
    """Return the first leak of an answer; a gateway may quote what the request itself holds."""
    sent = exchange.request.body.decode("utf-8", "replace") + exchange.request.url
    texts = exchange.reply.texts if exchange.reply else ()
    own = f":{urlsplit(exchange.request.url).port}"
    for found in (match for text in texts for match in pattern.finditer(text)):
        shown = found.group()
        is_own = pattern is SOCKETS and shown.endswith(own)
        if shown not in sent and exchange.request.path not in shown and not is_own:
            return f"the answer shows {shown[:100]!r}"
    return ""


def first(patterns: Iterable[re.Pattern[str]], exchange: Exchange) -> str:
    """Return the first leak of an answer of any of these kinds, or an empty text."""
    return next((found for pattern in patterns if (found := leak(pattern, exchange))), "")
