"""The checks as a person's pytest shows them: each reports what the one run has found, in few lines.

A check that failed shows what was expected, what came, and the curl line that repeats it. There is no
traceback: it would lead into this suite, and not into the gateway.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from _pytest._code.code import ReprEntryNative, ReprExceptionInfo, ReprFileLocation, ReprTraceback

from conformance.api import workers
from conformance.api.outcomes import Shown
from conformance.run.items import CheckItem, CheckModule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.api.by_hand import ByHand

BY_HAND: pytest.StashKey[ByHand] = pytest.StashKey()
SHOWN: pytest.StashKey[dict[str, Shown]] = pytest.StashKey()
# Whether it was said why the checks cannot be used.
SAID = pytest.StashKey[bool]()
# How a test ended, for the reports of pytest.
STATUS = "conformance_status"


class ReportedFailure(Exception):  # noqa: N818 - what a report shows, and no error of a program
    """A check that failed; its text is all that is shown of it."""


class ReportedCheck(CheckItem):
    """A check whose outcome the run of this pytest has found already, or finds before the first one."""

    def setup(self) -> None:
        """Say which requirement it judges, and how that ended."""
        self.user_properties = [
            ("requirement", self.node.declaration.id),
            (STATUS, self._shown.status),
        ]

    @property
    def _shown(self) -> Shown:
        known = self.config.stash.get(SHOWN, {})
        return known.get(self.node.name) or Shown.of_nothing(self.node.declaration.id)

    def runtest(self) -> None:
        """End as the check did.

        Raises:
            ReportedFailure: it failed.
        """
        shown = self._shown
        if shown.ends == "skipped":
            raise pytest.skip.Exception(shown.headline, _use_item_location=True)
        if shown.ends == "waived":
            raise pytest.xfail.Exception(shown.headline)
        if shown.ends == "failed":
            raise ReportedFailure(shown.headline)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the few lines of a failure."""
        if not isinstance(excinfo.value, ReportedFailure):
            return super().repr_failure(excinfo, style)
        shown = self._shown
        path, line, _ = self.reportinfo()
        return ReprExceptionInfo(
            reprtraceback=ReprTraceback(
                [ReprEntryNative([f"{shown.text}\n"])], None, style="native"
            ),
            reprcrash=ReprFileLocation(str(path), (line or 0) + 1, shown.headline),
        )


class ReportedModule(CheckModule):
    """A module of checks in a person's pytest."""

    made = ReportedCheck

    def collect(self) -> Iterable[CheckItem]:
        """Yield the checks, and note which there are."""
        run = self.config.stash[BY_HAND]
        run.modules.add(self.path.name)
        for item in super().collect():
            run.known.append(item.node)
            yield item


class UnusableModule(pytest.Module):
    """A module of checks where no run can be made: it holds nothing, and the first one says why."""

    def collect(self) -> Iterable[pytest.Item]:
        """Yield nothing.

        Raises:
            CollectError: in a worker of pytest-xdist, whose usage errors nobody sees.
        """
        told = self.config.stash.get(SAID, False)
        self.config.stash[SAID] = True
        if workers.is_one(self.config) and not told:
            raise self.CollectError(self.config.stash[workers.UNUSABLE])
        return []
