"""What docs/bundles.md tells a reader to type works, and fails for a bundle that was changed."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.bundle import keys, signing
from conformance.bundle.product import Product
from tests.bundle.making import PRODUCT, bundle, key, opened, with_files
from tests.run.test_judged_with import RECIPE

if TYPE_CHECKING:
    from conformance.bundle.reading import Opened

PAGE = (Path(__file__).parents[2] / "docs" / "bundles.md").read_text("utf-8")
TOOLS = ("openssl", "sha256sum", "python3", "sh", "find")


def block_after(mark: str) -> str:
    found = re.search(r"```sh\n(.*?)```", PAGE[PAGE.index(mark) :], re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def signed(tmp_path: Path) -> Opened:
    return opened(tmp_path, signing.signed(bundle(tmp_path), key()))


def typed(folder: Path, content: bytes, number: int = 1) -> subprocess.CompletedProcess[str]:
    (folder / "bundle.zip").write_bytes(content)
    (folder / "acme.key.pub").write_bytes(keys.public_pem(key(number).public()))
    return subprocess.run(
        ["sh", "-c", block_after("tests/bundle/test_recipe.py")],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason=f"needs {', '.join(TOOLS)}")
def test_a_bundle_is_verified_with_openssl_and_without_this_suite(
    signed: Opened, tmp_path: Path
) -> None:
    for name in ("good", "other-key", "changed", "more"):
        (tmp_path / name).mkdir()
    done = typed(tmp_path / "good", signed.path.read_bytes())
    assert done.returncode == 0, done.stderr
    assert "FAILED {'contact': 'qa@acme.example'" in done.stdout

    assert typed(tmp_path / "other-key", signed.path.read_bytes(), 2).returncode == 1

    changed = with_files(signed, **{"report.html": b"changed"}).path.read_bytes()
    assert typed(tmp_path / "changed", changed).returncode != 0
    more = with_files(signed, **{"report.html": signed.files["report.html"], "junit.xml": b""})
    assert typed(tmp_path / "more", more.path.read_bytes()).returncode != 0


def test_the_page_tells_the_digest_of_the_suite_as_it_is_made() -> None:
    told = " ".join(block_after("The digest of the suite").replace("\\\n", " ").split())
    assert told == " ".join(RECIPE.split())


def test_the_page_shows_the_table_of_the_product_as_it_is_read() -> None:
    table = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert table is not None
    assert Product(**tomllib.loads(table[1])["product"]) == PRODUCT
