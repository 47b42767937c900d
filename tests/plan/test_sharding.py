"""A run in parts, put together: the same statuses and the same verdict as in one."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.plan import sharding
from conformance.reference.catalogue import behaviour, defect
from conformance.reference.demo import DEMO_VARIABLES
from conformance.reference.server import running
from conformance.reports import write
from conformance.result.merge import merged
from conformance.result.model import Result, Status, Verdict
from conformance.run.judge import judge, run_checks
from conformance.run.launch import session_for
from conformance.verify.verifying import verify
from tests.amount import some
from tests.commanding import conformance

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.run.session import Session


def session(url: str, folder: Path, **flags: Any) -> Session:
    given = {
        "url": url,
        "report_dir": str(folder),
        "api_key_env": list(DEMO_VARIABLES.api_keys),
        "other_tenant_key_env": DEMO_VARIABLES.other_tenant,
        "expired_key_env": DEMO_VARIABLES.expired,
        "failing_model": DEMO_VARIABLES.failing_model,
        "seed": 1,
    }
    return session_for({**given, **flags}, DEMO_VARIABLES.environment(), embedded=True)


def judged(url: str, folder: Path, **flags: Any) -> Result:
    result = judge(session(url, folder, **flags))
    write(result, folder, ["json"])
    return result


def waiving(folder: Path) -> str:
    """A file that waives N-2."""
    path = folder / "waivers.toml"
    path.write_text(
        '[[waivers]]\nrequirement = "N-2"\nreason = "r"\nowner = "o"\nexpires = 2999-12-31\n'
    )
    return str(path)


BROKEN = (Status.FAIL, Status.WARN)


def statuses(result: Result) -> dict[str, Status]:
    return {r.id: r.status for r in result.requirements}


# What one check of one request finds, and what only a check of every answer does.
@pytest.mark.parametrize(
    "defects",
    some(
        [
            ("n-eleven-accepted", "missing-credential-accepted", "json-accepted"),
            (),
            ("html-instead-of-envelope", "created-in-milliseconds"),
        ],
        of=2,
    ),
    ids=lambda defects: ", ".join(defects) or "none",
)
def test_shards_put_together_say_what_one_run_says(
    defects: tuple[str, ...], tmp_path: Path
) -> None:
    known = behaviour(defects, [])
    waivers = waiving(tmp_path)
    with running(known) as url:
        whole = judged(url, tmp_path / "whole", waivers=waivers)
    with running(known) as url:
        folders = [tmp_path / f"part {i}" for i in (1, 2, 3)]
        parts = [judged(url, f, shard=f"{i}/3", waivers=waivers) for i, f in enumerate(folders, 1)]
    assert {p.verdict for p in parts} == {Verdict.PARTIAL}
    found = merged(folders)
    assert statuses(found) == statuses(whole)
    broken = {id_ for id_, status in statuses(whole).items() if status in BROKEN}
    assert {id_ for one in defects for id_ in defect(one).breaks} == broken
    assert found.verdict is whole.verdict
    assert found.requests == sum(p.requests for p in parts)
    assert found.waivers == whole.waivers
    assert {w.state for p in parts for w in p.waivers.given} <= {"applied", "unused"}
    state = "applied" if "n-eleven-accepted" in defects else "stale"
    assert [w.state for w in found.waivers.given] == [state]
    nodes = [{c.node for r in p.requirements for c in r.checks} for p in (whole, found)]
    assert nodes[0] == nodes[1]
    assert all(p.requests < 0.7 * whole.requests for p in parts)


def test_each_request_belongs_to_one_shard_but_for_controls(tmp_path: Path) -> None:
    plans = []
    for i in (1, 2, 3, 4):
        made = session("http://127.0.0.1:9", tmp_path, shard=f"{i}/4", dry_run=True)
        run_checks(made)
        plans.append(made.channel.plan.requests)
    every = [r for plan in plans for r in plan.values()]
    controls = {r.control for r in every} | {r.after for r in every}
    repeated = [r for r in every if sum(r.id in plan for plan in plans) > 1]
    assert [r.label for r in repeated if r.id not in controls and r.copy == 0] == []
    sizes = [len(plan) for plan in plans]
    assert max(sizes) < 2 * min(sizes)


def test_the_same_shard_has_the_same_checks() -> None:
    nodes = [sharding.Node(f"n{i}") for i in range(20)]
    parts = [sharding.chosen(nodes, f"{i}/3") for i in (1, 2, 3)]
    assert parts == [sharding.chosen(reversed(nodes), f"{i}/3") for i in (1, 2, 3)]
    assert sorted(name for part in parts for name in part) == sorted(n.name for n in nodes)


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "1/0", "a/b", "-1/2", "1/2/3"])
def test_a_shard_that_is_none_is_a_usage_error(text: str, tmp_path: Path) -> None:
    done = conformance("run", "--dry-run", f"--shard={text}", cwd=tmp_path)
    assert done.returncode == 2
    assert "--shard" in done.stderr


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parts")
    with running(behaviour([], [])) as url:
        for i in (1, 2):
            told = {"check": ["test_n.py"], "waivers": waiving(folder)}
            judged(url, folder / str(i), shard=f"{i}/2", **told)
        judged(url, folder / "whole", check=["test_n.py"])
    return folder


def changed(folder: Path, into: Path, **changes: Any) -> Path:
    into.mkdir()
    document = json.loads((folder / "result.json").read_text())
    (into / "result.json").write_text(json.dumps({**document, **changes}))
    return into


def test_merge_writes_the_same_reports(parts: Path, tmp_path: Path) -> None:
    done = conformance("merge", str(parts / "2"), str(parts / "1"), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "PARTIAL" in done.stdout
    written = {p.name for p in (tmp_path / "reports").iterdir()}
    assert {"result.json", "report.html", "junit.xml", "parts"} <= written
    for number in ("1", "2"):
        own = {p.name for p in (tmp_path / "reports" / "parts" / number).iterdir()}
        assert own == {"result.json", "evidence.jsonl"}
    assert verify(tmp_path / "reports").differences == ()
    result = json.loads((tmp_path / "reports" / "result.json").read_text())
    assert result["shard"] == ""
    assert [(w["requirement"], w["state"]) for w in result["waivers"]["given"]] == [
        ("N-2", "unused")
    ]
    assert result["ledger"]["requests"] == result["requests"]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"seed": 7}, "of another seed"),
        ({"target": {"url": "http://else"}}, "of another target"),
        ({"contract": {"version": "1", "sha256": "0" * 64}}, "of another contract"),
        ({"waivers": {}}, "has other waivers than"),
        ({"shard": "1/2"}, "more than once: shard 1/2"),
        ({"shard": "2/3"}, "split differently"),
        ({"shard": ""}, "holds a whole run, and no shard"),
    ],
)
def test_what_does_not_belong_together_is_not_merged(
    changes: dict[str, Any], text: str, parts: Path, tmp_path: Path
) -> None:
    other = changed(parts / "2", tmp_path / "other", **changes)
    if changes == {"shard": "1/2"}:
        shutil.copytree(parts / "2", tmp_path / "second")
        done = conformance("merge", str(parts / "1"), str(other), "second", cwd=tmp_path)
    else:
        done = conformance("merge", str(parts / "1"), str(other), cwd=tmp_path)
    assert done.returncode == 2
    assert text in done.stderr


def test_a_missing_shard_is_named(parts: Path, tmp_path: Path) -> None:
    done = conformance("merge", str(parts / "1"), cwd=tmp_path)
    assert done.returncode == 2
    assert "missing: shard 2/2" in done.stderr


def test_a_check_that_no_name_contains_is_a_usage_error_before_anything_is_sent(
    tmp_path: Path,
) -> None:
    gateway = replace(behaviour([], []), on_arrival=lambda _call: pytest.fail("it was asked"))
    with running(gateway) as url:
        done = conformance("run", url, "--auth", "none", "--check", "nosuch", cwd=tmp_path)
    assert done.returncode == 2
    assert "no check's name contains 'nosuch'" in done.stderr
    assert not (tmp_path / "reports" / "result.json").exists()
