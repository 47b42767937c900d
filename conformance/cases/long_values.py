"""Long values of each field, at the lengths where columns, headers and buffers usually end.

They stand beside a faulty n, or are the fault themselves, and so cost no picture.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.cases.spec import BAD_N, PLAIN, Spec, Upload, beside_a_fault, fault, variation
from conformance.http.form import Part, text

if TYPE_CHECKING:
    from collections.abc import Iterator

# Over 255, 1,024, 4,096, 8,192 and 65,535: columns, header lines, and the text columns of MySQL.
LENGTHS = (256, 1025, 5000, 8193, 70_000, 1_000_000)
# Of the length alone a gateway that checks size learns first.
CORE = ("size", 70_000)


# The same faults in a few characters: a gateway that breaks on them breaks not for the length.
OTHER_SIZE = fault(variation(size="256x257"), control=PLAIN)
OTHER_N = fault(variation(n=11), control=variation(n=1))
OTHER_FORMAT = fault(variation(response_format="png"), control=PLAIN)


def _alone(length: int) -> Iterator[Spec]:
    long = "v" * length
    yield fault(variation("size", size="256x" + "2" * (length - 4)), control=OTHER_SIZE)
    yield fault(variation("n", n="9" * length), control=OTHER_N)
    yield fault(variation("response_format", response_format=long), control=OTHER_FORMAT)
    yield beside_a_fault("user", fields=(*BAD_N.fields, ("user", long)))
    yield beside_a_fault("model", model=f"openai/{long}")
    yield beside_a_fault("fallbacks", extra=(text("fallbacks", f'["openai/{long}"]'),))
    yield beside_a_fault("an unknown field", extra=(text("x", long),))
    yield beside_a_fault("a field name", extra=(text(long, "1"),))
    yield beside_a_fault("a file name", upload=Upload(filename=f"{long}.png"))
    yield beside_a_fault("a part's type", extra=(Part("x", b"1", "x.txt", f"text/{long}"),))


LONG = tuple(
    replace(
        spec,
        label=f"{spec.label} of {length:,} characters",
        profile="core" if (spec.label, length) == CORE else "full",
    )
    for length in LENGTHS
    for spec in _alone(length)
)
