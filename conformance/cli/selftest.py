"""Judges the reference gateway with each of its defects and variants: the suite's own proof.

A run must blame exactly the requirements that a defect breaks, and no variant for being different.
Behind a proxy that changes what no documentation fixes, it must find what it finds without it.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from conformance.cli.embedded_runs import judged
from conformance.contract import contract
from conformance.errors import ConformanceError
from conformance.reference import catalogue
from conformance.reference.proxies.behind import PREFIX
from conformance.result.model import Status, Verdict
from conformance.run import garbage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.reference.differences import Defect, Variant
    from conformance.reference.proxies.behind import Behind
    from conformance.result.model import Result
BLAMED = (Status.FAIL, Status.WARN, Status.ERROR)
# What is flaky is told by one of these, which fails with it.
CONSTANCY = frozenset({"ROBUST-3", "ROBUST-4", "ROBUST-6", "ROBUST-7"})
RUNS_PER_PROCESS = 60
# The longest trial takes a minute. A process that is killed takes its trial with it, and says nothing.
LONGEST_S = 900
# Where nothing hangs, only a busy machine makes a run wait: that says nothing of the gateway.
PATIENT_S = 60


@dataclass(frozen=True)
class Trial:
    """One defect or variant with what a run said of it; `problem` is empty if that is right."""

    id: str
    sentence: str
    breaks: tuple[str, ...]
    blamed: tuple[str, ...]
    problem: str
    seconds: float


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
    elif len(result.findings) != defect.causes:
        causes = "; ".join(f"{f.cause} ({_listed(set(f.requirements))})" for f in result.findings)
        problem = f"its findings are {len(result.findings)}, not {defect.causes}: {causes}"
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


def try_behind(behind: Behind, **values: Any) -> Trial:
    """Judge a gateway behind the proxy: each requirement ends as it does without the proxy."""
    started = time.monotonic()
    if behind.defect:
        defect = catalogue.defect(behind.defect)
        return replace(try_defect(defect, changes=behind.changes, **values), id=behind.id)
    values = {"timeout": PATIENT_S, **values}
    result = judged(changes=behind.changes, observed=behind.observed, **values)
    wanted = _statuses(observed=behind.observed)
    problem = _not_judged(result) or "; ".join(
        f"{r.id} is {r.status}, without the proxy {wanted[r.id]}: {r.message}"
        for r in result.requirements
        if r.status is not wanted[r.id]
        and not (r.id in behind.hides and r.status is Status.NOT_APPLICABLE)
    )
    found = tuple(sorted(blamed(result)))
    return Trial(behind.id, behind.sentence, (), found, problem, time.monotonic() - started)


@cache
def _statuses(*, observed: bool) -> dict[str, Status]:
    """Return how each requirement ends for the reference gateway without a proxy."""
    result = judged(observed=observed, timeout=PATIENT_S)
    return {r.id: r.status for r in result.requirements}


def _not_judged(result: Result) -> str:
    """Return why a run could not judge at all, by the last line of each reason, or nothing."""
    told = (d.problem.strip().splitlines()[-1].strip() for d in result.diagnosis)
    return "; ".join(told) if result.verdict is Verdict.INCOMPLETE else ""


def unbroken() -> list[str]:
    """Return the requirements that no defect turns red: each is an error of the suite."""
    broken = {id_ for defect in catalogue.DEFECTS for id_ in defect.breaks}
    return [id_ for id_ in contract.load().requirements if id_ not in broken]


def known_ids() -> list[str]:
    """Return the id of each defect, of each variant, and of all that is tried behind the proxy."""
    known = [d.id for d in catalogue.DEFECTS] + [v.id for v in catalogue.VARIANTS]
    return known + [b.id for b in catalogue.BEHIND]


def trials(ids: Sequence[str], jobs: int) -> Iterator[Trial]:
    """Try these defects and variants, or all of them, each as soon as a process is free."""
    chosen = [id_ for id_ in known_ids() if not ids or id_ in ids]
    spawned = multiprocessing.get_context("spawn")
    with spawned.Pool(jobs, _begin_process, maxtasksperchild=RUNS_PER_PROCESS) as pool:
        found = pool.imap_unordered(_try, chosen)
        for _ in chosen:
            try:
                yield found.next(LONGEST_S)
            except multiprocessing.TimeoutError:
                raise ConformanceError(
                    f"no trial has ended for {LONGEST_S // 60} minutes: one of the processes may have"
                    " been ended from outside, for want of memory; try again with fewer --jobs"
                ) from None


def _begin_process() -> None:
    """Prepare a process for trials; Ctrl-C reaches it too, and is the matter of the one that began it."""
    garbage.collect_seldom()
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _try(id_: str) -> Trial:
    defects = {one.id: one for one in catalogue.DEFECTS}
    behind = {one.id: one for one in catalogue.BEHIND}
    if id_ in defects:
        return try_defect(defects[id_])
    return try_behind(behind[id_]) if id_ in behind else try_variant(catalogue.variant(id_))


def table(found: Sequence[Trial]) -> str:
    """Return the matrix as text: each requirement with the defects that turn it red."""
    lines = []
    for id_ in contract.load().requirements:
        rows = [t for t in found if id_ in t.breaks]
        if rows:
            lines.append(
                f"{id_:<13}" + " ".join(f"{'✗' if t.problem else '✓'} {t.id}" for t in rows)
            )
    conforming = [t for t in found if not t.breaks]
    for title, proxied in (("variants", False), ("behind a proxy", True)):
        rows = [t for t in conforming if t.id.startswith(PREFIX) == proxied]
        if rows:
            lines += ["", title]
            lines += [f"  {'✗' if t.problem else '✓'} {t.id}: {t.sentence}" for t in rows]
    lines += [f"\n✗ {t.id}: {t.problem}" for t in found if t.problem]
    return "\n".join(lines) + "\n"


def _listed(ids: set[str]) -> str:
    return ", ".join(sorted(ids)) or "nothing"
