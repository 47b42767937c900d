"""The pytest plugin runs small checks against a server on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.result import storage
from tests.serving import KEY, Answer, Got, Loopback, pictures_answer, refusal

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.result.model import RequirementResult, Result

IMPORTS = """
from conformance.cases.spec import PLAIN, fault, variation
from conformance.judging.declare import observes, sends, sends_each, sends_together, verifies
from conformance.judging.ends import Failed, Flaky, NotApplicable, Untestable

ELEVEN = fault(variation(n=11), control=PLAIN)
"""


def gateway(got: Got) -> Answer:
    return refusal() if b"\r\n\r\n11\r\n" in got.body else pictures_answer()


def judged(
    source: str, folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str
) -> tuple[int, Result]:
    """Run pytest as a person would; return its exit code, and the result that it wrote."""
    # Each module needs another name, because pytest keeps imported modules in this process.
    (folder / f"test_{folder.name}.py").write_text(IMPORTS + source)
    monkeypatch.setenv("CONFORMANCE_API_KEY", KEY)
    monkeypatch.setenv("CONFORMANCE_REPORT_DIR", str(folder / "reports"))
    with Loopback(gateway) as server:
        code = in_this_process(folder, "--gateway-url", server.url, *arguments)
    return code, storage.read(folder / "reports" / "result.json")


def in_this_process(folder: Path, *arguments: str) -> int:
    own = ["-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov", "--import-mode=importlib"]
    return int(
        pytest.main([str(folder), f"--rootdir={folder}", "-c", "/dev/null", *own, *arguments])
    )


def row(result: Result, id_: str) -> RequirementResult:
    return next(r for r in result.requirements if r.id == id_)


def test_one_check_may_charge_several_requirements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = """
@verifies("N-1")
@sends([PLAIN])
def test_fails_for_two(exchange):
    raise Failed("one", requirement="N-2", others=(Failed("another", requirement="N-4"),))
"""
    _, found = judged(source, tmp_path, monkeypatch)
    assert [row(found, id_).message for id_ in ("N-2", "N-4")] == ["one", "another"]
    assert row(found, "N-1").checks == ()


ENDS = """
@verifies("N-1")
@sends([PLAIN])
def test_passes(exchange): ...

@verifies("N-2")
@sends([PLAIN])
def test_fails(exchange):
    assert False, "a MUST"

@verifies("N-5")
@sends([PLAIN])
def test_warns(exchange):
    assert False, "a SHOULD"

@verifies("SIZE-1")
@sends([PLAIN])
def test_rests_on_what_failed(exchange):
    raise Untestable("no control")

@verifies("SIZE-2")
@sends([PLAIN])
def test_lacks_the_means(exchange):
    raise NotApplicable("give --sizes")

@verifies("SIZE-3")
@sends([PLAIN])
def test_changed(exchange):
    raise Flaky("400, then 200")

@verifies("FORMAT-6")
@sends([PLAIN])
def test_breaks(exchange):
    {}["a bug of the suite"]

@verifies("FORMAT-4")
@sends([PLAIN])
def test_comes_down_to_another_requirement(exchange):
    raise Failed("n=11", requirement="N-4", exchanges=("abc",))

@observes("N-O1")
@sends([PLAIN])
def test_notes(exchange, record):
    record("seen")
"""


def test_each_way_to_end_has_its_status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, found = judged(ENDS, tmp_path, monkeypatch)
    statuses = {r.id: r.status.value for r in found.requirements if r.checks}
    assert statuses == {
        "N-1": "pass",
        "N-2": "fail",
        "N-4": "fail",
        "N-5": "warn",
        "SIZE-1": "untestable",
        "SIZE-2": "not-applicable",
        "SIZE-3": "flaky",
        "FORMAT-6": "error",
    }
    assert row(found, "N-4").checks[0].exchanges == ("abc",)
    assert [c.message for o in found.observations for c in o.findings] == ["seen"]


def test_a_node_for_each_spec_and_each_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = """
@verifies("N-2")
@sends([ELEVEN, PLAIN])
def test_alone(exchange, spec):
    assert exchange.request.label == spec.label

@verifies("N-3")
@sends_together(first=PLAIN, second=ELEVEN)
def test_together(exchanges):
    assert [e.status for e in exchanges.values()] == [200, 400]

@verifies("N-4")
@sends_each({"a": {"one": PLAIN}, "b": {"one": ELEVEN}})
def test_each(case, exchanges):
    assert exchanges["one"].status == {"a": 200, "b": 400}[case]
"""
    code, found = judged(source, tmp_path, monkeypatch)
    assert code == 0
    nodes = [c.node.partition("::")[2] for r in found.requirements for c in r.checks]
    assert sorted(nodes) == [
        "test_alone[n=11]",
        "test_alone[plain]",
        "test_each[a]",
        "test_each[b]",
        "test_together[together]",
    ]


def test_refusals_are_judged_first_and_every_answer_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = """
@verifies("ERROR-1", reads="every answer")
def test_whole(answers):
    assert {e.status for e in answers} == {200, 400}

@verifies("N-1")
@sends([PLAIN])
def test_picture(exchange): ...

@verifies("N-2")
@sends([ELEVEN])
def test_refusal(exchange):
    assert exchange.control.ok
"""
    code, _ = judged(source, tmp_path, monkeypatch, "-v", "-p", "no:randomly")
    assert code == 0
    told = capsys.readouterr().out
    assert told.index("test_refusal") < told.index("test_picture") < told.index("test_whole")


def test_a_check_with_a_wrong_id_is_named_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, found = judged('@verifies("N-22")\ndef test_x(): ...\n', tmp_path, monkeypatch)
    assert code != 0
    assert found.verdict.value == "incomplete"


def test_a_check_that_takes_no_fixture_of_the_suite_is_an_error_of_the_suite(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = '@verifies("N-2")\n@sends([PLAIN])\ndef test_x(exchange, exchnage): ...\n'
    code, found = judged(source, tmp_path, monkeypatch)
    assert code != 0
    assert row(found, "N-2").status.value == "error"
    assert "exchnage: no such fixture" in row(found, "N-2").message


def test_another_pytest_run_keeps_its_own_fixtures(tmp_path: Path) -> None:
    (tmp_path / "test_other.py").write_text(
        "import pytest\n"
        "@pytest.fixture\n"
        "def helper(request):\n"
        "    with pytest.raises(Exception, match='target'):\n"
        "        request.getfixturevalue('target')\n"
        "    return 'own'\n"
        "def test_it(helper):\n"
        "    assert helper == 'own'\n"
    )
    assert in_this_process(tmp_path) == 0
