"""Draws values from hypothesis strategies ahead of time: the same ones for the same seed.

hypothesis only draws here: nothing is sent meanwhile, and nothing is kept between runs. The values
do not depend on what the program has imported.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import random
import tempfile
from typing import TYPE_CHECKING, Any, TypeVar

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.internal.conjecture import providers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypothesis.strategies import SearchStrategy

Drawn = TypeVar("Drawn")
# Extra draws, since some values are not wanted.
MORE = 12
# Values in one example: an example costs hypothesis as much as some ten values in it.
TOGETHER = 8


def draw(strategy: SearchStrategy[Drawn], count: int, seed: int) -> list[Drawn]:
    """Return what a strategy gives for a seed, in the order in which it was drawn."""
    drawn: list[Drawn] = []

    @hypothesis.seed(seed)
    @settings(
        database=None,
        deadline=None,
        max_examples=count,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        verbosity=hypothesis.Verbosity.quiet,
    )
    @hypothesis.given(strategy)
    def collect(value: Drawn) -> None:
        drawn.append(value)

    with _by_itself():
        collect()
    return drawn


def chosen(
    strategy: SearchStrategy[Drawn],
    count: int,
    seed: int,
    wanted: Callable[[Drawn], bool],
    *,
    spare: int,
) -> list[Drawn]:
    """Return that many different values of those wanted, from all over what was drawn.

    hypothesis varies what it drew before, so that neighbours are much alike; it draws `spare` times
    as many.
    """
    more = math.ceil((count * spare + MORE) / TOGETHER)
    lists = st.lists(strategy, min_size=TOGETHER, max_size=TOGETHER)
    drawn = list(dict.fromkeys(itertools.chain(*draw(lists, more, seed))))
    random.Random(seed).shuffle(drawn)  # noqa: S311 - no secret
    return list(itertools.islice(filter(wanted, drawn), count))


@contextlib.contextmanager
def _by_itself() -> Iterator[None]:
    """Keep hypothesis from mixing in the literals of imported programs, and from leaving files.

    It reads the constants of every module that is not installed, so that a checkout would draw
    other values than the installed suite. It has no switch for that.
    """
    known: Any = getattr(providers, "_get_local_constants", None)
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        set_hypothesis_home_dir(folder)
        try:
            if known is not None:
                nothing = providers.Constants()  # type: ignore[attr-defined] # it is there at run time, and not in the types
                providers._get_local_constants = lambda: nothing  # noqa: SLF001 - it has no switch for that
            yield
        finally:
            if known is not None:
                providers._get_local_constants = known  # noqa: SLF001 - it has no switch for that
            set_hypothesis_home_dir(None)
