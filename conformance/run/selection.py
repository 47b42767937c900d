"""Which checks of a collection a run judges, what each sends, and in which order they come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cases.spec import PLAIN, Spec
from conformance.contract import contract
from conformance.contract.profiles import within
from conformance.http.exchange import LAST, Request
from conformance.plan import sharding

if TYPE_CHECKING:
    import pytest

    from conformance.run.session import Session

EXCHANGE, EXCHANGES, ANSWERS, RUN = "exchange", "exchanges", "answers", "run"
FURTHER = "further"
FORWARDED = "forwarded"
# Checks that take one of these look at the whole run, and come last.
WHOLE = frozenset({ANSWERS, RUN, FORWARDED, "constancy"})


def place(item: pytest.Item) -> int:
    """Return where a check is judged: refusals, what waits for pictures, further, the whole run.

    Whoever waits for a picture holds up all that are judged after it.
    """
    taken, specs = set(getattr(item, "fixturenames", ())), specs_of(item)
    if WHOLE & taken:
        return 4
    if any(spec.phase == LAST for spec in specs):
        return 3
    if FURTHER in taken:
        return 2
    return 0 if specs and all(spec.expected == "refused" for spec in specs) else 1


def selected(item: pytest.Item, run: Session) -> bool:
    """Return whether a run judges a check."""
    return _has_something_to_ask(item, run) and _is_wanted(item, run)


def _has_something_to_ask(item: pytest.Item, run: Session) -> bool:
    params = getattr(getattr(item, "callspec", None), "params", {})
    # pytest puts a value of its own where a check has nothing to ask.
    if not isinstance(params.get(EXCHANGE, PLAIN), Spec):
        return False
    return run.options.examples is not None or FURTHER not in getattr(item, "fixturenames", ())


def _is_wanted(item: pytest.Item, run: Session) -> bool:
    check = getattr(item, "function", None)
    tie = tied_to(item)
    if tie is None:
        return False
    options = run.options
    requirement = contract.load().requirements.get(tie)
    if not within(getattr(check, "profile", "core"), options.profile):
        return False
    if options.level == "must" and (requirement is None or requirement.level != "MUST"):
        return False
    if options.requirements and tie not in options.requirements:
        return False
    return not options.checks or any(text in item.nodeid for text in options.checks)


def of_shard(items: list[pytest.Item], run: Session) -> list[pytest.Item]:
    """Return the checks that this job judges, of all that the run would."""
    bound = {item: [run.plan.bind(spec) for spec in specs_of(item)] for item in items}
    nodes = [
        sharding.Node(
            item.nodeid,
            tuple(r for r in bound[item] if isinstance(r, Request)),
            together=_subject(item),
            whole=_looks_at_all(item, own=bool(bound[item])),
        )
        for item in items
    ]
    plain = run.plan.bind(PLAIN)
    shared = plain.id if isinstance(plain, Request) else ""
    chosen = sharding.chosen(nodes, run.options.shard, shared)
    return [item for item in items if item.nodeid in chosen]


def _looks_at_all(item: pytest.Item, *, own: bool) -> bool:
    """Whether a check looks at every answer; `run` alone is for more about its own requests."""
    names = set(getattr(item, "fixturenames", ()))
    return bool({ANSWERS, "constancy"} & names) or (RUN in names and not own)


def _subject(item: pytest.Item) -> str:
    """Return the subject of a property case, whose counterexamples help each other."""
    own = "counterexamples" in getattr(item, "fixturenames", ())
    return (tied_to(item) or "").partition("-")[0] if own else ""


def tied_to(item: pytest.Item) -> str | None:
    """Return the requirement, or the open matter, that a check is tied to."""
    found: str | None = getattr(getattr(item, "function", None), "verifies", None)
    return found


def specs_of(item: pytest.Item) -> list[Spec]:
    """Return what a check sends."""
    params = getattr(getattr(item, "callspec", None), "params", {})
    together = params.get(EXCHANGES)
    specs = list(together.values()) if together else []
    if EXCHANGE in params:
        specs.append(params[EXCHANGE])
    return specs
