"""What is published: a wheel that holds what a run needs, and a source archive that holds everything."""

from __future__ import annotations

import email
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

import hatch_build
from tests.amount import EVERYTHING
from tests.packaging.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.packaging.conftest import Built

README = (ROOT / "README.md").read_text("utf-8")
INLINE = re.compile(r"\]\(([^)]*)\)")


def in_git(*untracked: str) -> set[str]:
    """The files of the project; with `--others`, those that nobody has added yet too."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout, so nobody knows which files there should be")
    words = ["git", "ls-files", "-z", "--cached", "--exclude-standard", *untracked]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    return {path for path in done.stdout.split("\0") if path and (ROOT / path).exists()}


def unpacked(source: Path, folder: Path) -> Path:
    with tarfile.open(source) as archive:
        archive.extractall(folder, filter="data")
    (root,) = folder.iterdir()
    return root


def test_the_source_archive_holds_every_file_of_the_project_and_no_other(built: Built) -> None:
    with tarfile.open(built.source) as archive:
        held = {m.name.partition("/")[2] for m in archive.getmembers() if m.isfile()}
    assert in_git() - held == set(), "name them in pyproject.toml, tool.hatch.build.targets.sdist"
    assert held - {"PKG-INFO"} - in_git("--others") == set()


def test_the_wheel_holds_the_package_and_the_contract_and_nothing_else(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    own = {p for p in in_git("--others") if p.startswith("conformance/")}
    contract = {f"conformance/{p}" for p in in_git("--others") if p.startswith("openapi/")}
    assert held == own | contract
    assert "conformance/py.typed" in held


def test_both_descriptions_are_accepted_by_a_package_index(built: Built) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "twine", "check", "--strict", *map(str, built)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_description_has_no_link_that_leads_nowhere(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        read = email.message_from_bytes(archive.read(name))
    assert read["License-Expression"] == "Apache-2.0"
    assert read["Description-Content-Type"] == "text/markdown"
    assert read["Requires-Python"] == ">=3.11"
    shown = read.get_payload(decode=True)
    assert isinstance(shown, bytes)
    assert [to for to in INLINE.findall(shown.decode()) if "://" not in to and to[0] != "#"] == []


def test_the_container_is_built_from_what_a_build_reads() -> None:
    copied = re.findall(
        r"^COPY ([^-\n].*) /source/$", (ROOT / "Containerfile").read_text(), re.MULTILINE
    )
    kept = (ROOT / ".dockerignore").read_text().split()
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE"):
        assert name in copied[0].split()
        assert f"!{name}" in kept


def test_without_an_address_the_name_of_a_file_stands_in_the_place_of_its_link() -> None:
    text = hatch_build.long_description(
        "# A\nSee [`b.md`](b.md), [us](c.md#d), [e](https://f).\n", ""
    )
    assert text == (f"# A\n\n{hatch_build.NOTE}\nSee `b.md`, us (`c.md#d`), [e](https://f).\n")


def test_with_an_address_each_link_of_the_readme_leads_there() -> None:
    text = hatch_build.long_description(README, "https://host.example/own/name/blob/main/")
    links = INLINE.findall(text)
    assert "https://host.example/own/name/blob/main/docs/observe.md" in links
    assert all(to.startswith("https://") for to in links)
    own = [to.removeprefix("https://host.example/own/name/blob/main/") for to in links]
    assert [p for p in own if "://" not in p and not (ROOT / p.partition("#")[0]).exists()] == []


@pytest.mark.skipif(
    not EVERYTHING, reason="with CONFORMANCE_MATRIX=all: the project from its archive"
)
def test_the_archive_alone_passes_tests_and_builds_the_site(built: Built, tmp_path: Path) -> None:
    root = unpacked(built.source, tmp_path)
    kept = {k: os.environ[k] for k in ("PATH", "HOME") if k in os.environ}
    env = {**kept, "PYTHONPATH": str(root), "LANG": "C.UTF-8"}
    some = ["tests/test_architecture.py", "tests/test_docs.py", "tests/contract", "tests/docs"]
    some += [
        "tests/cli/test_listing.py",
        "tests/test_contributing.py",
        "tests/result",
        "tests/examples",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "2", *some],
        cwd=root, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    where = "import conformance; print(conformance.__file__)"
    asked = subprocess.run(
        [sys.executable, "-c", where], cwd=root, env=env, capture_output=True, text=True, check=True
    )
    assert asked.stdout.startswith(str(root))
