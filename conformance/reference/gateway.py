"""Makes the answer to a call: one function a step, and each asks the behaviour what to do."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from conformance import __version__
from conformance.reference.answers import JSON_TYPE, as_json, envelope, hit_body, success_body
from conformance.reference.authentication import bad_credential, caller_of, unauthorized
from conformance.reference.credentials import Keyring, keyring
from conformance.reference.drawing import MEDIA_TYPES, draw
from conformance.reference.fields import text_of
from conformance.reference.forwarding import Made, ask
from conformance.reference.memory import Memory, unguessable_id
from conformance.reference.orders import order_of
from conformance.reference.values import (
    Answer,
    Call,
    Caller,
    Fault,
    Form,
    Order,
    Recipe,
    Refused,
)

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.values import Json

ROUTE = "/v1/images/variations"
FILES = "/files/"
UNKNOWN = "unknown"
INTERNAL = Fault(500, "internal error", code="internal_error", type="server_error")


@dataclass(frozen=True)
class Gateway:
    """A behaviour with the keys it knows and its memory.

    With the base url of a `provider` it forwards orders to it; else it draws the pictures itself.
    """

    behaviour: Behaviour
    provider: str = ""
    keys: Keyring = field(default_factory=keyring)
    memory: Memory = field(default_factory=Memory)


def answer(gateway: Gateway, call: Call) -> Answer:
    """Return the answer to a call; it never raises."""
    behaviour = gateway.behaviour
    if call.path.startswith(FILES) and call.method in ("GET", "HEAD"):
        return _file(gateway, call.path.removeprefix(FILES))
    if call.path == "/" and call.method in ("GET", "HEAD"):
        about = {"gateway": "conformance-reference", "version": __version__}
        return Answer(200, (("Content-Type", JSON_TYPE),), as_json(about))
    if call.path != behaviour.prefix + ROUTE:
        return _refusal(behaviour, Fault(404, "no such path", code="not_found"))
    try:
        result = _variations(gateway, behaviour.on_call(_with_method(behaviour, call)))
    except Refused as refused:
        result = _refusal(behaviour, refused.fault)
    except Exception:  # noqa: BLE001 - the client gets an envelope for every error
        result = _refusal(behaviour, INTERNAL)
    return behaviour.finish(result, call)


def refusal(gateway: Gateway, call: Call, fault: Fault) -> Answer:
    """Return the refusal of a call whose body is too large or too slow; it closes the connection."""
    behaviour = gateway.behaviour
    return replace(behaviour.finish(_refusal(behaviour, fault), call), closing=True)


def _refusal(behaviour: Behaviour, fault: Fault) -> Answer:
    fault = behaviour.on_fault(fault)
    body = behaviour.render_refusal(behaviour.edit_refusal(envelope(fault), fault))
    headers = (("Content-Type", JSON_TYPE), *fault.headers)
    return behaviour.on_refusal(Answer(fault.status, headers, body), fault)


def _with_method(behaviour: Behaviour, call: Call) -> Call:
    if call.method not in behaviour.methods:
        raise Refused(behaviour.method_fault)
    return call


def _variations(gateway: Gateway, call: Call) -> Answer:
    behaviour = gateway.behaviour
    early = behaviour.models_before_authentication or behaviour.cache_before_authentication
    caller = None if early else _caller(gateway, call)
    form = behaviour.on_form(behaviour.read_form(call.body, behaviour.boundary_of(call)))
    if caller is None:
        caller = _late_caller(gateway, call, form)
    try:
        order = behaviour.on_order(order_of(behaviour, call, form, caller))
    except Refused:
        if gateway.provider:
            behaviour.forwarding.on_refused(gateway.provider, call.headers, call.body)
        if caller.kind == UNKNOWN:
            raise bad_credential() from None
        raise
    cached = _cached(gateway, order)
    if cached is not None:
        return cached
    if caller.kind == UNKNOWN:
        raise bad_credential()
    return _serve(gateway, order)


def _caller(gateway: Gateway, call: Call) -> Caller:
    behaviour = gateway.behaviour
    if not behaviour.authenticates:
        return Caller("anonymous", "anonymous")
    rescued = behaviour.rescue_caller(call)
    if rescued is not None:
        return rescued
    token = behaviour.read_token(call)
    caller = caller_of(token, gateway.keys, behaviour.read_jwt, behaviour.same_key)
    if caller.kind not in behaviour.credential_kinds:
        raise unauthorized("this kind of credential is not valid here")
    return caller


def _late_caller(gateway: Gateway, call: Call, form: Form) -> Caller:
    """Return the caller once the form is read, as gateways do that route before they authenticate."""
    behaviour = gateway.behaviour
    if behaviour.models_before_authentication:
        behaviour.known_model(behaviour.read_model(text_of(form, "model")))
    try:
        return _caller(gateway, call)
    except Refused:
        if behaviour.cache_before_authentication:
            return Caller("demo", UNKNOWN)
        raise


def _cached(gateway: Gateway, order: Order) -> Answer | None:
    behaviour = gateway.behaviour
    found = gateway.memory.answers.get(behaviour.cache_key(order))
    if found is None:
        return None
    cache_id, body = found
    return _success(behaviour, order, behaviour.edit_hit(hit_body(body, cache_id, order), order))


def _serve(gateway: Gateway, order: Order) -> Answer:
    behaviour = gateway.behaviour
    started = time.monotonic()
    served, made = _served_by(gateway, order)
    if made is None:
        pixels, encoding = behaviour.pixels_for(order.size), behaviour.picture_encoding
        items = [
            _item(gateway, order, Recipe(order.upload, pixels, index, encoding))
            for index in range(behaviour.items_for(order))
        ]
    else:
        pixels, encoding = made.pixels, "png"
        items = [
            behaviour.edit_item({"index": i, **one}, order) for i, one in enumerate(made.items)
        ]
    body = success_body(order, served, items, pixels=pixels, encoding=encoding)
    body["extra_fields"]["latency"] = round((time.monotonic() - started) * 1000)
    gateway.memory.answers.put(behaviour.cache_key(order), (unguessable_id(), body))
    return replace(_success(behaviour, order, body), drawn=True)


def _served_by(gateway: Gateway, order: Order) -> tuple[str, Made | None]:
    """Return the first model that does not fail, and what its provider made."""
    behaviour = gateway.behaviour
    last = INTERNAL
    for model in behaviour.models_to_try(order.model, order.fallbacks):
        try:
            known = behaviour.known_model(model)
            if gateway.provider:
                return model, _forwarded(gateway, order, known)
            behaviour.ask_provider(known)
        except Refused as refused:
            last = refused.fault
            if not behaviour.tries_next(last):
                break
        else:
            return model, None
    instead = behaviour.all_failed(order, last)
    if instead is None:
        raise Refused(last)
    return instead, None


def _forwarded(gateway: Gateway, order: Order, model: str) -> Made:
    image = gateway.behaviour.image_of(order.form)
    assert image is not None
    return ask(gateway.behaviour.forwarding, gateway.provider, image, order, model)


def _item(gateway: Gateway, order: Order, recipe: Recipe) -> Json:
    behaviour = gateway.behaviour
    item: Json = {"index": recipe.index, "revised_prompt": f"variation {recipe.index + 1}"}
    if order.response_format == "b64_json":
        item["b64_json"] = base64.b64encode(_drawn(gateway, recipe)).decode()
    else:
        picture_id = f"{unguessable_id()}.{recipe.encoding}"
        gateway.memory.recipes.put(picture_id, recipe)
        item["url"] = behaviour.picture_url(order.call.base_url, picture_id, order)
    return behaviour.edit_item(item, order)


def _drawn(gateway: Gateway, recipe: Recipe) -> bytes:
    key = (recipe.upload.digest, recipe.pixels, recipe.index, recipe.encoding)
    picture = gateway.memory.drawn.get(key)
    if picture is None:
        picture = draw(recipe)
        gateway.memory.drawn.put(key, picture)
    return picture


def _success(behaviour: Behaviour, order: Order, body: Json) -> Answer:
    # A copy, because an edit must not change the body in the cache.
    edited = behaviour.edit_success(json.loads(as_json(body)), order)
    headers = (("Content-Type", behaviour.success_type),)
    rendered = Answer(behaviour.success_status, headers, behaviour.render_success(edited))
    return behaviour.on_success(rendered, order)


def _file(gateway: Gateway, picture_id: str) -> Answer:
    recipe = gateway.memory.recipes.get(picture_id)
    if recipe is None:
        return _refusal(gateway.behaviour, Fault(404, "no such picture", code="not_found"))
    headers = (
        ("Content-Type", MEDIA_TYPES[recipe.encoding]),
        ("X-Content-Type-Options", "nosniff"),
    )
    served = Answer(200, headers, _drawn(gateway, recipe))
    return gateway.behaviour.on_file(served, recipe.upload)
