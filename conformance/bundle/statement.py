"""The in-toto statement of a bundle: the digests of its files, and what their result says.

It follows in-toto's Statement v1 and its predicate test-result v0.1, so that tools which know these
read it. What that predicate has no field for stands in it under `conformance`.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from conformance.bundle import claims
from conformance.bundle.layout import CONTRACT, DOCUMENTATION, NO_SUBJECT, REQUIREMENT_SET
from conformance.http.reading.codec import fields_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.bundle.product import Product
    from conformance.result.model import Result

TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://in-toto.io/attestation/test-result/v0.1"
OWN = "conformance"
CONFIGURATION = (CONTRACT, DOCUMENTATION, REQUIREMENT_SET)


def composed(digests: Mapping[str, str], result: Result, product: Product) -> dict[str, Any]:
    """Return the statement about the files of a bundle.

    Args:
        digests: those of the files, as `subjects` returns them.
        result: what `result.json` among them says.
        product: what was judged.
    """
    return {
        "_type": TYPE,
        "subject": [_described(name, digest) for name, digest in digests.items()],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "result": claims.outcome(result),
            "configuration": [
                _described(name, digests[name]) for name in CONFIGURATION if name in digests
            ],
            **claims.tests(result),
            OWN: {**claims.of(result), "product": fields_of(product)},
        },
    }


def subjects(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the digest of each file that a statement is about, by its name."""
    return {name: hashlib.sha256(files[name]).hexdigest() for name in sorted({*files} - NO_SUBJECT)}


def written(statement: Mapping[str, Any]) -> bytes:
    """Return a statement as its file holds it: keys in their order, ASCII alone."""
    return (json.dumps(statement, indent=1, sort_keys=True) + "\n").encode("ascii")


def _described(name: str, digest: str) -> dict[str, Any]:
    return {"name": name, "digest": {"sha256": digest}}
