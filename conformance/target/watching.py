"""The settings of how a run is begun and watched; `settings` says what a setting is."""

from __future__ import annotations

from conformance.target.setting import Setting

WATCHING = (
    Setting(
        "wait",
        "how long to wait until the gateway answers anything: 30s, 2m; for a gateway that starts"
        " beside the run (default: not at all)",
        kind="duration",
        metavar="T",
    ),
    Setting(
        "quiet",
        "print the verdict in one line, and each requirement that failed in one line each",
        kind="switch",
        default=False,
    ),
    Setting(
        "verbose",
        "print a line for each exchange as soon as it is settled, on standard error",
        kind="switch",
        default=False,
    ),
)
