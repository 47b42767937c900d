"""Defects in what an error shows of the gateway's inside: ERROR-12."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.differences import Defect
from conformance.reference.making import edit_message

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.differences import Patch
    from conformance.reference.values import Fault


def _told(more: str, when: Callable[[Fault], bool]) -> Patch:
    return edit_message(lambda message: f"{message}: {more}", when=when)


def _is_size(fault: Fault) -> bool:
    return fault.param == "size"


DEFECTS = (
    Defect(
        "host-shown",
        "The message for a bad size shows the address of a service inside.",
        ("ERROR-12",),
        _told("GET http://limits:8500/v1/sizes said 404", _is_size),
    ),
    Defect(
        "exception-class-shown",
        "The message for a bad size begins with the class of an exception.",
        ("ERROR-12",),
        _told("java.lang.IllegalArgumentException", _is_size),
    ),
    Defect(
        "query-shown",
        "The message of a 401 shows the query that looked for the key.",
        ("ERROR-12",),
        _told(
            "SELECT id, tenant FROM virtual_keys WHERE digest = $1",
            lambda fault: fault.status == 401,  # noqa: PLR2004 - RFC 9110 §15.5.2
        ),
    ),
)
