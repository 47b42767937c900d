"""The pytest of a run judges small checks against a server on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.run import judge, launch
from tests.serving import KEY, Answer, Got, Loopback, pictures_answer, refusal

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from conformance.result.model import RequirementResult, Result

IMPORTS = """
from conformance.cases.spec import PLAIN, fault, variation
from conformance.judging.declare import observes, sends, sends_each, sends_together, verifies
from conformance.judging.ends import Failed, Flaky, NotApplicable, Untestable

ELEVEN = fault(variation(n=11), control=PLAIN)
"""


def gateway(got: Got) -> Answer:
    return refusal() if b"\r\n\r\n11\r\n" in got.body else pictures_answer()


def judged(source: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    """Judge a gateway with the checks of this source, in the place of the suite's own."""
    # Each module needs another name, because pytest keeps imported modules in this process.
    (folder / f"test_{folder.name}.py").write_text(IMPORTS + source)
    (folder / "pytest.ini").write_text("[pytest]\n")
    monkeypatch.setattr(judge, "CHECKS", folder)
    flags = {"report_dir": str(folder / "reports"), "seed": 1}
    with Loopback(gateway) as server:
        session = launch.session_for({**flags, "url": server.url}, {"CONFORMANCE_API_KEY": KEY})
        return judge.judge(session)


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
    found = judged(source, tmp_path, monkeypatch)
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
    found = judged(ENDS, tmp_path, monkeypatch)
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
    found = judged(source, tmp_path, monkeypatch)
    nodes = [c.node.partition("::")[2] for r in found.requirements for c in r.checks]
    assert sorted(nodes) == [
        "test_alone[n=11]",
        "test_alone[plain]",
        "test_each[a]",
        "test_each[b]",
        "test_together[together]",
    ]


def test_refusals_are_judged_first_and_every_answer_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = """
@verifies("ERROR-1", reads="every answer")
def test_whole(answers):
    assert {e.status for e in answers} == {200, 400}
    raise Failed("third")

@verifies("N-1")
@sends([PLAIN])
def test_picture(exchange):
    order.append("second")

@verifies("N-2")
@sends([ELEVEN])
def test_refusal(exchange):
    assert exchange.control.ok
    order.append("first")
"""
    end = "\norder = []\n"
    source = source.replace('raise Failed("third")', "raise Failed(' '.join(order))")
    found = judged(end + source, tmp_path, monkeypatch)
    assert row(found, "ERROR-1").message == "first second"


def test_a_check_with_a_wrong_id_is_named_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = judged('@verifies("N-22")\ndef test_x(): ...\n', tmp_path, monkeypatch)
    assert found.verdict.value == "incomplete"


def test_a_check_that_takes_no_fixture_of_the_suite_is_an_error_of_the_suite(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = '@verifies("N-2")\n@sends([PLAIN])\ndef test_x(exchange, exchnage): ...\n'
    found = judged(source, tmp_path, monkeypatch)
    assert row(found, "N-2").status.value == "error"
    assert "exchnage: no such fixture" in row(found, "N-2").message
