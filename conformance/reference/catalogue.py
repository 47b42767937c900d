"""Every defect and every variant, found by id, and the behaviour that has some of them.

A module of `defects/` names its own in `DEFECTS`, one of `variants/` in `VARIANTS`. The catalogue
imports these modules in the order of their names.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

from conformance.reference import defects, variants
from conformance.reference.behaviour import Behaviour

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

    from conformance.reference.differences import Defect, Variant

__all__ = ["DEFECTS", "VARIANTS", "behaviour", "defect", "modules_of", "variant"]


def modules_of(package: ModuleType) -> dict[str, ModuleType]:
    """Return the modules of a package by their names, in the order of these."""
    names = sorted(found.name for found in pkgutil.iter_modules(package.__path__))
    return {name: importlib.import_module(f"{package.__name__}.{name}") for name in names}


DEFECTS: tuple[Defect, ...] = tuple(
    one for module in modules_of(defects).values() for one in module.DEFECTS
)
VARIANTS: tuple[Variant, ...] = tuple(
    one for module in modules_of(variants).values() for one in module.VARIANTS
)
_DEFECTS = {one.id: one for one in DEFECTS}
_VARIANTS = {one.id: one for one in VARIANTS}


def defect(defect_id: str) -> Defect:
    """Return the defect of this id.

    Raises:
        KeyError: with the id, if there is no such defect.
    """
    return _DEFECTS[defect_id]


def variant(variant_id: str) -> Variant:
    """Return the variant of this id.

    Raises:
        KeyError: with the id, if there is no such variant.
    """
    return _VARIANTS[variant_id]


def behaviour(defects: Iterable[str] = (), variants: Iterable[str] = ()) -> Behaviour:
    """Return the behaviour with these variants and defects, applied one after the other.

    Raises:
        KeyError: with the id that is neither a defect nor a variant.
    """
    made = Behaviour()
    for patch in (*(variant(i).patch for i in variants), *(defect(i).patch for i in defects)):
        made = patch(made)
    return made
