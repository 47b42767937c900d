"""The certificates that a gateway shows in TLS, and what a result says of each of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl

# A gateway behind several balancers may show several; a result names so many of them.
MOST = 4
LONGEST_NAME = 300


@dataclass
class Seen:
    """The different certificates (DER) that a run was shown; noted on the network's thread."""

    leaves: list[bytes] = field(default_factory=list)

    def note(self, connection: ssl.SSLObject | None) -> None:
        """Take down the certificate of a connection; one without TLS has none."""
        leaf = connection.getpeercert(binary_form=True) if connection is not None else None
        if leaf and leaf not in self.leaves and len(self.leaves) < MOST:
            self.leaves.append(leaf)

    def rows(self) -> list[dict[str, Any]] | None:
        """Return what a result says of each of them, the first one first; None without TLS."""
        return [described(leaf) for leaf in self.leaves] or None


def described(leaf: bytes) -> dict[str, Any]:
    """Return the digest of a certificate (DER), and whom it is for, by whom and how long.

    Of one that cannot be read, the digest alone is known; the other texts are empty.
    """
    from cryptography import x509  # noqa: PLC0415 - its import takes long, and most runs need none

    row = dict.fromkeys(("subject", "issuer", "not_before", "not_after"), "")
    try:
        known = x509.load_der_x509_certificate(leaf)
        row["subject"] = known.subject.rfc4514_string()[:LONGEST_NAME]
        row["issuer"] = known.issuer.rfc4514_string()[:LONGEST_NAME]
        row["not_before"] = known.not_valid_before_utc.isoformat()
        row["not_after"] = known.not_valid_after_utc.isoformat()
    except ValueError:
        pass
    return {"sha256": hashlib.sha256(leaf).hexdigest(), **row}
