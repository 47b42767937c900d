"""A vendor's walk, typed as docs/certify.md has it: run, bundle, sign, and verify without a network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.commanding import environment
from tests.serving import free_port

PAGE = (Path(__file__).parents[2] / "docs" / "certify.md").read_text("utf-8")
# What the page shows behind its mark: the challenge, the vendor's commands, those of whoever checks.
CHALLENGE, VENDOR, CHECKING = re.findall(
    r"```sh\n(.*?)```", PAGE[PAGE.index("tests/cli/test_certify.py") :], re.DOTALL
)
PORT = "9500"
ALONE = "unshare -n "


class Walk(NamedTuple):
    """The folder of whoever checks, and what each part of the walk said."""

    folder: Path
    challenge: subprocess.CompletedProcess[str]
    vendor: subprocess.CompletedProcess[str]
    checking: subprocess.CompletedProcess[str]


def typed(commands: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What a shell does with these commands in a folder; the first one that fails ends it."""
    return subprocess.run(
        ["sh", "-e", "-c", commands],
        cwd=folder,
        env=environment(PATH=f"{folder.parent / 'bin'}:{os.environ['PATH']}"),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        stdin=subprocess.DEVNULL,
    )


def no_network_can_be_taken_away() -> str:
    """Return why this process may not have a network of its own, or nothing."""
    if shutil.which("unshare") is None:
        return "there is no `unshare` here"
    done = subprocess.run(["unshare", "-n", "true"], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else f"`unshare -n` is not permitted: {done.stderr.strip()}"


@pytest.fixture
def walk(tmp_path: Path) -> Walk:
    if not all(map(shutil.which, ("sh", "openssl", "cp"))):
        pytest.skip("needs sh, openssl and cp")
    if why := no_network_can_be_taken_away():
        if os.environ.get("CI") and os.geteuid() == 0:
            pytest.fail(f"{why}. In CI as root it must be.")
        pytest.skip(why)
    command = tmp_path / "bin" / "conformance"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m conformance "$@"\n')
    command.chmod(0o755)
    vendor = tmp_path / "vendor"
    vendor.mkdir()
    assert PORT in VENDOR
    said = [typed(CHALLENGE, vendor), typed(VENDOR.replace(PORT, str(free_port())), vendor)]
    assert said[1].returncode == 0, said[1].stdout + said[1].stderr
    # What checks is another folder; nothing of the vendor's is left.
    said.append(typed(CHECKING, vendor))
    shutil.rmtree(vendor)
    return Walk(tmp_path / "checking", *said)


def gets_a_certificate(walk: Walk) -> None:
    assert "✓ CONFORMANT" in walk.vendor.stdout
    assert "The result can carry a certificate: `conformance bundle`" in " ".join(
        walk.vendor.stdout.split()
    )
    assert "It holds a certificate, certificate.html, until" in walk.vendor.stdout
    assert "left out" not in walk.vendor.stdout


def is_verified_in_another_folder(walk: Walk) -> None:
    assert ALONE in CHECKING
    assert walk.checking.returncode == 0, walk.checking.stdout + walk.checking.stderr
    said = " ".join(walk.checking.stdout.split())
    challenge = (walk.folder / "challenge").read_text().strip()
    assert re.fullmatch("[0-9a-f]{32}", challenge)
    assert "✓ VERIFIED conformant, profile full" in said
    assert f"Challenge: {challenge}, as you gave it." in said
    assert "Product: Gate 1.4.2 of Acme" in said
    assert re.search(r"Signature by \S*acme\.key\.pub \(key [0-9a-f]{16}…\): valid", said)
    page = (walk.folder / "unpacked" / "certificate.html").read_text("utf-8")
    assert challenge in page
    assert "Gate 1.4.2" in page


def a_changed_byte_is_found(walk: Walk) -> None:
    content = bytearray((walk.folder / "bundle.zip").read_bytes())
    content[len(content) // 2] ^= 1
    (walk.folder / "changed.zip").write_bytes(content)
    done = typed("conformance verify changed.zip", walk.folder)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    evidence = walk.folder / "unpacked" / "evidence.jsonl"
    changed = evidence.read_bytes().replace(b'"status": 400', b'"status": 200', 1)
    evidence.write_bytes(changed)
    done = typed("conformance verify unpacked", walk.folder)
    assert done.returncode == 1
    assert "DIFFERS" in done.stdout
    assert "evidence.jsonl: its SHA-256 is said to be" in " ".join(done.stdout.split())


def test_the_walk_ends_verified_without_a_network_and_a_changed_byte_is_found(walk: Walk) -> None:
    # One test, so that the workers of pytest share no run, and none of them makes a second one.
    gets_a_certificate(walk)
    is_verified_in_another_folder(walk)
    a_changed_byte_is_found(walk)
