"""Groups what failed by its cause: one cause, one finding.

In comes a result without findings, out come its findings, the gravest first. A pure function of the
result: the run calls it when everything is judged, and `merge` for the result of all shards.

`failures` are the checks that failed; `causes` tells what each may come from, by what was sent and what
came back; `cover` chooses the fewest causes that explain all; `wording` says them.
"""

from __future__ import annotations

from conformance.result.findings.find import find

__all__ = ["find"]
