"""Flag over variable over file; and for every input that cannot be used, one clear sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.errors import UsageError
from conformance.target import resolution, settings

if TYPE_CHECKING:
    from pathlib import Path


URL = "http://127.0.0.1:8080"

# One setting of each kind, with three values as a user writes them and as the suite reads them.
KINDS: list[tuple[str, tuple[Any, str, Any], tuple[Any, Any, Any]]] = [
    ("model", ("a/flag", "a/variable", "a/file"), ("a/flag", "a/variable", "a/file")),
    ("concurrency", ("1", "2", 3), (1, 2, 3)),
    ("rate", ("2/s", "60/min", "1800/h"), (2.0, 1.0, 0.5)),
    ("max-time", ("90", "1.5h", "20m"), (90.0, 5400.0, 1200.0)),
    ("max-time", ("45 s", "2min", 30), (45.0, 120.0, 30.0)),
    ("timeout", ("1.5", "2.5", 3.5), (1.5, 2.5, 3.5)),
    ("no-fetch", (True, "no", True), (True, False, True)),
    ("check", (["a", "b"], "c,d", ["e"]), (["a", "b"], ["c", "d"], ["e"])),
    ("profile", ("smoke", "full", "core"), ("smoke", "full", "core")),
]


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "some.toml"
    path.write_text(text)
    return path


def toml(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)


def refused(flags: dict[str, Any] | None = None, config: Path | None = None, **env: str) -> str:
    with pytest.raises(UsageError) as raised:
        resolution.resolve(flags or {}, env, config)
    message = str(raised.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize(("name", "raw", "read"), KINDS, ids=[k[0] for k in KINDS])
def test_the_flag_wins_over_the_variable_and_the_variable_over_the_file(
    name: str, raw: tuple[Any, str, Any], read: tuple[Any, Any, Any], tmp_path: Path
) -> None:
    setting = settings.BY_NAME[name]
    config = written(tmp_path, f"{name} = {toml(raw[2])}\n")
    variable = {setting.variable: raw[1]}
    key = setting.key
    assert resolution.resolve({key: raw[0]}, variable, config)[key] == read[0]
    assert resolution.resolve({key: None}, variable, config)[key] == read[1]
    assert resolution.resolve({}, {}, config)[key] == read[2]
    default = [] if setting.kind == "list" else setting.default
    assert resolution.resolve({}, {}, None)[key] == default


def test_the_url_has_the_same_order(tmp_path: Path) -> None:
    config = written(tmp_path, 'url = "http://file"\n')
    variable = {"CONFORMANCE_URL": "http://variable"}
    assert resolution.resolve({"url": "http://flag"}, variable, config)["url"] == "http://flag"
    assert resolution.resolve({"url": None}, variable, config)["url"] == "http://variable"
    assert resolution.resolve({}, {}, config)["url"] == "http://file"
    assert resolution.resolve({}, {}, None)["url"] is None


def test_an_empty_variable_is_no_value() -> None:
    assert resolution.resolve({}, {"CONFORMANCE_CONCURRENCY": ""}, None)["concurrency"] == 4


def test_every_setting_has_a_name_of_its_own_in_all_three_places() -> None:
    for kind in ("flag", "variable", "key"):
        assert len({getattr(s, kind) for s in settings.SETTINGS}) == len(settings.SETTINGS)


def test_every_default_is_a_value_that_the_setting_takes() -> None:
    for setting in settings.SETTINGS:
        if setting.default is not None:
            assert resolution.parse(setting, setting.default, "x") == setting.default


@pytest.mark.parametrize("word", ["1", "true", "YES", "on"])
def test_a_switch_understands_yes(word: str) -> None:
    assert resolution.resolve({}, {"CONFORMANCE_NO_FETCH": word}, None)["no_fetch"] is True


def test_a_header_keeps_its_commas() -> None:
    header = ["X-A: 1, 2"]
    assert resolution.resolve({"header": header}, {}, None)["header"] == header


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("concurency = 4\n", "concurency: no such setting; did you mean concurrency?"),
        ("zzz = 4\n", "zzz: no such setting; see `conformance run --help`"),
        ("[run]\nmodel = 'a/b'\n", "run.model: no such setting"),
        ("max_images = 4\n", "max_images: no such setting; did you mean max-images?"),
        ("model = 4\n", "model: 4 is no text; put it in quotes"),
        ("model = ['a/b']\n", "model: ['a/b'] is no text"),
        ("concurrency = 'many'\n", "concurrency: 'many' is not a whole number"),
        ("concurrency = 1.5\n", "concurrency: 1.5 is not a whole number"),
        ("concurrency = true\n", "concurrency: True is not a whole number"),
        ("concurrency = 0\n", "concurrency: 0 is not a whole number of at least 1"),
        ("timeout = []\n", "timeout: [] is not a number"),
        ("timeout = 0\n", "timeout: 0 is not a number of at least 0.1"),
        ("timeout = nan\n", "timeout: nan is not a number of at least 0.1"),
        ("no-fetch = 'maybe'\n", "no-fetch: 'maybe' is neither true nor false"),
        ("check = [1]\n", "check: is a list of texts"),
        ("check = { a = 1 }\n", "check: is a list of texts"),
        ("profile = 'huge'\n", "profile: 'huge' is none of smoke, core, full"),
        ("declare = ['magic']\n", "declare: 'magic' is none of catch-all-model"),
        ("url = 5\n", "url: is no text"),
    ],
)  # fmt: skip
def test_a_bad_key_or_value_in_the_file_is_named_with_its_path(
    text: str, says: str, tmp_path: Path
) -> None:
    config = written(tmp_path, text)
    message = refused(config=config)
    assert message.startswith(f"{config}: ")
    assert says in message


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ({"concurrency": "0"}, "--concurrency: '0' is not a whole number of at least 1"),
        ({"concurrency": "x"}, "--concurrency: 'x' is not a whole number"),
        ({"concurrency": "-3"}, "--concurrency: '-3' is not a whole number of at least 1"),
        ({"rate": "60"}, "--rate: '60' is no rate; write 1/s, 60/min or 1000/h"),
        ({"rate": "0/s"}, "--rate: '0/s' is no rate"),
        ({"rate": "-1/s"}, "--rate: '-1/s' is no rate"),
        ({"rate": "5/day"}, "--rate: '5/day' is no rate"),
        ({"max_time": "soon"}, "--max-time: 'soon' is no time; write 90s, 20m or 2h"),
        ({"max_time": "0m"}, "--max-time: '0m' is no time"),
        ({"max_time": "inf"}, "--max-time: 'inf' is no time"),
        ({"max_time": "-5"}, "--max-time: '-5' is no time"),
        ({"timeout": "soon"}, "--timeout: 'soon' is not a number"),
        ({"timeout": "nan"}, "--timeout: 'nan' is not a number"),
        ({"timeout": "-1"}, "--timeout: '-1' is not a number of at least 0.1"),
        ({"max_n": "0"}, "--max-n: '0' is not a whole number of at least 1"),
        ({"max_images": "-1"}, "--max-images: '-1' is not a whole number of at least 0"),
        ({"seed": "1e3"}, "--seed: '1e3' is not a whole number"),
        ({"auth": "basic"}, "--auth: 'basic' is none of bearer, none"),
        ({"level": "may"}, "--level: 'may' is none of must, should"),
        ({"fallbacks_encoding": "xml"}, "--fallbacks-encoding: 'xml' is none of json-array"),
        ({"declare": ["raw-echo,magic"]}, "--declare: 'magic' is none of"),
    ],
)
def test_a_bad_flag_is_named(flags: dict[str, Any], says: str) -> None:
    assert says in refused(flags)


def test_a_bad_variable_is_named() -> None:
    assert refused(CONFORMANCE_TIMEOUT="long") == "CONFORMANCE_TIMEOUT: 'long' is not a number"


def test_a_file_that_is_no_toml_is_named_with_the_place(tmp_path: Path) -> None:
    config = written(tmp_path, "model = \n")
    assert refused(config=config).startswith(f"{config}: is no TOML: ")
    assert "line 1" in refused(config=config)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "missing.toml"
    assert refused(config=missing) == f"{missing}: cannot be read: No such file or directory"
    assert refused(config=tmp_path) == f"{tmp_path}: cannot be read: Is a directory"
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    assert refused(config=binary) == f"{binary}: cannot be read: it is not UTF-8 text"


def test_a_table_for_another_command_is_left_to_it(tmp_path: Path) -> None:
    config = written(tmp_path, "seed = 3\n[product]\nname = 'Gate'\n")
    assert resolution.resolve({}, {}, config)["seed"] == 3
    assert resolution.read_config(config)["product"] == {"name": "Gate"}
    assert refused(config=written(tmp_path, "product = 3\n")).endswith("write [product]")
    assert "did you mean product?" in refused(config=written(tmp_path, "[prodct]\nname = 1\n"))


def test_flags_as_on_the_command_line_become_settings_by_name() -> None:
    words = ["--seed", "3", "--no-fetch", "--check", "a", "--check", "b", "--max-n", "4"]
    given = resolution.from_flags(words)
    assert given == {"seed": "3", "no_fetch": True, "check": ["a", "b"], "max_n": "4"}
    assert resolution.resolve(given, {}, None)["seed"] == 3


@pytest.mark.parametrize("words", [["--sed", "3"], ["seed", "3"], ["--seed"]])
def test_a_word_that_is_no_flag_and_a_flag_without_its_value_are_refused(words: list[str]) -> None:
    with pytest.raises(UsageError, match=words[0]):
        resolution.from_flags(words)
