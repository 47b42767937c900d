"""Settings, each declared once: flag, environment variable and key of `conformance.toml`.

The setting `max-images` is `--max-images`, `CONFORMANCE_MAX_IMAGES` and `max-images = …`; the
flag wins over the variable, the variable over the file.
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from conformance.contract.profiles import PROFILES
from conformance.errors import UsageError
from conformance.http.fallback_encodings import ENCODINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Kind = Literal["text", "integer", "number", "switch", "list"]

CONFIG_FILE = "conformance.toml"
# Draws n=3, the cheapest of the values between 2 and 10 that core takes one of.
DEFAULT_SEED = 1
SECRET_VARIABLE = "CONFORMANCE_API_KEY"  # noqa: S105 - the name of a variable


@dataclass(frozen=True)
class Setting:
    """One setting of a run; `many` says that it may be given several times."""

    name: str
    help: str
    kind: Kind = "text"
    default: Any = None
    choices: tuple[str, ...] = ()
    metavar: str | None = None
    least: float | None = None
    # What may stand in place of a number.
    words: tuple[str, ...] = ()
    many: bool = False

    @property
    def flag(self) -> str:
        """The command line's name for it."""
        return f"--{self.name}"

    @property
    def variable(self) -> str:
        """The environment's name for it."""
        return "CONFORMANCE_" + self.name.upper().replace("-", "_")

    @property
    def key(self) -> str:
        """Its name in Python."""
        return self.name.replace("-", "_")


DECLARATIONS = {
    "catch-all-model": "every model name is routed to some model",
    "raw-echo": "raw_request and raw_response are switched on for the credential used",
    "separate-tenants": "the credentials belong to tenants that must not share a cache",
    "key-passed-on": "the client's key is the provider's, and is sent on on purpose",
    "listener-reachable": "the gateway can reach the address given with --listen",
}

SETTINGS = (
    Setting("path", "path that is appended to URL", default="/v1/images/variations"),
    Setting("model", "model to ask for", default="openai/dall-e-2", metavar="P/M"),
    Setting("failing-model", "a model that always fails, for the fallbacks", metavar="P/M"),
    Setting(
        "api-key-env",
        "variable that holds a credential; repeat it for credentials of other kinds. KIND= may"
        " stand before it: virtual-key, virtual-key-jwt, admin-jwt"
        f" (default: {SECRET_VARIABLE})",
        kind="list",
        metavar="[KIND=]NAME",
        many=True,
    ),
    Setting("other-tenant-key-env", "variable with another tenant's credential", metavar="NAME"),
    Setting("expired-key-env", "variable with an expired JWT", metavar="NAME"),
    Setting("auth", "how the gateway authenticates", default="bearer", choices=("bearer", "none")),
    Setting(
        "header",
        "header to add to each request; ${NAME} in it is taken from the environment",
        kind="list",
        metavar="'Name: value'",
        many=True,
    ),
    Setting("profile", "how much to check", default="core", choices=PROFILES),
    Setting(
        "level",
        "lowest level to check; must leaves out every SHOULD",
        default="should",
        choices=("must", "should"),
    ),
    Setting("check", "check only nodes whose id contains this", kind="list", many=True),
    Setting(
        "replay",
        "judge again what read this exchange of the last run, with its seed and profile; the"
        " reports go into a folder beside the last ones",
        metavar="ID",
    ),
    Setting("requirement", "check only this requirement", kind="list", metavar="ID", many=True),
    Setting("sizes", "sizes that the model can make, by commas", kind="list", metavar="A,B"),
    Setting("max-n", "the most pictures that the model makes at once", kind="integer", least=1),
    Setting("image", "picture to send instead of generated ones", metavar="FILE"),
    Setting("no-fetch", "do not fetch the urls of answers", kind="switch", default=False),
    Setting(
        "fallbacks-encoding",
        "how the gateway takes fallbacks in a form (default: find out)",
        choices=tuple(ENCODINGS),
    ),
    Setting(
        "declare",
        "something that the gateway is known to do: " + ", ".join(DECLARATIONS),
        kind="list",
        choices=tuple(DECLARATIONS),
        many=True,
    ),
    Setting(
        "listen",
        "address to listen on for requests that no gateway should make",
        metavar="HOST:PORT",
    ),
    Setting(
        "observe",
        "play the provider at this address, and judge what the gateway sends there; its provider's"
        " base url points here. A port alone means 127.0.0.1",
        metavar="HOST:PORT",
    ),
    Setting("deployment", "name of --model at the provider, where the gateway has another one"),
    Setting(
        "concurrency",
        "requests in flight at once; auto takes as many as go well",
        kind="integer",
        default=4,
        least=1,
        words=("auto",),
        metavar="N|auto",
    ),
    Setting(
        "timeout", "seconds that one exchange may take", kind="number", default=60.0, least=0.1
    ),
    Setting("max-images", "the most pictures to spend: a hard cap", kind="integer", least=0),
    Setting(
        "seed", "seed of everything that is drawn", kind="integer", default=DEFAULT_SEED, least=0
    ),
    Setting(
        "shard",
        "judge only the I-th of N parts of the checks; `conformance merge` puts all N together",
        metavar="I/N",
    ),
    Setting(
        "examples",
        "property cases in the full profile (default: about 140); more of them ask only what must"
        " be refused, and cost no pictures",
        kind="integer",
        least=1,
    ),
    Setting("report-dir", "folder to write the reports to", default="reports", metavar="DIR"),
)

