r"""Folds the summary of a run in the log of a GitLab job: the verdict stays, the rest opens by a click.

GitLab reads its marks by their carriage return and escape code. No text of a gateway can hold one: the
summary shows both as `\x0d` and `\x1b` (`reports.text.visible`).
"""

from __future__ import annotations

SECTION = "conformance_details"
ERASED = "\r\x1b[0K"


def folded(summary: str, now: float) -> str:
    """Return a summary whose first paragraph, the verdict, stands before a collapsed section.

    Args:
        summary: the summary for a terminal.
        now: the time in seconds since 1970.
    """
    verdict, gap, details = summary.partition("\n\n")
    if not gap:
        return summary
    at = int(now)
    return (
        f"{verdict}\n"
        f"\x1b[0Ksection_start:{at}:{SECTION}[collapsed=true]{ERASED}Findings, counts and reports\n"
        f"{details}"
        f"\x1b[0Ksection_end:{at}:{SECTION}{ERASED}\n"
    )
