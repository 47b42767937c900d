"""`conformance init`: asks for a gateway, and writes conformance.toml and a job for CI.

It writes the files that it names, in the current folder, and nothing else; it never asks for a
credential, only for the name of the variable that holds it.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.cli import init_files, streams
from conformance.cli.init_files import GITHUB_FILE, GITLAB_FILE, GITLAB_PART
from conformance.errors import ConformanceError, UsageError
from conformance.target.settings import BY_NAME, CONFIG_FILE, SECRET_VARIABLE

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from conformance.target.pasted import Address

USUAL_URL = "http://127.0.0.1:8080"
SYSTEMS = ("github", "gitlab", "none")
# Capitals alone, so that no key that somebody pastes here gets into a file.
VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")
HOST = re.compile(r"^\s*url\s*=\s*(?:[^\s/]*//)?(?:[^\s/@]*@)?([^\s/:]+)", re.MULTILINE)
ASK_S = 10.0
MOST_GIT_BYTES = 100_000
TEXT = (
    "Asks for a gateway, and writes conformance.toml and a file for CI into the current folder; nothing"
    " else is written. Asks the gateway one good request, which costs a picture, unless --yes is given."
)


def add(commands: Any) -> None:
    """Add the command to the parser of the command line."""
    init = commands.add_parser(
        "init", help="write conformance.toml and a file for CI", description=TEXT
    )
    init.add_argument("url", nargs="?", metavar="URL", help="base address of the gateway")
    init.add_argument("--model", metavar="P/M", help=BY_NAME["model"].help)
    init.add_argument(
        "--api-key-env",
        metavar="NAME",
        help=f"variable that holds the credential (default: {SECRET_VARIABLE})",
    )
    init.add_argument("--ci", choices=SYSTEMS, help="the CI system to write a file for")
    init.add_argument(
        "--yes", action="store_true", help="ask nobody and send nothing; take defaults"
    )
    init.add_argument("--force", action="store_true", help="write over files that are there")
    init.set_defaults(command="init")


def run(parsed: argparse.Namespace) -> int:
    """Write the files, say which and what to do next, and return 0."""
    if parsed.yes:
        if not parsed.url:
            raise UsageError("init --yes asks for nothing, so it needs the gateway's URL")
    elif not sys.stdin.isatty():
        raise UsageError(
            "init asks questions, and standard input is no terminal; say `conformance init URL --yes`,"
            " with --model, --api-key-env and --ci where the defaults are wrong"
        )
    ask = _default if parsed.yes else _answered
    if not parsed.yes:
        streams.write("Return takes what stands in [brackets]. No credential is asked for.\n\n")
    url = parsed.url or ask("URL of the gateway", USUAL_URL, _checked_url)
    model = parsed.model or ask("Model to ask for", str(BY_NAME["model"].default), str)
    variable = parsed.api_key_env or ask(
        "Name of the variable with the credential", SECRET_VARIABLE, checked_variable
    )
    address = _usable(url, model, checked_variable(variable))
    for note in address.notes:
        streams.write(f"{note}\n")
    system = parsed.ci or ask(
        f"File for CI: {', '.join(SYSTEMS)}", guessed(Path()), _checked_system
    )
    files = _files(address, model, variable, system)
    _demand_room(list(files), force=parsed.force)
    if not parsed.yes and _yes(ask("Ask the gateway now? It costs one picture (y/n)", "y", str)):
        streams.write(_looked(url, model, variable))
    _write(files)
    streams.write(init_files.next_steps(list(files), variable))
    return 0


# ---------------------------------------------------------------- questions


def _default(_question: str, usual: str, _check: Callable[[str], str]) -> str:
    return usual


def _answered(question: str, usual: str, check: Callable[[str], str]) -> str:
    """Return the answer to a question; one that cannot be used is asked for again."""
    while True:
        streams.write(f"{question} [{usual}]: ")
        line = sys.stdin.readline()
        if not line:
            raise UsageError("init: standard input ended before all questions were answered")
        try:
            return check(line.strip() or usual)
        except UsageError as error:
            streams.say(str(error))


def _yes(answer: str) -> bool:
    return answer.lower() in ("y", "yes")


def checked_variable(name: str) -> str:
    """Return the name of a variable.

    Raises:
        UsageError: it is none; the message does not repeat it, since it may be a credential.
    """
    if VARIABLE.fullmatch(name) is None:
        raise UsageError(
            "that is no name of a variable: capital letters, digits and _ only. The credential itself is"
            f" never asked for; put it into a variable, such as {SECRET_VARIABLE}"
        )
    return name


def _checked_url(url: str) -> str:
    _usable(url, str(BY_NAME["model"].default), SECRET_VARIABLE)
    return url


def _checked_system(name: str) -> str:
    if name not in SYSTEMS:
        raise UsageError(f"answer with one of {', '.join(SYSTEMS)}")
    return name


def _usable(url: str, model: str, variable: str) -> Address:
    """Check what a run would refuse, and return what it would make of the URL.

    Raises:
        UsageError: the URL or the model cannot be used.
    """
    from conformance.run import asked  # noqa: PLC0415 - --help needs none
    from conformance.target import build, resolution  # noqa: PLC0415 - --help needs none

    flags = {"url": url, "model": model, "api_key_env": [variable]}
    values = resolution.resolve(flags, {}, None)
    found = asked.address(values, flags)
    # The credential may be elsewhere, so any stands in for it; nothing is sent.
    build.build(values, {variable: "stands-in-for-the-credential"})
    return found


def guessed(folder: Path) -> str:
    """Return the CI system of a folder: by its files, or by the address that git pushes to."""
    if (folder / ".github").is_dir():
        return "github"
    if (folder / GITLAB_FILE).is_file():
        return "gitlab"
    try:
        with (folder / ".git" / "config").open("rb") as file:
            text = file.read(MOST_GIT_BYTES).decode("utf-8", "replace").lower()
    except OSError:
        return "none"
    hosts = " ".join(HOST.findall(text))
    return next((name for name in SYSTEMS if name in hosts), "none")


# ---------------------------------------------------------------- the gateway


def _looked(url: str, model: str, variable: str) -> str:
    """Ask the gateway one good request, and return what came of it."""
    import tempfile  # noqa: PLC0415 - --help needs none

    from conformance.run import launch  # noqa: PLC0415 - --help needs none

    own = [] if variable == SECRET_VARIABLE else [variable]
    flags = {"url": url, "model": model, "api_key_env": own, "timeout": ASK_S}
    with tempfile.TemporaryDirectory() as folder:
        try:
            session = launch.session_for({**flags, "report_dir": folder}, os.environ)
            streams.keep_secret(session.channel.target.vault)
            session.approach()
            session.examine()
            record = session.end()
        except ConformanceError as error:
            return f"\nThe gateway was not asked: {error}\n"
    if not record.diagnosis:
        return "\nThe gateway answered a good request with a picture.\n"
    from conformance.reports.text import obeyed_by_none, visible  # noqa: PLC0415 - --help needs none

    found = record.diagnosis[0]
    told = f"{found.problem}\nwhose: {found.whose}\ndo:    {found.what_to_do}\n"
    return obeyed_by_none(visible(f"\nThe gateway cannot be judged yet: {told}"))


# ---------------------------------------------------------------- files


def _files(address: Address, model: str, variable: str, system: str) -> dict[Path, str]:
    files = {Path(CONFIG_FILE): init_files.settings_file(address, model, variable)}
    if system == "github":
        files[GITHUB_FILE] = init_files.github(variable)
    if system == "gitlab":
        path = GITLAB_PART if os.path.lexists(GITLAB_FILE) else GITLAB_FILE
        files[path] = init_files.gitlab(variable)
    return files


def _demand_room(paths: list[Path], *, force: bool) -> None:
    here = Path.cwd().resolve()
    for path in paths:
        if not path.parent.resolve().is_relative_to(here):
            raise UsageError(f"{path.parent} leads out of this folder; nothing was written")
    there = [str(path) for path in paths if os.path.lexists(path)]
    if there and not force:
        raise UsageError(
            f"{' and '.join(there)} {'is' if len(there) == 1 else 'are'} there already; nothing was"
            " written. --force writes over"
        )


def _write(files: dict[Path, str]) -> None:
    from conformance.result.storage import put  # noqa: PLC0415 - --help needs none

    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        put(path, lambda text=text: text)  # type: ignore[misc] # the text of this turn of the loop
