"""Judges the reference gateway with each of its defects and variants: the suite's own proof.

A run must blame exactly the requirements that a defect breaks, and no variant for being different.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.contract import contract
from conformance.provider.server import listening, url_of
from conformance.reference import catalogue
from conformance.reference.demo import DEMO_VARIABLES
from conformance.reference.server import running
from conformance.result.model import Status, Verdict
from conformance.run import garbage, launch
from conformance.run.judge import judge
from conformance.target import resolution
from conformance.target.target import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.reference.differences import Defect, Variant
    from conformance.result.model import Result

SEED = 1
TIMEOUT_S = 3
# Longer than the reference gateway waits for a provider, shorter than one that is slow on order.
OBSERVED_TIMEOUT_S = 4
BLAMED = (Status.FAIL, Status.WARN, Status.ERROR)
# What is flaky is told by one of these, which fails with it.
CONSTANCY = frozenset({"ROBUST-3", "ROBUST-4", "ROBUST-6", "ROBUST-7"})
RUNS_PER_PROCESS = 60


@dataclass(frozen=True)
class Trial:
    """One defect or variant with what a run said of it; `problem` is empty if that is right."""

    id: str
    sentence: str
    breaks: tuple[str, ...]
    blamed: tuple[str, ...]
    problem: str
    seconds: float


def judged(
    defects: Sequence[str] = (),
    variants: Sequence[str] = (),
    arguments: Sequence[str] = (),
    primary: str = "virtual-key",
    *,
    observed: bool = False,
    **values: Any,
) -> Result:
    """Return the result of a run against the reference gateway, in this process, over real HTTP.

    Args:
        defects: ids of the defects that it has.
        variants: ids of the variants that it is.
        arguments: flags of `conformance run`, as on its command line.
        primary: the kind of the credential that comes first.
        observed: whether it forwards to a provider that the run plays.
        values: more settings of the run, by their Python names.
    """
    listener = listening(LOOPBACK, 0) if observed else None
    provider = url_of(listener) if listener else ""
    with (
        running(catalogue.behaviour(defects, variants), provider) as url,
        tempfile.TemporaryDirectory() as folder,
    ):
        flags = {
            "url": url,
            "report_dir": folder,
            **_demo_settings(primary, observed=observed),
            **resolution.from_flags(arguments),
            **values,
        }
        environment = {**os.environ, **DEMO_VARIABLES.environment()}
        session = launch.session_for(flags, environment, embedded=True, observe_on=listener)
        return judge(session)


def _demo_settings(primary: str, *, observed: bool) -> dict[str, Any]:
    """Return the settings of every trial, with the credential of the primary kind first."""
    kinds = sorted(DEMO_VARIABLES.api_keys, key=lambda row: not row.startswith(f"{primary}="))
    known = {
        "api_key_env": kinds,
        "other_tenant_key_env": DEMO_VARIABLES.other_tenant,
        "expired_key_env": DEMO_VARIABLES.expired,
        "seed": SEED,
    }
    if observed:
        return {**known, "observe": "0", "timeout": OBSERVED_TIMEOUT_S}
    return {**known, "failing_model": DEMO_VARIABLES.failing_model, "timeout": TIMEOUT_S}


def blamed(result: Result) -> dict[str, str]:
    """Return what a result holds against the gateway: requirement id and message.

    A verdict that changed is held against it once, under constancy, if that is blamed at all.
    """
    found = {r.id: r.message for r in result.requirements if r.status in BLAMED}
    flaky = {r.id: r.message for r in result.requirements if r.status is Status.FLAKY}
    return found if CONSTANCY & found.keys() else {**flaky, **found}


def try_defect(defect: Defect, **values: Any) -> Trial:
    """Judge the gateway with one defect; with more settings of the run, by their Python names."""
    started = time.monotonic()
    result = judged(
        [defect.id],
        arguments=defect.declare,
        primary=defect.primary,
        observed=defect.observed,
        **{"profile": defect.profile, **values},
    )
    found, wanted = set(blamed(result)), set(defect.breaks)
    broken = any(contract.load().requirements[i].level == "MUST" for i in wanted)
    exact = wanted <= found if defect.widespread else found == wanted
    problem = _not_judged(result)
    if problem:
        return Trial(
            defect.id, defect.sentence, defect.breaks, (), problem, time.monotonic() - started
        )
    if not exact:
        problem = f"blamed {_listed(found)}, it breaks {_listed(wanted)}: {blamed(result)}"
    elif (result.verdict is Verdict.NONCONFORMANT) != broken:
        problem = f"the verdict is {result.verdict}"
    return Trial(
        defect.id,
        defect.sentence,
        defect.breaks,
        tuple(sorted(found)),
        problem,
        time.monotonic() - started,
    )


def try_variant(variant: Variant, **values: Any) -> Trial:
    """Judge the gateway as one variant: nothing fails, and only what it declares warns."""
    started = time.monotonic()
    result = judged(
        variants=[variant.id],
        arguments=variant.declare,
        observed=variant.observed,
        **values,
    )
    found, wanted = set(blamed(result)), set(variant.warns)
    problem = _not_judged(result)
    if problem:
        return Trial(variant.id, variant.sentence, (), (), problem, time.monotonic() - started)
    if found != wanted:
        problem = f"blamed {_listed(found)}, may warn of {_listed(wanted)}: {blamed(result)}"
    elif result.verdict is not Verdict.CONFORMANT:
        problem = f"the verdict is {result.verdict}"
    return Trial(
        variant.id,
        variant.sentence,
        (),
        tuple(sorted(found)),
        problem,
        time.monotonic() - started,
    )


def _not_judged(result: Result) -> str:
    """Return why a run could not judge at all, by the last line of each reason, or nothing."""
    told = (d.problem.strip().splitlines()[-1].strip() for d in result.diagnosis)
    return "; ".join(told) if result.verdict is Verdict.INCOMPLETE else ""


def unbroken() -> list[str]:
    """Return the requirements that no defect turns red: each is an error of the suite."""
    broken = {id_ for defect in catalogue.DEFECTS for id_ in defect.breaks}
    return [id_ for id_ in contract.load().requirements if id_ not in broken]


def trials(ids: Sequence[str], jobs: int) -> Iterator[Trial]:
    """Try these defects and variants, or all of them, each as soon as a process is free."""
    wanted = [d.id for d in catalogue.DEFECTS] + [v.id for v in catalogue.VARIANTS]
    chosen = [id_ for id_ in wanted if not ids or id_ in ids]
    spawned = multiprocessing.get_context("spawn")
    with spawned.Pool(jobs, garbage.collect_seldom, maxtasksperchild=RUNS_PER_PROCESS) as pool:
        yield from pool.imap_unordered(_try, chosen)


def _try(id_: str) -> Trial:
    known = {d.id: d for d in catalogue.DEFECTS}
    return try_defect(known[id_]) if id_ in known else try_variant(catalogue.variant(id_))


def table(found: Sequence[Trial]) -> str:
    """Return the matrix as text: each requirement with the defects that turn it red."""
    lines = []
    for id_ in contract.load().requirements:
        rows = [t for t in found if id_ in t.breaks]
        if rows:
            lines.append(
                f"{id_:<13}" + " ".join(f"{'✗' if t.problem else '✓'} {t.id}" for t in rows)
            )
    variants = [t for t in found if not t.breaks]
    if variants:
        lines += ["", "variants"]
        lines += [f"  {'✗' if t.problem else '✓'} {t.id}: {t.sentence}" for t in variants]
    lines += [f"\n✗ {t.id}: {t.problem}" for t in found if t.problem]
    return "\n".join(lines) + "\n"


def _listed(ids: set[str]) -> str:
    return ", ".join(sorted(ids)) or "nothing"
