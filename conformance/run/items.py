"""The checks as pytest's items: collected without its fixtures, and judged with few steps each.

pytest imports the modules of checks, and may run the items itself. But a run has more than seven
hundred nodes, and pytest's own machinery for functions and fixtures costs more at each of them than
most checks do.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from conformance.errors import BrokenRunError
from conformance.judging import outcome, partial
from conformance.judging.declare import declaration_of
from conformance.run import fixtures, selection
from conformance.run.fixtures import Taker
from conformance.run.selection import Node
from conformance.run.stashed import JUDGED, SHARED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.judging.declare import Check


class CheckModule(pytest.Module):
    """A module of checks; functions that declare nothing are no checks, and are left out."""

    # What each check becomes.
    made: type[CheckItem]

    def collect(self) -> Iterable[CheckItem]:
        """Yield an item for each thing that each check of the module runs for."""
        shared = self.config.stash[SHARED]
        for name, check in list(vars(self.obj).items()):
            declared = declaration_of(check)
            if declared is None or not name.startswith("test"):
                continue
            if declared.property_case:
                shared.run_ahead(i.node for i in self.session.items if isinstance(i, CheckItem))
            rows = selection.rows(declared, shared.session.facts)
            for id_, row in zip(selection.ids_of(name, [r.name for r in rows]), rows, strict=True):
                taker = Taker(declared, row, shared)
                yield self.made.from_parent(self, name=id_, check=check, taker=taker)


class CheckItem(pytest.Item):
    """A check with one of its rows: takes its fixtures, and calls it.

    Its node has the same name in every run: that of pytest, relative to the folder of the checks.
    """

    def __init__(self, *, check: Check, taker: Taker, **more: Any) -> None:
        super().__init__(**more)
        self.check = check
        self.node = Node(self._named(), taker.declared, tuple(taker.row.specs.values()))
        self._taker = taker

    def _named(self) -> str:
        if not self.path.is_relative_to(selection.CHECKS):
            return self.nodeid
        return f"{self.path.relative_to(selection.CHECKS).as_posix()}::{self.name}"

    def runtest(self) -> None:
        """Judge it."""
        self.judge()

    def reportinfo(self) -> tuple[Any, int | None, str]:
        """Return where pytest says that the check is: its file, its line from 0 on, its name."""
        code: Any = getattr(self.check, "__code__", None)
        return self.path, code.co_firstlineno - 1 if code else None, self.name

    def judge(self) -> None:
        """Run the check and note how it ended, without the hooks and reports of pytest."""
        raised: BaseException | None = None
        started = time.perf_counter()
        try:
            taken = fixtures.taken(self._taker, self.check)
            started = time.perf_counter()
            partial.called(self.check, taken)
        except (KeyboardInterrupt, pytest.exit.Exception, BrokenRunError):
            raise
        except BaseException as error:  # noqa: BLE001 - pytest's own ways to end are no exceptions
            raised = error
        taker = self._taker
        self.config.stash[JUDGED].outcomes += outcome.outcomes_of(
            self.node.name,
            self.node.declaration.id,
            raised,
            read=taker.read,
            noted=taker.noted,
            duration_s=time.perf_counter() - started,
        )


CheckModule.made = CheckItem
