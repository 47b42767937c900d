"""What defects and variants are made of: readers of a request, and patches that add one step.

A patch keeps the step that was there before, so that several defects can be had at once.
"""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

from PIL import Image

from conformance.reference.values import Answer, Call, Fault, Form, Json, Order, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.differences import Patch

BOUNDARY = "stand-in-boundary"
FIRST_LINE = re.compile(rb"--([^\r\n]+)\r\n")


def crash(*_: object) -> NoReturn:
    """Fail as a program fails on input that its authors did not think of."""
    raise RuntimeError("unexpected input")


# ---------------------------------------------------------------- reading what came


def shown(form: Form, name: str) -> str | None:
    """Return a text field's value, bytes that are not UTF-8 replaced, or None without the field."""
    content = form.last(name)
    return None if content is None else content.decode("utf-8", "replace")


def picture_of(form: Form) -> Part | None:
    """Return the first part in the field image or image[]."""
    return next((part for part in form.parts if part.name in ("image", "image[]")), None)


def token_of(call: Call) -> str:
    """Return the credential after the scheme of the Authorization header, or an empty text."""
    return (call.header("authorization") or "").partition(" ")[2].strip()


def with_header(call: Call, name: str, value: str) -> Call:
    """Return the call with a header set; `name` is in lower case."""
    others = tuple(header for header in call.headers if header[0] != name)
    return replace(call, headers=(*others, (name, value)))


def with_field(form: Form, name: str, value: str) -> Form:
    """Return the form with a text field set."""
    others = tuple(part for part in form.parts if part.name != name)
    return Form((*others, Part(name, value.encode())))


def sniffed(call: Call) -> Call:
    """Return the call with the boundary that its body begins with in its Content-Type."""
    found = FIRST_LINE.match(call.body)
    if found is None:
        return call
    boundary = found[1].decode("latin-1")
    return with_header(call, "content-type", f'multipart/form-data; boundary="{boundary}"')


def picture_from(content: bytes) -> bytes:
    """Return a picture made of bytes that are no picture; equal bytes make equal pictures."""
    red, green, blue = hashlib.sha256(content).digest()[:3]
    picture = io.BytesIO()
    Image.new("RGB", (256, 256), (red, green, blue)).save(picture, "PNG")
    return picture.getvalue()


def stand_in(call: Call) -> Call:
    """Return a good request that replaces the call, as if its body had not been checked."""
    body = (
        f"--{BOUNDARY}\r\n"
        'Content-Disposition: form-data; name="model"\r\n\r\nopenai/dall-e-2\r\n'
        f"--{BOUNDARY}\r\n"
        'Content-Disposition: form-data; name="image"; filename="picture.png"\r\n'
        "Content-Type: image/png\r\n\r\n"
    ).encode()
    body += picture_from(call.body) + f"\r\n--{BOUNDARY}--\r\n".encode()
    content_type = f"multipart/form-data; boundary={BOUNDARY}"
    return with_header(replace(call, method="POST", body=body), "content-type", content_type)


# ---------------------------------------------------------------- patches that add a step


def on_call(step: Callable[[Call], Call]) -> Patch:
    """Change the call before the gateway reads it."""
    return lambda b: replace(b, on_call=lambda call: step(b.on_call(call)))


def on_form(step: Callable[[Form], Form]) -> Patch:
    """Change the form before the gateway reads its fields."""
    return lambda b: replace(b, on_form=lambda form: step(b.on_form(form)))


def on_order(step: Callable[[Order], Order]) -> Patch:
    """Change a good request before it is served."""
    return lambda b: replace(b, on_order=lambda order: step(b.on_order(order)))


def crash_on_call(when: Callable[[Call], bool]) -> Patch:
    """Answer 500 to a call, where `when` is true of it."""
    return on_call(lambda call: crash() if when(call) else call)


def crash_on_form(when: Callable[[Form], bool]) -> Patch:
    """Answer 500 to a form, where `when` is true of it."""
    return on_form(lambda form: crash() if when(form) else form)


def crash_on_text(name: str, when: Callable[[str], bool]) -> Patch:
    """Answer 500 to a form, where `when` is true of the value of a text field."""

    def is_such(form: Form) -> bool:
        value = shown(form, name)
        return value is not None and when(value)

    return crash_on_form(is_such)


