"""The property cases of a run, drawn from its seed before anything is sent.

`core` asks a sample of what must be refused, and so makes no picture; `full` adds more of it, the
forms that must be accepted, and what is open. Only `full` imports schemathesis.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING

from conformance.cases.generated.draft import Draft
from conformance.contract import contract

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conformance.cases.spec import RunFacts, Spec, Value

CONTRACT = contract.load()
CORE = {"N-2": 5, "N-3": 4, "N-4": 3, "N-5": 3, "SIZE-2": 8, "SIZE-3": 2, "FORMAT-6": 5}
FULL = {
    **{id_: 3 * count for id_, count in CORE.items()},
    **dict.fromkeys(("MODEL-2", "IMAGE-5", "N-6", "USER-2", "MODEL-3"), 3),
    **dict.fromkeys(("IMAGE-8", "SIZE-4", "FORMAT-7"), 2),
    "ROBUST-1": 4,
}
# hypothesis draws no value twice, so it seldom draws from a small set. These are always asked.
NEAREST = (CONTRACT.n_min - 2, CONTRACT.n_min - 1, CONTRACT.n_max + 1, CONTRACT.n_max + 2)
WHOLE = 8
DRAWN_BY_SCHEMA = 40
BY_SCHEMA_EACH = 3
MUTANTS = 8
SCHEMA_TURNS = 4
# So many times more values are drawn than are wanted, to choose from.
SPARE = 4


@dataclass(frozen=True)
class Case:
    """A drawn form under the requirement that it asks for, and the request that sends it."""

    requirement: str
    draft: Draft
    spec: Spec


def cases(requirement: str) -> Callable[[RunFacts], Iterator[Spec]]:
    """Return what a check sends: the cases of a requirement, or the whole forms for `whole`."""

    def drawn(run: RunFacts) -> Iterator[Spec]:
        if run.profile == "smoke":
            return
        # `--examples` may ask for fewer; near misses come first.
        for case in for_run(run.seed, run.profile, run.target.sizes)[: run.examples]:
            if case.requirement == requirement and _can_be_asked(case.draft, run):
                yield case.spec

    return drawn


def _can_be_asked(draft: Draft, run: RunFacts) -> bool:
    """Return whether the target has the form's size; otherwise a gateway refuses the form for it."""
    size = dict(draft.fields).get("size")
    return size not in CONTRACT.sizes or size in run.target.sizes


def case_of(spec: Spec, run: RunFacts) -> Case:
    """Return the case that a spec of `cases` belongs to."""
    return _by_spec(run.seed, run.profile, run.target.sizes)[id(spec)]


@cache
def _by_spec(seed: int, profile: str, sizes: tuple[str, ...]) -> dict[int, Case]:
    return {id(case.spec): case for case in for_run(seed, profile, sizes)}


@cache
def for_run(seed: int, profile: str, sizes: tuple[str, ...] = CONTRACT.sizes) -> tuple[Case, ...]:
    """Return every case of a run, for a target that makes these sizes."""
    found = list(_near_misses(seed, CORE if profile == "core" else FULL, sizes))
    if profile == "full":
        found += [_case("N-2", Draft().with_field("n", str(n))) for n in NEAREST]
        whole = _whole_forms(seed, sizes)
        found += whole
        found += _by_schema(seed)
        found += _mutants(seed, whole, found)
    unlike: dict[tuple[str, Draft], Case] = {}
    for case in found:
        unlike.setdefault((case.requirement, case.draft), case)
    return tuple(unlike.values())


def batch(
    requirement: str,
    seed: int,
    turn: int,
    count: int,
    sizes: tuple[str, ...] = CONTRACT.sizes,
) -> Iterator[Case]:
    """Return about `count` more cases of a requirement; each turn draws other cases.

    Once in `SCHEMA_TURNS` turns schemathesis draws, too: its forms take longer and give less.
    """
    mixed = seed * 1_000_003 + turn
    yield from _near_misses(mixed, {requirement: count}, sizes, spare=1)
    if turn % SCHEMA_TURNS == 0:
        for case in _by_schema(mixed):
            if case.requirement == requirement:
                yield case


