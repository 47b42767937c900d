"""The compose file has the form that Docker reads; no engine is here to run it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "examples" / "compose"
# The keys of a service that compose-spec has, as far as this file may use them.
SERVICE = {
    *("image", "build", "command", "entrypoint", "environment", "volumes", "networks", "ports"),
    *("depends_on", "healthcheck", "user", "restart"),
}


def composed() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())
    return found


def test_only_keys_that_compose_knows() -> None:
    found = composed()
    assert set(found) <= {"services", "networks", "volumes", "name", "secrets", "configs"}
    for service in found["services"].values():
        assert set(service) <= SERVICE
        assert set(service.get("depends_on", {})) <= set(found["services"])
        assert set(service["networks"]) <= set(found["networks"])
        for volume in service["volumes"]:
            source = volume.partition(":")[0]
            assert source.startswith("./")
            assert source == "./reports" or (FOLDER / source).is_file()


def test_the_suite_is_the_provider_of_the_gateway() -> None:
    services = composed()["services"]
    words = services["conformance"]["command"]
    assert "--observe=0.0.0.0:9500" in words
    assert words[1].startswith("http://gateway:")
    assert services["gateway"]["command"][-1] == words[1].rpartition(":")[2]
    models = yaml.safe_load((FOLDER / "litellm.yaml").read_text())["model_list"]
    assert f"--model={models[0]['model_name']}" in words
    assert models[0]["litellm_params"]["api_base"] == "http://conformance:9500/v1"


def test_no_credential_is_written_down() -> None:
    for service in composed()["services"].values():
        assert all(value.startswith("${") for value in service["environment"].values())
