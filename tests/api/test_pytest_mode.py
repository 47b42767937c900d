"""A pytest that a person starts: what it says, how it ends, and whom it leaves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.reference.catalogue import behaviour
from conformance.reference.server import running
from tests.amount import EVERYTHING
from tests.commanding import conformance, left_in, python, result_in
from tests.serving import HOST, KEY

from .running import APART, QUICK, checks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NO_SERVER = f"http://{HOST}:9"


@pytest.fixture(scope="module")
def broken() -> Iterator[str]:
    with running(behaviour(["n-eleven-accepted"], [])) as url:
        yield url


def test_a_failure_is_short_and_has_a_curl_line_and_a_selection_is_partial(
    broken: str, tmp_path: Path
) -> None:
    done = checks(tmp_path, broken, "-k", "outside_one and 11")
    assert done.returncode == 1, done.stdout
    assert "N-2 (MUST): Every integer outside 1 to 10 is refused." in done.stdout
    assert "curl -sS" in done.stdout
    assert "report: reports/report.html" in done.stdout
    assert "PARTIAL" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert "def test_" not in done.stdout
    assert len(done.stdout.splitlines()) < 100
    found = result_in(tmp_path / "reports")
    assert found["verdict"] == "partial"
    assert found["selection"][0].startswith("pytest's selection of ")
    assert conformance("verify", "reports", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize("workers", [(), ("-n", "2")] if EVERYTHING else [()], ids=" ".join)
def test_a_dead_gateway_is_one_failure_and_never_exit_code_0(
    tmp_path: Path, workers: tuple[str, ...]
) -> None:
    done = checks(tmp_path, NO_SERVER, *workers, CONFORMANCE_API_KEY=KEY, **QUICK)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed" in done.stdout
    assert "cannot be reached" in done.stdout
    assert "INCOMPLETE" in done.stdout
    assert KEY not in done.stdout + done.stderr


def test_a_wrong_key_is_one_failure_and_never_exit_code_0(broken: str, tmp_path: Path) -> None:
    done = checks(
        tmp_path, broken, "--junitxml=own.xml", CONFORMANCE_API_KEY="sk-bf-wrong-0000", **QUICK
    )
    assert done.returncode == 1
    assert "1 failed" in done.stdout
    assert "refuses the credential" in done.stdout
    own = (tmp_path / "own.xml").read_text()
    assert own.count("<failure") == 1
    assert 'name="requirement"' in own


def test_without_a_gateway_one_sentence_says_what_is_missing(tmp_path: Path) -> None:
    done = checks(tmp_path, "")
    assert done.returncode == 4
    assert "ERROR: conformance.checks: no gateway to judge is named" in done.stderr
    assert "KeyError" not in done.stdout + done.stderr
    assert left_in(tmp_path) == set()


def test_a_url_that_is_none_is_a_usage_error(tmp_path: Path) -> None:
    done = checks(tmp_path, "nowhere")
    assert done.returncode == 4
    assert "has no http:// or https:// before a host" in done.stderr


def test_collecting_alone_sends_and_writes_nothing(tmp_path: Path) -> None:
    done = checks(tmp_path, NO_SERVER, "--collect-only", CONFORMANCE_API_KEY=KEY, **QUICK)
    assert done.returncode == 0, done.stdout
    assert "test_an_integer_outside_one_to_ten_is_refused" in done.stdout
    assert left_in(tmp_path) == set()


def test_surroundings_keep_their_options_their_tests_and_their_ini(
    broken: str, tmp_path: Path
) -> None:
    (tmp_path / "conftest.py").write_text(
        "import pytest\n"
        "def pytest_addoption(parser):\n"
        "    parser.addoption('--gateway-url', default='theirs')\n"
        "@pytest.fixture\n"
        "def target(request):\n"
        "    return request.config.getoption('gateway_url')\n"
    )  # fmt: skip
    (tmp_path / "check_theirs.py").write_text(
        "def test_theirs(target):\n    assert target == 'theirs'\n"
    )
    (tmp_path / "pytest.ini").write_text(
        f"[pytest]\nconformance_url = {broken}\nfilterwarnings = error\naddopts = --strict-markers -x\n"
        "python_files = check_*.py\npython_functions = test_*\nxfail_strict = true\n"
    )
    args = ("check_theirs.py", "--pyargs", "conformance.checks", "-v", "-k", "theirs or missing")
    done = python("-m", "pytest", *APART, *args, cwd=tmp_path, **QUICK)
    assert "check_theirs.py::test_theirs PASSED" in done.stdout, done.stdout + done.stderr
    assert "conformance: judging http://" in done.stdout
    assert "PARTIAL" in done.stdout
    assert "INTERNALERROR" not in done.stdout


def test_the_plugin_leaves_a_pytest_alone_that_judges_nothing(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text(
        "import sys\n"
        "def test_own():\n"
        "    ours = {m for m in sys.modules if m.startswith('conformance')}\n"
        "    assert ours == {'conformance', 'conformance.api', 'conformance.api.workers',\n"
        "        'conformance.api.fixtures', 'conformance.api.pytest_plugin'}\n"
    )  # fmt: skip
    done = python("-m", "pytest", "-q", *APART, cwd=tmp_path, CONFORMANCE_URL=NO_SERVER)
    assert done.returncode == 0, done.stdout
    assert "conformance" not in done.stdout
    assert left_in(tmp_path) <= {"test_own.py"} | {
        n for n in left_in(tmp_path) if "__pycache__" in n
    }
