"""The groups of the settings, in the order in which help and documentation show them."""

from __future__ import annotations

# Each title, and the names of its settings in the order in which a reader needs them.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("the gateway", ("path", "model", "failing-model", "deployment", "header", "user-agent")),
    ("credentials", ("api-key-env", "other-tenant-key-env", "expired-key-env", "auth")),
    ("connection", ("wait", "ca", "client-cert", "client-key", "insecure", "proxy")),
    (
        "what to check",
        ("profile", "level", "check", "requirement", "contract", "examples", "shard", "replay"),
    ),
    (
        "what the gateway can do",
        ("sizes", "max-n", "image", "fallbacks-encoding", "declare", "no-fetch", "fetch-from"),
    ),
    (
        "pictures and pace",
        ("max-images", "concurrency", "rate", "timeout", "max-time", "seed", "challenge"),
    ),
    ("seen from the provider", ("observe", "provider-checks", "listen")),
    (
        "known failures and comparison",
        ("waivers", "accept-waivers", "against", "fail-on", "only-regressions", "strict"),
    ),
    ("reports", ("report-dir", "quiet", "verbose", "ci")),
)
# Where a setting is shown that no group names; tests/target/test_groups.py allows none.
OTHER = "others"
_OF = {name: title for title, names in GROUPS for name in names}
_PLACES = {name: place for place, name in enumerate(_OF)}


def of(name: str) -> str:
    """Return the title of the group of a setting, by its name such as `max-images`."""
    return _OF.get(name, OTHER)


def place(name: str) -> int:
    """Return where a setting stands among all of them, counted over the groups from 0."""
    return _PLACES.get(name, len(_PLACES))