def _near_misses(
    seed: int, wanted: dict[str, int], sizes: tuple[str, ...], spare: int = SPARE
) -> Iterator[Case]:
    from conformance.cases.generated import drawing, strategies  # noqa: PLC0415 - slow to import

    sources = {
        "N-2": ("n", strategies.integers_beyond()),
        "N-3": ("n", strategies.no_numbers()),
        "N-4": ("n", strategies.fractions()),
        "N-5": ("n", strategies.other_notations()),
        "N-6": ("n", strategies.odd_numbers()),
        "SIZE-2": ("size", strategies.near_misses(sizes)),
        "SIZE-3": ("size", strategies.spaced(sizes)),
        "SIZE-4": ("size", strategies.controlled(sizes)),
        "FORMAT-6": ("response_format", strategies.near_misses(CONTRACT.formats)),
        "FORMAT-7": ("response_format", strategies.controlled(CONTRACT.formats)),
        "USER-2": ("user", strategies.odd_texts()),
        "MODEL-2": ("model", strategies.near_misses(("a/b", "provider/model"))),
        "MODEL-3": ("model", strategies.odd_texts()),
        "IMAGE-5": ("picture_name", strategies.near_misses(("image", "picture"))),
        "IMAGE-8": ("picture", strategies.words()),
        "ROBUST-1": ("", strategies.names()),
    }
    for id_, count in wanted.items():
        name, strategy = sources[id_]
        made = _maker(name)
        asks = partial(_asks_in, made, id_)
        drawn = drawing.chosen(strategy, count, seed, asks, spare=spare)
        yield from (_case(id_, made(value)) for value in drawn)


def _asks_in(made: Callable[[Value], Draft], requirement: str, value: Value) -> bool:
    return _asks(made(value), requirement)


def _asks(draft: Draft, requirement: str) -> bool:
    """Whether a form breaks, or leaves open, exactly what a requirement is about."""
    return draft.reading.charged == (requirement,)


def _maker(name: str) -> Callable[[Value], Draft]:
    """Return how a drawn value becomes a form: in that field of a plain one."""
    plain = Draft()
    if name == "picture_name":
        return lambda value: replace(plain, picture_name=_text(value))
    if name == "picture":
        return lambda value: replace(plain, picture=value if isinstance(value, bytes) else b"")
    if name == "":
        return lambda value: plain.with_field(_text(value), "1")
    return lambda value: plain.with_field(name, value)


def _text(value: Value) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _case(requirement: str, draft: Draft) -> Case:
    return Case(requirement, draft, draft.request())


def _whole_forms(seed: int, sizes: tuple[str, ...]) -> list[Case]:
    from conformance.cases.generated import drawing, strategies  # noqa: PLC0415 - slow to import

    # Some models make few sizes, and SIZE-1 asks for each: whole forms keep to two.
    few = tuple(size for size in ("256x256", "auto") if size in sizes) or sizes[:1]
    forms = strategies.whole_forms(few)
    drawn = drawing.chosen(
        forms, WHOLE, seed, lambda d: d.reading.expected == "accepted", spare=SPARE
    )
    return [_case("whole", draft) for draft in drawn]


def _by_schema(seed: int) -> Iterator[Case]:
    from conformance.cases.generated import from_schema  # noqa: PLC0415 - slow to import

    drawn = from_schema.drafts(seed, DRAWN_BY_SCHEMA, negative=True)
    counted: dict[str, int] = {}
    for single in dict.fromkeys(s for draft in drawn for s in from_schema.apart(draft)):
        reading = single.reading
        if (
            reading.expected != "refused"
            or len(reading.broken) != 1
            or reading.broken[0] not in FULL
        ):
            continue
        (id_,) = reading.broken
        counted[id_] = counted.get(id_, 0) + 1
        if counted[id_] <= BY_SCHEMA_EACH:
            yield _case(id_, single)


def _mutants(seed: int, whole: list[Case], faulty: Iterable[Case]) -> Iterator[Case]:
    """Yield whole forms with one fault each, next to the whole form as the accepted control."""
    pick = random.Random(seed)  # noqa: S311 - no secret
    faults = [
        (c.requirement, name, value)
        for c in faulty
        for name, value in c.draft.fields
        if c.draft.reading.at(c.requirement) == name and c.draft.reading.expected == "refused"
    ]
    for case in whole[:MUTANTS]:
        id_, name, value = pick.choice(faults)
        draft = case.draft.with_field(name, value)
        if _asks(draft, id_):
            yield Case(id_, draft, draft.spec("refused", case.spec))
