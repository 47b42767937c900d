"""Says in what the runs themselves differ, so that a reader blames no gateway for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from conformance.compare.model import Premise
from conformance.compare.shown import listed
from conformance.result.verdict import reached

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.result.model import Result


class _Subject(NamedTuple):
    """One thing that runs should have in common: its name, where it is, and what it does if not."""

    name: str
    of: Callable[[Result], str]
    text: str


def _contract(result: Result) -> str:
    version, digest = (result.contract.get(name, "") for name in ("version", "sha256"))
    return f"{version} ({digest[:8]})"


def _sides(result: Result) -> str:
    if not result.target.get("observe"):
        return "the client's side"
    checks = result.target.get("provider_checks") or "strict"
    return f"both sides, provider checks {checks}"


def _told(name: str) -> Callable[[Result], str]:
    return lambda result: _plain(result.target.get(name))


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(sorted(map(str, value))) or "none"
    return str(value) if value not in (None, "") else "none"


_SUBJECTS = (
    _Subject(
        "contract",
        _contract,
        "what only one contract demands is judged by one side only",
    ),
    _Subject("suite", lambda r: r.suite.get("version", ""), "a check may judge otherwise now"),
    _Subject("profile", lambda r: r.profile, "a smaller profile judges less"),
    _Subject(
        "selection",
        lambda r: (
            ", ".join(filter(None, (*r.selection, r.shard and f"shard {r.shard}"))) or "everything"
        ),
        "what was not selected is judged by one side only",
    ),
    _Subject(
        "sides",
        _sides,
        "only a run with --observe judges what reaches the provider, and lenient ones judge more",
    ),
    _Subject(
        "credentials",
        _told("credentials"),
        "what a kind of credential shows needs one of this kind",
    ),
    _Subject("model", _told("model"), "models may differ where gateways do not"),
    _Subject("declared", _told("declared"), "what is declared decides what is demanded"),
    _Subject("sizes", _told("sizes"), "only the sizes that were named are asked for"),
    _Subject("max-n", _told("max_n"), "no more pictures than this are asked for at once"),
)


def premises(results: Sequence[Result], names: Sequence[str]) -> tuple[Premise, ...]:
    """Return in what the runs differ, with what a reader should know of it."""
    found = [
        Premise(subject.name, values, subject.text)
        for subject in _SUBJECTS
        if len(set(values := tuple(map(subject.of, results)))) > 1
    ]
    early = tuple("" if reached(r.diagnosis) else r.diagnosis[0].problem for r in results)
    if any(early):
        ended = [name for name, problem in zip(names, early, strict=True) if problem]
        found.insert(
            0,
            Premise(
                "ended early", early, f"{listed(ended)} ended early, and judged almost nothing"
            ),
        )
    return tuple(found)
