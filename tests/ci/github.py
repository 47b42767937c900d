"""Runs the steps of `action.yml` as GitHub's runner does, read from the file itself.

Expressions stand only where the runner evaluates them, in `env`, `with` and `if`; a `run` goes to bash
as it stands there. What steps `use` is noted and not run.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tests.commanding import environment

from .obeying import Command, by_github

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
FILES = ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH", "GITHUB_STATE")


@dataclass
class Ran:
    """What a run of the action came to."""

    code: int = 0
    log: str = ""
    summary: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    used: dict[str, dict[str, str]] = field(default_factory=dict)
    # What a step wrote for later steps beside its outputs.
    left: str = ""

    def commands(self) -> list[Command]:
        return by_github(self.log)


def act(
    inputs: Mapping[str, str], workspace: Path, temp: Path, *, leave_out: str = "", **env: str
) -> Ran:
    """Run the action.

    Args:
        inputs: what the workflow gives; the others have their defaults.
        workspace: the folder of the job, where it checked out its own files.
        temp: RUNNER_TEMP.
        leave_out: the name of a step that is not run.
        env: the environment of the step in the workflow.
    """
    known = {n: str(spec.get("default", "")) for n, spec in ACTION["inputs"].items()} | dict(inputs)
    scope = {f"inputs.{name}": value for name, value in known.items()}
    scope |= {"github.action_path": str(ROOT)}
    scope["steps.python.outputs.python-path"] = sys.executable
    ran = Ran()
    outer = environment(GITHUB_ACTIONS="true", CI="true", RUNNER_TEMP=str(temp)) | env
    for step in STEPS:
        if step.get("name") == leave_out and leave_out:
            continue
        if "if" not in step and ran.code:
            continue
        if "if" in step and not _holds(step["if"], scope):
            continue
        if "uses" in step:
            ran.used[step["uses"]] = {k: _filled(v, scope) for k, v in step.get("with", {}).items()}
            continue
        ran.code = _step(step, scope, ran, workspace, outer) or ran.code
    ran.outputs = {n: _filled(spec["value"], scope) for n, spec in ACTION["outputs"].items()}
    return ran


def _step(
    step: dict[str, Any],
    scope: dict[str, str],
    ran: Ran,
    workspace: Path,
    env: Mapping[str, str],
) -> int:
    temp = Path(env["RUNNER_TEMP"])
    files = {name: temp / f"{name}_{len(list(temp.iterdir()))}" for name in FILES}
    for path in files.values():
        path.touch()
    script = temp / f"step_{len(list(temp.iterdir()))}.sh"
    script.write_text(step["run"], "utf-8")
    assert step["shell"] == "bash"
    given = {k: _filled(v, scope) for k, v in step.get("env", {}).items()}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
        cwd=workspace,
        env={
            **env,
            **{name: str(path) for name, path in files.items()},
            **given,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=300,
    )
    ran.log += done.stdout.decode("utf-8", "replace")
    ran.summary += files["GITHUB_STEP_SUMMARY"].read_text("utf-8")
    ran.left += "".join(files[n].read_text("utf-8") for n in ("GITHUB_ENV", "GITHUB_PATH"))
    if "id" in step:
        found = outputs(files["GITHUB_OUTPUT"].read_text("utf-8"))
        scope |= {f"steps.{step['id']}.outputs.{name}": value for name, value in found.items()}
    return done.returncode


def outputs(text: str) -> dict[str, str]:
    """What the runner reads from the file of outputs."""
    found: dict[str, str] = {}
    lines = iter(text.split("\n"))
    for line in lines:
        name, block, end = line.partition("<<")
        if block and "=" not in name:
            value = []
            while (row := next(lines)) != end:
                value.append(row)
            found[name] = "\n".join(value)
        elif "=" in line:
            name, _, value_ = line.partition("=")
            found[name] = value_
    return found


def _filled(text: Any, scope: Mapping[str, str]) -> str:
    """A text with its expressions evaluated, once: what comes in is no expression again."""
    return EXPRESSION.sub(lambda found: scope.get(found[1], ""), str(text).strip())


def _holds(condition: str, scope: Mapping[str, str]) -> bool:
    found = EXPRESSION.fullmatch(condition)
    assert found is not None
    terms = [term.strip() for term in found[1].split("&&")]
    assert terms[0] == "always()"
    compared = [re.fullmatch(r"([\w.-]+) != ''", term) for term in terms[1:]]
    return all(term is not None and scope.get(term[1], "") for term in compared)
