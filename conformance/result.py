"""The result of a run: statuses, verdict, and the values behind `result.json`.

Every report is drawn from these values and from nothing else.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

RESULT_SCHEMA_VERSION = 1


class ResultError(Exception):
    """A file that is no result of this suite: what is wrong, why, and what to do."""


class Status(StrEnum):
    """What a run says of one check or of one requirement."""

    PASS = "pass"  # noqa: S105 - a status, not a password
    FAIL = "fail"
    WARN = "warn"
    UNTESTABLE = "untestable"
    NOT_APPLICABLE = "not-applicable"
    NOT_SELECTED = "not-selected"
    FLAKY = "flaky"
    ERROR = "error"


WORST_FIRST = (
    Status.FAIL,
    Status.ERROR,
    Status.FLAKY,
    Status.UNTESTABLE,
    Status.WARN,
    Status.PASS,
    Status.NOT_APPLICABLE,
    Status.NOT_SELECTED,
)


class Verdict(StrEnum):
    """What a run says of the gateway."""

    CONFORMANT = "conformant"
    NONCONFORMANT = "nonconformant"
    INCOMPLETE = "incomplete"
    PARTIAL = "partial"


@dataclass(frozen=True)
class Check:
    """One judged check: a pytest node, its status and the exchanges that it read."""

    node: str
    status: Status
    message: str = ""
    exchanges: tuple[str, ...] = ()
    duration_s: float = 0.0


@dataclass(frozen=True)
class RequirementResult:
    """One requirement of the contract with the checks that judged it."""

    id: str
    clause: str
    level: str
    source: str
    text: str
    basis: str
    status: Status
    hint: str = ""
    message: str = ""
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True)
class Observation:
    """Something that the documentation leaves open: recorded, never judged."""

    id: str
    clause: str
    text: str
    findings: tuple[Check, ...] = ()


@dataclass(frozen=True)
class FormField:
    """One part of the form that was sent, as a person reads it."""

    name: str
    value: str = ""
    filename: str | None = None
    content_type: str | None = None
    size_bytes: int = 0
    fixture: str | None = None


@dataclass(frozen=True)
class Picture:
    """One picture of an answer, measured from its bytes."""

    source: str
    format: str | None
    width: int | None
    height: int | None
    size_bytes: int
    sha256: str
    thumbnail: str | None = None


@dataclass(frozen=True)
class ProviderCall:
    """One call that an exchange caused at the observed provider; the whole is in the evidence."""

    id: str
    method: str
    path: str
    model: str = ""
    recognized_by: str = ""
    fields: tuple[FormField, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    status: int | None = None
    end: str = ""
    pictures: int = 0
    reply_body: str = ""


@dataclass(frozen=True)
class Try:
    """An earlier answer to the same bytes: why they were sent again."""

    outcome: str
    body: str = ""
    elapsed_s: float = 0.0


@dataclass(frozen=True)
class ExchangeSummary:
    """One exchange as reports show it; the whole of it is in the evidence."""

    id: str
    label: str
    method: str
    url: str
    request_headers: tuple[tuple[str, str], ...] = ()
    fields: tuple[FormField, ...] = ()
    request_body: str = ""
    request_bytes: int = 0
    curl: str = ""
    status: int | None = None
    failure: str | None = None
    reply_headers: tuple[tuple[str, str], ...] = ()
    reply_body: str = ""
    reply_bytes: int = 0
    reply_truncated: bool = False
    elapsed_s: float = 0.0
    attempts: int = 1
    tries: tuple[Try, ...] = ()
    pictures: tuple[Picture, ...] = ()
    twin: str | None = None
    calls: tuple[ProviderCall, ...] = ()


@dataclass(frozen=True)
class Diagnosis:
    """What stood in the way of judging, whose problem it looks like, and what to do."""

    problem: str
    whose: str
    what_to_do: str
    exchanges: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ledger:
    """What a run sent, spent and waited for; `pictures` is by clause, and by other purposes."""

    requests: int = 0
    retried: int = 0
    second_looks: int = 0
    probes: int = 0
    most_in_flight: int = 0
    waited_s: float = 0.0
    pictures: dict[str, int] = field(default_factory=dict)
    uncertain: int = 0
    taken_over: int = 0
    taken_over_images: int = 0


@dataclass(frozen=True)
class Result:
    """Everything that a run found out; `result.json` is this value."""

    verdict: Verdict
    profile: str
    target: dict[str, Any]
    suite: dict[str, str]
    contract: dict[str, str]
    seed: int
    started: str
    duration_s: float
    requests: int
    images: int
    requirements: tuple[RequirementResult, ...]
    clauses: dict[str, str] = field(default_factory=dict)
    observations: tuple[Observation, ...] = ()
    exchanges: dict[str, ExchangeSummary] = field(default_factory=dict)
    diagnosis: tuple[Diagnosis, ...] = ()
    notes: tuple[str, ...] = ()
    command: str = ""
    ledger: Ledger = field(default_factory=Ledger)
    selection: tuple[str, ...] = ()
    shard: str = ""
    schema: int = RESULT_SCHEMA_VERSION


def worst(statuses: list[Status]) -> Status:
    """Return the worst of several statuses; none at all is `not-selected`."""
    return min(statuses, key=WORST_FIRST.index, default=Status.NOT_SELECTED)


def verdict_of(
    requirements: tuple[RequirementResult, ...], *, reached: bool, narrowed: bool
) -> Verdict:
    """Decide the verdict of a run.

    Args:
        requirements: every requirement of the contract with its status.
        reached: whether the preflight found a gateway that can be judged.
        narrowed: whether a selection narrower than a profile was run.
    """
    must = [r.status for r in requirements if r.level == "MUST"]
    unsettled = {Status.UNTESTABLE, Status.FLAKY, Status.ERROR}
    errors = any(r.status is Status.ERROR for r in requirements)
    judged = any(r.status in (Status.PASS, Status.WARN, Status.FAIL) for r in requirements)
    if not reached or not judged:
        return Verdict.INCOMPLETE
    if narrowed:
        undecided = Status.FAIL not in must and bool(unsettled.intersection(must))
        return Verdict.INCOMPLETE if undecided or errors else Verdict.PARTIAL
    if Status.FAIL in must:
        return Verdict.NONCONFORMANT
    if errors or unsettled.intersection(must):
        return Verdict.INCOMPLETE
    return Verdict.CONFORMANT


def exit_code(result: Result) -> int:
    """Return the process's exit code: 0 conformant, 1 nonconformant, 3 incomplete.

    A partial run exits with 1 if a MUST failed and with 0 otherwise.
    """
    if result.verdict is Verdict.INCOMPLETE:
        return 3
    failed = any(r.status is Status.FAIL and r.level == "MUST" for r in result.requirements)
    return 1 if failed else 0


def to_json(result: Result) -> str:
    """Return `result.json`: UTF-8 text, keys in the order of the classes above."""
    return json.dumps(dataclasses.asdict(result), ensure_ascii=False, indent=1) + "\n"


def write(result: Result, path: Path) -> None:
    """Write `result.json` to `path`."""
    path.write_text(to_json(result), encoding="utf-8", errors="backslashreplace")


def read(path: Path) -> Result:
    """Read a `result.json` back.

    Raises:
        ResultError: the file cannot be read or is no result of this version of the suite.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ResultError(
            f"{path} cannot be read ({error.strerror}). Name the result.json that a run wrote."
        ) from error
    except UnicodeDecodeError as error:
        raise ResultError(
            f"{path} is no result: it is not UTF-8 text. Name the result.json that a run wrote."
        ) from error
    return from_json(text, name=str(path))


