"""The fixtures for tests of other projects: `conformance_result`, and what it judges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.api import workers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.result.model import Result


@pytest.fixture(scope="session")
def conformance_target() -> Any:
    """What `conformance_result` judges: a URL or an ASGI app; None takes the URL of the settings.

    Override it in your conftest or test module, with the same scope.
    """
    return None


@pytest.fixture(scope="session")
def conformance_settings() -> Mapping[str, Any]:
    """Keyword arguments of `conformance.judge` for `conformance_result`; override it to give some."""
    return {}


@pytest.fixture(scope="session")
def conformance_result(
    conformance_target: Any, conformance_settings: Mapping[str, Any], pytestconfig: pytest.Config
) -> Result:
    """The `Result` of your gateway, judged once for the whole session, and once for all workers.

    Its reports lie in the report folder: `reports`, or what `report_dir` says.
    """
    from conformance.api import telling  # noqa: PLC0415 - other pytest runs load this plugin, too

    target = conformance_target if conformance_target is not None else workers.url(pytestconfig)
    judged = telling.result_of(target, conformance_settings, workers.folder(pytestconfig))
    workers.keep(pytestconfig, judged)
    if judged.result is None:
        pytest.fail(f"conformance_result: {judged.trouble}", pytrace=False)
    return judged.result
