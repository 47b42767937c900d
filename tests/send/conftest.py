"""What the tests of TLS share: an authority, and a gateway that answers with pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import tls
from tests.asking import answering
from tests.serving import pictures_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.serving import Loopback


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> tls.Authority:
    return tls.authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def server() -> Iterator[Loopback]:
    with answering(pictures_answer()) as running:
        yield running
