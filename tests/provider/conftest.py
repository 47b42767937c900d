"""A stand-in provider that serves on loopback, and its journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.http.redacting.vault import Vault
from conformance.provider.journal import Journal
from conformance.provider.server import listening, running

from .asking import CLIENTS

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def journal() -> Journal:
    return Journal(Vault([("client", CLIENTS)]))


@pytest.fixture
def url(journal: Journal) -> Iterator[str]:
    with running(listening("127.0.0.1", 0), journal) as at:
        yield at
