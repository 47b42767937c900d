"""`conformance init`: what it asks, what it writes, and that a run and a CI system take what it wrote."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from conformance.cli import init, init_files
from conformance.errors import UsageError
from conformance.reference.behaviour import Behaviour
from conformance.reference.server import running
from conformance.target import resolution
from conformance.target.pasted import Address
from conformance.target.settings import SETTINGS
from tests.commanding import conformance, environment, left_in
from tests.serving import HOST

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
URL = f"http://{HOST}:9"
GIT = '[remote "origin"]\n\turl = {url}\n'


@pytest.fixture(scope="module")
def gateway() -> Iterator[str]:
    with running(Behaviour()) as url:
        yield url


def at_a_terminal(folder: Path, answers: str, *arguments: str) -> tuple[int, str]:
    """What the command does for somebody who types these lines."""
    mine, its = pty.openpty()
    with os.fdopen(mine, "wb") as keyboard:
        keyboard.write(answers.encode())
        keyboard.flush()
        done = subprocess.run(
            [sys.executable, "-m", "conformance", "init", *arguments],
            cwd=folder, env=environment(), stdin=its, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False, timeout=60,
        )  # fmt: skip
    os.close(its)
    return done.returncode, done.stdout


# ---------------------------------------------------------------- one source


@pytest.mark.parametrize(
    ("example", "draw"),
    [("github-workflow.yml", init_files.github), ("gitlab-ci.yml", init_files.gitlab)],
)
def test_the_examples_are_what_init_writes(example: str, draw: object) -> None:
    assert callable(draw)
    assert (ROOT / "examples" / example).read_text("utf-8") == draw(), "write it again with init"


def test_the_workflow_holds_expressions_in_env_alone_and_pins_what_it_uses() -> None:
    steps = yaml.safe_load(init_files.github("GATEWAY_KEY"))["jobs"]["conformance"]["steps"]
    assert not any("${{" in step.get("run", "") for step in steps)
    assert [s["env"] for s in steps if "env" in s] == [
        {"GATEWAY_KEY": "${{ secrets.GATEWAY_KEY }}"}
    ]
    used = [s["uses"] for s in steps if "uses" in s]
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", name) for name in used)
    action = (ROOT / "action.yml").read_text("utf-8")
    assert [name for name in used if "checkout" not in name and name not in action] == []


# ---------------------------------------------------------------- conformance.toml


def address(url: str) -> Address:
    return Address(url, "/v1/images/variations", url)


def test_every_setting_stands_in_the_file_and_can_be_switched_on(tmp_path: Path) -> None:
    text = init_files.settings_file(address(URL), "openai/dall-e-2", "GATEWAY_KEY")
    assert set(tomllib.loads(text)) == {"url", "api-key-env", *init_files.ACTIVE}
    for setting in SETTINGS:
        path = tmp_path / f"{setting.name}.toml"
        path.write_text(re.sub(rf"^# ({setting.name} = )", r"\1", text, flags=re.MULTILINE))
        values = resolution.resolve({}, {}, path)
        assert values[setting.key] not in (None, []), setting.name
        assert values["api_key_env"]


def test_a_text_of_the_file_is_quoted_whatever_it_holds() -> None:
    odd = 'a"b\\c\n# d = 1\x7f'
    assert tomllib.loads(init_files.settings_file(address(odd), odd, "X"))["model"] == odd


def test_a_url_is_understood_as_a_run_does_and_written_as_it_was_understood(
    tmp_path: Path,
) -> None:
    done = conformance("init", "localhost:18099/gw/v1/", "--yes", "--ci", "none", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "The URL ends in /v1: taken as http://localhost:18099/gw," in done.stdout
    known = tomllib.loads((tmp_path / "conformance.toml").read_text())
    assert known["url"] == "http://localhost:18099/gw"


# ---------------------------------------------------------------- the command


def test_without_a_terminal_it_asks_nobody_and_says_so(tmp_path: Path) -> None:
    for arguments in (("init",), ("init", URL), ("init", "--yes")):
        done = conformance(*arguments, cwd=tmp_path)
        assert done.returncode == 2
        assert "--yes" in done.stderr
    assert left_in(tmp_path) == set()


def test_it_writes_what_it_names_and_nothing_over_what_is_there(tmp_path: Path) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text("mine: {script: [make]}\n")
    words = ("init", URL, "--yes", "--api-key-env", "GATEWAY_KEY")
    done = conformance(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    files = {"conformance.toml", ".gitlab/conformance.yml"}
    assert left_in(tmp_path) == {".gitlab-ci.yml", *files}
    assert all(name in done.stdout for name in files)
    assert "include: [{local: .gitlab/conformance.yml}]" in done.stdout
    again = conformance(*words, "--model", "other/model", cwd=tmp_path)
    assert again.returncode == 2
    assert "there already; nothing was written" in again.stderr
    forced = conformance(*words, "--model", "other/model", "--force", cwd=tmp_path)
    assert forced.returncode == 0
    assert tomllib.loads((tmp_path / "conformance.toml").read_text())["model"] == "other/model"
    assert (tmp_path / ".gitlab-ci.yml").read_text() == "mine: {script: [make]}\n"


def test_a_folder_that_leads_elsewhere_gets_nothing(tmp_path: Path) -> None:
    here, other = tmp_path / "here", tmp_path / "other"
    here.mkdir()
    other.mkdir()
    (here / ".github").symlink_to(other)
    done = conformance("init", URL, "--yes", cwd=here)
    assert done.returncode == 2
    assert "leads out of this folder" in done.stderr
    assert left_in(tmp_path) == set()


@pytest.mark.parametrize(
    "arguments", [("--api-key-env", "sk-bf-secret"), ("--api-key-env", "a$(id)"), ("--model", "")]
)
def test_what_cannot_be_used_is_not_written(arguments: tuple[str, str], tmp_path: Path) -> None:
    done = conformance("init", "ftp://x", "--yes", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert "secret" not in done.stderr
    assert left_in(tmp_path) == set()


def test_somebody_at_a_terminal_is_asked_and_the_gateway_too(gateway: str, tmp_path: Path) -> None:
    answers = f"{gateway}\n\nsk-bf-secret\n\njenkins\ngithub\ny\n"
    code, said = at_a_terminal(tmp_path, answers)
    assert code == 0, said
    assert "capital letters, digits and _ only" in said
    assert "answer with one of github, gitlab, none" in said
    assert "answered a good request with a picture" in said
    assert left_in(tmp_path) == {"conformance.toml", ".github/workflows/conformance.yml"}
    assert "sk-bf" not in said
    steps = yaml.safe_load((tmp_path / ".github/workflows/conformance.yml").read_text())
    judge = next(s for s in steps["jobs"]["conformance"]["steps"] if s.get("env"))
    script = f"{judge['run']} --profile smoke"
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=tmp_path,
        env=environment(GITHUB_ACTIONS="true")
        | {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "::notice title=Conformance%3A conformant::" in done.stdout


def test_a_gateway_that_is_down_is_said_and_the_files_are_written(tmp_path: Path) -> None:
    code, said = at_a_terminal(tmp_path, "none\ny\n", URL, "--model", "a/b", "--api-key-env", "X_Y")
    assert code == 0, said
    assert "The gateway was not asked: no credential" in said
    assert "X_Y" in said
    assert left_in(tmp_path) == {"conformance.toml"}


@pytest.mark.parametrize(
    ("url", "system"),
    [
        ("https://github.com/a/gitlab-b.git", "github"),
        ("git@gitlab.example.org:a/github.git", "gitlab"),
        ("https://user:key@git.example/github/x", "none"),
        ("../github", "none"),
    ],
)
def test_the_ci_system_is_that_of_the_host_of_git(url: str, system: str, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text(GIT.format(url=url))
    assert init.guessed(tmp_path) == system


def test_a_pasted_key_is_no_name() -> None:
    for key in ("sk-bf-7f3a", "eyJhbGciOiJIUzI1NiJ9", "abc", "A" * 65, ""):
        with pytest.raises(UsageError) as raised:
            init.checked_variable(key)
        assert not key or key not in str(raised.value)