def crash_on_picture(when: Callable[[Part], bool]) -> Patch:
    """Answer 500 to a form, where `when` is true of the part in its field image or image[]."""

    def is_such(form: Form) -> bool:
        part = picture_of(form)
        return part is not None and when(part)

    return crash_on_form(is_such)


def edit_item(edit: Callable[[Json, Order], Json]) -> Patch:
    """Change each item of a success."""
    return lambda b: replace(b, edit_item=lambda item, o: edit(b.edit_item(item, o), o))


def edit_success(edit: Callable[[Json, Order], Json]) -> Patch:
    """Change the body of a success."""
    return lambda b: replace(b, edit_success=lambda body, o: edit(b.edit_success(body, o), o))


def edit_extra(edit: Callable[[Json, Order], Json]) -> Patch:
    """Change the extra_fields of a success."""
    return edit_success(
        lambda body, order: {**body, "extra_fields": edit(body["extra_fields"], order)}
    )


def put_extra(**fields: object) -> Patch:
    """Set these keys of `extra_fields` in every success."""
    return edit_extra(lambda extra, _: {**extra, **fields})


def edit_refusal(edit: Callable[[Json, Fault], Json]) -> Patch:
    """Change the error envelope."""
    return lambda b: replace(b, edit_refusal=lambda body, f: edit(b.edit_refusal(body, f), f))


def edit_error(edit: Callable[[Json, Fault], Json]) -> Patch:
    """Change the `error` object of the error envelope."""
    return edit_refusal(lambda body, fault: {**body, "error": edit(body["error"], fault)})


def edit_message(edit: Callable[[str], str], *, when: Callable[[Fault], bool]) -> Patch:
    """Edit the message of every refusal for which `when` holds."""
    return edit_error(
        lambda error, fault: {**error, "message": edit(error["message"])} if when(fault) else error
    )


def on_refusal(step: Callable[[Answer, Fault], Answer]) -> Patch:
    """Change the whole answer to a refused request."""
    return lambda b: replace(b, on_refusal=lambda a, fault: step(b.on_refusal(a, fault), fault))


def on_fault(step: Callable[[Fault], Fault]) -> Patch:
    """Change why a request is refused."""
    return lambda b: replace(b, on_fault=lambda fault: step(b.on_fault(fault)))


def on_success(step: Callable[[Answer, Order], Answer]) -> Patch:
    """Change the whole answer to a good request."""
    return lambda b: replace(b, on_success=lambda a, order: step(b.on_success(a, order), order))


def finish(step: Callable[[Answer, Call], Answer]) -> Patch:
    """Change every answer on the route."""
    return lambda b: replace(b, finish=lambda a, call: step(b.finish(a, call), call))


def forwards(**changes: Any) -> Patch:
    """Change how orders are forwarded to a provider; the names are fields of `Forwarding`."""
    return lambda b: replace(b, forwarding=replace(b.forwarding, **changes))


def cache_by(key: Callable[[Order], Hashable]) -> Patch:
    """Have the cache know an order by this key alone."""
    return lambda b: replace(b, cache_key=key)


def both(one: Patch, other: Patch) -> Patch:
    """Return a patch that makes both changes, in this order."""
    return lambda b: other(one(b))


def without(body: Json, *keys: str) -> Json:
    """Return a JSON object without some keys."""
    return {key: value for key, value in body.items() if key not in keys}


def with_others_inside(decide: Callable[[int], None], seconds: float) -> Patch:
    """Call `decide` for each request with the number of requests in flight when it came.

    Each request stays in flight for some seconds, so that others meet it.
    """

    def patch(b: Behaviour) -> Behaviour:
        before: dict[tuple[int, int], int] = {}

        def arrived(call: Call) -> None:
            if call.method == "POST" and call.path.endswith("/images/variations"):
                before[call.connection, call.nth] = len(before)
            b.on_arrival(call)

        def admitted(call: Call) -> Call:
            decide(before.get((call.connection, call.nth), 0))
            return b.on_call(call)

        def gone(answer: Answer, call: Call) -> Answer:
            before.pop((call.connection, call.nth), None)
            return b.finish(answer, call)

        return replace(b, on_arrival=arrived, on_call=admitted, finish=gone, thinking_s=seconds)

    return patch
