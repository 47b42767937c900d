"""What a gateway leaves to its provider, before one that checks nothing: N, SIZE and FORMAT."""

from __future__ import annotations

from conformance.reference.differences import Defect
from conformance.reference.unchecked import leaves_fields_to_the_provider

DEFECTS = (
    Defect(
        "fields-left-to-the-provider",
        "n, size and response_format are sent on unchecked; the provider serves whatever comes.",
        ("N-2", "N-3", "N-4", "N-5", "SIZE-2", "SIZE-3", "FORMAT-6", "FORMAT-10"),
        leaves_fields_to_the_provider,
        observed=True,
        declare=("--provider-checks", "lenient"),
        causes=3,
    ),
)
