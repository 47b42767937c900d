"""The credentials of the reference gateway, for a run that names none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.target import settings

if TYPE_CHECKING:
    from collections.abc import Mapping


def added(
    values: dict[str, Any], environment: Mapping[str, str], *, ask: bool
) -> tuple[Mapping[str, str], str]:
    """Supply the demonstration credentials where the target is this project's own gateway.

    They are used only if no setting names a credential and the server on this machine says that it
    is the reference gateway. If the server does not answer, the preflight reports it. A dry run does
    not ask the server.
    """
    named = values["api_key_env"] or environment.get(settings.SECRET_VARIABLE)
    if named or values["auth"] == "none":
        return environment, ""
    from conformance.reference.demo import DEMO_VARIABLES, answers_as_reference  # noqa: PLC0415 - only a run without a named credential needs it

    answered = answers_as_reference(str(values["url"]), ask=ask)
    if answered is False:
        return environment, ""
    values["api_key_env"] = list(DEMO_VARIABLES.api_keys)
    values["other_tenant_key_env"] = values["other_tenant_key_env"] or DEMO_VARIABLES.other_tenant
    values["expired_key_env"] = values["expired_key_env"] or DEMO_VARIABLES.expired
    if not values["observe"]:
        values["failing_model"] = values["failing_model"] or DEMO_VARIABLES.failing_model
    note = "No credential was named: the reference gateway's demonstration credentials were used."
    return {**environment, **DEMO_VARIABLES.environment()}, note if answered else ""
