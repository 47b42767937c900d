"""Where a result comes from: what made its seed, and where its evidence ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from conformance.result.exchange_summary import SHA256, Count, Narrowed


@dataclass(frozen=True)
class Seal:
    """Where the evidence of a run ends: each of its rows holds the digest of the one before it."""

    rows: Count
    last: Annotated[str, Narrowed(pattern=SHA256), "The SHA-256 of the last row."]
    resumed: Annotated[bool, "Whether the run went on with the evidence of an earlier one."] = False


@dataclass(frozen=True)
class Challenge:
    """What made the seed: a text that whoever certifies drew, so that no answer was recorded before."""

    nonce: Annotated[str, "The text, as --challenge was given it."]
