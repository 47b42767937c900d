"""Defects in how the keys of a success are spelled: BODY-19."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.differences import Defect
from conformance.reference.making import edit_item, without

if TYPE_CHECKING:
    from conformance.reference.values import Json, Order


def _in_camel_case(item: Json, _: Order) -> Json:
    return {**without(item, "revised_prompt"), "revisedPrompt": item.get("revised_prompt", "")}


DEFECTS = (
    Defect(
        "keys-in-camel-case",
        "An item has revisedPrompt, not revised_prompt.",
        ("BODY-19",),
        edit_item(_in_camel_case),
    ),
)
