"""Writes the curl line that sends a request again, byte for byte where that matters.

A plain form becomes `-F` fields. If curl would write other bytes, it sends a file, which is written
beside the reports. The shell takes the credential from a variable.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.cases.spec import readable
from conformance.errors import WriteError
from conformance.http import codings, deliveries
from conformance.http.form import Form
from conformance.http.reading import files
from conformance.plan.plan import USER_AGENT
from conformance.target.credential_changes import apply

if TYPE_CHECKING:
    from conformance.http.form import Part
    from conformance.http.request import Request
    from conformance.target.target import Target

FIXTURES = "fixtures"
OWN_HEADERS = frozenset({"content-type", "content-length", "host"})
MOST_FIELDS = 100
# As curl takes the type of a file: it reads parameters otherwise, and refuses what is no type.
MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
VARIABLE = re.compile(r"(\$\{\w+\})")
# With these deliveries curl writes the same bytes, but maybe at other times.
AS_CURL = frozenset({"", deliveries.EXPECT_CONTINUE, deliveries.IN_PIECES})
USUAL = (("accept", "application/json"), ("user-agent", USER_AGENT))


def fixture_name(content: bytes, suffix: str) -> str:
    """Return the path of a fixture file, relative to the report folder."""
    return f"{FIXTURES}/{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"


@dataclass(frozen=True)
class Connecting:
    """How a line reaches the gateway: words for curl, for `openssl s_client`, and for `nc`."""

    curl: tuple[str, ...] = ()
    openssl: tuple[str, ...] = ()
    nc: tuple[str, ...] = ()

    @classmethod
    def to(cls, target: Target) -> Connecting:
        """Return how a target is reached; the paths are whole, since lines run in another folder."""
        tls, proxy = target.tls, target.proxy
        own, secure, plain = list[str](), list[str](), list[str]()
        if tls.insecure:
            own.append("--insecure")
        elif tls.ca:
            own += ["--cacert", _whole(tls.ca)]
        if tls.client_cert:
            key = _whole(tls.client_key or tls.client_cert)
            own += ["--cert", _whole(tls.client_cert), "--key", key]
            secure += ["-cert", _whole(tls.client_cert), "-key", key]
        if proxy:
            own += ["--proxy", proxy.url]
            secure += ["-proxy", f"{proxy.host}:{proxy.port}"]
            plain += ["-X", "connect", "-x", f"{proxy.host}:{proxy.port}"]
        if proxy and proxy.authorization:
            own += ["--proxy-user", "USER:PASSWORD"]
        return cls(tuple(own), tuple(secure), tuple(plain))


def _whole(path: str) -> str:
    return shlex.quote(str(Path(path).absolute()))


# What a line sends from files: their paths, relative to the report folder, and their bytes.
Files = dict[str, bytes]


def line(
    request: Request, variable: str, folder: Path, connecting: Connecting | None = None
) -> str:
    """Return a curl line for a request, and write the files that it sends.

    Args:
        request: what was sent.
        variable: the environment variable that holds its credential.
        folder: the report folder; the line is meant to be run there.
        connecting: how the line reaches the gateway, if not straight and without a certificate.

    Raises:
        WriteError: a file cannot be written.
    """
    text, sent = drawn(request, variable, connecting)
    write(sent, folder)
    return text


def drawn(
    request: Request, variable: str, connecting: Connecting | None = None
) -> tuple[str, Files]:
    """Return a curl line for a request, and the files that it sends; the arguments are those of `line`."""
    sent: Files = {}
    return _drawn(request, variable, sent, connecting or Connecting()), sent


def write(sent: Files, folder: Path) -> None:
    """Write the files that a line sends into the report folder.

    Raises:
        WriteError: one cannot be written.
    """
    for name, content in sent.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            files.put(path, content)
        except OSError as error:
            raise WriteError(f"{path} cannot be written: {error.strerror}") from error


def _drawn(request: Request, variable: str, sent: Files, connecting: Connecting) -> str:
    if request.delivery not in AS_CURL:
        return _raw(request, variable, sent, connecting)
    query = f"?{request.credential.query}=${{{variable}}}" if request.credential.query else ""
    quoted = ["curl", "-sS", "-i", *_decoding(request), *connecting.curl]
    quoted += ["-X", request.method, _quoted(request.url + query)]
    for name, value in request.headers:
        if name.lower() not in OWN_HEADERS and (name.lower(), value) not in USUAL:
            quoted += ["-H", _quoted(f"{name}: {value}")]
    if request.delivery == deliveries.EXPECT_CONTINUE:
        quoted += ["-H", "'Expect: 100-continue'"]
    quoted += _credential(request, variable)
    form = request.form
    if request.method == "GET":
        return _wrapped(quoted)
    if form is not None and not request.chunked and _written_plainly(form):
        for part in form.parts:
            quoted += _field(part, sent)
    else:
        quoted += _bytes(request, sent)
    return _wrapped(quoted)


def _decoding(request: Request) -> list[str]:
    """Return the word by which curl decodes an answer; the header of the request says what may come."""
    accepted = next((v for k, v in request.headers if k.lower() == "accept-encoding"), "")
    return ["--compressed"] if accepted not in ("", codings.IDENTITY) else []


def _raw(request: Request, variable: str, sent: Files, connecting: Connecting) -> str:
    """Return a line that writes the whole message with `nc` or `openssl`: curl cannot write it so."""
    address = urlsplit(request.url)
    headers = [("Host", address.netloc), *request.headers]
    if request.credential.name:
        headers.append(("Authorization", f"{request.credential.scheme} ${variable}"))
    head = deliveries.Head(request.method, address.path, tuple(headers))
    content = deliveries.written(head, request.body, request.delivery)
    name = fixture_name(content, "http")
    sent[name] = content
    port = address.port or (443 if address.scheme == "https" else 80)
    send = " ".join(["nc -w 5", *connecting.nc, f"{address.hostname} {port}"])
    if address.scheme == "https":
        where = f"-connect {address.hostname}:{port}"
        send = " ".join(["openssl s_client -quiet", *connecting.openssl, where])
    return f'LC_ALL=C sed "s|[$]{variable}|${variable}|" {name} \\\n  | {send}'


def _quoted(text: str) -> str:
    """Quote a word for the shell; a `${NAME}` in it is a variable that the shell fills in."""
    pieces = [p for p in VARIABLE.split(text) if p]
    return "".join(f'"{p}"' if VARIABLE.fullmatch(p) else shlex.quote(p) for p in pieces)


def _credential(request: Request, variable: str) -> list[str]:
    credential = request.credential
    if not credential.name or credential.query:
        return []
    if credential.change == "empty":  # curl sends a header without a value for a name and ";"
        value = f"Authorization: {credential.scheme}" if credential.scheme else "Authorization;"
        return ["-H", f'"{value}"']
    if credential.change == "malformed":
        return ["-H", f'"Authorization: {credential.scheme} {apply(credential.change, "")}"']
    if credential.change:
        return ["-H", f'"Authorization: {credential.scheme} <the credential, {credential.change}>"']
    return ["-H", f'"Authorization: {credential.scheme} ${variable}"']


def _bytes(request: Request, sent: Files) -> list[str]:
    name = fixture_name(request.body, "body")
    sent[name] = request.body
    given = next((v for k, v in request.headers if k.lower() == "content-type"), "")
    words = ["-H", shlex.quote(f"Content-Type: {given}" if given else "Content-Type:")]
    if request.chunked:
        words += ["-H", "'Transfer-Encoding: chunked'"]
    return [*words, "--data-binary", f"@{name}"]


def _written_plainly(form: Form) -> bool:
    """Return whether curl's -F writes this form as it was sent, up to the boundary's letters."""
    usual = replace(form, parts=()) == Form((), boundary=form.boundary)
    # curl makes its own boundary: a value that holds this boundary would no longer hold a delimiter.
    told = any(form.boundary.encode() in part.content for part in form.parts)
    plain = not told and all(map(_plain, form.parts))
    return usual and len(form.parts) <= MOST_FIELDS and plain


def _plain(part: Part) -> bool:
    """Return whether curl's -F writes this part as it was sent."""
    odd_name = set('"=') & set(part.name) or not part.name or not part.name.isprintable()
    if part.headers is not None or odd_name:
        return False
    if part.filename is not None:
        odd = set('"\\;,') & set(part.filename) or not part.filename.isprintable()
        odd = odd or not part.filename
        return MEDIA_TYPE.fullmatch(part.content_type or "") is not None and not odd
    return part.content_type is None and readable(part.content).encode() == part.content


def _field(part: Part, sent: Files) -> list[str]:
    if part.filename is None:
        return ["--form-string", shlex.quote(f"{part.name}={part.content.decode()}")]
    name = fixture_name(part.content, suffix_of(part))
    sent[name] = part.content
    value = f"{part.name}=@{name};type={part.content_type};filename={part.filename}"
    return ["-F", shlex.quote(value)]


def suffix_of(part: Part) -> str:
    """Return a file suffix that fits a part's Content-Type."""
    kinds = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/svg+xml": "svg"}
    return kinds.get(part.content_type or "", "bin")


def _wrapped(words: list[str]) -> str:
    lines, current = [], ""
    for word in words:
        starts = word in ("-H", "-F", "--form-string", "--data-binary")
        if starts and current:
            lines.append(current)
            current = ""
        current = f"{current} {word}".strip()
    return " \\\n  ".join([*lines, current])
