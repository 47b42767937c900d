"""`conformance completion SHELL`: prints a script with which a shell completes this command line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SHELLS = ("bash", "zsh", "tcsh")
# How the parser names what is a file or a folder; every other word is completed as nothing.
FILES = ("FILE", "RESULT", "BUNDLE", "KEY.pub")
FOLDERS = ("DIR",)
_REQUIREMENTS = (("explain", "id"), ("waive", "id"), ("run", "requirement"))


def add(commands: Any) -> None:
    """Add the command to the parser of the command line."""
    completion = commands.add_parser(
        "completion",
        help="print a script for a shell that completes this command line",
        description='Prints a script for a shell. In bash: eval "$(conformance completion bash)".'
        " In zsh: put it as _conformance into a folder of $fpath. In tcsh: source it.",
    )
    completion.add_argument("shell", choices=SHELLS, metavar="|".join(SHELLS))
    completion.set_defaults(command="completion")


def script(top: argparse.ArgumentParser, shell: str) -> str:
    """Return the script for a shell: commands, flags, choices, files, folders and requirement ids.

    Args:
        top: a parser of the whole command line, for this alone: what it takes is changed.
        shell: one of `SHELLS`.
    """
    import shtab  # noqa: PLC0415 - only this command needs it

    from conformance.contract import contract  # noqa: PLC0415 - --help needs none
    from conformance.reference import catalogue  # noqa: PLC0415 - --help needs none
    from conformance.target.settings import BY_NAME  # noqa: PLC0415 - --help needs none

    ids = list(contract.load().requirements)
    broken = [one.id for one in catalogue.DEFECTS]
    for command, action in _actions(top):
        name = action.option_strings[-1].removeprefix("--") if action.option_strings else ""
        if (command, action.dest) in _REQUIREMENTS:
            action.choices = ids
        elif (command, action.dest) == ("serve", "defect"):
            action.choices = broken
        elif command == "run" and name in BY_NAME and BY_NAME[name].choices:
            action.choices = BY_NAME[name].choices
        elif _takes(action, FOLDERS):
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined] # what shtab reads
        elif action.type is Path or _takes(action, FILES):
            action.complete = shtab.FILE  # type: ignore[attr-defined] # what shtab reads
    text: str = shtab.complete(top, shell)
    return text


def _takes(action: argparse.Action, names: tuple[str, ...]) -> bool:
    return any(name in str(action.metavar).split("|") for name in names)


def _actions(top: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.Action]]:
    """Yield each argument of each command, with the command's name."""
    for action in top._actions:  # noqa: SLF001 - argparse has no other way to look at a parser
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - the parser of a command has no other either
            for name, command in action.choices.items():
                yield from ((name, own) for own in command._actions)  # noqa: SLF001 - the parser of a command has no other either
