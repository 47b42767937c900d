"""Every defect, variant and change of the proxy, found by id, and the behaviour that has some of them.

A module of `defects/` names its own in `DEFECTS`, one of `variants/` in `VARIANTS`, one of
`proxies/changes/` in `CHANGES`. The catalogue imports these modules in the order of their names.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

from conformance.reference import defects, variants
from conformance.reference.behaviour import Behaviour
from conformance.reference.proxies import changes
from conformance.reference.proxies.behind import all_behind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

    from conformance.reference.differences import Defect, Variant
    from conformance.reference.proxies.behind import Behind
    from conformance.reference.proxies.values import Change

__all__ = [
    "BEHIND",
    "CHANGES",
    "DEFECTS",
    "VARIANTS",
    "behaviour",
    "change",
    "defect",
    "modules_of",
    "variant",
]


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
CHANGES: tuple[Change, ...] = tuple(
    one for module in modules_of(changes).values() for one in module.CHANGES
)
BEHIND: tuple[Behind, ...] = all_behind(CHANGES)
_DEFECTS = {one.id: one for one in DEFECTS}
_VARIANTS = {one.id: one for one in VARIANTS}
_CHANGES = {one.id: one for one in CHANGES}


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


def change(change_id: str) -> Change:
    """Return the change of this id.

    Raises:
        KeyError: with the id, if the proxy has no such change.
    """
    return _CHANGES[change_id]


def behaviour(defects: Iterable[str] = (), variants: Iterable[str] = ()) -> Behaviour:
    """Return the behaviour with these variants and defects, applied one after the other.

    Raises:
        KeyError: with the id that is neither a defect nor a variant.
    """
    made = Behaviour()
    for patch in (*(variant(i).patch for i in variants), *(defect(i).patch for i in defects)):
        made = patch(made)
    return made
