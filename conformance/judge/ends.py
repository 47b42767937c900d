"""How a check may end other than by returning.

An assertion that fails is a fail for a MUST and a warning for a SHOULD; `Failed` is one that knows
more. The other three are no verdict on the gateway. Anything else is an error of the suite.
"""

from __future__ import annotations


class Failed(AssertionError):  # noqa: N818 - a status, not an error
    """The gateway broke a requirement, shown by these exchanges.

    `requirement` is the id of another requirement than the check's own, or empty; `exchanges` are
    ids, and where there are none, those that the check read.
    """

    def __init__(
        self, message: str, *, exchanges: tuple[str, ...] = (), requirement: str = ""
    ) -> None:
        super().__init__(message)
        self.exchanges = exchanges
        self.requirement = requirement


class Untestable(Exception):  # noqa: N818 - a status, not an error
    """What the check rests on failed, so its requirement cannot be judged."""


class NotApplicable(Exception):  # noqa: N818 - a status, not an error
    """The operator declared it so, or did not supply the means; the message says how to."""


class Flaky(Exception):  # noqa: N818 - a status, not an error
    """The same bytes got different verdicts, so that none of them counts."""
