"""`conformance.judge`: what a program gets, what it leaves behind, and how it refuses."""

from __future__ import annotations

import asyncio
import gc
import inspect
import logging
import subprocess
import sys
import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

import conformance
from conformance.api.serving import served
from conformance.api.settings import Settings, as_flags
from conformance.reference.behaviour import Behaviour
from conformance.reference.demo import DEMO_VARIABLES
from conformance.reference.server import running
from conformance.target.settings import SETTINGS
from tests.commanding import conformance as command
from tests.commanding import left_in
from tests.serving import HOST

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from starlette.requests import Request

NO_SERVER = f"http://{HOST}:9"
KEY = DEMO_VARIABLES.environment()["REFERENCE_VIRTUAL_KEY"]


@pytest.fixture(scope="module")
def gateway() -> Iterator[str]:
    with running(Behaviour()) as url:
        yield url


def one(url: str, **more: Any) -> conformance.Result:
    """A judgement of one requirement, in a moment."""
    return conformance.judge(
        url, api_key=KEY, seed=1, requirement="MODEL-1", profile="smoke", **more
    )


def test_a_result_comes_back_and_no_file_is_left(
    gateway: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = gc.get_threshold()
    found = one(gateway)
    assert isinstance(found, conformance.Result)
    assert found.verdict is conformance.Verdict.PARTIAL
    assert conformance.exit_code(found) == 0
    assert [r.status for r in found.requirements if r.id == "MODEL-1"] == [conformance.Status.PASS]
    assert left_in(tmp_path) == set()
    assert len(repr(found)) < 100
    assert gc.get_threshold() == before


def test_a_report_folder_gets_what_can_be_verified(gateway: str, tmp_path: Path) -> None:
    found = one(gateway, report_dir=tmp_path / "out")
    assert {"result.json", "report.html", "junit.xml", "evidence.jsonl"} <= left_in(
        tmp_path / "out"
    )
    assert command("verify", "out", cwd=tmp_path).returncode == 0
    written = conformance.write_reports(found, tmp_path / "again")
    assert {path.name for path in written} >= {"result.json", "report.html", "junit.xml"}
    assert KEY not in (tmp_path / "out" / "evidence.jsonl").read_text()


def test_a_gateway_that_cannot_be_judged_is_a_result(tmp_path: Path) -> None:
    found = conformance.judge(NO_SERVER, api_key=KEY, profile="smoke", report_dir=tmp_path)
    assert found.verdict == "incomplete"
    assert conformance.exit_code(found) == 3
    assert "cannot be reached" in found.diagnosis[0].problem


def test_threads_wait_for_each_other(gateway: str) -> None:
    found: list[conformance.Result] = []
    threads = [threading.Thread(target=lambda: found.append(one(gateway))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [f.verdict for f in found] == ["partial", "partial"]


def test_an_event_loop_is_told_how_to_call_it(gateway: str) -> None:
    async def wrong() -> conformance.Result:
        return one(gateway)

    async def right() -> conformance.Result:
        return await asyncio.to_thread(one, gateway)

    with pytest.raises(conformance.UsageError, match=r"asyncio\.to_thread"):
        asyncio.run(wrong())
    assert asyncio.run(right()).verdict == "partial"


def test_what_cannot_be_used_is_said() -> None:
    with pytest.raises(conformance.UsageError, match="URL or an ASGI app, and got int"):
        conformance.judge(8080)  # type: ignore[arg-type]  # what a caller without types may give
    with pytest.raises(conformance.UsageError, match="both name a credential"):
        conformance.judge(NO_SERVER, api_key=KEY, api_key_env="X")
    with pytest.raises(TypeError, match="no setting of this name: modle"):
        conformance.judge(NO_SERVER, modle="x")  # type: ignore[call-arg]  # a misspelt name
    with pytest.raises(conformance.UsageError, match="smok"):
        conformance.judge(NO_SERVER, api_key=KEY, profile="smok")  # type: ignore[arg-type]  # a misspelt value


def test_every_setting_is_a_keyword() -> None:
    # How much is said is for the command line alone.
    keys = {setting.key for setting in SETTINGS} - {"quiet", "verbose"}
    assert keys == set(Settings.__annotations__), "add it to conformance/api/settings.py"
    assert inspect.signature(conformance.judge).parameters["settings"].kind.name == "VAR_KEYWORD"
    assert as_flags({"sizes": ("a", "b"), "model": None}) == {"sizes": ["a", "b"]}


def test_an_app_is_started_served_and_shut_down(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[str] = []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        seen.append("started")
        yield
        seen.append("ended")

    async def answer(_: Request) -> JSONResponse:
        seen.append("asked")
        return JSONResponse({}, 500)

    routes = [Route("/v1/images/variations", answer, methods=["POST"])]
    levels = logging.getLogger("uvicorn.error").level
    found = conformance.judge(
        Starlette(routes=routes, lifespan=lifespan), auth="none", profile="smoke"
    )
    assert found.verdict == "incomplete"
    assert (seen[0], seen[-1]) == ("started", "ended")
    assert "asked" in seen
    assert not [r for r in caplog.records if r.name.startswith("uvicorn")]
    assert logging.getLogger("uvicorn.error").level == levels
    assert not [t for t in threading.enumerate() if t.name == "judged app"]


def test_an_app_that_cannot_start_says_why() -> None:
    def open_database() -> None:
        raise RuntimeError("no database")

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        open_database()
        yield

    with (
        pytest.raises(conformance.UsageError, match="did not start: RuntimeError: no database"),
        served(Starlette(lifespan=lifespan)),
    ):
        pass


def test_the_package_imports_nothing_before_it_is_asked() -> None:
    program = (
        "import sys, conformance\n"
        "assert not {m for m in sys.modules if m.startswith('conformance.')}\n"
        "assert 'judge' in dir(conformance)\n"
        "from conformance import judge, Result, Verdict, Status, UsageError\n"
        "assert 'httpx' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
