"""`conformance keygen`, `bundle` and `sign`, as a person types them."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from conformance.bundle import keys
from conformance.bundle.reading import open_bundle
from conformance.bundle.signing import Validity, check_signatures
from tests.bundle.making import PRODUCT, report_folder
from tests.commanding import conformance, left_in

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

TABLE = f"""
[product]
organization = "{PRODUCT.organization}"
name = "{PRODUCT.name}"
version = "{PRODUCT.version}"
url = "{PRODUCT.url}"
contact = "{PRODUCT.contact}"
"""
PASSWORD = "correct horse battery"
SECRET = {"SIGNING_PASSWORD": PASSWORD}


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a key was made, and a bundle was made and signed."""
    folder = tmp_path_factory.mktemp("walk")
    reports = report_folder(folder / "reports")
    (reports / "disclosure.key").write_text("secret")
    (folder / "conformance.toml").write_text(TABLE)
    made = [
        conformance("keygen", "--out", "acme.key", "--password-env", "SIGNING_PASSWORD", cwd=folder, **SECRET),
        conformance("bundle", cwd=folder),
    ]  # fmt: skip
    (folder / "unsigned.zip").write_bytes((reports / "bundle.zip").read_bytes())
    made.append(
        conformance("sign", "reports/bundle.zip", "--key", "acme.key", "--password-env", "SIGNING_PASSWORD", cwd=folder, **SECRET)
    )  # fmt: skip
    (folder / "said").write_text("".join(one.stdout + one.stderr for one in made))
    assert [one.returncode for one in made] == [0, 0, 0], (folder / "said").read_text()
    return folder


def test_each_command_says_what_it_made(walked: Path) -> None:
    said = (walked / "said").read_text()
    keyid = keys.read_public(walked / "acme.key.pub").keyid
    assert f"acme.key.pub: the public key {keyid}; give it to whoever verifies" in said
    assert "reports/bundle.zip: nonconformant (core; 1 of 1 MUST judged), 8 files" in said
    assert "left out, since no bundle holds it: disclosure.key" in said
    assert f"reports/bundle.zip: signed by the key {keyid}" in said


def test_the_signed_bundle_holds_and_its_private_key_is_for_its_owner_alone(walked: Path) -> None:
    trusted = keys.read_public(walked / "acme.key.pub")
    (found,) = check_signatures(open_bundle(walked / "reports" / "bundle.zip"), [trusted])
    assert found.validity is Validity.VALID
    assert stat.S_IMODE((walked / "acme.key").stat().st_mode) == 0o600


def test_nothing_of_the_key_or_its_password_is_said_or_written(walked: Path) -> None:
    secrets = [PASSWORD, *(walked / "acme.key").read_text().splitlines()[1:-1]]
    for name in ("said", "reports/bundle.zip", "acme.key.pub"):
        content = (walked / name).read_bytes()
        assert not any(secret.encode() in content for secret in secrets)


def test_a_key_may_come_from_a_variable_and_the_bundle_go_elsewhere(walked: Path) -> None:
    made = conformance(
        "sign", "unsigned.zip", "--key-env", "SIGNING_KEY", "--password-env", "SIGNING_PASSWORD",
        "--out", "signed.zip", cwd=walked, SIGNING_KEY=(walked / "acme.key").read_text(), **SECRET,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert (walked / "signed.zip").read_bytes() == (walked / "reports/bundle.zip").read_bytes()
    assert not open_bundle(walked / "unsigned.zip").files.keys() & {"statement.dsse.json"}


def refused(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stdout == ""
    return done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["keygen", "--out", "acme.key"], "acme.key.pub: is there already; a key is never overwritten"),
        (["keygen", "--out", "new.key", "--password-env", "NOT_SET"], "the variable NOT_SET is not set"),
        (["bundle", "nowhere"], "nowhere: is no folder; name the report folder of a run"),
        (["bundle", "--product-version", "main"], "--product-version: 'main' is no released version"),
        (["bundle", "--config", "bad.toml"], "bad.toml: product: is no table; write [product]"),
        (["bundle", "--out", "none/x.zip"], "none/x.zip: no file can be written there"),
        (["sign", "unsigned.zip"], "one of the arguments --key --key-env is required"),
        (["sign", "unsigned.zip", "--key", "acme.key"], "is encrypted; name the variable"),
        (["sign", "unsigned.zip", "--key", "acme.key.pub"], "--key acme.key.pub: holds no private key"),
        (["sign", "unsigned.zip", "--key-env", "NOT_SET"], "the variable NOT_SET is not set"),
        (["sign", "bad.toml", "--key-env", "KEY"], "holds no private key in PEM form"),
    ],
    ids=lambda v: " ".join(v)[:40] if isinstance(v, list) else "",
)  # fmt: skip
def test_what_cannot_be_done_is_one_line_and_exit_2(
    arguments: list[str], says: str, walked: Path
) -> None:
    (walked / "bad.toml").write_text("product = 3")
    before = left_in(walked)
    assert says in refused(conformance(*arguments, cwd=walked, KEY="no key"))
    assert left_in(walked) == before
