"""The settings of a run as keyword arguments: each setting of `conformance run`, by its Python name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from conformance.contract.profiles import Profile


class Settings(TypedDict, total=False):
    """Settings of `conformance run`; `conformance run --help` says what each is for.

    What is missing here comes from its `CONFORMANCE_*` variable, then from `conformance.toml`, then from
    its default.
    """

    path: str
    model: str
    failing_model: str
    api_key_env: str | Sequence[str]
    other_tenant_key_env: str
    expired_key_env: str
    auth: Literal["bearer", "none"]
    header: str | Sequence[str]
    ca: str | os.PathLike[str]
    client_cert: str | os.PathLike[str]
    client_key: str | os.PathLike[str]
    insecure: bool
    proxy: str
    profile: Profile
    level: Literal["must", "should"]
    check: str | Sequence[str]
    replay: str
    requirement: str | Sequence[str]
    contract: str
    waivers: str | os.PathLike[str]
    accept_waivers: bool
    sizes: str | Sequence[str]
    max_n: int
    image: str | os.PathLike[str]
    no_fetch: bool
    fetch_from: str | Sequence[str]
    fallbacks_encoding: str
    declare: str | Sequence[str]
    listen: str
    observe: str
    provider_checks: Literal["strict", "lenient"]
    deployment: str
    concurrency: int | Literal["auto"]
    rate: str
    timeout: float
    max_time: str | float
    max_images: int
    seed: int
    challenge: str
    user_agent: str
    shard: str
    examples: int
    report_dir: str | os.PathLike[str]
    against: str | os.PathLike[str]
    fail_on: Literal["worse", "lost"]
    only_regressions: bool
    strict: bool
    wait: str | float


def as_flags(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return keyword arguments as flags of the command line give them; None stands for no flag.

    Raises:
        TypeError: there is no such setting.
    """
    known = {name.replace("-", "_") for name in _names()}
    if unknown := sorted(given.keys() - known):
        raise TypeError(f"judge() got no setting of this name: {', '.join(unknown)}")
    return {name: _plain(value) for name, value in given.items() if value is not None}


def _names() -> list[str]:
    from conformance.target.settings import BY_NAME  # noqa: PLC0415 - types need none of it

    return list(BY_NAME)


def _plain(value: Any) -> Any:
    if hasattr(value, "__fspath__"):
        return value.__fspath__()
    return list(value) if isinstance(value, (tuple, set, frozenset)) else value
