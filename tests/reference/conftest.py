from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from conformance.reference.behaviour import Behaviour
from conformance.reference.server import running

from .asking import BEARER

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def base_url() -> Iterator[str]:
    with running(Behaviour()) as url:
        yield url


@pytest.fixture
def client(base_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base_url, headers=BEARER, trust_env=False) as made:
        yield made
