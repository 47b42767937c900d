"""The exceptions with which a check ends.

A failed assertion is a fail for a MUST and a warning for a SHOULD; `Failed` also names the
exchanges that show it. `Untestable`, `NotApplicable` and `Flaky` give no verdict on the gateway.
Any other exception is an error of the suite.
"""

from __future__ import annotations


class Failed(AssertionError):  # noqa: N818 - a status, not an error
    """The gateway broke a requirement, and these exchanges show it.

    `requirement` is the id to charge if it is not the check's own. `exchanges` are the ids to show;
    without any, the report shows the exchanges that the check read. `others` are failures of more
    requirements that the same check found.
    """

    def __init__(
        self,
        message: str,
        *,
        exchanges: tuple[str, ...] = (),
        requirement: str = "",
        others: tuple[Failed, ...] = (),
    ) -> None:
        super().__init__(message)
        self.exchanges = exchanges
        self.requirement = requirement
        self.others = others


class Untestable(Exception):  # noqa: N818 - a status, not an error
    """Something that the check needs failed, so its requirement cannot be judged."""


class NotApplicable(Exception):  # noqa: N818 - a status, not an error
    """The operator declared it so, or did not supply what the check needs; the message says how."""


class Flaky(Exception):  # noqa: N818 - a status, not an error
    """The gateway answered the same bytes in different ways, so neither answer is a verdict."""
