"""The container: what its file says, and, where a builder is, the image built from it and run.

No base image can be pulled where these tests run, so the base is a Debian of the package archive with
Python: the same Containerfile is built on it, by its ARG. It takes about a minute; a tar of such a base
that was made before is named by CONFORMANCE_CONTAINER_BASE.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.reference.catalogue import behaviour
from conformance.reference.credentials import demo_credentials
from conformance.reference.server import running
from tests.amount import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
FILE = (ROOT / "Containerfile").read_text("utf-8")
KEY = demo_credentials().virtual_key
WANTED = EVERYTHING or os.environ.get("CONFORMANCE_CONTAINER") == "1"
BUILDERS = ("buildah", "mmdebstrap")
PACKAGES = "python3,python3-venv,ca-certificates"
# What lets pip and its certificates work where the index is behind a proxy of the machine.
FROM_HOST = (Path("/etc/pip.conf"), Path("/etc/ssl/certs"))
USER = 10001


def test_it_depends_on_no_processor_and_runs_as_nobody_special() -> None:
    assert not re.search(r"amd64|x86|arm64|aarch64|--platform", re.sub(r"#.*", "", FILE))
    assert re.search(r"^ARG BASE=docker\.io/library/python:3\.\d+-slim-\w+$", FILE, re.MULTILINE)
    assert re.search(rf"^USER {USER}:{USER}$", FILE, re.MULTILINE)
    assert "-c /source/constraints.txt" in FILE
    copied = re.findall(r"^COPY (.+) /source", FILE, re.MULTILINE)
    assert all((ROOT / name).exists() for line in copied for name in line.split())
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().split() if line[0] == "!"}
    assert let_in == {name for line in copied for name in line.split()}


@pytest.mark.skipif(not EVERYTHING, reason="it asks the package index: CONFORMANCE_MATRIX=all")
def test_every_package_has_a_wheel_for_arm64(tmp_path: Path) -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    (version,) = re.findall(r"^ARG BASE=.*python:(3\.\d+)", FILE, re.MULTILINE)
    platforms = (f"manylinux{v}_aarch64" for v in ("2014", "_2_17", "_2_28", "_2_34"))
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--ignore-installed"),
            *("--target", str(tmp_path), "--only-binary=:all:", "--python-version", version),
            *(word for name in platforms for word in ("--platform", name)),
            *("-c", str(ROOT / "constraints.txt"), *wanted),
        ],
        check=True,
        timeout=300,
    )


class Builder:
    """buildah with a storage of its own, which needs no daemon and no right to mount."""

    def __init__(self, folder: Path) -> None:
        self._storage = ("--root", f"{folder}/root", "--runroot", f"{folder}/run")
        self._environment = {
            **{k: os.environ[k] for k in ("PATH", "HOME") if k in os.environ},
            "STORAGE_DRIVER": "vfs",
            "BUILDAH_ISOLATION": "chroot",
        }

    def do(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            ["buildah", *self._storage, *words],
            cwd=ROOT, env=self._environment, capture_output=True, text=True, check=False,
            timeout=600, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert done.returncode == 0 or not check, done.stdout[-2000:] + done.stderr[-2000:]
        return done

    def said(self, *words: str) -> str:
        return self.do(*words).stdout.strip()


def _bootstrap(base: Path) -> None:
    """Make a root file system of Debian with Python, from the package archive."""
    subprocess.run(
        ["mmdebstrap", "--quiet", "--mode=root", "--variant=minbase", f"--include={PACKAGES}",
         "stable", str(base), "http://deb.debian.org/debian"],
        check=True, timeout=600,
    )  # fmt: skip


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Builder]:
    if not WANTED:
        pytest.skip("it takes a minute: `make container`, or CONFORMANCE_CONTAINER=1")
    if missing := [name for name in BUILDERS if shutil.which(name) is None]:
        pytest.skip(f"no builder: install the Debian packages {' and '.join(missing)}")
    if os.geteuid() != 0:
        pytest.skip("buildah and mmdebstrap make files of other users here, so they need root")
    folder = tmp_path_factory.mktemp("container")
    base = Path(os.environ.get("CONFORMANCE_CONTAINER_BASE") or folder / "base.tar")
    if not base.is_file():
        _bootstrap(base)
    made = Builder(folder)
    container = made.said("from", "scratch")
    made.do("add", "--quiet", container, str(base), "/")
    made.do("commit", "--quiet", "--rm", container, "localhost/base")
    mounts = [w for p in FROM_HOST if p.exists() for w in ("-v", f"{p}:{p}:ro")]
    made.do(
        "build", "--network", "host", "--build-arg", "BASE=localhost/base", *mounts,
        "-f", "Containerfile", "-t", "localhost/conformance", "."
    )  # fmt: skip
    yield made
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def image(builder: Builder) -> tuple[Builder, dict[str, Any]]:
    found = json.loads(builder.said("inspect", "--type", "image", "localhost/conformance"))
    return builder, found["OCIv1"]["config"]


def test_the_image_says_what_it_is(image: tuple[Builder, dict[str, Any]]) -> None:
    _, config = image
    assert config["User"] == f"{USER}:{USER}"
    assert config["Entrypoint"] == ["conformance"]
    assert config["WorkingDir"] == "/reports"
    assert config["Labels"]["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert not [row for row in config["Env"] if row.startswith(("PIP_", "SSL_"))]


@pytest.mark.parametrize(
    ("defects", "words", "code"),
    [((), "--profile=smoke", 0), (("n-eleven-accepted",), "--requirement=N-2", 1)],
)
def test_the_container_judges_and_leaves_its_reports_outside(
    defects: tuple[str, ...],
    words: str,
    code: int,
    image: tuple[Builder, dict[str, Any]],
    tmp_path: Path,
) -> None:
    builder, config = image
    reports = tmp_path / "reports"
    reports.mkdir()
    os.chown(reports, USER, USER)
    container = builder.said("from", "localhost/conformance")

    def run(*said: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        outside = ("--network", "host", "-v", f"{reports}:/reports")
        given = ("--env", f"CONFORMANCE_API_KEY={KEY}")
        return builder.do("run", *outside, *given, container, "--", *said, check=check)

    with running(behaviour(defects)) as url:
        done = run(*config["Entrypoint"], "run", url, words, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert json.loads((reports / "result.json").read_text())["verdict"] in done.stdout.lower()
    assert KEY not in done.stdout + done.stderr
    written = list(reports.rglob("*"))
    assert {p.stat().st_uid for p in written} == {USER}
    assert {p.name for p in written} >= {"report.html", "junit.xml", "evidence.jsonl"}
    assert run("id", "-u").stdout.strip() == str(USER)
    assert run("sh", "-c", "touch /opt/conformance/x", check=False).returncode != 0
    builder.do("rm", container)


def test_without_words_it_prints_its_help_and_nothing_needs_a_mount(
    image: tuple[Builder, dict[str, Any]],
) -> None:
    builder, config = image
    container = builder.said("from", "localhost/conformance")
    words = [*config["Entrypoint"], *config["Cmd"]]
    assert "Exit codes" in builder.said("run", container, "--", *words)
    builder.do("run", container, "--", "sh", "-c", "touch /reports/x")
    builder.do("rm", container)
