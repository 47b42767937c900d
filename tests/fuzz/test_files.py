"""Files that a person hands in: each is read, or refused with the error that is documented."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from conformance.errors import UsageError
from conformance.evidence import calls, log, reading, resume
from conformance.result import storage
from conformance.target import resolution
from conformance.target.settings import BY_NAME
from tests.fuzz.budget import ANY_TEXT, JSON, examples, made_of, text_of
from tests.result.samples import EVERYTHING

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator

RESULT: dict[str, Any] = json.loads(storage.to_json(EVERYTHING))
TOML = text_of(
    *("url", "=", '"', "'", "[", "]", "\n", "[[", "]]", "1", "true", "http://127.0.0.1", "{", "}", ".", "#"),
    *(*BY_NAME, "1979-05-27", "0x", "1e400", "9" * 5_000, '"""', "\\u", "[" * 600),
    most=20,
)  # fmt: skip
BROKEN_LINES = made_of(
    *(b'{"run": {}}\n', b'{"id": "x"}\n', b"{", b"}", b'"run":', b"\n", b"null\n", b"\xff", b"[" * 700, b"9" * 5_000),
    b'{"run": {"seed": 1e400}}\n',
)  # fmt: skip


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()  # fmt: skip
    for key, inner in rows:
        yield from places(inner, (*at, key))


PLACES = [*places(RESULT)]


def put(value: Any, at: tuple[Any, ...], new: Any) -> Any:
    if not at:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[at[0]] = put(value[at[0]], at[1:], new)
    return copy


@examples(250)
@given(st.sampled_from(PLACES), JSON)
def test_a_result_with_another_value_is_read_or_refused(at: tuple[Any, ...], new: object) -> None:
    text = json.dumps(put(RESULT, at, new))
    with contextlib.suppress(storage.ResultError):
        found = storage.from_json(text)
        storage.to_json(found).encode()


@examples(150)
@given(made_of(b"{", b"}", b'"schema"', b":", b"1", b"[" * 600, b"9" * 5_000, b"\\ud800", b'"'))
def test_any_text_is_no_result(content: bytes) -> None:
    with contextlib.suppress(storage.ResultError):
        storage.from_json(content.decode("utf-8", "surrogateescape"))


@examples(150)
@given(BROKEN_LINES)
def test_any_file_is_evidence_or_refused(tmp_path_factory: Any, content: bytes) -> None:
    folder: pathlib.Path = tmp_path_factory.mktemp("fuzz")
    (folder / log.EVIDENCE_FILE).write_bytes(content)
    for read in (
        lambda p: [*reading.read(p)],
        reading.recording,
        lambda p: [*calls.read_calls(p)],
    ):
        with contextlib.suppress(ValueError):
            read(folder / log.EVIDENCE_FILE)
    assert isinstance(resume.seed_in(folder), int | None)
    with contextlib.suppress(UsageError):
        resume.runs_in(folder, {"seed": 1})


@examples(200)
@given(TOML)
def test_any_configuration_is_read_or_a_usage_error(tmp_path_factory: Any, text: str) -> None:
    path: pathlib.Path = tmp_path_factory.mktemp("fuzz") / "conformance.toml"
    path.write_bytes(text.encode("utf-8", "replace"))
    with contextlib.suppress(UsageError):
        resolution.resolve({}, {}, path)


@examples(200)
@given(st.sampled_from([s.variable for s in BY_NAME.values()]), ANY_TEXT)
def test_any_variable_is_read_or_a_usage_error(name: str, value: str) -> None:
    with contextlib.suppress(UsageError):
        resolution.resolve({}, {name: value}, None)
