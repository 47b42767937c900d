"""The ways to write an array of fallbacks in a form; the documentation does not choose one.

A fallback is written with placeholders (`{failing-model}`), which the plan fills in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from conformance.http.form import Part, text


def _halves(model: str) -> tuple[str, str]:
    return f"{model[:-1]}.provider}}", f"{model[:-1]}.model}}"


def _object(model: str) -> dict[str, str]:
    provider, name = _halves(model)
    return {"provider": provider, "model": name}


def _json_array(models: Sequence[str]) -> tuple[Part, ...]:
    return (text("fallbacks", json.dumps([_object(m) for m in models])),)


def _repeated_json(models: Sequence[str]) -> tuple[Part, ...]:
    return tuple(text("fallbacks", json.dumps(_object(m))) for m in models)


def _repeated_json_typed(models: Sequence[str]) -> tuple[Part, ...]:
    return tuple(text("fallbacks", json.dumps(_object(m)), "application/json") for m in models)


def _repeated_name(models: Sequence[str]) -> tuple[Part, ...]:
    return tuple(text("fallbacks", m) for m in models)


def _brackets(models: Sequence[str]) -> tuple[Part, ...]:
    return tuple(text("fallbacks[]", json.dumps(_object(m))) for m in models)


def _bracket_keys(models: Sequence[str]) -> tuple[Part, ...]:
    return tuple(
        text(f"fallbacks[][{key}]", value) for m in models for key, value in _object(m).items()
    )


def _indexed(models: Sequence[str]) -> tuple[Part, ...]:
    return tuple(
        text(f"fallbacks[{i}][{key}]", value)
        for i, m in enumerate(models)
        for key, value in _object(m).items()
    )


def _json_strings(models: Sequence[str]) -> tuple[Part, ...]:
    return (text("fallbacks", json.dumps([*models])),)


def _json_models(models: Sequence[str]) -> tuple[Part, ...]:
    return (text("fallbacks", json.dumps([{"model": m} for m in models])),)


def _comma_separated(models: Sequence[str]) -> tuple[Part, ...]:
    return (text("fallbacks", ",".join(models)),)


def _bracket_names(models: Sequence[str]) -> tuple[Part, ...]:
    return tuple(text("fallbacks[]", m) for m in models)


def _indexed_names(models: Sequence[str]) -> tuple[Part, ...]:
    return tuple(text(f"fallbacks[{i}]", m) for i, m in enumerate(models))


def _dotted(models: Sequence[str]) -> tuple[Part, ...]:
    return tuple(
        text(f"fallbacks[{i}].{key}", value)
        for i, m in enumerate(models)
        for key, value in _object(m).items()
    )


Encoding = Callable[[Sequence[str]], tuple[Part, ...]]

# What clients and form encoders in use write.
USUAL: dict[str, Encoding] = {
    "json-array": _json_array,
    "repeated-name": _repeated_name,
    "repeated-json": _repeated_json,
    "repeated-json-typed": _repeated_json_typed,
    "bracket-keys": _bracket_keys,
    "indexed": _indexed,
    "brackets": _brackets,
}
# What a gateway may take instead. A run asks for a success in these once it got none in the usual ones.
FURTHER: dict[str, Encoding] = {
    "json-strings": _json_strings,
    "json-models": _json_models,
    "comma-separated": _comma_separated,
    "bracket-names": _bracket_names,
    "indexed-names": _indexed_names,
    "dotted": _dotted,
}
ENCODINGS = {**USUAL, **FURTHER}
