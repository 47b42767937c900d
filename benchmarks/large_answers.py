"""What the suite spends on one large answer: prepared as it arrives, and judged by the checks on every answer.

    .venv/bin/python benchmarks/large_answers.py [MEGABYTES]

It prints the processor seconds for an answer of each kind. `judging` returns them, so that a test can
compare them with each other: they are measured in one process, one after the other.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import importlib
import inspect
import json
import pkgutil
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import conformance.checks
from conformance.cases.spec import PLAIN
from conformance.http.bounds import Allowance
from conformance.http.exchange import Exchange, Reply
from conformance.http.images.pictures import make
from conformance.http.redacting.vault import Vault
from conformance.http.request import Request
from conformance.judging import partial
from conformance.judging.declare import declaration_of
from conformance.judging.ends import Flaky, NotApplicable, Untestable
from conformance.plan.plan import Plan
from conformance.send.wire import body
from conformance.target import build, resolution

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.target.target import Target

KEY = "sk-bf-7f3a9c2e51d84b06a1e4"
MOST = 256_000_000
# What a check on every answer may take without a run.
TAKES = {"answers", "target", "record"}
ITEM = b'{"id":"x","created":1,"model":"m","data":[%s]}'


def pictures(size: int) -> bytes:
    """Return an answer with as many large pictures as so many bytes hold."""
    text = base64.b64encode(make("a photograph", "photo"))
    return ITEM % b",".join([b'{"b64_json":"%s"}' % text] * max(size // len(text), 1))


def noise_and_pictures(size: int) -> bytes:
    """Return an answer with a small picture, and with white space behind it."""
    text = base64.b64encode(make("small"))
    return ITEM % (b'{"b64_json":"%s"}' % text) + b" " * size


KINDS: dict[str, Callable[[int], tuple[int, bytes]]] = {
    "pictures": lambda size: (200, pictures(size)),
    "a picture and white space": lambda size: (200, noise_and_pictures(size)),
    "small items": lambda size: (200, ITEM % b",".join([b'{"url":"x"}'] * (size // 12))),
    "empty arrays": lambda size: (200, ITEM % b",".join([b"[]"] * (size // 3))),
    "a message": lambda size: (
        400,
        json.dumps({"error": {"message": "it is wrong, " * (size // 13)}}).encode(),
    ),
    "a text beside pictures": lambda size: (
        200,
        ITEM[:-1] % b'{"url":"http://x"}' + b',"text":"%s"}' % (b"at A.a (" * (size // 8)),
    ),
    "keys alike": lambda size: (200, b"{" + b'"a":1,' * (size // 6) + b'"b":1}'),
    "keys apart": lambda size: (
        200,
        json.dumps({f"k{i}": 1 for i in range(size // 13)}).encode(),
    ),
    "deep nesting": lambda size: (200, b"[" * (size // 2) + b"]" * (size // 2)),
    "a page": lambda size: (500, b"<h1>Error</h1>" * (size // 14)),
    "zeros, compressed": lambda size: (200, gzip.compress(bytes(size), 1)),
}


def judging(size: int, *names: str) -> dict[str, float]:
    """Return the processor seconds that an answer of each kind takes, of about so many bytes.

    Args:
        size: the bytes of an answer.
        names: the kinds, of `KINDS`; all of them if none is named.
    """
    values = resolution.resolve({"url": "http://127.0.0.1:1"}, {"CONFORMANCE_API_KEY": KEY}, None)
    target = build.build(values, {"CONFORMANCE_API_KEY": KEY})
    request = Plan(target, 1).bind(PLAIN)
    assert isinstance(request, Request)
    checks = [*on_every_answer()]
    # Imports and the contract's schemas are no part of it.
    spent_on(Reply(200, (), ITEM % b'{"url":"http://x"}'), request, checks, target)
    found = {}
    for name in names or KINDS:
        status, content = KINDS[name](size)
        headers = [("content-type", "application/json")]
        headers += [("content-encoding", "gzip")] if content.startswith(b"\x1f\x8b") else []
        found[name] = spent_on(Reply(status, tuple(headers), content), request, checks, target)
    return found


def on_every_answer() -> list[Callable[..., None]]:
    """Return the checks that read every answer, and need no run for it."""
    modules = pkgutil.iter_modules(conformance.checks.__path__, "conformance.checks.")
    checks = [c for m in modules for c in vars(importlib.import_module(m.name)).values()]
    declared = [(c, declaration_of(c)) for c in checks]
    return [
        c
        for c, d in declared
        if d and d.reads == "every answer" and {*inspect.signature(c).parameters} <= TAKES
    ]


def spent_on(
    raw: Reply, request: Request, checks: list[Callable[..., None]], target: Target
) -> float:
    """Return the processor seconds from the last byte of an answer to the last verdict on it."""
    started = time.process_time()
    reply = body.prepared(raw, Vault([("key", KEY)]), MOST, Allowance())
    exchange = partial.guarded(Exchange(request, reply))
    refused = partial.guarded(Exchange(replace(request, label="another"), reply))
    given: dict[str, Any] = {"target": target, "record": lambda _: None}
    for check in checks:
        taken = {k: given.get(k, [exchange, refused]) for k in inspect.signature(check).parameters}
        with contextlib.suppress(AssertionError, Untestable, NotApplicable, Flaky):
            partial.called(check, taken)
    return time.process_time() - started


def main() -> None:
    """Print what answers of so many megabytes take."""
    megabytes = float(sys.argv[1]) if sys.argv[1:] else 10.0
    for name, taken in judging(int(megabytes * 1e6)).items():
        print(f"{name:25}{taken:6.2f} s")


if __name__ == "__main__":
    main()
