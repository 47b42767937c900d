"""`Behaviour`: everything in which a gateway may differ; the defaults are what the contract says.

A defect or a variant sets other values in these fields. The functions are small and pure. A
function that remembers something between requests makes its memory when the behaviour is made.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.reference import answers, authentication, drawing, fields, media, models
from conformance.reference.forwarding import Forwarding
from conformance.reference.values import (
    Answer,
    Call,
    Caller,
    Fault,
    Form,
    Json,
    Order,
    Part,
    Upload,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

MAX_BODY = 20 * 1024 * 1024
DEFAULT_PIXELS = (512, 512)
KEYED_FIELDS = ("model", "n", "size", "response_format", "user")
METHOD_FAULT = Fault(
    status=405,
    message="only POST is allowed here",
    code="method_not_allowed",
    headers=(("Allow", "POST"),),
)


def same(value: Any) -> Any:
    """Leave a value as it is."""
    return value


def keep(answer: Answer, _: object) -> Answer:
    """Leave an answer as it is."""
    return answer


def unedited(body: Json, _: object) -> Json:
    """Leave a body as it is."""
    return body


def first_image(form: Form) -> Part | None:
    """Return the first file in the field `image`, or else in `image[]`."""
    for name in ("image", "image[]"):
        parts = form.named(name)
        if parts:
            return parts[0]
    return None


def items_for(order: Order) -> int:
    """Return how many items an answer has: as many as were asked for."""
    return order.n


def pixels_for(size: str | None) -> tuple[int, int]:
    """Return the pixels of the pictures for a size."""
    if size in (None, "auto"):
        return DEFAULT_PIXELS
    width, _, height = str(size).partition("x")
    return int(width), int(height)


def picture_url(base_url: str, picture_id: str, _: Order) -> str:
    """Return where a picture is served."""
    return f"{base_url}/files/{picture_id}"


def cache_key(order: Order, *, without: str = "") -> Hashable:
    """Return the key of the cache: the tenant, the picture and the fields as the client wrote them.

    `without` leaves out one of the fields, or `image`, or `tenant`.
    """
    asked: dict[str, Hashable] = {name: order.form.last(name) for name in KEYED_FIELDS}
    asked |= {"fallbacks": order.fallbacks}
    asked |= {"image": order.upload.digest, "tenant": order.caller.tenant}
    return tuple(value for name, value in asked.items() if name != without)


@dataclass(frozen=True)
class Behaviour:
    """How a gateway behaves; `Behaviour()` is the correct one."""

    # The wire.
    prefix: str = ""
    max_body: int = MAX_BODY
    methods: frozenset[str] = frozenset({"POST"})
    method_fault: Fault = METHOD_FAULT
    closing: bool = False
    chunked: bool = False
    on_bytes: Callable[[bytes], bytes] = same
    body_of: Callable[[list[bytes]], bytes] = b"".join
    ignores_malformed: bool = False
    # How long an idle connection is kept, and what the server says when it closes one.
    idle_s: int = 60
    farewell: bytes = b""
    # How long after its end the process is started again; None is never.
    back_after_s: float | None = None
    # How long it waits for a body, and whether it does so when the client says that it has ended.
    reads_s: float = 30.0
    keeps_half_open: bool = False

    # Who calls.
    authenticates: bool = True
    credential_kinds: frozenset[str] = authentication.KINDS
    read_token: Callable[[Call], str] = authentication.bearer_token
    read_jwt: authentication.ReadJwt = authentication.verified_claims
    same_key: authentication.SameKey = authentication.same_key
    rescue_caller: Callable[[Call], Caller | None] = lambda _call: None

    # The form.
    on_arrival: Callable[[Call], None] = lambda _call: None
    thinking_s: float = 0.0
    # How long it is busy with one body, as a parser whose time grows with the square of its size.
    reading_s: Callable[[Call], float] = lambda _call: 0.0
    # How long each answer with pictures takes, as if a provider made them; refusals take none.
    drawing_s: float = 0.0
    on_call: Callable[[Call], Call] = same
    boundary_of: Callable[[Call], bytes] = media.boundary_of
    read_form: Callable[[bytes, bytes], Form] = media.read_form
    on_form: Callable[[Form], Form] = same
    on_order: Callable[[Order], Order] = same

    # Its fields.
    read_model: Callable[[str | None], str] = fields.model_name
    known_model: Callable[[str], str] = models.known_model
    models_before_authentication: bool = False
    image_of: Callable[[Form], Part | None] = first_image
    is_file: Callable[[Part], bool] = lambda part: part.is_file
    open_upload: Callable[[bytes], Upload] = drawing.open_upload
    n_min: int = 1
    n_max: int = 10
    default_n: int = 1
    read_n: Callable[[str], int] = fields.whole_number
    read_size: Callable[[str], str] = same
    accepts_size: Callable[[str], bool] = fields.is_size
    default_format: str = "url"
    read_format: Callable[[str], str] = same
    accepts_format: Callable[[str], bool] = fields.is_format
    read_user: Callable[[str], str] = fields.user_name
    read_fallbacks: Callable[[Form], tuple[str, ...]] = fields.fallbacks_of

    # Serving.
    models_to_try: Callable[[str, tuple[str, ...]], tuple[str, ...]] = models.in_order
    tries_next: Callable[[Fault], bool] = lambda _fault: True
    ask_provider: Callable[[str], None] = models.ask_provider
    forwarding: Forwarding = field(default_factory=Forwarding)
    all_failed: Callable[[Order, Fault], str | None] = lambda _order, _fault: None
    items_for: Callable[[Order], int] = items_for
    pixels_for: Callable[[str | None], tuple[int, int]] = pixels_for
    picture_encoding: str = "png"
    cache_key: Callable[[Order], Hashable] = cache_key
    cache_before_authentication: bool = False
    picture_url: Callable[[str, str, Order], str] = picture_url
    edit_item: Callable[[Json, Order], Json] = unedited
    edit_hit: Callable[[Json, Order], Json] = unedited
    edit_success: Callable[[Json, Order], Json] = unedited
    render_success: Callable[[Json], bytes] = answers.as_json
    success_status: int = 200
    success_type: str = answers.JSON_TYPE
    on_success: Callable[[Answer, Order], Answer] = keep
    on_file: Callable[[Answer, Upload], Answer] = keep

    # Refusing.
    on_fault: Callable[[Fault], Fault] = same
    edit_refusal: Callable[[Json, Fault], Json] = unedited
    render_refusal: Callable[[Json], bytes] = answers.as_json
    on_refusal: Callable[[Answer, Fault], Answer] = keep

    # The last step of every answer on the route.
    finish: Callable[[Answer, Call], Answer] = keep
