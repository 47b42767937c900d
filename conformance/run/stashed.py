"""The keys under which the plugin keeps things in the stash of pytest's configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conformance.judging.outcome import Outcomes
    from conformance.run.fixtures import Shared
    from conformance.run.session import Session

# The session of a pytest run, what its checks share, and the outcomes of its nodes.
SESSION: pytest.StashKey[Session] = pytest.StashKey()
SHARED: pytest.StashKey[Shared] = pytest.StashKey()
JUDGED: pytest.StashKey[Outcomes] = pytest.StashKey()
