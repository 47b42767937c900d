"""A challenge makes the seed, in the place of one that is named, and stays with the run."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.errors import UsageError
from conformance.evidence import chain, resume
from conformance.result import consistency, storage
from conformance.result.model import Challenge
from conformance.run.launch import session_for
from conformance.target.challenge import SEEDS, seed_of
from tests.commanding import conformance, result_in
from tests.result.samples import EVERYTHING
from tests.serving import KEY, Loopback, pictures_answer
from tests.values import URL

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.target.options import Options

NONCE = "2026-11-27 spring certification"
OTHER = "another text that nobody knew"


def options(folder: Path, environment: dict[str, str] | None = None, **flags: Any) -> Options:
    given = {"url": URL, "dry_run": True, "report_dir": str(folder), **flags}
    session = session_for(given, {"CONFORMANCE_API_KEY": KEY, **(environment or {})})
    session.channel.close()
    return session.options


def test_the_seed_of_a_challenge_never_changes() -> None:
    assert seed_of(NONCE) == 341641886851
    assert seed_of(OTHER) != seed_of(NONCE)
    assert all(0 <= seed_of(f"{NONCE} {i}") < SEEDS for i in range(100))


def test_a_challenge_makes_the_seed(tmp_path: Path) -> None:
    made = options(tmp_path, challenge=NONCE)
    assert (made.seed, made.challenge, made.new_seed) == (seed_of(NONCE), NONCE, False)
    assert options(tmp_path, challenge=NONCE, shard="1/2").seed == seed_of(NONCE)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", ""),
        ("fifteen letters", "has 15 characters, not 16 to 200: a shorter one could be guessed"),
        ("y" * 201, "has 201 characters"),
        ("sixteen letters\n", "no printable ASCII"),
        ("sechzehn Wörter ist", "no printable ASCII"),
        ("a text with a space behind it ", "begins or ends with a space"),
    ],
)
def test_a_text_that_is_no_challenge_is_refused_with_the_reason(
    text: str, why: str, tmp_path: Path
) -> None:
    if not why:  # as for every setting, an empty flag is an empty text and not left out
        why = "has 0 characters"
    with pytest.raises(UsageError, match=why):
        options(tmp_path, challenge=text)


def test_a_challenge_and_a_seed_of_the_same_origin_exclude_each_other(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--challenge: makes the seed, and --seed names one"):
        options(tmp_path, challenge=NONCE, seed="7")
    with pytest.raises(UsageError, match="CONFORMANCE_CHALLENGE: makes the seed"):
        options(tmp_path, {"CONFORMANCE_CHALLENGE": NONCE, "CONFORMANCE_SEED": "7"})


def test_of_a_seed_and_a_challenge_the_one_nearer_to_the_command_line_is_taken(
    tmp_path: Path,
) -> None:
    made = options(tmp_path, {"CONFORMANCE_SEED": "7"}, challenge=NONCE)
    assert (made.seed, made.challenge) == (seed_of(NONCE), NONCE)
    made = options(tmp_path, {"CONFORMANCE_CHALLENGE": NONCE}, seed="7")
    assert (made.seed, made.challenge) == (7, "")


def test_a_challenge_that_is_the_credential_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds a credential"):
        options(tmp_path, challenge=f"challenge {KEY}")


def test_a_run_says_its_challenge_and_is_gone_on_with_and_judged_again_with_it(
    tmp_path: Path,
) -> None:
    def run(*more: str) -> tuple[int, str]:
        done = conformance(
            *("run", server.url, "--check", "n=2", *more), cwd=tmp_path, CONFORMANCE_API_KEY=KEY
        )
        return done.returncode, done.stderr

    with Loopback(lambda _got: pictures_answer(2)) as server:
        run("--challenge", NONCE)
        reports = tmp_path / "reports"
        first = result_in(reports)
        # CONFORMANCE_SEED is set here: what is gone on with names its own challenge.
        resumed = run("--resume", "--challenge", NONCE)
        again = result_in(reports)
        other = run("--resume", "--challenge", OTHER)
        seed = run("--resume", "--seed", str(first["seed"]))
        exchange = next(c["exchanges"][0] for r in first["requirements"] for c in r["checks"])
        run("--replay", exchange)
        replayed = result_in(reports / f"replay-{exchange}")
    assert first["challenge"] == again["challenge"] == replayed["challenge"] == {"nonce": NONCE}
    assert first["seed"] == again["seed"] == replayed["seed"] == seed_of(NONCE)
    assert f"--challenge '{NONCE}'" in first["command"]
    assert f'name="challenge" value="{NONCE}"' in (reports / "junit.xml").read_text()
    assert NONCE in (reports / "report.html").read_text()
    assert resumed[0] != 2
    assert other[0] == seed[0] == 2
    assert "is of another challenge" in other[1]
    assert "is of another challenge" in seed[1]


def test_a_run_that_is_gone_on_with_names_the_challenge_of_the_evidence(tmp_path: Path) -> None:
    evidence = {"run": {"challenge": NONCE, "seed": seed_of(NONCE)}}
    row = chain.linked(chain.FIRST, json.dumps(evidence))
    (tmp_path / "evidence.jsonl").write_text(row + "\n")
    assert resume.challenge_in(tmp_path) == NONCE
    for strange in ({"challenge": 7}, {"challenge": "short"}, {}):
        (tmp_path / "evidence.jsonl").write_text(json.dumps({"run": strange}) + "\n")
        assert resume.challenge_in(tmp_path) == ""


def test_a_result_whose_challenge_does_not_make_its_seed_is_no_result() -> None:
    said = f"its seed is {EVERYTHING.seed}, and not the one that its challenge makes"
    forged = replace(EVERYTHING, challenge=Challenge(NONCE))
    assert said in consistency.problems(forged)
    made = replace(forged, seed=seed_of(NONCE))
    assert not [p for p in consistency.problems(made) if "challenge" in p]
    assert '"challenge": {"nonce": "' in storage.to_json(made)


def test_the_user_agent_of_a_run_is_the_one_that_is_named(tmp_path: Path) -> None:
    with Loopback(lambda _got: pictures_answer()) as server:
        conformance(
            *("run", server.url, "--check", "n=2", "--user-agent", "Mozilla/5.0 (X11; y)"),
            cwd=tmp_path,
            CONFORMANCE_API_KEY=KEY,
        )
    assert {got.headers.get("user-agent") for got in server.got} == {"Mozilla/5.0 (X11; y)"}
    assert result_in(tmp_path / "reports")["target"]["user_agent"] == "Mozilla/5.0 (X11; y)"


@pytest.mark.parametrize("text", ["", " ", "a\nb", "ü", "a\x1bb"])
def test_a_text_that_no_header_can_carry_is_no_user_agent(text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--user-agent"):
        options(tmp_path, user_agent=text)


def test_a_user_agent_is_named_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="leave out one of them"):
        options(tmp_path, user_agent="mine", header=["User-Agent: other"])
