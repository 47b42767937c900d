"""Runs the job of `templates/conformance.yml` as GitLab and its runner do, read from the file itself.

GitLab checks inputs by type, regex and options, puts them as text into keys and values of the parsed
file, and the runner runs the lines of the script in one shell with the job's variables.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from tests.commanding import environment

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATE = Path(__file__).parents[2] / "templates" / "conformance.yml"
HEAD, BODY = yaml.safe_load_all(TEMPLATE.read_text("utf-8"))
INPUTS: dict[str, dict[str, Any]] = HEAD["spec"]["inputs"]
BLOCK = re.compile(r"\$\[\[\s*inputs\.([\w-]+)\s*\]\]")


class RefusedError(Exception):
    """GitLab makes no pipeline of such an input."""


class Ran(NamedTuple):
    code: int
    log: str


def job(given: Mapping[str, Any]) -> dict[str, Any]:
    """The job that GitLab makes of the component with these inputs.

    Raises:
        RefusedError: an input is unknown, or not what its specification allows.
    """
    if unknown := set(given) - set(INPUTS):
        raise RefusedError(f"unknown: {unknown}")
    values = {
        name: _checked(name, given.get(name, spec["default"])) for name, spec in INPUTS.items()
    }
    (made,) = _interpolated(BODY, values).values()
    found: dict[str, Any] = made
    return found


def _checked(name: str, value: Any) -> Any:
    spec = INPUTS[name]
    kind: type = {"boolean": bool, "number": int}.get(spec.get("type", "string"), str)
    if not isinstance(value, kind):
        raise RefusedError(f"{name}: is no {spec.get('type', 'string')}")
    if "options" in spec and value not in spec["options"]:
        raise RefusedError(f"{name}: is none of {spec['options']}")
    # RE2's $ is the end of the text, and Python's also stands before a last line feed.
    if "regex" in spec and not re.search(re.sub(r"\$$", r"\\Z", spec["regex"]), str(value)):
        raise RefusedError(f"{name}: does not match")
    return value


def _interpolated(node: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(node, dict):
        return {_interpolated(k, values): _interpolated(v, values) for k, v in node.items()}
    if isinstance(node, list):
        return [_interpolated(item, values) for item in node]
    if not isinstance(node, str):
        return node
    if whole := BLOCK.fullmatch(node):
        return values[whole[1]]
    return BLOCK.sub(lambda found: str(values[found[1]]), node)


def run(made: Mapping[str, Any], project: Path, shell: str = "bash", **variables: str) -> Ran:
    """Run a job's script in a folder, with variables of the project besides its own."""
    own = {
        name: value["value"] if isinstance(value, dict) else value
        for name, value in made.get("variables", {}).items()
    }
    # The runner's shell: bash where the image has it, sh elsewhere.
    program = ["bash", "-eo", "pipefail"] if shell == "bash" else [shell, "-e"]
    done = subprocess.run(
        [*program, "-c", "\n".join(made["script"])],
        cwd=project,
        env={
            **environment(GITLAB_CI="true", CI="true", CI_PROJECT_DIR=str(project)),
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            **variables,
            **own,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=300,
    )
    return Ran(done.returncode, done.stdout.decode("utf-8", "replace"))
