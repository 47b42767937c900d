"""Forms that schemathesis draws from the contract, allowed and forbidden ones.

Each workaround here avoids a trap that was measured: see `view` and `CONFIGURATION`.
Imported only where the full profile asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from conformance.cases.generated.draft import PICTURE, Draft
from conformance.cases.generated.drawing import draw
from conformance.cases.spec import MODEL
from conformance.contract import contract

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemathesis import Case

# The texts are ASCII: for other characters hypothesis first builds a table, which takes seconds, and
# `strategies` draws those. It is given as text: otherwise the loader looks for a schemathesis.toml in
# the folders above. With error feedback, two gateways would be asked different things.
CONFIGURATION = '[generation]\ncodec = "ascii"\n[phases.fuzzing.error-feedback]\nenabled = false\n'
# These can be written in several ways: other checks write them.
NOT_DRAWN = ("image[]", "fallbacks")


def view() -> dict[str, Any]:
    """Return the part of the contract that can be drawn: the endpoint with one picture."""
    request = contract.load().schema("VariationRequest")
    fields = {k: v for k, v in request["properties"].items() if k not in NOT_DRAWN}
    schema = {"type": "object", "required": ["model", "image"], "properties": fields}
    body = {"required": True, "content": {"multipart/form-data": {"schema": _standard(schema)}}}
    post = {"requestBody": body, "responses": {"200": {"description": "Variations"}}}
    info = {"title": "Image variations", "version": contract.load().version}
    return {"openapi": "3.1.0", "info": info, "paths": {contract.ROUTE: {"post": post}}}


def _standard(node: Any) -> Any:
    if isinstance(node, dict):
        return {k: _standard(v) for k, v in node.items() if not str(k).startswith("x-")}
    return [_standard(v) for v in node] if isinstance(node, list) else node


def drafts(seed: int, count: int, *, negative: bool) -> list[Draft]:
    """Return forms that schemathesis makes of the contract; the oracle says what they are."""
    # A media type of one's own, or another format's name, would lose the file name.
    schemathesis.openapi.format("binary", st.just(PICTURE))
    loaded = schemathesis.openapi.from_dict(
        view(), config=SchemathesisConfig.from_str(CONFIGURATION)
    )
    mode = GenerationMode.NEGATIVE if negative else GenerationMode.POSITIVE
    operation = loaded[contract.ROUTE]["POST"]
    cases = draw(operation.as_strategy(generation_mode=mode), count, seed)
    return [found for case in cases if (found := _draft(case)) is not None]


def _draft(case: Case[Any]) -> Draft | None:
    """Return a case's parts as they would be sent, or None where it has no form."""
    files = case.as_transport_kwargs().get("files")
    if not files:
        return None
    fields: list[tuple[str, str | bytes]] = []
    at, picture, filename = None, None, ""
    for name, (file, content, *_) in files:
        value = content if isinstance(content, str | bytes) else str(content)
        if file is None:
            fields.append((name, value))
        elif name == "image":
            at, filename = len(fields), file
            raw = value.encode("utf-8", "replace") if isinstance(value, str) else value
            picture = None if raw == PICTURE else raw
    draft = Draft(tuple(fields), at, filename=filename or Draft.filename, picture=picture)
    return _with_model(draft)


def _with_model(draft: Draft) -> Draft:
    """Replace the drawn model, which no gateway knows, by the target's model."""
    return draft.with_field("model", MODEL) if dict(draft.fields).get("model") else draft


def apart(draft: Draft) -> Iterator[Draft]:
    """Yield each field of a form alone in a plain one."""
    plain = Draft()
    for name, value in draft.fields:
        yield plain.with_field(name, value)
    if draft.picture_at is None:
        yield Draft(picture_at=None)
    elif draft.picture is not None:
        yield Draft(picture=draft.picture)
    if "model" not in dict(draft.fields):
        yield plain.without(0)
