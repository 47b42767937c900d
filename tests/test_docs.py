"""The figures and paths that the documents give are those of the project."""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.cases.generated import generation
from conformance.cli import waive
from conformance.cli.arguments import parser
from conformance.contract import contract, sets
from conformance.reference.catalogue import DEFECTS, VARIANTS
from conformance.result import certifying
from conformance.run import judge, launch
from tests.amount import EVERYTHING
from tests.serving import KEY
from tests.values import URL

if TYPE_CHECKING:
    from conformance.plan.plan import Plan

ROOT = Path(__file__).parent.parent
README = " ".join((ROOT / "README.md").read_text("utf-8").split())
PAGES = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")


def planned(folder: Path, environment: dict[str, str], **flags: Any) -> Plan:
    given = {"url": URL, "dry_run": True, "report_dir": str(folder), "seed": 1, **flags}
    session = launch.session_for(given, environment)
    judge.run_checks(session)
    return session.channel.plan


def pictures(plan: Plan) -> int:
    return sum(r.pictures for r in plan.requests.values() if r.expected == "accepted")


def figure(pattern: str, text: str = README) -> int:
    found = re.search(pattern, text)
    assert found is not None, pattern
    return int(found[1])


def test_the_readme_gives_the_price_of_a_default_run(tmp_path: Path) -> None:
    own = planned(tmp_path, {"CONFORMANCE_API_KEY": KEY})
    about = figure(r"default profile sends about (\d+) requests")
    assert len(own.requests) == pytest.approx(about, rel=0.05)
    assert figure(r"makes (\d+) pictures for them") == pictures(own)


def test_the_documents_count_requirements_defects_and_variants_right() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert figure(r"(\d+) requirements beside", changelog) == len(contract.load().requirements)
    assert 350 <= len(DEFECTS) <= 400, "the documents say more than 350"
    assert len(VARIANTS) > 40


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_a_document_names_is_there(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    named = re.findall(r"`((?:conformance|openapi|docs|tests|benchmarks)/[\w/.-]+\.\w+)`", text)
    named += re.findall(r"\]\(([\w/.-]+\.\w+)\)", text)
    # `conformance/x/y.py` stands for any module.
    assert [p for p in named if "/x/" not in p and not (ROOT / p).exists()] == []


def test_the_page_on_waivers_has_a_file_that_can_be_read_and_the_command_that_writes_it(
    tmp_path: Path,
) -> None:
    page = (ROOT / "docs" / "waivers.md").read_text("utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    (command,) = re.findall(r"^conformance (waive .*?)\n```", page, re.DOTALL | re.MULTILINE)
    words = shlex.split(command.replace("\\\n", ""))
    parsed = parser().parse_args([*words, "--file", str(tmp_path / "waivers.toml")])
    waive.waive(parsed, dt.date(2026, 6, 15))
    assert (tmp_path / "waivers.toml").read_text("utf-8") == example


def test_the_page_on_versions_says_how_the_digest_of_a_set_is_made() -> None:
    page = (ROOT / "docs" / "contract-versions.md").read_text("utf-8")
    (example,) = re.findall(r"`(\{\"requirements\".*?\})`", page, re.DOTALL)
    own = sets.own()
    said = {"requirements": {i: [d.level, d.profile] for i, d in own.demands.items()}}
    text = json.dumps({**said, "version": own.version}, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == own.sha256
    begin, end = example.split("…")
    assert text.startswith(begin.rstrip(","))
    assert text.endswith(end.lstrip(","))


@pytest.mark.parametrize("page", sorted(p.name for p in (ROOT / "docs").glob("*.md")))
def test_every_page_that_another_one_links_is_there_with_its_heading(page: str) -> None:
    text = (ROOT / "docs" / page).read_text("utf-8")
    for path, heading in re.findall(r"\]\(([\w./-]+\.md)(#[\w-]+)?\)", text):
        linked = (ROOT / "docs" / path).read_text("utf-8")
        headings = re.findall(r"^#+ (.*)$", linked, re.MULTILINE)
        known = {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings}
        assert not heading or heading[1:] in known, f"{path}{heading}"


def test_the_page_on_verifying_has_every_flag_of_the_command() -> None:
    page = (ROOT / "docs" / "verify.md").read_text("utf-8")
    (commands,) = (a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    flags = {f for a in commands.choices["verify"]._actions for f in a.option_strings}
    assert {f for f in flags - {"-h", "--help"} if f"`{f}" not in page} == set()


def test_the_page_on_certificates_names_what_each_rule_asks_for() -> None:
    page = (ROOT / "docs" / "certify.md").read_text("utf-8")
    rules = page[page.index("## When a bundle") : page.index("## What a certificate says")]
    for asked in ("`conformant`", "`--profile full`", "`--observe`", "`--challenge`", "selection"):
        assert asked in rules
    for asked in ("shard", "waiver", "`--insecure`", "offset from UTC"):
        assert asked in rules
    assert f"**{certifying.LIFE.days} days**" in page


# `full` imports schemathesis, which takes its time.
PLANNED = ["smoke", "core", *(["full"] if EVERYTHING else [])]


@pytest.mark.parametrize("profile", PLANNED)
def test_the_page_on_profiles_gives_the_price_of_each(tmp_path: Path, profile: str) -> None:
    page = (ROOT / "docs" / "profiles.md").read_text("utf-8")
    row = rf"\| `{profile}` \| [^|]*\| (?:about )?"
    own = planned(tmp_path, {"CONFORMANCE_API_KEY": KEY}, profile=profile)
    assert len(own.requests) == pytest.approx(figure(rf"{row}(\d+) requests", page), rel=0.03)
    assert pictures(own) == pytest.approx(
        figure(rf"{row}\d+ requests, (\d+) pictures", page), rel=0.05
    )


def test_the_page_on_profiles_counts_what_is_drawn_right() -> None:
    page = " ".join((ROOT / "docs" / "profiles.md").read_text("utf-8").split())
    demanded = sets.own().demands.values()
    assert figure(r"all (\d+) requirements", page) == len(demanded)
    assert figure(r"(\d+) of the \d+ requirements, all MUST", page) == sum(
        d.profile == "smoke" for d in demanded
    )
    assert all(d.level == "MUST" for d in demanded if d.profile == "smoke")
    assert not [d for d in demanded if d.profile == "full"]
    assert figure(r"forms from it: (\d+) broken ones", page) == generation.DRAWN_BY_SCHEMA
    assert figure(r"`core` draws (\d+) values", page) == sum(generation.CORE.values())


def test_every_command_that_a_page_shows_is_one() -> None:
    pages = [*(ROOT / "docs").glob("*.md"), *ROOT.glob("examples/*/README.md"), ROOT / "README.md"]
    shown = 0
    for page in pages:
        for block in re.findall(r"```(?:sh|bash)\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
            for line in block.replace("\\\n", " ").splitlines():
                command = re.split(r" #| \| | && | > ", line)[0]
                if command.startswith("conformance ") and "--version" not in command:
                    shown += 1
                    parser().parse_args(shlex.split(command)[1:])
    assert shown > 40
