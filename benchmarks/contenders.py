"""What is compared: this suite, `st run` on the same contract, and a bare client with the same bytes."""

from __future__ import annotations

import os
import pickle
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from measuring import HERE, measured, run

from conformance.evidence import log, reading
from conformance.http.deliveries import MALFORMED
from conformance.http.images import looking
from conformance.http.payload import contents
from conformance.reference.demo import DEMO_VARIABLES
from conformance.run import launch
from conformance.target import credential_changes
from conformance.target.credentials import filled

if TYPE_CHECKING:
    from bare import Outgoing
    from measuring import Took

    from conformance.http.exchange import Exchange
    from conformance.target.target import Target

CONTRACT = HERE.parent / "openapi" / "image-variations.yaml"
# What schemathesis takes from its surroundings otherwise, or from the server's error texts.
CONFIGURATION = """\
hooks = "schemathesis_hooks.py"
[generation]
database = "none"
[phases.fuzzing.error-feedback]
enabled = false
[checks.positive_data_acceptance]
expected-statuses = ["2xx"]
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 413, 415, 422]
"""


def suite(profile: str, concurrency: int, *more: str) -> list[str]:
    """Return the words of a run of this suite; the URL goes behind them."""
    return [
        *(sys.executable, "-m", "conformance", "run", "--profile", profile),
        *("--concurrency", str(concurrency), "--report-dir", "reports", *more),
    ]


def schemathesis(url: str, concurrency: int, examples: int) -> list[str]:
    """Return the words of `st run` with the same contract, credential and concurrency."""
    key = DEMO_VARIABLES.environment()["REFERENCE_VIRTUAL_KEY"]
    return [
        *(str(Path(sys.executable).parent / "st"), "run", str(CONTRACT), "--url", url),
        *("--seed", "1", "-n", str(examples), "-w", str(concurrency), "--no-shrink"),
        *("--phases", "examples,coverage,fuzzing", "-c", "all", "--continue-on-failure"),
        *("-H", f"Authorization: Bearer {key}"),
    ]


def prepared(folder: Path) -> None:
    """Write what `st run` reads from its working directory."""
    (folder / "schemathesis.toml").write_text(CONFIGURATION)
    shutil.copy(HERE / "schemathesis_hooks.py", folder)


def bare(drawing_s: float, concurrency: int, folder: Path) -> Took:
    """Send what the last run of the suite in a folder sent, with nothing but httpx."""
    exchanges = list(reading.read(folder / "reports" / log.EVIDENCE_FILE))

    def command(url: str) -> list[str]:
        values = {"url": url, "report_dir": str(folder / "reports")}
        target = launch.session_for(values, os.environ).channel.target
        # What is drawn first, as in the best of orders.
        kept = sorted(exchanges, key=lambda e: not e.ok)
        requests = [_outgoing(e, target) for e in kept if e.request.delivery not in MALFORMED]
        (folder / "requests").write_bytes(pickle.dumps(requests))
        return [sys.executable, str(HERE / "bare.py"), "requests", str(concurrency)]

    return measured(drawing_s, command, folder)


def _outgoing(exchange: Exchange, target: Target) -> Outgoing:
    request = exchange.request
    url = target.url + request.url.partition(target.path)[2]
    headers = [(k, filled(v, target.secrets)) for k, v in request.headers]
    named = target.credential(request.credential.name)
    if request.credential.name and named is not None:
        secret = credential_changes.apply(request.credential.change, named.value, canary="")
        if request.credential.query:
            url += f"?{request.credential.query}={secret}"
        else:
            headers.append(("authorization", f"{request.credential.scheme} {secret}".strip()))
    return request.method, url, headers, request.body


def decoding_s(folder: Path) -> float:
    """Return the processor seconds that decoding each picture of the last run once takes."""
    found = {
        row.content
        for exchange in reading.read(folder / "reports" / log.EVIDENCE_FILE)
        for row in contents(exchange)
    }
    started = time.process_time()
    for content in found:
        looking.measured(content)
    return time.process_time() - started


def start_up(profile: str, concurrency: int, folder: Path) -> Took:
    """Return what a run takes before it sends anything: imports, drawing, and the whole plan."""
    return run([*suite(profile, concurrency, "--dry-run"), "http://127.0.0.1:9"], folder)
