"""Flag over variable over file; and for every input that cannot be used, one clear sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from conformance.errors import UsageError
from conformance.http import pictures
from conformance.target import build, credentials, resolution, settings
from tests.serving import KEY, target_at

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.target.target import Target

URL = "http://127.0.0.1:8080"

# One setting of each kind, with three values as a user writes them and as the suite reads them.
KINDS: list[tuple[str, tuple[Any, str, Any], tuple[Any, Any, Any]]] = [
    ("model", ("a/flag", "a/variable", "a/file"), ("a/flag", "a/variable", "a/file")),
    ("concurrency", ("1", "2", 3), (1, 2, 3)),
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


def unbuildable(url: str = URL, environment: dict[str, str] | None = None, **flags: Any) -> str:
    with pytest.raises(UsageError) as raised:
        target_at(url, environment, **flags)
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


def test_the_default_seed_is_stable() -> None:
    assert resolution.resolve({}, {}, None)["seed"] == settings.DEFAULT_SEED


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


@pytest.mark.parametrize(
    "url", [URL, "https://gateway.example", "http://[::1]:8080/prefix", "http://h:1/a/b/"]
)
def test_a_base_address_is_taken(url: str) -> None:
    assert target_at(url).url == url.rstrip("/") + "/v1/images/variations"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("127.0.0.1:8080", "has no http:// or https:// before a host"),
        ("gateway.example", "has no http:// or https:// before a host"),
        ("localhost:8080/v1", "has no http:// or https:// before a host"),
        ("ftp://gateway.example", "has no http:// or https:// before a host"),
        ("http://", "has no http:// or https:// before a host"),
        ("http:///v1", "has no http:// or https:// before a host"),
        ("http://:8080", "has no http:// or https:// before a host"),
        ("http://h:99999", "http://h:99999"),
        ("http://h:port", "http://h:port"),
        ("http://[::1", "http://[::1"),
        ("http://h/?key=1", "leave out what follows ? or #"),
        ("http://h/#top", "leave out what follows ? or #"),
        ("http://h/?", "leave out what follows ? or #"),
        ("http://h/#", "leave out what follows ? or #"),
        ("http://a host/", "http://a host/"),
        ("http://h/a path", "http://h/a path"),
        ("http://h\x7f", "URL"),
        ("http://h\n", "URL"),
        ("http://ex\u200bample", "URL"),
        ("http://" + "a" * 64 + ".example", "URL"),
        ("http://a..b", "URL"),
    ],
)  # fmt: skip
def test_a_url_that_is_no_base_address_is_refused(url: str, says: str) -> None:
    assert says in unbuildable(url)


@pytest.mark.parametrize(
    "url",
    [
        f"http://{KEY}@h",
        f"http://user:{KEY}@h",
        f"http://:{KEY}@h",
        f"http://user:{KEY}@h:99999",
        f"http://user:{KEY}@h/?x=1",
        f"user:{KEY}@h",
        f"ftp://user:{KEY}@h",
    ],
)
def test_a_credential_in_the_url_is_refused_and_not_repeated(url: str) -> None:
    message = unbuildable(url)
    assert "holds a credential" in message
    assert KEY not in message


def test_a_variable_without_a_value_is_named_with_what_to_do() -> None:
    for environment in ({"CONFORMANCE_API_KEY": ""}, {}):
        with pytest.raises(UsageError, match="CONFORMANCE_API_KEY is not set; set it, name"):
            build.build(resolution.resolve({"url": URL}, {}, None), environment)
    assert "variable MY_KEY is not set" in unbuildable(api_key_env=["MY_KEY"])
    assert "variable B_KEY is not set" in unbuildable(other_tenant_key_env="B_KEY")
    assert "variable OLD is not set" in unbuildable(expired_key_env="OLD")


def test_a_credential_that_no_header_can_carry_is_refused_and_not_repeated() -> None:
    for value in (f"{KEY} ", f"{KEY}\n", f"{KEY}é", f"{KEY}\x00"):
        message = unbuildable(environment={"CONFORMANCE_API_KEY": value})
        assert "CONFORMANCE_API_KEY holds" in message
        assert KEY not in message


def test_without_authentication_no_credential_is_needed() -> None:
    values = resolution.resolve({"url": URL, "auth": "none"}, {}, None)
    assert build.build(values, {}).credentials == ()


def test_an_unknown_kind_of_credential_is_refused() -> None:
    assert "'jwt' is none of virtual-key, virtual-key-jwt, admin-jwt" in unbuildable(
        environment={"K": KEY}, api_key_env=["jwt=K"]
    )


def test_credentials_of_other_kinds_are_told_apart() -> None:
    environment = {
        "A": "sk-bf-a1a1a1a1a1",
        "B": "eyJhIjoxfQ.eyJhIjoxfQ.x",
        "C": "opaque-credential",
    }
    built = target_at(URL, environment, api_key_env=["A", "B", "admin-jwt=C"])
    assert [(s.name, s.kind) for s in built.credentials] == [
        ("A", "virtual-key"),
        ("B", "virtual-key-jwt"),
        ("C", "admin-jwt"),
    ]


@pytest.mark.parametrize(
    "header",
    [
        "no colon",
        ": 1",
        "X A: 1",
        "X-A : 1",
        "X-Ä: 1",
        "X-A: 1\r\nX-B: 2",
        "X-A: a\x00b",
        "X-A: 画像",
    ],
)
def test_a_header_that_is_none_is_refused(header: str) -> None:
    assert "--header" in unbuildable(header=[header])


def test_a_variable_in_a_header_that_is_not_set_is_named() -> None:
    assert "--header X-A: the variable NOT_SET is not set" in unbuildable(
        header=["X-A: ${NOT_SET}"]
    )


@pytest.mark.parametrize("ending", ["", "\n", " "])
def test_a_secret_in_a_header_is_known_as_it_is_sent(ending: str) -> None:
    built = target_at(URL, {"OTHER": "hidden-value-1" + ending}, header=["X-Other: ${OTHER}"])
    assert built.headers == (("X-Other", "${OTHER}"),)
    assert "hidden-value-1" in [s.value for s in built.secrets]
    assert credentials.filled("${OTHER}!", built.secrets) == "hidden-value-1!"


def test_a_secret_written_into_a_header_gets_a_name() -> None:
    built = target_at(URL, header=["X-Api-Key: abc", "X-Plain: abc"])
    assert built.headers == (("X-Api-Key", "${HEADER_X_API_KEY}"), ("X-Plain", "abc"))
    assert credentials.filled("${HEADER_X_API_KEY}", built.secrets) == "abc"


def test_a_header_that_holds_a_line_break_from_a_variable_is_refused_and_not_repeated() -> None:
    message = unbuildable(environment={"V": "se\ncret"}, header=["X-A: ${V}"])
    assert "X-A" in message
    assert "cret" not in message


def test_a_header_with_the_name_of_a_secret_and_no_value_hides_nothing() -> None:
    assert "" not in [s.value for s in target_at(URL, header=["X-Api-Key:"]).secrets]


@pytest.mark.parametrize("size", ["256", "256X256", "512x512 ;", "huge"])
def test_a_size_that_is_not_documented_is_refused(size: str) -> None:
    assert f"--sizes: {size!r} is none of 256x256, 512x512" in unbuildable(sizes=[size])


def test_a_model_that_makes_more_pictures_than_the_contract_allows_changes_nothing() -> None:
    assert target_at(URL, max_n="12").max_n == 10
    assert target_at(URL, max_n="3").max_n == 3
    assert target_at(URL).max_n == 10


def test_a_picture_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    missing, text, large = (tmp_path / n for n in ("missing.png", "text.png", "large.png"))
    text.write_text("no picture")
    large.write_bytes(pictures.make("x") + bytes(build.MAX_IMAGE_BYTES))
    assert unbuildable(image=str(missing)).endswith("cannot be read: No such file or directory")
    assert unbuildable(image=str(tmp_path)).endswith("cannot be read: Is a directory")
    assert unbuildable(image=str(text)).endswith("is no PNG, JPEG or WebP picture")
    assert "is larger than 4 MB" in unbuildable(image=str(large))


def test_a_gif_is_no_picture_to_send(tmp_path: Path) -> None:

    path = tmp_path / "p.gif"
    Image.new("RGB", (256, 256)).save(path)
    assert unbuildable(image=str(path)).endswith("is no PNG, JPEG or WebP picture")


def test_a_picture_of_the_operators_own_is_kept_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "p.png"
    path.write_bytes(pictures.make("mine"))
    assert target_at(URL, image=str(path)).image == pictures.make("mine")


@pytest.mark.parametrize(
    "listen", ["8080", "127.0.0.1", "127.0.0.1:", ":8080", "h:99999", "h:-1", "h:x", "h:１２"]
)
def test_an_address_to_listen_on_has_host_and_port(listen: str) -> None:
    assert "--listen" in unbuildable(listen=listen)


def test_an_address_to_listen_on_is_read() -> None:
    assert target_at(URL, listen="127.0.0.1:0").listen == ("127.0.0.1", 0)
    assert target_at(URL, listen="[::1]:80").listen == ("::1", 80)


@pytest.mark.parametrize("path", ["v1/x", "/v1/x"])
def test_a_path_begins_with_one_slash(path: str) -> None:
    assert target_at("http://h/p/", path=path).url == "http://h/p/v1/x"


@pytest.mark.parametrize("path", ["/v1/x?key=1", "/v1/x#top", "/v1/a b", "/v1/\n", "/é"])
def test_a_path_that_is_none_is_refused(path: str) -> None:
    assert "--path" in unbuildable(path=path)


def described(built: Target) -> str:
    return repr(built) + repr(built.describe())


def test_a_target_never_shows_a_secret() -> None:
    environment = {"O": "sk-bf-other-of-b-0001", "V": "value-of-a-header"}
    built = target_at(
        URL, environment, other_tenant_key_env="O", expired_key_env="O", header=["X-Key: ${V}"]
    )
    shown = described(built)
    for secret in (KEY, *environment.values()):
        assert secret not in shown


@pytest.mark.parametrize(
    ("url", "local"),
    [
        (URL, True),
        ("http://localhost", True),
        ("http://[::1]:1", True),
        ("http://127.9.9.9", True),
        ("http://10.0.0.1", False),
        ("http://gateway.example", False),
    ],
)
def test_loopback_is_told_from_the_rest(url: str, local: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert target_at(url).on_loopback is local


def test_flags_as_on_the_command_line_become_settings_by_name() -> None:
    words = ["--seed", "3", "--no-fetch", "--check", "a", "--check", "b", "--max-n", "4"]
    given = resolution.from_flags(words)
    assert given == {"seed": "3", "no_fetch": True, "check": ["a", "b"], "max_n": "4"}
    assert resolution.resolve(given, {}, None)["seed"] == 3


@pytest.mark.parametrize("words", [["--sed", "3"], ["seed", "3"], ["--seed"]])
def test_a_word_that_is_no_flag_and_a_flag_without_its_value_are_refused(words: list[str]) -> None:
    with pytest.raises(UsageError, match=words[0]):
        resolution.from_flags(words)
