"""Verifies a bundle, or a report folder: its files, its statement, its signatures, its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.bundle.checking import check_statement, product_of
from conformance.bundle.difference import Difference
from conformance.bundle.layout import CERTIFICATE, SIGNATURES, STATEMENT
from conformance.bundle.reading import open_bundle
from conformance.bundle.signing import Validity, check_signatures, is_vouched_for
from conformance.result import certifying
from conformance.result.beside import RESULT_FILE
from conformance.verify.verifying import verify

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from conformance.bundle.keys import PublicKey
    from conformance.bundle.product import Product
    from conformance.bundle.reading import Opened
    from conformance.bundle.signing import Checked
    from conformance.result.model import Result
    from conformance.verify.verifying import Verified


@dataclass(frozen=True)
class Demands:
    """What whoever verifies asks for beyond that everything is as it says.

    `trusted` are keys of which one must have signed, if there are any. `challenge` is the text that the run
    must have drawn from. `certified_on` is the day on which a certificate must hold.
    """

    trusted: Sequence[PublicKey] = ()
    challenge: str | None = None
    certified_on: dt.date | None = None


@dataclass(frozen=True)
class Findings:
    """What a bundle or a folder comes to.

    `differences` are all, those of the evidence and what was asked for in vain included. `has_statement` is
    false for the folder that a run wrote; `signatures` are those over the statement, which is of `product`.
    `until` is the last day of the certificate, or None where there is none. `left_out` are names in a folder
    that are no files of a bundle: nobody looked at them.
    """

    verified: Verified
    differences: tuple[Difference, ...]
    has_statement: bool
    signatures: tuple[Checked, ...]
    product: Product | None = None
    until: dt.date | None = None
    left_out: tuple[str, ...] = ()
    demands: Demands = Demands()

    @property
    def holds(self) -> bool:
        """Whether everything is as it says."""
        return self.verified.judged is not None and not self.differences


def verify_bundle(path: Path, demands: Demands) -> Findings:
    """Verify a bundle or a report folder.

    Args:
        path: the bundle, or the folder.
        demands: what it must have besides.

    Raises:
        UsageError: it is neither a bundle nor the folder of a run of this version of the suite.
    """
    opened = open_bundle(path)
    with opened.as_folder() as folder:
        verified = verify(folder)
    signatures = check_signatures(opened, demands.trusted)
    until = certifying.last_day(verified.stored) if CERTIFICATE in opened.files else None
    found = [
        *check_statement(opened),
        *_of_signatures(opened, signatures, demands.trusted),
        *_of_challenge(verified, demands.challenge),
        *certificate_missed(verified.stored, until, demands.certified_on),
        *verified.differences,
    ]
    return Findings(
        verified,
        tuple(dict.fromkeys(found)),
        opened.has_statement,
        signatures,
        product_of(opened.files),
        until,
        opened.left_out,
        demands,
    )


def uncertified(stored: Result) -> tuple[str, ...]:
    """Return why there is no certificate of a result, where there is none."""
    found = certifying.reasons_against(stored)
    return found or ("the result can carry one, and no bundle of it holds one",)


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


def certificate_missed(
    stored: Result, until: dt.date | None, day: dt.date | None
) -> Iterator[Difference]:
    """Yield why a certificate that is asked for does not hold.

    Args:
        stored: the result.
        until: its last day; None where there is none.
        day: the day on which it must hold; None asks for no certificate.
    """
    if day is None:
        return
    if until is None:
        for reason in uncertified(stored):
            yield Difference(CERTIFICATE, f"there is none: {reason}")
    elif day > until:
        yield Difference(CERTIFICATE, f"it held until {until}, and today is {day}")
