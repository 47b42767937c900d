"""What a run was judged by: the contract, and the set of its requirements that counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.result.model import Result


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
