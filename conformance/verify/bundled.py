"""Verifies a bundle, or a report folder: its files, its statement, its signatures, its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.bundle.checking import check_statement
from conformance.bundle.difference import Difference
from conformance.bundle.layout import SIGNATURES, STATEMENT
from conformance.bundle.reading import open_bundle
from conformance.bundle.signing import Validity, check_signatures, is_vouched_for
from conformance.result.beside import RESULT_FILE
from conformance.verify.verifying import verify

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conformance.bundle.keys import PublicKey
    from conformance.bundle.reading import Opened
    from conformance.bundle.signing import Checked
from conformance.verify.verifying import Verified


@dataclass(frozen=True)
class Findings:
    """What a bundle or a folder comes to.

    `differences` are all, those of the evidence included. `has_statement` is false for the folder that a
    run wrote; `signatures` are those over the statement.
    """

    verified: Verified
    differences: tuple[Difference, ...]
    has_statement: bool
    signatures: tuple[Checked, ...]

    @property
    def holds(self) -> bool:
        """Whether everything is as it says."""
        return self.verified.judged is not None and not self.differences


def verify_bundle(
    path: Path, trusted: Sequence[PublicKey], challenge: str | None = None
) -> Findings:
    """Verify a bundle or a report folder.

    Args:
        path: the bundle, or the folder.
        trusted: the keys of those whose signature is asked for; with any, one of them must have signed.
        challenge: the text that the run must have drawn from, if one was set.

    Raises:
        UsageError: it is neither a bundle nor the folder of a run of this version of the suite.
    """
    opened = open_bundle(path)
    with opened.as_folder() as folder:
        verified = verify(folder)
    signatures = check_signatures(opened, trusted)
    found = [
        *check_statement(opened),
        *_of_signatures(opened, signatures, trusted),
        *_of_challenge(verified, challenge),
        *verified.differences,
    ]
    return Findings(verified, tuple(dict.fromkeys(found)), opened.has_statement, signatures)


def _of_signatures(
    opened: Opened, signatures: Sequence[Checked], trusted: Sequence[PublicKey]
) -> list[Difference]:
    found = [
        Difference(SIGNATURES, f"a signature does not hold: {one.why}")
        for one in signatures
        if one.validity is Validity.INVALID
    ]
    if trusted and not opened.has_statement:
        found.append(Difference(STATEMENT, "there is none, so that nobody can have signed it"))
    elif trusted and not found and not is_vouched_for(signatures):
        found.append(Difference(SIGNATURES, "none is of a key that was named"))
    return found


def _of_challenge(verified: Verified, challenge: str | None) -> list[Difference]:
    made = verified.stored.challenge
    if challenge is None or (made is not None and made.nonce == challenge):
        return []
    said = "none" if made is None else "another one"
    return [Difference(RESULT_FILE, f"challenge: the run was made with {said}")]
