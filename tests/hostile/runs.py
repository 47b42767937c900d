"""A run of the suite against a hostile server, in a process of its own, and what must hold of it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import jsonschema

from conformance.result.schema import COPY
from tests.commanding import environment

from .searching import Secret, found, found_in
from .server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .values import Mode, World

MEASURED = Path(__file__).parent / "measured.py"
MOST_MEMORY = 400_000_000
MOST_ON_DISK = 100_000_000
# Beyond these a run is ended, lest it takes the machine with it.
FAR_TOO_MUCH_MEMORY = 2_000_000_000
FAR_TOO_MUCH_ON_DISK = 1_000_000_000
LOOKS_S = 0.1
# Colours are for terminals, and this output is none; a line end is the only control there.
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
TRACEBACK = "Traceback (most recent call last)"
VOID = frozenset({"meta", "link", "br", "img", "input", "hr", "col", "wbr", "source"})


@dataclass(frozen=True)
class Outcome:
    """What one run left behind."""

    code: int | None
    seconds: float
    peak: int
    stdout: str
    stderr: str
    folder: Path

    @cached_property
    def result(self) -> dict[str, Any]:
        """The content of result.json; nothing where it cannot be read."""
        try:
            value: dict[str, Any] = json.loads((self.folder / "result.json").read_bytes())
        except (OSError, ValueError):
            return {}
        return value

    @cached_property
    def statuses(self) -> dict[str, str]:
        """The status of each requirement."""
        return {r["id"]: r["status"] for r in self.result.get("requirements", ())}

    @cached_property
    def evidence(self) -> list[dict[str, Any]]:
        """Each exchange that was settled, as the evidence has it."""
        try:
            lines = (self.folder / "evidence.jsonl").read_text(encoding="utf-8").splitlines()
            return [row for row in map(json.loads, lines) if "id" in row]
        except (OSError, ValueError):
            return []

    @property
    def files(self) -> list[Path]:
        return sorted(p for p in self.folder.rglob("*") if p.is_file())

    @property
    def size(self) -> int:
        return sum(p.stat().st_size for p in self.files)


def run(mode: Mode, folder: Path) -> tuple[World, Outcome]:
    """Run the suite against a mode; a run beyond its bound is ended, and has no code."""
    with serving(mode) as world:
        return world, _judged(mode, world, folder)


def _judged(mode: Mode, world: World, folder: Path) -> Outcome:
    reports, told = folder / "reports", folder / "peak"
    flags = ["--timeout", f"{mode.timeout_s:g}", "--report-dir", str(reports)]
    env = environment(CONFORMANCE_API_KEY=world.key)
    if mode.token:
        flags += ["--api-key-env", "CONFORMANCE_API_KEY", "--api-key-env", "TOKEN"]
        env["TOKEN"] = world.token
    if mode.literal:
        flags += ["--header", f"X-Api-Key: {world.literal}"]
    command = [sys.executable, "-I", "-S", str(MEASURED), str(told), sys.executable, "-m"]
    command += ["conformance", "run", world.url, *flags, *mode.selects, *mode.flags]
    started = time.monotonic()
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        code = _ended(process, started + mode.bound_s, reports)
    seconds = time.monotonic() - started
    peak = int(told.read_text()) * 1024 if told.exists() else 0
    said = [(folder / name).read_text("utf-8", "backslashreplace") for name in ("out", "err")]
    return Outcome(code, seconds, peak, said[0], said[1], reports)


def _ended(process: subprocess.Popen[bytes], until: float, reports: Path) -> int | None:
    while time.monotonic() < until and _is_bearable(process.pid, reports):
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(LOOKS_S)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return None


def _is_bearable(pid: int, reports: Path) -> bool:
    with contextlib.suppress(OSError, ValueError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            pages = int(Path(f"/proc/{child}/statm").read_text().split()[1])
            if pages * os.sysconf("SC_PAGE_SIZE") > FAR_TOO_MUCH_MEMORY:
                return False
    with contextlib.suppress(OSError):
        return sum(p.stat().st_size for p in reports.glob("*")) < FAR_TOO_MUCH_ON_DISK
    return True


def problems(mode: Mode, world: World, outcome: Outcome) -> list[str]:
    """What does not hold of a run, a sentence each; an empty list is what a test wants."""
    if outcome.code is None:
        said = f"{outcome.stdout}{outcome.stderr}"[-300:]
        size = f"{outcome.size / 1e6:.0f} MB on disk"
        return [
            f"it had to be ended after {outcome.seconds:.0f} s ({size}); it said last: {said!r}"
        ]
    return [
        *_ending(mode, outcome),
        *_bounds(outcome),
        *_leaks(mode, world, outcome),
        *_reports(outcome),
        *mode.holds(outcome),
    ]


def _ending(mode: Mode, outcome: Outcome) -> Iterator[str]:
    if outcome.code not in mode.codes:
        yield f"exit code {outcome.code}, not {' or '.join(map(str, mode.codes))}"
    for id_ in mode.fails:
        if (status := outcome.statuses.get(id_)) != "fail":
            yield f"{id_} is {status}, not fail"
    own = [id_ for id_, status in outcome.statuses.items() if status == "error"]
    if own:
        yield f"errors of the suite itself: {', '.join(own)}"


def _bounds(outcome: Outcome) -> Iterator[str]:
    if outcome.peak > MOST_MEMORY:
        yield f"it took {outcome.peak / 1e6:.0f} MB of memory"
    if outcome.size > MOST_ON_DISK:
        yield f"its reports take {outcome.size / 1e6:.0f} MB"


def _leaks(mode: Mode, world: World, outcome: Outcome) -> Iterator[str]:
    secrets = [Secret("the key", world.key)]
    secrets += [Secret("the JWT", world.token)] if mode.token else []
    secrets += [Secret("the header's value", world.literal)] if mode.literal else []
    for path in outcome.files:
        if path.stat().st_size < MOST_ON_DISK:
            yield from found_in(secrets, path)
    for name, text in (("stdout", outcome.stdout), ("stderr", outcome.stderr)):
        yield from (f"{name}: {one}" for one in found(secrets, text.encode()))


def _reports(outcome: Outcome) -> Iterator[str]:
    missing = [
        name
        for name in (
            *("result.json", "junit.xml", "report.html", "report.md", "badge.json"),
            "evidence.jsonl",
        )
        if not (outcome.folder / name).is_file()
    ]
    if missing:
        yield f"it left no {', '.join(missing)}"
        return
    schema = json.loads(COPY.read_text("utf-8"))
    for error in list(jsonschema.Draft202012Validator(schema).iter_errors(outcome.result))[:3]:
        yield f"result.json, {error.json_path}: {error.message[:200]}"
    try:
        ET.parse(outcome.folder / "junit.xml")
    except ET.ParseError as error:
        yield f"junit.xml: {error}"
    yield from _page(outcome.folder / "report.html")
    for name, text in (("stdout", outcome.stdout), ("stderr", outcome.stderr)):
        if at := CONTROL.search(text):
            yield f"{name} holds a control character: {text[max(0, at.start() - 40) : at.end() + 40]!r}"
    if "Reports:" not in outcome.stdout:
        yield f"stdout names no reports: {outcome.stdout[-200:]!r}"
    for path in [*outcome.files, outcome.folder.parent / "out", outcome.folder.parent / "err"]:
        if path.stat().st_size < MOST_ON_DISK and TRACEBACK.encode() in path.read_bytes():
            yield f"{path.name} holds a traceback"


class _Page(HTMLParser):
    """Notes which elements do not end where they should, and what could run or load something."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            told = (value or "").strip().lower()
            if name.startswith("on") or told.startswith(("javascript:", "vbscript:")):
                self.wrong.append(f"<{tag} {name}={told[:60]!r}>")
            if name == "src" and not told.startswith("data:"):
                self.wrong.append(f"<{tag} src={told[:60]!r}> loads something")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> ends another element")


def _page(path: Path) -> list[str]:
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        return [f"report.html: {error}"]
    page = _Page()
    page.feed(text)
    page.close()
    return [
        f"report.html: {one}" for one in (page.wrong + [f"<{t}> never ends" for t in page.open])[:5]
    ]
