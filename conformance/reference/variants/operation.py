"""Gateways that are operated in another way: limits, models, connections, credentials, a cache."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.differences import Variant
from conformance.reference.ending import ends_process
from conformance.reference.making import (
    finish,
    on_form,
    shown,
    with_field,
    with_others_inside,
)
from conformance.reference.models import MODELS
from conformance.reference.values import Answer, Call, Form, refuse

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour

MIDDLE = 150
FAREWELL = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
TWO_MEGABYTES = 2_000_000
MOST_AT_ONCE = 2
BRIEFLY_S = 0.01
# Less than a self-test gives a request, and more than any whole body takes.
ANNOUNCED_S = 1.5
SLOWLY_S = 0.05
FEW_SIZES = ("256x256", "512x512", "1024x1024")


def resolved(form: Form) -> Form:
    """Return a form whose model has a provider, if it came without one."""
    model = shown(form, "model") or ""
    return with_field(form, "model", f"openai/{MODELS['openai'][0]}") if _is_bare(model) else form


def _is_bare(model: str) -> bool:
    return bool(model) and "/" not in model and model.replace("-", "").isalnum()


def _cut_off(answer: Answer, _: Call) -> Answer:
    return replace(answer, dropped=True) if answer.status == 413 else answer  # noqa: PLR2004 - an HTTP status


def third_later(before: int) -> None:
    """Answer 429 to a request that meets two others."""
    if before >= MOST_AT_ONCE:
        later = (("Retry-After", "1"),)
        raise refuse("too many at once", status=429, code="rate_limit_exceeded", headers=later)


def _closing_refusal(answer: Answer, _: Call) -> Answer:
    return replace(answer, closing=True) if answer.status >= 400 else answer  # noqa: PLR2004 - an HTTP status


def _restarted_once(b: Behaviour) -> Behaviour:
    """End the process in the middle of a run, as a deployment does, and start it again."""
    count = 0

    def is_middle(_answer: Answer, _call: Call) -> bool:
        nonlocal count
        count += 1
        return count == MIDDLE

    return ends_process(is_middle, after_s=0.0, back_s=0.5)(b)


def _no_login(b: Behaviour) -> Behaviour:
    return replace(b, authenticates=False)


VARIANTS = (
    Variant(
        "closes-connections",
        "Every connection is closed after its answer.",
        lambda b: replace(b, closing=True),
    ),
    Variant(
        "waits-for-announced-bytes",
        "A body that is shorter than announced is answered with 408, even if the client writes no more.",
        lambda b: replace(b, reads_s=ANNOUNCED_S, keeps_half_open=True),
    ),
    Variant("chunked-answers", "Answers come in chunks.", lambda b: replace(b, chunked=True)),
    Variant(
        "path-prefix",
        "The route is under /openai.",
        lambda b: replace(b, prefix="/openai"),
        declare=("--path", "/openai/v1/images/variations"),
    ),
    Variant(
        "no-authentication",
        "Nobody has to say who they are.",
        _no_login,
        declare=("--auth", "none"),
    ),
    Variant(
        "two-megabytes",
        "Bodies of more than two megabytes are answered with 413.",
        lambda b: replace(b, max_body=TWO_MEGABYTES),
    ),
    Variant(
        "cuts-large-uploads",
        "The connection is cut where a body has more than two megabytes.",
        lambda b: replace(finish(_cut_off)(b), max_body=TWO_MEGABYTES),
    ),
    Variant(
        "bare-models",
        "A model without a provider is found all the same.",
        on_form(resolved),
        warns=("MODEL-2",),
    ),
    Variant(
        "two-at-once",
        "A third request in flight is answered with 429 and Retry-After.",
        with_others_inside(third_later, BRIEFLY_S),
    ),
    Variant("slow", "Each answer takes a while.", lambda b: replace(b, thinking_s=SLOWLY_S)),
    Variant(
        "fewer-sizes",
        "The model lacks some of the documented sizes.",
        lambda b: replace(b, accepts_size=lambda size: size in FEW_SIZES),
        declare=("--sizes", ",".join(FEW_SIZES)),
    ),
    Variant(
        "one-size",
        "The model makes pictures of one size.",
        lambda b: replace(b, accepts_size=lambda size: size == "1024x1024"),
        declare=("--sizes", "1024x1024", "--profile", "full"),
    ),
    Variant(
        "one-at-a-time",
        "The model makes one picture at a time, in three sizes.",
        lambda b: replace(b, n_max=1, accepts_size=lambda size: size in FEW_SIZES),
        declare=("--max-n", "1", "--sizes", ",".join(FEW_SIZES), "--profile", "full"),
    ),
    Variant(
        "four-at-most",
        "The model makes four pictures at most.",
        lambda b: replace(b, n_max=4),
        declare=("--max-n", "4"),
    ),
    Variant(
        "closes-idle-soon",
        "An idle connection is closed after a second.",
        lambda b: replace(b, idle_s=1),
    ),
    Variant(
        "says-why-it-closes",
        "An idle connection gets a 408 after a second, and is closed.",
        lambda b: replace(b, idle_s=1, farewell=FAREWELL),
    ),
    Variant(
        "closes-after-refusals",
        "The connection is closed after each refusal.",
        finish(_closing_refusal),
    ),
    Variant(
        "deployed-once",
        "The process is restarted once in the middle of the run.",
        _restarted_once,
    ),
    Variant("no-cache", "Nothing is cached.", lambda b: replace(b, cache_key=lambda _: object())),
)
