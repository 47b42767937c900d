"""Defects in how methods other than POST are answered: METHOD."""

from __future__ import annotations

from dataclasses import replace

from conformance.reference.behaviour import METHOD_FAULT
from conformance.reference.differences import Defect
from conformance.reference.making import finish, on_call, stand_in
from conformance.reference.values import Answer

HTML = (("Content-Type", "text/html; charset=utf-8"),)
DASHBOARD = Answer(200, HTML, b"<!doctype html><title>Gateway</title><h1>Dashboard</h1>")


def _method_served(method: str, sentence: str) -> Defect:
    return Defect(
        f"{method.lower()}-makes-variations",
        sentence,
        ("METHOD-1", "METHOD-2"),
        lambda b: replace(
            on_call(lambda call: stand_in(call) if call.method == method else call)(b),
            methods=b.methods | {method},
        ),
    )


DEFECTS = (
    _method_served("GET", "GET is answered with variations of a picture that was there before."),
    _method_served("PUT", "PUT is taken for POST."),
    Defect(
        "get-shows-dashboard",
        "GET is answered with a dashboard in HTML and 200.",
        ("METHOD-2",),
        finish(lambda answer, call: DASHBOARD if call.method == "GET" else answer),
    ),
    Defect(
        "other-methods-400",
        "Methods other than POST are answered with 400.",
        ("METHOD-2",),
        lambda b: replace(b, method_fault=replace(METHOD_FAULT, status=400, headers=())),
    ),
    Defect(
        "allow-missing",
        "A 405 carries no Allow header.",
        ("METHOD-3",),
        lambda b: replace(b, method_fault=replace(METHOD_FAULT, headers=())),
    ),
    Defect(
        "allow-names-others",
        "The Allow header of a 405 does not name POST.",
        ("METHOD-3",),
        lambda b: replace(b, method_fault=replace(METHOD_FAULT, headers=(("Allow", "GET, HEAD"),))),
    ),
)
