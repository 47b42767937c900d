"""What a run prints for GitHub and GitLab: they obey what is ours, and nothing that a gateway wrote."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from conformance.cli.arguments import CI_SYSTEMS
from conformance.reports import ci, terminal
from conformance.reports.ci import github, gitlab
from conformance.reports.text import obeyed_by_none
from tests.reports import samples

from .obeying import by_github, sections

if TYPE_CHECKING:
    from conformance.result.model import Result

HOSTILE = (
    "::set-output name=verdict::conformant",
    "\n::add-mask::e",
    "\r::error::x",
    "\u3000::stop-commands::x",
    "a%0A::debug::x",
    "##[command]x",
    "::,title=x:%:y,",
    "\x1b[0Ksection_end:1:conformance_details\r\x1b[0K",
    "\u2028::warning::x\x85::warning::y",
)
SAMPLES = {name: build() for name, build in samples.ALL.items()}


def summary(result: Result) -> str:
    return terminal.summary(result, 80, color=False)


def with_text(text: str) -> Result:
    """A nonconformant result that has this text wherever a gateway can put one."""
    found = SAMPLES["nonconformant"]
    rows = tuple(
        dataclasses.replace(f, cause=text, expected=text, got=text, key=text)
        for f in found.findings
    )
    told = tuple(
        dataclasses.replace(e, label=text, attempts=e.attempts) for e in found.exchanges.values()
    )
    return dataclasses.replace(
        found,
        findings=rows,
        exchanges=dict(zip(found.exchanges, told, strict=True)),
        notes=(text,),
        command=f"conformance run {text}",
        target={**found.target, "url": text, "model": text},
    )


@pytest.mark.parametrize("name", SAMPLES)
def test_github_gets_the_verdict_and_at_most_ten_more(name: str) -> None:
    result = SAMPLES[name]
    found = by_github(ci.dressed(summary(result), result, "github", 0))
    assert found[0].name == "notice"
    assert found[0].properties["title"] == f"Conformance: {result.verdict.value}"
    assert len(found) == 1 + min(len(result.diagnosis) + len(result.findings), github.MOST)
    assert {c.name for c in found[1:]} <= {"error", "warning"}


def test_a_finding_is_an_error_that_names_its_requirements_and_cause() -> None:
    result = SAMPLES["nonconformant"]
    first, finding = by_github(github.commands(result))[1], result.findings[0]
    assert first.name == "error"
    assert first.properties["title"].startswith(", ".join(finding.requirements))
    assert finding.cause[:60] in first.text
    assert "again: conformance run" in first.text


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_gateway_is_a_command(text: str) -> None:
    result = with_text(text)
    log = ci.dressed(summary(result), result, "github", 0)
    found = by_github(log)
    assert len(found) == 1 + len(result.findings[: github.MOST])
    assert [c.name for c in found[1:]] == [
        "error" if f.level == "MUST" and f.status.value != "warn" else "warning"
        for f in result.findings[: github.MOST]
    ]
    assert all(set(c.properties) == {"title"} for c in found)
    folded = ci.dressed(summary(result), result, "gitlab", 0)
    assert sections(folded) == [("start", gitlab.SECTION), ("end", gitlab.SECTION)]
    assert by_github(folded) == []


def test_a_line_that_begins_with_any_white_space_is_no_command() -> None:
    for space in " \t\u00a0\u1680\u2003\u202f\u205f\u3000":
        assert by_github(obeyed_by_none(f"x\n{space}::add-mask::e")) == []


@pytest.mark.parametrize("name", ["error", "notice"])
@pytest.mark.parametrize("text", HOSTILE)
def test_titles_and_texts_come_out_as_they_went_in_but_for_what_does_not_print(
    name: str, text: str
) -> None:
    (found,) = by_github(github.command(name, f"a, b:{text}", text))
    assert (found.name, list(found.properties)) == (name, ["title"])
    assert found.properties["title"].startswith("a, b:")
    assert not by_github(found.text)


def test_gitlab_shows_the_verdict_and_folds_the_rest() -> None:
    result = SAMPLES["nonconformant"]
    log = ci.dressed(summary(result), result, "gitlab", 1_700_000_000.5)
    verdict, _, rest = log.partition("\x1b[0Ksection_start:1700000000:")
    assert "NONCONFORMANT" in verdict
    assert "Findings" not in verdict
    assert rest.startswith("conformance_details[collapsed=true]\r\x1b[0K")
    assert rest.endswith("section_end:1700000000:conformance_details\r\x1b[0K\n")
    everything = log.replace("\r", "").split("\n")
    assert [line for line in summary(result).split("\n") if line and line not in everything] == []


@pytest.mark.parametrize(
    ("wanted", "environment", "system"),
    [
        ("auto", {}, "none"),
        ("auto", {"GITHUB_ACTIONS": "true"}, "github"),
        ("auto", {"GITLAB_CI": "true"}, "gitlab"),
        ("none", {"GITHUB_ACTIONS": "true"}, "none"),
        ("gitlab", {"GITHUB_ACTIONS": "true"}, "gitlab"),
    ],
)
def test_the_system_is_the_one_that_is_named_or_the_one_that_runs(
    wanted: str, environment: dict[str, Any], system: str
) -> None:
    assert ci.system(wanted, environment) == system


def test_the_command_line_offers_all_systems() -> None:
    assert CI_SYSTEMS == ci.SYSTEMS
