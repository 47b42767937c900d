"""Every defect and every variant, found by id, and the behaviour that has some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.behaviour import Behaviour
from conformance.reference.defects.auth import AUTH
from conformance.reference.defects.body import BODY
from conformance.reference.defects.cache import CACHE, TENANT
from conformance.reference.defects.choices import FORMAT_READ, SIZE, STREAM, USER
from conformance.reference.defects.connections import CONNECTIONS
from conformance.reference.defects.error import ERROR
from conformance.reference.defects.fallbacks import FALLBACKS
from conformance.reference.defects.forms import FORMS
from conformance.reference.defects.forwarding import PROVIDER
from conformance.reference.defects.hostile import HOSTILE
from conformance.reference.defects.image import IMAGE
from conformance.reference.defects.media import MEDIA, METHOD
from conformance.reference.defects.model import MODEL
from conformance.reference.defects.number import N
from conformance.reference.defects.pictures import FORMAT
from conformance.reference.defects.robust import ROBUST
from conformance.reference.defects.tokens import TOKENS
from conformance.reference.forwarding_variants import FORWARDING
from conformance.reference.variants import VARIANTS as ALONE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.reference.defects.making import Defect
    from conformance.reference.variants import Variant

__all__ = ["DEFECTS", "VARIANTS", "behaviour", "defect", "variant"]

DEFECTS: tuple[Defect, ...] = (
    *MEDIA,
    *FORMS,
    *METHOD,
    *AUTH,
    *TOKENS,
    *MODEL,
    *IMAGE,
    *HOSTILE,
    *N,
    *SIZE,
    *FORMAT_READ,
    *FORMAT,
    *STREAM,
    *USER,
    *FALLBACKS,
    *BODY,
    *CACHE,
    *TENANT,
    *ERROR,
    *ROBUST,
    *CONNECTIONS,
    *PROVIDER,
)
VARIANTS: tuple[Variant, ...] = (*ALONE, *FORWARDING)
_DEFECTS = {one.id: one for one in DEFECTS}
_VARIANTS = {one.id: one for one in VARIANTS}


def defect(defect_id: str) -> Defect:
    """Return the defect of this id; a KeyError holds an id that is none."""
    return _DEFECTS[defect_id]


def variant(variant_id: str) -> Variant:
    """Return the variant of this id; a KeyError holds an id that is none."""
    return _VARIANTS[variant_id]


def behaviour(defects: Iterable[str] = (), variants: Iterable[str] = ()) -> Behaviour:
    """Return the behaviour with these variants and defects, one upon the other.

    Raises:
        KeyError: with the id that is none.
    """
    made = Behaviour()
    for patch in (*(variant(i).patch for i in variants), *(defect(i).patch for i in defects)):
        made = patch(made)
    return made
