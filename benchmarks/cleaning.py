"""What it costs to look for secrets: its share of a core run's processor time, and of large answers.

`python -m benchmarks.cleaning` runs the suite against its own gateway in this process, and counts
the time that its threads spend in the vault. Ratios in one run, since machines are noisy.
"""

from __future__ import annotations

import base64
import json
import random
import tempfile
import threading
import time
from collections import defaultdict
from typing import Any

from conformance.cli.main import main
from conformance.http.redacting.vault import Vault

MOST_SHARE = 0.05
MEGABYTES = 10
KEY = "sk-bf-benchmark-4f0c2a9e7b6d41358c1f"


def counted(names: tuple[str, ...], spent: dict[str, float]) -> None:
    """Let each of these methods of the vault count the processor time of the thread that calls it."""
    inside = threading.local()
    for name in names:
        own = getattr(Vault, name)

        def count(self: Vault, *given: Any, _own: Any = own, _name: str = name, **more: Any) -> Any:
            if getattr(inside, "already", False):
                return _own(self, *given, **more)
            inside.already, began = True, time.thread_time()
            try:
                return _own(self, *given, **more)
            finally:
                spent[_name] += time.thread_time() - began
                inside.already = False

        setattr(Vault, name, count)


def of_a_core_run() -> tuple[float, float]:
    """Return the seconds of processor time that the vault took in a core run, and the whole run."""
    spent: dict[str, float] = defaultdict(float)
    kept = {name: getattr(Vault, name) for name in ("clean", "learn", "learn_changed")}
    counted(tuple(kept), spent)
    began = time.process_time()
    try:
        with tempfile.TemporaryDirectory() as folder:
            main(["run", "--report-dir", folder])
    finally:
        for name, own in kept.items():
            setattr(Vault, name, own)
    return sum(spent.values()), time.process_time() - began


def of_large_answers() -> dict[str, float]:
    """Return the seconds of processor time that cleaning 10 MB takes, by what is in them."""
    drawn = random.Random(1).randbytes(MEGABYTES * 750_000)  # noqa: S311 - a picture, no secret
    picture = json.dumps({"data": [{"b64_json": base64.b64encode(drawn).decode()}]}).encode()
    rows = MEGABYTES * 1_000_000
    answers = {
        "pictures in base64": picture,
        "small items on lines of their own": b'{"a": 1,\n "b": "c"},\n' * (rows // 21),
        "escapes only": b"\\u0061" * (rows // 6),
        "halves of the key": (KEY[:20].encode() + b" ") * (rows // 21),
        "the key, one character escaped": (KEY.encode().replace(b"4", b"\\u0034")) * (rows // 50),
    }
    vault, found = Vault([("key", KEY)]), {}
    for name, content in answers.items():
        began = time.process_time()
        vault.clean(content)
        found[name] = time.process_time() - began
    return found


def run() -> None:
    """Print both tables."""
    cleaning, whole = of_a_core_run()
    share = cleaning / whole
    print(f"core run: {cleaning:.3f} s of {whole:.2f} s of processor time, {share:.1%}")
    print(f"bound: {MOST_SHARE:.0%}: {'met' if share <= MOST_SHARE else 'NOT MET'}")
    for name, seconds in of_large_answers().items():
        print(f"{MEGABYTES} MB, {name}: {seconds:.2f} s")


if __name__ == "__main__":
    run()
