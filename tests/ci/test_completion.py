"""Shell completion: the scripts are valid, and a real shell completes with them."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from conformance.cli import completion
from conformance.cli.arguments import parser
from tests.commanding import conformance

if TYPE_CHECKING:
    from pathlib import Path

ASK = """
source {script}
COMP_WORDS=({words}) COMP_CWORD=$(( {count} - 1 ))
_shtab_conformance
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("completion") / "conformance.bash"
    done = conformance("completion", "bash", cwd=path.parent)
    assert (done.returncode, done.stderr) == (0, "")
    path.write_text(done.stdout)
    return path


def completed(script: Path, *words: str) -> list[str]:
    program = ASK.format(script=script, words=" ".join(f"'{w}'" for w in words), count=len(words))
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-c", program],
        cwd=script.parent, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return done.stdout.split()


def test_bash_takes_the_script(script: Path) -> None:
    subprocess.run(["bash", "-n", str(script)], check=True, timeout=60)


@pytest.mark.parametrize(
    ("words", "among"),
    [
        (("conformance", "ex"), ["explain"]),
        (("conformance", "explain", "CACHE-"), ["CACHE-1"]),
        (("conformance", "run", "--requirement", "N-"), ["N-1", "N-2"]),
        (("conformance", "run", "--max-im"), ["--max-images"]),
        (("conformance", "run", "--profile", ""), ["smoke", "core", "full"]),
        (("conformance", "run", "--config", "confor"), ["conformance.bash"]),
        (("conformance", "report", "confor"), ["conformance.bash"]),
        (("conformance", "serve", "--defect", "n-eleven"), ["n-eleven-accepted"]),
        (("conformance", "completion", "z"), ["zsh"]),
    ],
)
def test_bash_completes(words: tuple[str, ...], among: list[str], script: Path) -> None:
    assert set(among) <= set(completed(script, *words))


def test_a_folder_is_completed_with_folders_alone(script: Path) -> None:
    (script.parent / "reports").mkdir(exist_ok=True)
    (script.parent / "reports.txt").touch()
    assert completed(script, "conformance", "run", "--report-dir", "rep") == ["reports"]


@pytest.mark.parametrize("shell", ["zsh", "tcsh"])
def test_other_shells_take_theirs(shell: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    path = tmp_path / "script"
    path.write_text(completion.script(parser(), shell))
    check = ["zsh", "-n", str(path)] if shell == "zsh" else ["tcsh", "-f", str(path)]
    done = subprocess.run(check, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
