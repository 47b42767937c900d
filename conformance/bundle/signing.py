"""Signs the statement of a bundle, and says which of its signatures hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from conformance.bundle import archive, envelope
from conformance.bundle.checking import check_statement
from conformance.bundle.envelope import PAYLOAD_TYPE, Envelope, EnvelopeError, Signature, to_sign
from conformance.bundle.layout import SIGNATURES, STATEMENT
from conformance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.bundle.keys import PrivateKey, PublicKey
    from conformance.bundle.reading import Opened


class Validity(StrEnum):
    """What a look at one signature found."""

    VALID = "valid"
    UNKNOWN_KEY = "unknown key"
    INVALID = "invalid"


@dataclass(frozen=True)
class Checked:
    """One signature: whether it holds, and whose it is.

    `keyid` is that of the key that verifies it, and else what the envelope says of its key, which
    proves nothing. `by` is the name of the trusted key, and `why` says why a signature does not hold.
    """

    keyid: str
    validity: Validity
    by: str = ""
    why: str = ""


def check_signatures(opened: Opened, trusted: Iterable[PublicKey]) -> tuple[Checked, ...]:
    """Return what each signature of a bundle is worth; without any, nothing.

    A signature whose key is not among those that are trusted is of an unknown key: whether it holds
    cannot be said.
    """
    if SIGNATURES not in opened.files:
        return ()
    try:
        found = envelope.read(opened.files[SIGNATURES])
    except EnvelopeError as error:
        return (Checked("", Validity.INVALID, why=f"it cannot be read: {error}"),)
    why = ""
    if found.kind != PAYLOAD_TYPE:
        why = "it is over something else than a statement of in-toto"
    elif found.payload != opened.files.get(STATEMENT):
        why = f"it is over another statement than {STATEMENT}"
    content, keys = to_sign(found.kind, found.payload), tuple(trusted)
    return tuple(_checked(one, content, keys, why) for one in found.signatures)


def is_vouched_for(checked: Iterable[Checked]) -> bool:
    """Return whether a trusted key signed a bundle, and no signature of it is broken."""
    found = [one.validity for one in checked]
    return Validity.VALID in found and Validity.INVALID not in found


def _checked(
    signature: Signature, content: bytes, trusted: tuple[PublicKey, ...], why: str
) -> Checked:
    if why:
        return Checked(signature.keyid, Validity.INVALID, why=why)
    # The id is not signed, so it decides nothing: every trusted key is tried.
    for key in trusted:
        if key.verifies(signature.content, content):
            return Checked(key.keyid, Validity.VALID, by=key.name)
    for key in trusted:
        if key.keyid == signature.keyid:
            why = "the statement, or the signature, was changed"
            return Checked(key.keyid, Validity.INVALID, by=key.name, why=why)
    return Checked(signature.keyid, Validity.UNKNOWN_KEY)


def signed(opened: Opened, key: PrivateKey) -> bytes:
    """Return a bundle with one more signature; a second one of the same key takes the first one's place.

    Raises:
        UsageError: the bundle is no zip, its statement does not fit its files, or what signs it
            already is over another statement.
    """
    if not opened.is_zip:
        raise UsageError(
            f"{opened.path}: is a folder; make one file of it with `conformance bundle`"
        )
    for difference in check_statement(opened):
        raise UsageError(
            f"{opened.path}: is not signed: {difference}; make it anew with `conformance bundle`"
        )
    statement = opened.files[STATEMENT]
    before = (
        envelope.read(opened.files[SIGNATURES]).signatures if SIGNATURES in opened.files else ()
    )
    own = Signature(key.public().keyid, key.sign(to_sign(PAYLOAD_TYPE, statement)))
    others = {one for one in before if one.keyid != own.keyid}
    # In an order of their own: whoever signs first, the file is the same.
    rows = sorted({own, *others}, key=lambda one: (one.keyid, one.content))
    written = envelope.written(Envelope(PAYLOAD_TYPE, statement, tuple(rows)))
    return archive.packed({**opened.files, SIGNATURES: written})