def from_json(text: str, *, name: str = "the text") -> Result:
    """Rebuild a `Result` from the text of a `result.json`; `name` is what errors call it.

    Raises:
        ResultError: the text is no result of this version of the suite.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ResultError(
            f"{name} is no result: it is not JSON ({error}). Name the result.json that a run wrote."
        ) from error
    version = value.get("schema") if isinstance(value, dict) else None
    if isinstance(version, int) and version != RESULT_SCHEMA_VERSION:
        raise ResultError(
            f"{name} has version {version} of the result format; this suite reads version "
            f"{RESULT_SCHEMA_VERSION}. Use the version of the suite that wrote it, or run again."
        )
    try:
        return typing.cast("Result", _rebuild(Result, value, "the document"))
    except _Mismatch as error:
        raise ResultError(
            f"{name} is no result: {error}. Name a result.json that a run wrote, unchanged."
        ) from error


class _Mismatch(Exception):  # noqa: N818 - never leaves this module
    """A JSON value that does not fit the dataclass field it is for."""


def _rebuild(hint: Any, value: Any, where: str) -> Any:
    """Return the JSON value as the type that a dataclass field is declared to have."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType:  # every union here is `X | None`
        return None if value is None else _rebuild(arguments[0], value, where)
    if origin is tuple:
        items = _demand(list, value, where)
        kinds = [arguments[0]] * len(items) if arguments[-1] is Ellipsis else list(arguments)
        if len(kinds) != len(items):
            raise _Mismatch(f"{where} has {len(items)} items instead of {len(kinds)}")
        pairs = enumerate(zip(kinds, items, strict=True))
        return tuple(_rebuild(kind, item, f"{where}[{i}]") for i, (kind, item) in pairs)
    if origin is dict:
        members = _demand(dict, value, where)
        return {k: _rebuild(arguments[1], v, f"{where}[{k!r}]") for k, v in members.items()}
    return _rebuild_one(hint, value, where)


def _rebuild_one(hint: Any, value: Any, where: str) -> Any:
    if dataclasses.is_dataclass(hint):
        return _rebuild_dataclass(typing.cast("type[Any]", hint), value, where)
    # JSON has one kind of number, so a whole one may stand where a float is declared.
    if hint is Any or (hint is float and type(value) is int):
        return value
    if issubclass(hint, StrEnum):
        if value not in list(hint):
            raise _Mismatch(f"{where} is {value!r}, none of {', '.join(hint)}")
        return hint(value)
    return _demand(hint, value, where)


def _rebuild_dataclass(cls: type[Any], value: Any, where: str) -> Any:
    members = _demand(dict, value, where)
    hints = _HINTS[cls]
    fields = {f.name: f for f in dataclasses.fields(cls)}
    if unknown := members.keys() - fields.keys():
        raise _Mismatch(f"{where} has the unknown key {min(unknown)!r}")
    for name, declared in fields.items():
        needed = declared.default is declared.default_factory is dataclasses.MISSING
        if needed and name not in members:
            raise _Mismatch(f"{where} lacks the key {name!r}")
    return cls(**{k: _rebuild(hints[k], v, f"{where}.{k}") for k, v in members.items()})


def _demand(kind: type, value: Any, where: str) -> Any:
    if type(value) is not kind:  # exactly: in Python a bool is an int, in JSON it is not
        raise _Mismatch(f"{where} is {type(value).__name__}, not {kind.__name__}")
    return value


_HINTS = {
    cls: typing.get_type_hints(cls)
    for cls in (
        Result,
        RequirementResult,
        Check,
        Observation,
        ExchangeSummary,
        FormField,
        Picture,
        ProviderCall,
        Try,
        Diagnosis,
        Ledger,
    )
}
