"""Makes a session from settings: flags, then variables, then the configuration file."""

from __future__ import annotations

import os
import secrets
import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.contract import sets
from conformance.errors import UsageError
from conformance.evidence import resume
from conformance.run import asked, demo_credentials, lock
from conformance.run.progress import NOBODY
from conformance.run.session import Session
from conformance.target import build, challenge, near, proxy, resolution, settings, waivers
from conformance.target.options import Limits, Options

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping

    from conformance.run.progress import Watcher
    from conformance.target.target import Target

# Whoever guesses the key of the commitments can try out secrets.
SHORTEST_KEY = 32


def session_for(
    flags: Mapping[str, Any],
    environment: Mapping[str, str],
    *,
    config: Path | None = None,
    command: str = "",
    embedded: bool = False,
    watcher: Watcher = NOBODY,
    observe_on: socket.socket | None = None,
    hold: Callable[[Path, str], object] = lambda _folder, _command: None,
) -> Session:
    """Build the session of a run.

    Args:
        flags: what the command line gave, by the settings' Python names, and `url`.
        environment: where the other settings and the credentials are.
        config: the configuration file; None takes `conformance.toml` if there is one here.
        command: how to run the same again, for the reports.
        embedded: whether the target is the reference gateway that this run started itself.
        observe_on: a listening socket on which the run plays the provider; None opens the one that
            the settings name.
        hold: gets the report folder and the command once the settings are known to be usable, and
            before the folder is read or written; a dry run holds nothing.
        watcher: gets to know how far the run is, and decides nothing.

    Raises:
        UsageError: a setting cannot be used; the message says which, and what to change.
    """
    target, options = settled(flags, environment, config=config, command=command, embedded=embedded)
    if not options.dry_run:
        lock.make_folder(options.report_dir)
        hold(options.report_dir, options.command)
    return Session(target, options, watcher, observe_on=observe_on)


def settled(
    flags: Mapping[str, Any],
    environment: Mapping[str, str],
    *,
    config: Path | None = None,
    command: str = "",
    embedded: bool = False,
    seed: int | None = None,
) -> tuple[Target, Options]:
    """Return the target and the options of a run; no file is written, and no address bound.

    `seed` is that of a run that names none; None draws one. `session_for` says what the others are.

    Raises:
        UsageError: a setting cannot be used; the message says which, and what to change.
    """
    usual = Path(settings.CONFIG_FILE)
    file = config or (usual if os.path.lexists(usual) else None)
    values = resolution.resolve(flags, environment, file)
    if not values["url"]:
        raise UsageError("no URL: name the gateway's base address")
    address = asked.address(values, flags)
    dry_run = bool(flags.get("dry_run"))
    if flags.get("resume") and values["observe"]:
        raise UsageError(
            "--resume: the evidence of an earlier run does not hold its calls to the provider; leave"
            " out --resume, or --observe"
        )
    environment, note = demo_credentials.added(values, environment, ask=not dry_run)
    _check_requirements(values["requirement"])
    if values["replay"]:
        _take_up(values, str(values["replay"]))
    named = "challenge" if values["challenge"] else "seed"
    drawn = values[named] is None
    if drawn:
        named = _draw(values, resumed=bool(flags.get("resume")), new=seed)
    if values["challenge"]:
        values["seed"] = challenge.seed_of(values["challenge"])
    options = Options(
        profile=values["profile"],
        level=values["level"],
        checks=tuple(values["check"]),
        requirements=tuple(values["requirement"]),
        limits=_limits(values),
        seed=values["seed"],
        examples=values["examples"],
        report_dir=Path(values["report_dir"]),
        dry_run=dry_run,
        command=_with_drawn(command, named, values) if drawn and command else command,
        embedded=embedded,
        shard=_shard(values["shard"]),
        resume=bool(flags.get("resume")) and not dry_run,
        notes=(note,) if note else (),
        against=values["against"] or "",
        fail_on=values["fail_on"] or "",
        only_regressions=values["only_regressions"],
        new_seed=drawn and not flags.get("resume"),
        disclosure_key=_disclosure_key(environment),
        challenge=values["challenge"] or "",
        demanded=sets.chosen(values["contract"]),
        waivers=waivers.given(values["waivers"], file),
        accept_waivers=values["accept_waivers"],
        strict=values["strict"],
        wait_s=values["wait"] or 0.0,
        **{name: values[name] for name in ("quiet", "verbose")},
    )
    built = build.build(values, environment)
    if built.vault.clean(options.challenge) != options.challenge:
        raise UsageError("--challenge: holds a credential; it is shown in every report")
    options = replace(
        options,
        command=_shown(asked.repeated(options.command, flags, address), built),
        notes=(
            *address.notes,
            *options.notes,
            *_of_proxies(built, environment),
            *near.variables(environment),
        ),
    )
    return built, options


