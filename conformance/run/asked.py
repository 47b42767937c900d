"""Which address a run asks, and how a command that repeats the run names it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from conformance.target import pasted, settings

if TYPE_CHECKING:
    from collections.abc import Mapping


def address(values: dict[str, Any], flags: Mapping[str, Any]) -> pasted.Address:
    """Set the base address and the path that the run asks, and return what was understood of the URL."""
    usual = settings.BY_NAME["path"].default
    found = pasted.understood(
        str(values["url"]),
        str(values["path"]),
        path_is_given=bool(flags.get("path")) or values["path"] != usual,
    )
    pasted.check(found.base_url)
    values |= {"url": found.base_url, "path": found.path}
    return found


def repeated(command: str, flags: Mapping[str, Any], address: pasted.Address) -> str:
    """Return a command with the URL as reports may repeat it: a query may hold a credential."""
    given = flags.get("url")
    if not given or given == address.repeated:
        return command
    return shlex.join(address.repeated if w == given else w for w in shlex.split(command))
