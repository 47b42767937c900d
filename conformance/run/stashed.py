"""The keys under which the plugin and its fixtures keep things in pytest's stashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conformance.judge.outcome import Outcomes
    from conformance.run.session import Session

# In the configuration of a pytest run: its session, and the outcomes of its nodes.
SESSION: pytest.StashKey[Session] = pytest.StashKey()
JUDGED: pytest.StashKey[Outcomes] = pytest.StashKey()
# Whether a person started pytest, and whether the requests of the first checks were sent ahead.
BY_HAND = pytest.StashKey[bool]()
AHEAD = pytest.StashKey[bool]()
# In a node: the ids of the exchanges that it read, and what it noted.
READ = pytest.StashKey[list[str]]()
NOTED = pytest.StashKey[list[str]]()