def _shown(command: str, target: Target) -> str:
    """Return the command of a run as reports repeat it: each word without its secrets."""
    words = target.vault.clean(shlex.split(command))
    return proxy.without_userinfo(shlex.join(words), target.proxy)


def _disclosure_key(environment: Mapping[str, str]) -> str:
    key = environment.get(settings.DISCLOSURE_VARIABLE, "")
    if key and len(key) < SHORTEST_KEY:
        raise UsageError(
            f"{settings.DISCLOSURE_VARIABLE}: a key of fewer than {SHORTEST_KEY} characters can be guessed;"
            " make one with `openssl rand -hex 32`"
        )
    return key


def _of_proxies(target: Target, environment: Mapping[str, str]) -> tuple[str, ...]:
    if target.proxy is not None or target.on_loopback:
        return ()
    note = proxy.ignored(target.base_url, environment)
    return (note,) if note else ()


def _draw(values: dict[str, Any], *, resumed: bool, new: int | None) -> str:
    """Set the seed or the challenge of a run that names neither; return which of them.

    They are those of the run that it goes on with, or the seed is a new one.
    """
    if values["shard"]:
        raise UsageError(
            "--shard: all parts of a run need the same seed, and none is named; give each of them"
            " the same --seed N, for example the number of the CI pipeline, or the same --challenge"
        )
    folder = Path(values["report_dir"])
    if resumed and (earlier := resume.challenge_in(folder)):
        values["challenge"] = earlier
        return "challenge"
    seed = resume.seed_in(folder) if resumed else None
    if seed is None:
        seed = secrets.randbelow(challenge.SEEDS) if new is None else new
    values["seed"] = seed
    return "seed"


def _with_drawn(command: str, name: str, values: Mapping[str, Any]) -> str:
    return f"{command} --{name} {shlex.quote(str(values[name]))}"


def _shard(text: str | None) -> str:
    from conformance.plan import sharding  # noqa: PLC0415 - seldom needed

    if text is None:
        return ""
    number, count = sharding.parsed(text)
    return f"{number}/{count}"


def _limits(values: Mapping[str, Any]) -> Limits:
    at_once = 0 if values["concurrency"] == "auto" else values["concurrency"]
    return Limits(
        at_once, values["timeout"], values["max_images"], values["rate"], values["max_time"]
    )


def _take_up(values: dict[str, Any], exchange_id: str) -> None:
    """Set the checks, the profile and the seed that judge one exchange of the last run again."""
    from conformance.run import replay  # noqa: PLC0415 - seldom needed

    folder = Path(values["report_dir"])
    found = replay.of(exchange_id, folder)
    values |= {"check": list(found.checks), "profile": found.profile, "seed": found.seed}
    values["challenge"] = found.challenge or None
    values["report_dir"] = folder / f"replay-{exchange_id}"


def _check_requirements(ids: list[str]) -> None:
    from conformance.contract import contract  # noqa: PLC0415 - usage errors answer at once

    known = contract.load().requirements
    for id_ in ids:
        if id_ not in known:
            raise UsageError(f"--requirement: {id_!r} is no requirement; see `conformance list`")
