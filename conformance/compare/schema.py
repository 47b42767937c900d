"""Makes the JSON Schema of `comparison.json` from the annotations of its values.

The committed copy lies beside that of `result.json`. After a change of the model, write it anew:
`python -m conformance.compare.schema`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.compare.model import COMPARISON_SCHEMA_VERSION, Comparison
from conformance.result import schema as of_results

if TYPE_CHECKING:
    from pathlib import Path

COPY: Path = of_results.COPY.with_name("comparison.schema.json")


def schema() -> dict[str, Any]:
    """Return the JSON Schema of `comparison.json`."""
    return of_results.document(Comparison, "comparison", COMPARISON_SCHEMA_VERSION)


if __name__ == "__main__":
    COPY.write_text(of_results.as_text(schema()), encoding="utf-8")
