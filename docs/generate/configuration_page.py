"""The pages of all settings and all commands, as the code declares them."""

from __future__ import annotations

import argparse
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from text import code, plain, table

from conformance.cli.arguments import parser
from conformance.target import groups, settings

if TYPE_CHECKING:
    from conformance.target.setting import Setting

PATH = "configuration.md"
COMMANDS_PATH = "commands.md"
WIDTH = 80
# A value of each kind, as conformance.toml has it.
EXAMPLES = {
    "text": '"…"', "integer": "20", "number": "2.5", "rate": '"60/min"', "duration": '"20m"',
    "switch": "true", "list": '["…"]',
}  # fmt: skip
VARIABLES = (
    (settings.SECRET_VARIABLE, "the credential, where `--api-key-env` names no other variable"),
    (settings.KEY_PASSWORD_VARIABLE, "the password of `--client-key`"),
    (
        settings.DISCLOSURE_VARIABLE,
        "a secret of yours that binds the evidence to what was taken out of it ([verify](verify.md))",
    ),
    (settings.TRACEBACK_VARIABLE, "set it to 1 to see where the suite itself failed"),
)


def page() -> str:
    """Return the page of all settings, by group."""
    lines = [
        "# Configuration",
        "",
        (
            f"`conformance run` has {len(settings.SETTINGS)} settings. None is needed but the address of the"
            " gateway and a credential. Each setting is a flag, an environment variable, and a key of"
            f" `{settings.CONFIG_FILE}` in the working directory. `--config FILE` names another file."
        ),
        "",
        (
            "**The flag wins over the variable, the variable over the file.** A switch in a variable is `1`,"
            " `true`, `0` or `false`. A list in a variable is written with commas, but for headers."
        ),
        "",
        "A credential is never a setting. A setting names the variable that holds it.",
    ]
    placed = sorted(settings.SETTINGS, key=lambda one: groups.place(one.name))
    for title, those in groupby(placed, key=lambda one: one.group):
        lines += ["", f"## {title[:1].upper()}{title[1:]}"]
        for setting in those:
            lines += ["", *_setting(setting)]
    lines += ["", "## Variables that are no settings", ""]
    lines += table(("variable", "holds"), ([code(name), what] for name, what in VARIABLES))
    return "\n".join(lines) + "\n"


def _setting(setting: Setting) -> list[str]:
    default = "" if setting.default in (None, False) else str(setting.default)
    facts = [
        ("Variable", code(setting.variable)),
        (f"In `{settings.CONFIG_FILE}`", code(f"{setting.name} = {_example(setting)}")),
        ("Default", code(default)),
        ("Choices", " ".join(code(choice) for choice in setting.choices)),
        ("At least", code("" if setting.least is None else f"{setting.least:g}")),
        ("", "It may be given several times." if setting.many else ""),
    ]
    metavar = "" if setting.kind == "switch" else f" {setting.metavar or setting.name[:1].upper()}"
    help_ = setting.help[:1].upper() + setting.help[1:]
    return [
        f"### {code(setting.flag + metavar)} {{ #{setting.name} }}",
        "",
        f"{plain(help_)}.",
        "",
        *(f"- {name}: {value}" if name else f"- {value}" for name, value in facts if value),
    ]


def _example(setting: Setting) -> str:
    if setting.choices and setting.kind == "list":
        return f'["{setting.choices[0]}"]'
    if setting.choices:
        return f'"{setting.default or setting.choices[0]}"'
    if setting.kind == "text" and setting.default:
        return f'"{setting.default}"'
    return EXAMPLES[setting.kind]


def commands() -> str:
    """Return the page of all commands, with the help that each prints."""
    top = parser()
    (made,) = (one for one in top._actions if isinstance(one, argparse._SubParsersAction))  # noqa: SLF001 - argparse has no other way to list its commands
    lines = [
        "# Commands",
        "",
        (
            "Each command prints its own help: `conformance COMMAND --help`. What `run` can be told stands on"
            " the page [Configuration](configuration.md). What the exit codes mean stands in"
            " [How a command ends](endings.md)."
        ),
    ]
    said = {one.dest: one.help or "" for one in made._choices_actions}  # noqa: SLF001 - argparse has no public way to the help of commands
    lines += [
        "",
        *table(("command", "does"), ([f"[{code(n)}](#{n})", plain(h)] for n, h in said.items())),
    ]
    for name, command in made.choices.items():
        if name == "run":
            help_ = "conformance run [URL] [settings]"
        else:
            command.formatter_class = partial(argparse.HelpFormatter, width=WIDTH)
            command.prog = f"conformance {name}"
            help_ = command.format_help().strip()
        lines += [
            "",
            f"## {code(name)} {{ #{name} }}",
            "",
            "```` { .text .no-copy }",
            help_,
            "````",
        ]
    return "\n".join(lines) + "\n"
