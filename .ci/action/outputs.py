"""Writes the outputs and the summary of the step for GitHub, from the reports of a run.

Called as `outputs.py REPORTS BEFORE CODE FAIL_ON`: the folder, a file that is older than the run, the
exit code of the run, and which failures fail the job.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from pathlib import Path
from typing import Any

# GitHub takes 1 MiB for the summary of a step, and nothing of a longer one.
MOST_BYTES = 1_000_000
CUT = "\n\n… the rest is in the report.\n"
USAGE = 2
NO_VERDICT = "::error title=Conformance::The run came to no verdict"
FAILED = ("fail", "flaky")
WARNED = ("fail", "flaky", "warn")


def main(reports: Path, before: Path, code: int, fail_on: str) -> None:
    """Append to the files that GitHub names in the environment."""
    result = found(reports, before)
    # Nothing was judged, whatever the words asked for: that is no success.
    ends = code or (0 if result else USAGE)
    passes = fail_on == "never" and ends != USAGE and bool(result)
    values = {
        "verdict": str(result.get("verdict", "none")),
        "exit-code": str(code),
        "job-exit-code": "0" if passes else str(ends),
        "must-failed": str(count(result, "MUST", FAILED)),
        "should-failed": str(count(result, "SHOULD", WARNED)),
        "findings": str(len(result.get("findings", ()))),
        "report-dir": str(reports),
        "report": str(reports / "report.html"),
    }
    append("GITHUB_OUTPUT", "".join(output(name, values[name]) for name in values))
    if not result:
        sys.stdout.write(f"{NO_VERDICT} (exit code {code}); the lines above say why\n")
    summary = reports / "report.md"
    if result and summary.is_file():
        append("GITHUB_STEP_SUMMARY", bounded(summary.read_text("utf-8", "replace")))


def found(reports: Path, before: Path) -> dict[str, Any]:
    """Return the result that this run wrote; one of an earlier run is none."""
    path = reports / "result.json"
    if not path.is_file() or path.stat().st_mtime_ns < before.stat().st_mtime_ns:
        return {}
    known: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return known


def count(result: dict[str, Any], level: str, statuses: tuple[str, ...]) -> int:
    """Return how many requirements of a level have one of these statuses."""
    rows = result.get("requirements", ())
    return sum(row["level"] == level and row["status"] in statuses for row in rows)


def output(name: str, value: str) -> str:
    """Return an output in the form for any text: nobody can guess the line that ends it."""
    end = f"end-{secrets.token_hex(16)}"
    return f"{name}<<{end}\n{value}\n{end}\n"


def bounded(text: str) -> str:
    """Return a summary that GitHub takes."""
    content = text.encode()
    if len(content) <= MOST_BYTES:
        return text
    return content[:MOST_BYTES].decode("utf-8", "ignore") + CUT


def append(variable: str, text: str) -> None:
    """Append a text to the file that a variable names."""
    with Path(os.environ[variable]).open("a", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
