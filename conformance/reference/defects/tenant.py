"""Defects that show one tenant what belongs to another: TENANT."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.behaviour import cache_key
from conformance.reference.differences import Defect
from conformance.reference.making import cache_by, edit_extra

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.values import Json, Order


def _telling_of_others(b: Behaviour) -> Behaviour:
    """Show the users of all other tenants in each answer."""
    users: list[tuple[str, str]] = []

    def step(extra: Json, order: Order) -> Json:
        others = [user for tenant, user in users if tenant != order.caller.tenant]
        if order.user:
            users.append((order.caller.tenant, order.user))
        return {**extra, "recent_users": others[-100:]} if others else extra

    return edit_extra(step)(b)


def _telling_file_names(b: Behaviour) -> Behaviour:
    """Show the file names of all other tenants in each answer."""
    names: list[tuple[str, str]] = []

    def step(extra: Json, order: Order) -> Json:
        others = [name for tenant, name in names if tenant != order.caller.tenant]
        given = (part.file_name for part in order.form.parts)
        names.extend((order.caller.tenant, name) for name in given if name)
        return {**extra, "recent_files": others[-100:]} if others else extra

    return edit_extra(step)(b)


DEFECTS = (
    Defect(
        "cache-shared-by-tenants",
        "The cache's key lacks the tenant.",
        ("TENANT-1",),
        cache_by(lambda order: cache_key(order, without="tenant")),
    ),
    Defect(
        "users-of-others-shown",
        "An answer shows the users of other tenants.",
        ("TENANT-2",),
        _telling_of_others,
    ),
    Defect(
        "files-of-others-shown",
        "An answer shows the file names of other tenants.",
        ("TENANT-2",),
        _telling_file_names,
    ),
)
