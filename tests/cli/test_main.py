"""The command line in a process of its own: what it says, and how it ends."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

import conformance as package
from conformance.contract import contract
from conformance.reference.credentials import demo_credentials
from tests.commanding import conformance, environment, left_in, python
from tests.serving import HOST, KEY, Loopback, free_port, json_answer, raw_server, read_request

if TYPE_CHECKING:
    import socket
    from pathlib import Path

DEMO = demo_credentials()
SECRETS = (
    DEMO.virtual_key, DEMO.virtual_key_jwt, DEMO.admin_jwt, DEMO.other_tenant_key, DEMO.expired_jwt,
)  # fmt: skip
NO_SERVER = f"http://{HOST}:9"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--help"], "Exit codes: 0 conformant, 1 nonconformant"),
        (["run", "--help"], "--max-images"),
        (["explain", "--help"], "ID"),
        (["--version"], package.__version__),
        (["list"], "N-2"),
        (["explain", "N-2"], "Every integer outside 1 to 10 is refused."),
        (["explain", "n-2"], "Check this alone: conformance run URL --requirement N-2"),
        (["explain", "N-O1"], "Recorded, never judged"),
        (["serve", "--list"], "(variant)"),
    ],
)
def test_what_is_asked_for_is_printed(arguments: list[str], says: str, tmp_path: Path) -> None:
    done = python("-m", "conformance", *arguments, cwd=tmp_path)
    assert done.returncode == 0
    assert says in done.stdout
    assert done.stderr == ""
    assert left_in(tmp_path) == set()


def test_the_list_has_every_requirement_and_every_observation(tmp_path: Path) -> None:
    known = contract.load()
    listed = conformance("list", cwd=tmp_path).stdout
    ids = re.findall(r"^  ([A-Z]+-O?\d+) ", listed, re.MULTILINE)
    assert sorted(ids) == sorted([*known.requirements, *known.observations])
    assert max(map(len, listed.splitlines())) <= 80


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m conformance list | head -1; echo ${{PIPESTATUS[0]}}"],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "0"


def usage_error(arguments: list[str], cwd: Path, **env: str) -> str:
    """Return the one line that a command with a usage error writes to standard error."""
    done = conformance(*arguments, cwd=cwd, **env)
    lines = done.stderr.splitlines()
    assert done.returncode == 2, done.stderr
    assert len(lines) == 1, done.stderr
    assert done.stdout == ""
    assert lines[0].startswith("conformance: ")
    return lines[0]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "COMMAND"),
        (["judge"], "judge: no such COMMAND; see"),
        (["runn"], "runn: no such COMMAND; did you mean run?"),
        ([NO_SERVER], "to judge a gateway, write `conformance run URL`"),
        (["--versoin"], "did you mean --version?"),
        (["run", NO_SERVER, "--max-image", "3"], "--max-image; did you mean --max-images?"),
        (["run", NO_SERVER, "--other-tenant-key", KEY], "did you mean --other-tenant-key-env?"),
        (["verify", "--trsut", "x"], "did you mean --trust?"),
        (["run", NO_SERVER, "--wait", "soon"], "--wait: 'soon' is no time; write 90s, 20m or 2h"),
        (["explain"], "ID"),
        (["explain", "n-22"], "'n-22' is no requirement; did you mean N-2"),
        (["explain", "zzz"], "see `conformance list`"),
        (["run", "--no-such-flag"], "--no-such-flag"),
        (["run", NO_SERVER, "--concurrency", "0"], "--concurrency: '0'"),
        (["run", NO_SERVER, "--concurrency"], "expected one argument"),
        (["run", NO_SERVER, "--profile", "huge"], "none of smoke, core, full"),
        (["run", NO_SERVER, "--contract", "9.9"], "there is no such version; known are 1.0.0"),
        (["run", NO_SERVER, "--waivers", "missing.toml"], "missing.toml: cannot be read"),
        (["waive", "N-2", "--reason", "r", "--until", "2020-01-01"], "2020-01-01: is past"),
        (["waive", "N-2", "--until", "2999-01-01"], "--reason"),
        (["run", NO_SERVER, "--requirement", "N-99"], "'N-99' is no requirement"),
        (["run", NO_SERVER, "--config", "missing.toml"], "missing.toml: cannot be read"),
        (["run", "--config", "missing.toml"], "missing.toml: cannot be read"),
        (["run", "--config", "."], "cannot be read: Is a directory"),
        (["run", "ftp://127.0.0.1:8080"], "has no http:// or https:// before a host"),
        (["run", "http://127.0.0.1:99999"], "99999"),
        (["run", "http://[::1"], "http://[::1"),
        (["run", NO_SERVER, "--api-key-env", "NOT_SET"], "NOT_SET is not set"),
        (["run", NO_SERVER, "--image", "missing.png"], "missing.png: cannot be read"),
        (["run", NO_SERVER, "--listen", "here"], "--listen"),
        (["run", NO_SERVER, "--listen", "192.0.2.1:80"], "--listen 192.0.2.1:80"),
        (["run", NO_SERVER, "--listen", "no such host:80"], "--listen"),
        (["run", NO_SERVER, "--report-dir", "file"], "--report-dir file"),
        (["run", NO_SERVER, "--report-dir", "file/x"], "--report-dir file/x"),
        (["run", NO_SERVER, "--header", "x"], "--header"),
        (["report", "missing.json"], "missing.json"),
        (["report", "file"], "file"),
        (["report", "."], "."),
        (["serve", "--port", "x"], "--port"),
        (["serve", "--port", "99999"], "--port 99999"),
        (["serve", "--port", "-1"], "--port -1"),
        (["serve", "--defect", "no-such"], "'no-such' is no defect or variant"),
        (["serve", "--change", "no-such"], "'no-such' is no change of the proxy"),
    ],
    ids=lambda v: " ".join(v)[:50] if isinstance(v, list) else "",
)  # fmt: skip
def test_what_cannot_be_understood_is_one_line_and_exit_2(
    arguments: list[str], says: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no result")
    assert says in usage_error(arguments, tmp_path, CONFORMANCE_API_KEY=KEY)
    assert "--listen" in arguments or not (tmp_path / "reports").exists()


def test_a_missing_credential_is_one_line(tmp_path: Path) -> None:
    said = usage_error(["run", "http://gateway.example"], tmp_path)
    assert "CONFORMANCE_API_KEY is not set" in said


def test_a_file_that_is_no_toml_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "conformance.toml").write_text("model =")
    assert "conformance.toml: is no TOML" in usage_error(["run"], tmp_path)
    (tmp_path / "conformance.toml").write_text("modell = 'x'")
    assert "did you mean model?" in usage_error(["run"], tmp_path)


def test_a_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    with Loopback(lambda _: json_answer({})) as server:
        assert "0 takes a free one" in usage_error(["serve", "--port", str(server.port)], tmp_path)
        listen = ["run", NO_SERVER, "--listen", f"{HOST}:{server.port}"]
        assert "--listen" in usage_error(listen, tmp_path, CONFORMANCE_API_KEY=KEY)


def test_no_credential_is_taken_from_the_command_line(tmp_path: Path) -> None:
    """`--api-key` is no short form of --api-key-env, and its value must not be echoed."""
    said = usage_error(["run", NO_SERVER, "--api-key", KEY], tmp_path)
    assert said == ("conformance: unrecognized arguments: --api-key; did you mean --api-key-env?")
    assert KEY not in usage_error(["run", NO_SERVER, f"--api-key={KEY}"], tmp_path)


@pytest.mark.parametrize(
    "arguments",
    [
        [KEY],
        ["run", NO_SERVER, KEY],
        ["run", KEY],
        ["run", NO_SERVER, f"--key={KEY}"],
        [f"--key={KEY}"],
    ],
)
def test_a_key_in_the_wrong_place_is_not_repeated(arguments: list[str], tmp_path: Path) -> None:
    assert KEY not in usage_error(arguments, tmp_path, CONFORMANCE_API_KEY="another")


def test_an_interrupted_run_ends_with_130_and_writes_its_reports(tmp_path: Path) -> None:
    def slow(connection: socket.socket, _number: int) -> None:
        read_request(connection)
        time.sleep(4)

    with raw_server(slow) as (url, numbers):
        process = subprocess.Popen(
            [sys.executable, "-m", "conformance", "run", url],
            cwd=tmp_path,
            env=environment(CONFORMANCE_API_KEY=KEY),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        until = time.monotonic() + 30
        while not numbers and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in errors


def test_a_gateway_that_is_not_there_is_no_usage_error(tmp_path: Path) -> None:
    done = conformance("run", f"http://{HOST}:{free_port()}", cwd=tmp_path)
    assert done.returncode == 3
    assert "cannot be reached" in done.stdout
