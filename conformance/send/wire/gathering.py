"""Gathers a body as it comes over the wire: whole while it is of a size to be kept, and else its digest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.http.facts import Cut

if TYPE_CHECKING:
    from conformance.http.bounds import Share

# The beginning of what is not kept whole; it is decoded and cleaned before it is cut once more.
BEGINNING_BYTES = 65_536


@dataclass(frozen=True)
class Gathered:
    """A body as it came, or its beginning and what is known of the rest."""

    content: bytes
    cut: Cut | None = None


class Gathering:
    """A body that is being read.

    Args:
        most: how many bytes it may have.
        share: what it may take of the memory for answers that are read; None for as much as it has.
    """

    def __init__(self, most: int, share: Share | None) -> None:
        self._most, self._share = most, share
        self._content = bytearray()
        self._length = 0
        self._digest: hashlib._Hash | None = None

    def add(self, piece: bytes) -> None:
        """Take the next bytes.

        Raises:
            OverflowError: there are more than `most`.
        """
        self._length += len(piece)
        if self._length > self._most:
            raise OverflowError
        share = self._share
        if share is not None and self._digest is None and not share.take(len(piece)):
            self._digest = hashlib.sha256(self._content)
            self._content = self._content[:BEGINNING_BYTES]
            share.release()
        if self._digest is None:
            self._content += piece
        else:
            self._digest.update(piece)

    def gathered(self) -> Gathered:
        """Return what there is."""
        content = bytes(self._content)
        if self._digest is None:
            return Gathered(content)
        why = "it is larger than the suite keeps"
        return Gathered(content, Cut(self._length, self._digest.hexdigest(), why))
