"""Builds the target of a run from resolved settings; a value that cannot be used is a usage error."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.contract import contract
from conformance.errors import UsageError
from conformance.http.drawn import word
from conformance.http.reading import files
from conformance.http.reading.short import shown
from conformance.provider.faults import FAILING
from conformance.target import pasted, proxy, repeatable, settings, sources, tls
from conformance.target.credentials import KINDS, Secret, filled, kind_of, within
from conformance.target.pasted import printable_ascii
from conformance.target.target import LOOPBACK, Target

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRET_NAME = re.compile(
    r"(?<![a-z])(?:api|access|auth|client)?"
    r"(?:auth|authorization|key|vk|token|secret|cookie|password)(?![a-z])",
    re.IGNORECASE,
)
# Many models refuse larger ones.
MAX_IMAGE_BYTES = 4 * files.MB


def build(values: Mapping[str, Any], environment: Mapping[str, str]) -> Target:
    """Build the target from resolved settings.

    Args:
        values: what `resolution.resolve` returned, with a `url`.
        environment: where the named credentials are.

    Raises:
        UsageError: the URL, a named variable, a header or the picture cannot be used.
    """
    url = str(values["url"])
    pasted.check(url)
    credentials = tuple(_credentials(values, environment))
    other = _named(values["other_tenant_key_env"], "other-tenant", environment)
    expired = _named(values["expired_key_env"], "expired", environment)
    headers, header_secrets = _headers(values["header"], environment)
    known = contract.load()
    observe = address(values["observe"], "--observe", LOOPBACK)
    # The stand-in provider fails on order, so the operator need not name a model that does.
    failing = f"{str(values['model']).partition('/')[0]}/{FAILING}" if observe else None
    if values["provider_checks"] == "lenient" and not observe:
        raise UsageError(
            "--provider-checks lenient: the run plays no provider; add --observe, or leave it out"
        )
    through, proxy_secrets = proxy.build(values["proxy"])
    for size in values["sizes"]:
        if size not in known.sizes:
            raise UsageError(f"--sizes: {size!r} is none of {', '.join(known.sizes)}")
    return Target(
        base_url=url,
        path=_check_path(str(values["path"])),
        model=values["model"],
        failing_model=values["failing_model"] or failing,
        auth=values["auth"],
        credentials=credentials,
        other_tenant=other,
        expired=expired,
        headers=headers,
        secrets=(
            *credentials,
            *(s for s in (other, expired) if s),
            *header_secrets,
            *proxy_secrets,
            *_password(environment),
        ),
        sizes=tuple(values["sizes"]) or known.sizes,
        max_n=min(values["max_n"] or known.n_max, known.n_max),
        image=_image(values["image"]),
        fetch=not values["no_fetch"],
        fallbacks_encoding=values["fallbacks_encoding"],
        declared=frozenset(values["declare"]),
        listen=address(values["listen"], "--listen"),
        observe=observe,
        deployment=values["deployment"],
        tls=tls.build(values, environment, https=url.lower().startswith("https")),
        proxy=through,
        provider_checks=values["provider_checks"],
        fetch_from=sources.build(values["fetch_from"]),
        drawn="" if values["seed"] is None else word(values["seed"], "credential", 16),
        user_agent=_user_agent(values["user_agent"], headers),
    )


def _check_path(path: str) -> str:
    if not printable_ascii(path) or "?" in path or "#" in path:
        raise UsageError(
            f"--path {path!r}: is no path; write it percent-encoded, and without ? or #"
        )
    return "/" + path.lstrip("/")


def _credentials(values: Mapping[str, Any], environment: Mapping[str, str]) -> list[Secret]:
    if values["auth"] == "none":
        return []
    named = values["api_key_env"] or [settings.SECRET_VARIABLE]
    found = []
    for row in named:
        kind, _, variable = row.rpartition("=")
        if kind and kind not in KINDS:
            raise UsageError(
                f"--api-key-env: what stands before = is no kind; write {'=, '.join(KINDS)}= or the"
                " name of a variable alone"
            )
        secret = _named(variable, variable, environment)
        if secret is None:  # pragma: no cover - a row always names a variable
            continue
        found.append(Secret(variable, kind or kind_of(secret.value), secret.value))
    return found


def _named(variable: str | None, name: str, environment: Mapping[str, str]) -> Secret | None:
    if not variable:
        return None
    value = environment.get(variable, "")
    if not value:
        raise UsageError(
            f"no credential: {repeatable.variable(variable)} is not set; set it, name another one with"
            " --api-key-env, or say --auth none"
        )
    if not printable_ascii(value):  # RFC 9110 §5.5
        raise UsageError(
            f"{repeatable.variable(variable)} holds white space or other characters that no header can carry"
        )
    return Secret(name, kind_of(value), value)


def _headers(
    rows: list[str], environment: Mapping[str, str]
) -> tuple[tuple[tuple[str, str], ...], list[Secret]]:
    headers, secrets = [], []
    for row in rows:
        name, colon, value = row.partition(":")
        if not colon or not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
            raise UsageError("--header: what was given is no header; write 'Name: value'")
        value = value.strip()
        used = re.findall(r"\$\{(\w+)\}", value)
        for variable in used:
            held = environment.get(variable, "").strip()
            if not held:
                raise UsageError(f"--header {name}: the variable {variable} is not set")
            secrets.append(Secret(variable, "header", held))
        if (
            not used
            and value
            and (SECRET_NAME.search(name) or repeatable.may_be_secret(name, value))
        ):
            variable = "HEADER_" + re.sub(r"\W", "_", name).upper()
            secrets.append(Secret(variable, "header", value))
            value = "${" + variable + "}"
        sent = filled(value, secrets)
        if sent != value:
            secrets += [Secret(variable, "within", part) for part in within(sent)]
        if not re.fullmatch(r"[\t\x20-\x7e\xa0-\xff]*", sent):
            raise UsageError(f"--header {name}: its value has characters that no header can carry")
        headers.append((name, value))
    return tuple(headers), secrets


def _user_agent(text: str | None, headers: tuple[tuple[str, str], ...]) -> str:
    if text is None:
        return ""
    if not text.strip() or not all(" " <= c <= "~" for c in text):
        raise UsageError(
            f"--user-agent {shown(text)}: is no value of a header; write printable ASCII characters"
        )
    if any(name.lower() == "user-agent" for name, _ in headers):
        raise UsageError("--user-agent: --header names a User-Agent, too; leave out one of them")
    return text.strip()


def _password(environment: Mapping[str, str]) -> list[Secret]:
    held = environment.get(settings.KEY_PASSWORD_VARIABLE, "")
    return [Secret(settings.KEY_PASSWORD_VARIABLE, "password", held)] if held else []


def _image(path: str | None) -> bytes | None:
    if path is None:
        return None
    try:
        content = files.content(Path(path), MAX_IMAGE_BYTES)
    except files.UnreadableError as error:
        raise UsageError(f"--image {path}: cannot be read: {error}") from error
    from conformance.http.images import looking  # noqa: PLC0415 - Pillow is needed for this setting only

    measured = looking.measure(content)
    if measured is None or measured.format not in ("png", "jpeg", "webp"):
        raise UsageError(f"--image {path}: is no PNG, JPEG or WebP picture")
    return content


def address(text: str | None, flag: str, host: str = "") -> tuple[str, int] | None:
    """Return host and port of `HOST:PORT`; with a default `host` a port alone is enough.

    Raises:
        UsageError: the text is neither; the message names the flag.
    """
    if text is None:
        return None
    named, _, port = text.rpartition(":")
    at = named.strip("[]") or host
    if not at or not (port.isascii() and port.isdigit()) or int(port) > 65535:  # noqa: PLR2004 - the largest port
        raise UsageError(f"{flag}: {text!r} is no HOST:PORT")
    return at, int(port)
