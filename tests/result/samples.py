"""A result that has every value there is, and its JSON with something changed."""

from __future__ import annotations

import json
from typing import Any

from conformance.result import storage
from conformance.result.exchange_summary import (
    ExchangeSummary,
    FormField,
    Picture,
    ProviderCall,
    Try,
)
from conformance.result.model import (
    Check,
    Diagnosis,
    Ledger,
    Observation,
    RequirementResult,
    Result,
    Status,
    Verdict,
    Waiver,
    Waivers,
)
from conformance.result.timeline import Moment, Timeline

WAIVER = Waiver("it is known", "Ann", "2026-12-31", "N-2", "", "https://i.example", state="applied")
EVERYTHING = Result(
    verdict=Verdict.NONCONFORMANT,
    profile="core",
    target={"url": "https://gateway.example", "sizes": ["256x256"], "max_n": 10},
    suite={"version": "0.1.0"},
    contract={"version": "1.0.0", "sha256": "0" * 64},
    seed=1,
    started="2026-01-02T03:04:05+00:00",
    duration_s=1,
    requests=2,
    images=1,
    requirements=(
        RequirementResult(
            id="N-2",
            clause="n",
            level="MUST",
            source="stated",
            text="An n outside 1 to 10 is refused.",
            basis="Range 1 <= value <= 10",
            status=Status.FAIL,
            message="1 of 1 checks failed",
            checks=(Check("test_n.py::test_n[n=11]", Status.FAIL, "expected 4xx", ("e1",), 0.5),),
            waived=WAIVER,
        ),
    ),
    clauses={"n": "Number of pictures"},
    observations=(
        Observation("OBS-1", "n", "An empty n.", (Check("test_n.py::o", Status.PASS, "200"),)),
    ),
    exchanges={
        "e1": ExchangeSummary(
            id="e1",
            label="n=11",
            method="POST",
            url="https://gateway.example/v1/images/variations",
            request_headers=(("Accept", "*/*"),),
            fields=(FormField("image", "", "a.png", "image/png", 900, "fixtures/a.png"),),
            status=200,
            reply_headers=(("Content-Type", "application/json"),),
            reply_body="lone \udc80 \x00 \x1b 🖼",
            pictures=(Picture("data[0].url", "PNG", 256, 256, 9, "f" * 64, "data:image/png;,"),),
            tries=(Try("429", "slow down", 0.1),),
            twin="e0",
            calls=(
                ProviderCall(
                    *("c1", "POST", "/v1/images/variations", "dall-e-2", "bytes"),
                    (FormField("n", "11", size_bytes=2),),
                    (("Host", "127.0.0.1"),),
                    *(200, "answered", 1, "{}"),
                ),
            ),
        )
    },
    diagnosis=(Diagnosis("No route.", "gateway", "Check --path.", ("e1",)),),
    notes=("One note.",),
    command="conformance run https://gateway.example",
    ledger=Ledger(requests=3, retried=1, waited_s=0.5, pictures={"n": 1}, taken_over=1),
    selection=("--check n=11",),
    shard="1/2",
    timeline=Timeline(
        0.5, (1, 2), {"success": (0, 1)}, (0, 1), (Moment("fall", 0.2, "it fell", 0.1),), 1, 2
    ),
    waivers=Waivers("2026-06-15", accepted=False, applied=1, given=(WAIVER,)),
)


def damaged(*path: str | int, **changes: Any) -> str:
    document = json.loads(storage.to_json(EVERYTHING))
    place = document
    for step in path:
        place = place[step]
    for key, value in changes.items():
        if value is ...:
            del place[key]
        else:
            place[key] = value
    return json.dumps(document)
