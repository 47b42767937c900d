"""A small report folder that no run wrote, bundles of it, and keys that are the same each time."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from conformance.bundle import archive, statement, writing
from conformance.bundle.keys import PrivateKey
from conformance.bundle.layout import STATEMENT
from conformance.bundle.product import Product
from conformance.bundle.reading import Opened, open_bundle
from conformance.contract import contract
from conformance.result import storage
from conformance.result.model import Challenge, Seal, Status, Verdict, Waivers
from conformance.target.challenge import seed_of
from tests.result.samples import EVERYTHING

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.result.model import Result

PRODUCT = Product("Acme", "Gate", "1.4.2", "https://acme.example/gate", "qa@acme.example")
RESULT = replace(
    EVERYTHING,
    contract={"version": contract.load().version, "sha256": contract.load().sha256},
    diagnosis=(),
    selection=(),
    shard="",
)
CHALLENGE = "6f1c0e1b1a7f4f1ea3c0c5d4b7a89e12"
# One that can carry a certificate.
CERTIFIABLE = replace(
    RESULT,
    verdict=Verdict.CONFORMANT,
    profile="full",
    target={**RESULT.target, "observe": "127.0.0.1:9500", "path": "/v1/images/variations"},
    requirements=tuple(
        replace(
            row,
            status=Status.PASS,
            waived=None,
            checks=(replace(row.checks[0], status=Status.PASS),),
        )
        for row in RESULT.requirements
    ),
    waivers=Waivers(),
    challenge=Challenge(CHALLENGE),
    seed=seed_of(CHALLENGE),
    evidence=Seal(1_419, "4d" * 32),
    started="2026-06-15T23:30:00+00:00",
)
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 3
FIXTURE = f"fixtures/{hashlib.sha256(PICTURE).hexdigest()[:12]}.png"


def report_folder(folder: Path, result: Result = RESULT) -> Path:
    (folder / "fixtures").mkdir(parents=True)
    (folder / "result.json").write_text(storage.to_json(result), "utf-8")
    (folder / "evidence.jsonl").write_text('{"run": {}}\n' + '{"id": "e1"}\n' * 20)
    (folder / "report.html").write_text("<!doctype html>")
    (folder / FIXTURE).write_bytes(PICTURE)
    return folder


@cache
def key(number: int = 1) -> PrivateKey:
    return PrivateKey(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))


def opened(folder: Path, content: bytes) -> Opened:
    path = folder / "some.zip"
    path.write_bytes(content)
    return open_bundle(path)


def bundle(folder: Path, result: Result = RESULT) -> Opened:
    made = writing.bundled(report_folder(folder / "reports", result), PRODUCT)
    return opened(folder, made.content)


def with_files(before: Opened, **changes: bytes | None) -> Opened:
    """A bundle with other files; the names have their dots and slashes as in `statement.json`."""
    files = {**before.files, **{k: v for k, v in changes.items() if v is not None}}
    for name in (k for k, v in changes.items() if v is None):
        del files[name]
    before.path.write_bytes(archive.packed(files))
    return open_bundle(before.path)


def stated_anew(before: Opened, text: str) -> Opened:
    """A bundle with another result, and a statement that fits it: what only a signature finds."""
    files = {**before.files, "result.json": text.encode()}
    found = storage.from_json(text)
    made = statement.composed(statement.subjects(files), found, PRODUCT)
    return with_files(before, **{"result.json": text.encode(), STATEMENT: statement.written(made)})
