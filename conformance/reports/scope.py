"""What a verdict covers: how much was judged, with what, and by which requirements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reports.text import one_line, plural
from conformance.result import certifying, verdict
from conformance.result.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.result.model import Result

LONGEST, LONGEST_VALUE = 1_000, 300
JUDGED = (Status.PASS, Status.WARN, Status.FAIL)
KEEP = "Nothing is left to do. Keep the report folder as the proof: `conformance verify` judges it again."
CERTIFY = (
    "Nothing is left to do. The result can carry a certificate: `conformance bundle` makes one."
)


def line(result: Result) -> str:
    """Return in one line what the verdict covers, to stand beside it wherever it stands.

    The text is visible and bounded, whatever the result holds.
    """
    said = "; ".join(text for _, text in rows(result))
    return one_line(said, LONGEST)


def rows(result: Result) -> list[tuple[str, str]]:
    """Return what the verdict covers, as pairs of a name and a text that stands by itself."""
    own = "the suite's own reference gateway, since no URL was given"
    found = [
        ("Gateway", own if result.target.get("embedded") else ""),
        ("Judged", judged(result)),
        ("Sides", "both sides" if result.target.get("observe") else "the client's side only"),
        ("Credentials", _credentials(result)),
        ("Profile", f"profile {result.profile}"),
        ("Selection", ", ".join(result.selection) and f"only {', '.join(result.selection)}"),
        ("Shard", result.shard and f"shard {result.shard}"),
        ("Settings", ", ".join(_settings(result))),
    ]
    return [(name, one_line(text, LONGEST_VALUE)) for name, text in found if text]


def judged(result: Result) -> str:
    """Return how many requirements were judged, such as `73 of 95 MUST and 41 of 47 SHOULD judged`.

    What is untestable, flaky, not applicable or not selected was not judged.
    """
    counted = [
        f"{sum(r.status in JUDGED for r in of_level)} of {len(of_level)} {level}"
        for level in ("MUST", "SHOULD")
        if (of_level := [r for r in result.requirements if r.level == level])
    ]
    return " and ".join(counted) + " judged" if counted else ""


def strict(result: Result) -> str:
    """Say what a strict run makes of the recommendations; "" for others."""
    if not result.strict or result.diagnosis:
        return ""
    unmet = sum(verdict.unmet(r) for r in result.requirements)
    any_judged = any(r.level == "SHOULD" and r.status in JUDGED for r in result.requirements)
    many = "all that were judged are met" if any_judged else "none was judged"
    if unmet:
        many = plural(unmet, "is not met", "are not met")
    return f" The run is strict: a SHOULD that is not met counts, and {many}."


def half(result: Result) -> str:
    """Say that the run judged one side only, where it did not observe the provider."""
    if result.target.get("observe") or result.diagnosis:
        return ""
    return " The run judged the client's side only; with --observe it also judges what the gateway sends to the provider."


def _credentials(result: Result) -> str:
    """Say which kinds of credentials the run had; "" for a result that does not tell."""
    target = result.target
    if target.get("auth") == "none":
        return "no credentials (--auth none)"
    if "credentials" not in target:
        return ""
    kinds = ", ".join(map(str, dict.fromkeys(target["credentials"])))
    said = f"credentials: {kinds}" if kinds else "no credentials"
    special = {"other_tenant": "another tenant's", "expired": "an expired one"}
    given = [name for key, name in special.items() if target.get(key)]
    lacking = [name for key, name in special.items() if target.get(key) is False]
    said = ", ".join([said, *given])
    return said + (f", without {' or '.join(lacking)}" if lacking else "")


def _settings(result: Result) -> Iterator[str]:
    """Yield the settings that narrow what was judged, or say what the gateway is known to do."""
    target = result.target
    if names := target.get("declared"):
        yield f"--declare {', '.join(map(str, names))}"
    yield from map(str, target.get("limits") or ())
    lenient = target.get("provider_checks") == "lenient"
    for flag, given in (
        ("--no-fetch", target.get("fetch") is False),
        ("--insecure", target.get("insecure")),
        ("--image", target.get("image")),
        ("--provider-checks lenient", lenient),
        ("--strict", result.strict),
    ):
        if given:
            yield flag
    if encoding := target.get("fallbacks_encoding"):
        yield f"--fallbacks-encoding {encoding}"
    demanded = requirement_set(result)
    if demanded and demanded != result.contract.get("version"):
        yield f"requirements {demanded}"
    if given := result.waivers.given:
        accepted = ", accepted" if result.waivers.accepted else ""
        yield f"{plural(len(given), 'waiver')}{accepted}"


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
