"""The files that `conformance init` writes: conformance.toml, and a job for GitHub or for GitLab.

`examples/` holds the same jobs, as `github()` and `gitlab()` draw them without arguments.
"""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from conformance import __version__
from conformance.target import groups
from conformance.target.settings import BY_NAME as KNOWN
from conformance.target.settings import SECRET_VARIABLE, SETTINGS

if TYPE_CHECKING:
    from conformance.target.pasted import Address
    from conformance.target.setting import Setting

WIDTH = 99
GITHUB_FILE = Path(".github/workflows/conformance.yml")
GITLAB_FILE = Path(".gitlab-ci.yml")
# Where there is a pipeline already, it includes this file.
GITLAB_PART = Path(".gitlab/conformance.yml")
USUAL_PATH = KNOWN["path"].default
# What stands in the file without a mark before it; everything else is there to be found.
ACTIVE = ("model", "profile", "report-dir")
# Values that show the form of a setting that has no default.
EXAMPLES = {
    "rate": "60/min",
    "duration": "20m",
    "integer": 1,
    "number": 1.0,
    "switch": True,
}
BY_NAME = {"challenge": "drawn-by-whoever-certifies", "seed": 7, "max-images": 100}


def settings_file(address: Address, model: str, variable: str) -> str:
    """Return conformance.toml with every setting: those that were asked for, and the others as comments.

    Args:
        address: the base address of the gateway, and the path of the endpoint behind it.
        model: the model to ask for.
        variable: the name of the variable that holds the credential.
    """
    rows = [
        "# What `conformance run` judges in this folder, and how. A flag of the command line wins over a",
        "# CONFORMANCE_* variable, and the variable over this file. No credential belongs in here.",
        "",
        f"url = {_written(address.base_url)}",
    ]
    given = {"model": model, "api-key-env": [variable], "path": address.path}
    unusual = {"api-key-env": variable != SECRET_VARIABLE, "path": address.path != USUAL_PATH}
    active = (*ACTIVE, *(name for name, counts in unusual.items() if counts))
    group = ""
    for setting in sorted(SETTINGS, key=lambda s: groups.place(s.name)):
        if setting.group != group:
            group = setting.group
            rows += ["", f"# ---- {group}"]
        mark = "" if setting.name in active else "# "
        value = given.get(setting.name, _example(setting))
        rows += [
            "",
            *textwrap.wrap(setting.help, WIDTH, initial_indent="# ", subsequent_indent="# "),
        ]
        rows.append(f"{mark}{setting.name} = {_written(value)}")
    return "\n".join(rows) + "\n"


def github(variable: str = SECRET_VARIABLE) -> str:
    """Return a workflow for GitHub Actions; `variable` is the secret with the credential."""
    return _GITHUB.replace("VARIABLE", variable).replace("VERSION", __version__)


def gitlab(variable: str = SECRET_VARIABLE) -> str:
    """Return a job for GitLab CI; `variable` is the masked variable with the credential."""
    return _GITLAB.replace("VARIABLE", variable).replace("VERSION", __version__)


def next_steps(paths: list[Path], variable: str) -> str:
    """Return which files were written, and what to do with them."""
    names = " ".join(str(path) for path in paths)
    rows = [
        f"\nWrote {names.replace(' ', ' and ')}, and nothing else.",
        "",
        "Next:",
        f"  export {variable}=…    # the credential; it stands in no file",
        "  conformance run",
        f"  git add {names}",
        "  Keep reports/ out of git (.gitignore): it holds every exchange.",
    ]
    if GITHUB_FILE in paths:
        rows.append(f"  Add the secret {variable} to the repository: Settings, Secrets, Actions.")
    if GITLAB_PART in paths:
        rows.append(f"  Add to {GITLAB_FILE}:  include: [{{local: {GITLAB_PART}}}]")
    if GITLAB_PART in paths or GITLAB_FILE in paths:
        rows.append(f"  Add the masked variable {variable} to the project: Settings, CI/CD.")
    return "\n".join(rows) + "\n"


def _example(setting: Setting) -> object:
    if setting.default is not None:
        return True if setting.kind == "switch" else setting.default
    if setting.name in BY_NAME:
        return BY_NAME[setting.name]
    text = setting.choices[0] if setting.choices else (setting.metavar or "…")
    if setting.kind == "list":
        return [text.strip("'")]
    return EXAMPLES.get(setting.kind, text)


def _written(value: object) -> str:
    """Return a value as TOML writes it; lists and numbers look as in JSON."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


_GITHUB = """\
# Judges the gateway that conformance.toml names, and shows what it finds on the page of the run.
# Pull requests from forks get no secrets, so that this runs on pushes, every night, and by hand.
name: conformance

on:
  push:
  schedule:
    - cron: '17 3 * * *'
  workflow_dispatch:

permissions:
  contents: read

jobs:
  conformance:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    steps:
      - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2
        with:
          persist-credentials: false
      - uses: actions/setup-python@ece7cb06caefa5fff74198d8649806c4678c61a1 # v6.3.0
        with:
          python-version: '3.13'
      - name: Install the suite
        run: python -m pip install --quiet image-variations-conformance==VERSION
      # Start your gateway here, if the address in conformance.toml is one of this machine.
      - name: Judge the gateway
        env:
          VARIABLE: ${{ secrets.VARIABLE }}
        run: conformance run
      - name: Show the summary
        if: always()
        run: test ! -f reports/report.md || head -c 1000000 reports/report.md >>"$GITHUB_STEP_SUMMARY"
      - name: Keep the reports
        if: always()
        uses: actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1
        with:
          name: conformance
          path: reports
          if-no-files-found: ignore
"""

_GITLAB = """\
# Judges the gateway that conformance.toml names, and shows what it finds in the merge request.
# The credential is the variable VARIABLE of the project (Settings > CI/CD > Variables), masked.
conformance:
  stage: test
  image: python:3.13-slim
  timeout: 30 minutes
  script:
    - python -m venv /tmp/conformance
    - /tmp/conformance/bin/pip install --quiet image-variations-conformance==VERSION
    # Start your gateway here, or as a service, if the address in conformance.toml is one of this machine.
    - /tmp/conformance/bin/conformance run
  artifacts:
    when: always
    expose_as: Conformance report
    expire_in: 30 days
    paths: [reports/]
    reports:
      junit: reports/junit.xml
"""