BY_NAME = {s.name: s for s in SETTINGS}


def resolve(
    flags: Mapping[str, Any], environment: Mapping[str, str], config: Path | None
) -> dict[str, Any]:
    """Return every setting's value by its Python name, and `url`.

    Args:
        flags: what the command line gave, by Python name; None where it gave nothing.
        environment: the process's environment.
        config: the configuration file, or None for `conformance.toml` if there is one here.

    Raises:
        UsageError: a value, a key or the file cannot be used; the message says which.
    """
    written = read_config(config) if config else {}
    values: dict[str, Any] = {
        "url": flags.get("url") or environment.get("CONFORMANCE_URL") or written.get("url")
    }
    for setting in SETTINGS:
        given = flags.get(setting.key)
        if given not in (None, []):
            values[setting.key] = parse(setting, given, setting.flag)
        elif environment.get(setting.variable):
            values[setting.key] = parse(setting, environment[setting.variable], setting.variable)
        elif setting.name in written:
            values[setting.key] = parse(setting, written[setting.name], f"{config}: {setting.name}")
        else:
            values[setting.key] = [] if setting.kind == "list" else setting.default
    return values


def from_flags(words: Iterable[str]) -> dict[str, Any]:
    """Return what flags of `conformance run` give, by the settings' Python names, not yet parsed.

    Raises:
        UsageError: a word is no flag of a setting, or its value is missing.
    """
    given: dict[str, Any] = {}
    left = iter(words)
    for word in left:
        setting = BY_NAME.get(word.removeprefix("--"))
        if setting is None or not word.startswith("--"):
            raise UsageError(f"{word}: no such flag")
        if setting.kind == "switch":
            given[setting.key] = True
            continue
        value = next(left, None)
        if value is None:
            raise UsageError(f"{word}: its value is missing")
        given[setting.key] = [*given.get(setting.key, ()), value] if setting.many else value
    return given


def read_config(path: Path) -> dict[str, Any]:
    """Read `conformance.toml`; every key in it is known.

    Raises:
        UsageError: the file cannot be read, is no TOML, or has a key that does not exist.
    """
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UsageError(f"{path}: cannot be read: {reason}") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: is no TOML: {error}") from error
    for key, value in written.items():
        if key != "url" and key not in BY_NAME:
            where = f"{key}.{next(iter(value))}" if isinstance(value, dict) and value else key
            near = difflib.get_close_matches(key, [*BY_NAME, "url"], 1)
            advice = f"; did you mean {near[0]}?" if near else "; see `conformance run --help`"
            raise UsageError(f"{path}: {where}: no such setting{advice}")
    if not isinstance(written.get("url", ""), str):
        raise UsageError(f"{path}: url: is no text")
    return written


def parse(setting: Setting, raw: Any, origin: str) -> Any:
    """Return a setting's value in its own type.

    Raises:
        UsageError: it has another type, is out of range, or is none of the choices.
    """
    if setting.kind == "switch":
        return _switch(raw, origin)
    if setting.kind == "list":
        return [_chosen(setting, item, origin) for item in _items(setting, raw, origin)]
    if setting.kind in ("integer", "number"):
        return _number(setting, raw, origin)
    if not isinstance(raw, str):
        raise UsageError(f"{origin}: {raw!r} is no text; put it in quotes")
    return _chosen(setting, raw, origin)


def _items(setting: Setting, raw: Any, origin: str) -> list[str]:
    rows = raw if isinstance(raw, list) else [raw]
    if not all(isinstance(row, str) for row in rows):
        raise UsageError(f"{origin}: is a list of texts")
    if setting.name == "header":
        return rows
    return [part.strip() for row in rows for part in row.split(",") if part.strip()]


def _chosen(setting: Setting, value: str, origin: str) -> str:
    if setting.choices and value not in setting.choices:
        raise UsageError(f"{origin}: {value!r} is none of {', '.join(setting.choices)}")
    return value


def _number(setting: Setting, raw: Any, origin: str) -> float | int | str:
    if raw in setting.words:
        return str(raw)
    wanted = "a whole number" if setting.kind == "integer" else "a number"
    try:
        value = int(str(raw)) if setting.kind == "integer" else float(str(raw))
    except ValueError:
        raise UsageError(f"{origin}: {raw!r} is not {wanted}{_or(setting)}") from None
    if isinstance(raw, bool) or (setting.least is not None and not value >= setting.least):
        raise UsageError(
            f"{origin}: {raw!r} is not {wanted} of at least {setting.least:g}{_or(setting)}"
        )
    return value


def _or(setting: Setting) -> str:
    return "".join(f", nor {word}" for word in setting.words)


def _switch(raw: Any, origin: str) -> bool:
    if isinstance(raw, bool):
        return raw
    if str(raw).lower() in ("1", "true", "yes", "on"):
        return True
    if str(raw).lower() in ("0", "false", "no", "off"):
        return False
    raise UsageError(f"{origin}: {raw!r} is neither true nor false")
