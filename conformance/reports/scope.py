"""What a run was judged by: the contract, and the set of its requirements that counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.result import certifying

if TYPE_CHECKING:
    from conformance.result.model import Result

KEEP = "Nothing is left to do. Keep the report folder as the proof: `conformance verify` judges it again."
CERTIFY = (
    "Nothing is left to do. The result can carry a certificate: `conformance bundle` makes one."
)


def facts(result: Result) -> list[tuple[str, str]]:
    """Return what the run was judged by, as pairs of a name and a value; what is not known is empty."""
    known = result.contract
    return [
        ("Contract", known.get("version", "")),
        ("Contract SHA-256", known.get("sha256", "")),
        ("Requirement set", requirement_set(result)),
        ("Requirement set SHA-256", known.get("set_sha256", "")),
    ]


def requirement_set(result: Result) -> str:
    """Return the version of the requirements that counted; "" for a result that does not say it."""
    version = result.contract.get("set", "")
    draft = " (a draft)" if result.contract.get("set_state") == "draft" else ""
    return f"{version}{draft}" if version else ""


def proof(result: Result) -> str:
    """Say what a result is good for that leaves nothing to do."""
    return KEEP if certifying.reasons_against(result) else CERTIFY
