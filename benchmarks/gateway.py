"""Serves the reference gateway for a benchmark, and says at its end what it was asked.

    python benchmarks/gateway.py SECONDS

Its first line names its URL, its last one holds the counts as JSON. Each answer with pictures takes
these seconds, as a provider would; refusals are quick.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.catalogue import behaviour
from conformance.reference.server import serve

if TYPE_CHECKING:
    from conformance.reference.values import Answer, Call


def main() -> None:
    """Serve until a signal comes."""
    counts: Counter[str] = Counter(requests=0, successes=0, pictures=0)

    def counted(answer: Answer, _: Call) -> Answer:
        counts["requests"] += 1
        if answer.drawn:
            counts["successes"] += 1
            counts["pictures"] += len(json.loads(answer.body)["data"])
        return answer

    seconds = float(sys.argv[1])
    made = replace(behaviour(), drawing_s=seconds, finish=counted)
    serve(made, announce=lambda url: print(url, flush=True))
    print(json.dumps(counts), flush=True)


if __name__ == "__main__":
    main()
