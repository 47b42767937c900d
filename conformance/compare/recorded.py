"""Compares what runs recorded and did not judge."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.compare.model import ObservationRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.result.model import Result

MOST = 600
# A check without a case looks at every answer of its run, and how many there are is the run's matter.
_COUNTED = re.compile(r"\d+(?= \w+\(s\))")


def observations(results: Sequence[Result]) -> tuple[ObservationRow, ...]:
    """Return what was recorded differently; what only some recorded is no difference."""
    said = [
        {(o.id, check.node): check.message for o in result.observations for check in o.findings}
        for result in results
    ]
    texts = {o.id: o.text for result in results for o in result.observations}
    rows = []
    for id_, node in dict.fromkeys(key for found in said for key in found):
        told = tuple(found.get((id_, node), "") for found in said)
        if len({gist(node, text) for text in told if text}) > 1:
            case = node.partition("::")[2] or node
            rows.append(ObservationRow(id_, texts[id_], case, tuple(t[:MOST] for t in told)))
    return tuple(rows)


def gist(case: str, text: str) -> str:
    """Return what a check recorded, without how many answers it saw if it looked at all of them."""
    return text if "[" in case else _COUNTED.sub("…", text)
