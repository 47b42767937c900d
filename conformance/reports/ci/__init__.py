"""What a run prints for the CI system that it runs in.

In comes a `Result` and the summary that a terminal gets; out comes the text for standard output: the
summary with annotations behind it for GitHub Actions, or folded for GitLab. Only `cli` calls this, and
nothing here reads or writes a file: the steps of `action.yml` and `templates/` do that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reports.ci import github, gitlab

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.result.model import Result

GITHUB, GITLAB, NONE, AUTO = "github", "gitlab", "none", "auto"
SYSTEMS = (AUTO, GITHUB, GITLAB, NONE)


def system(wanted: str, environment: Mapping[str, str]) -> str:
    """Return the CI system to print for: `github`, `gitlab` or `none`.

    Args:
        wanted: one of `SYSTEMS`; `auto` goes by the variables that these systems set.
        environment: the environment of the process.
    """
    if wanted != AUTO:
        return wanted
    if environment.get("GITHUB_ACTIONS") == "true":
        return GITHUB
    return GITLAB if environment.get("GITLAB_CI") == "true" else NONE


def dressed(summary: str, result: Result, for_: str, now: float) -> str:
    """Return what standard output gets at the end of a run.

    Args:
        summary: the summary of the run for a terminal, of which no system obeys a line.
        result: what the run found.
        for_: `github`, `gitlab` or `none`.
        now: the time in seconds since 1970, which GitLab shows a section's duration by.
    """
    if for_ == GITHUB:
        return summary + github.commands(result)
    return gitlab.folded(summary, now) if for_ == GITLAB else summary
