"""Makes an order of a form: reads each field as the behaviour says, or refuses the form."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.fields import text_of
from conformance.reference.values import Order, Refused, refuse

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.values import Call, Caller, Form


def order_of(behaviour: Behaviour, call: Call, form: Form, caller: Caller) -> Order:
    """Return the order that a form places.

    Raises:
        Refused: a field is missing or not allowed; the fault names the model, once it is read.
    """
    model = behaviour.read_model(text_of(form, "model"))
    try:
        return _checked(behaviour, call, form, caller, model)
    except Refused as refused:
        known = replace(refused.fault, model=model, provider=model.partition("/")[0])
        raise Refused(known) from None


def _checked(behaviour: Behaviour, call: Call, form: Form, caller: Caller, model: str) -> Order:
    part = behaviour.image_of(form)
    if part is None:
        raise refuse("image or image[] is required", "image", code="missing_field")
    if not behaviour.is_file(part):
        raise refuse("image must be a file", "image", code="invalid_image")
    n = text_of(form, "n")
    count = behaviour.default_n if n is None else behaviour.read_n(n)
    if n is not None and not behaviour.n_min <= count <= behaviour.n_max:
        raise refuse(f"n must be from {behaviour.n_min} to {behaviour.n_max}", "n")
    size = text_of(form, "size")
    if size is not None:
        size = behaviour.read_size(size)
        if not behaviour.accepts_size(size):
            raise refuse("size is none of the documented sizes", "size")
    response_format = text_of(form, "response_format")
    if response_format is not None:
        response_format = behaviour.read_format(response_format)
        if not behaviour.accepts_format(response_format):
            raise refuse("response_format must be url or b64_json", "response_format")
    user = text_of(form, "user")
    return Order(
        call=call,
        form=form,
        caller=caller,
        user=None if user is None else behaviour.read_user(user),
        fallbacks=behaviour.read_fallbacks(form),
        model=behaviour.known_model(model),
        upload=behaviour.open_upload(part.content),
        n=count,
        size=size,
        response_format=response_format or behaviour.default_format,
        n_given=n is not None,
        format_given=response_format is not None,
    )
