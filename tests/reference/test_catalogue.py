from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest

from conformance.contract import contract
from conformance.reference import defects
from conformance.reference.behaviour import Behaviour
from conformance.reference.catalogue import (
    DEFECTS,
    VARIANTS,
    behaviour,
    defect,
    modules_of,
    variant,
)
from conformance.reference.gateway import Gateway, answer
from conformance.reference.server import running
from tests.guards import DEFECTS as FOLDER
from tests.guards import YAML, clause_of, near, no_problem

from .asking import DEMO, FAILING, MODEL, ask, body, call, image_part, part, picture, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.reference.differences import Defect, Variant

MODULES = modules_of(defects)
REQUIREMENTS = contract.load().requirements
BREAK_PLAIN = {d.id for d in DEFECTS if d.widespread or d.primary != "virtual-key"}
# The first request is lost, and those after it are served.
BREAK_PLAIN |= {"first-good-request-lost", "first-good-requests-lost"}


def test_ids_are_unique_and_short() -> None:
    ids = [*(d.id for d in DEFECTS), *(v.id for v in VARIANTS)]
    assert len(ids) == len(set(ids))
    assert all(one.replace("-", "").isalnum() and one.islower() for one in ids)


@pytest.mark.parametrize("one", DEFECTS, ids=lambda d: d.id)
def test_a_defect_says_what_it_breaks(one: Defect) -> None:
    found = defect(one.id)
    assert found.sentence.endswith(".")
    no_problem(problems_of(found))
    assert one.observed or found.patch(Behaviour()) != Behaviour()


@pytest.mark.parametrize("requirement", REQUIREMENTS)
def test_each_requirement_has_a_defect(requirement: str) -> None:
    if not any(requirement in one.breaks for one in DEFECTS):
        pytest.fail(
            f"{requirement} is broken by no defect: add one to"
            f' {FOLDER}/{clause_of(requirement)}.py with breaks=("{requirement}",)',
            pytrace=False,
        )


def problems_of(one: Defect) -> Iterator[str]:
    if not one.breaks:
        yield f"{one.id} breaks nothing: name the requirements that a run blames in its breaks"
    for id_ in one.breaks:
        if id_ not in REQUIREMENTS:
            advice = near(id_, REQUIREMENTS)
            yield f"{one.id} breaks {id_}, which is no requirement of {YAML}{advice}"


@pytest.mark.parametrize(
    ("module", "one"),
    [(name, one) for name, module in MODULES.items() for one in module.DEFECTS],
    ids=lambda value: getattr(value, "id", value),
)
def test_a_defect_lies_in_the_file_of_its_clause(module: str, one: Defect) -> None:
    wanted = clause_of(one.breaks[0])
    if module.partition("_")[0] != wanted:
        pytest.fail(
            f"{one.id} breaks {one.breaks[0]} first: move it from {FOLDER}/{module}.py"
            f" to {FOLDER}/{wanted}.py",
            pytrace=False,
        )


def test_each_clause_has_a_file_of_defects() -> None:
    no_problem(
        f"the clause {clause} has no {FOLDER}/{clause.lower()}.py"
        for clause in contract.load().clauses
        if clause.lower() not in MODULES
    )


@pytest.mark.parametrize("one", VARIANTS, ids=lambda v: v.id)
def test_a_variant_is_warned_of_at_most(one: Variant) -> None:
    found = variant(one.id)
    assert found.sentence.endswith(".")
    assert all(REQUIREMENTS[id_].level == "SHOULD" for id_ in found.warns)
    assert one.observed or found.patch(Behaviour()) != Behaviour()


@pytest.mark.parametrize("one", [d.id for d in DEFECTS])
def test_the_plain_request_is_served_with_any_defect(one: str) -> None:
    made = ask(behaviour=behaviour([one]))
    assert (made.status // 100 == 2) == (one not in BREAK_PLAIN)


@pytest.mark.parametrize("one", [v.id for v in VARIANTS])
def test_a_variant_serves_and_refuses(one: str) -> None:
    made = Gateway(behaviour([], [one]))
    path = made.behaviour.prefix + call().path
    asked = [call(content) for content in (plain(), plain(model="nobody/x"))]
    told = [answer(made, type(c)(**{**vars(c), "path": path})).status for c in asked]
    assert told[0] == 200
    assert 400 <= told[1] < 500


def test_several_defects_go_together() -> None:
    both = behaviour(["n-eleven-accepted", "index-from-one", "id-missing"])
    told = json.loads(ask(plain(n="11"), both).body)
    assert [item["index"] for item in told["data"]] == list(range(1, 12))
    assert "id" not in told


def test_an_unknown_id_is_named() -> None:
    with pytest.raises(KeyError, match="no-such"):
        behaviour(["no-such"])


SHOWN = [
    ("n-eleven-accepted", plain(n="11"), 200),
    ("n-zero-accepted", plain(n="0"), 200),
    ("n-wraps-at-32-bits", plain(n="4294967297"), 200),
    ("n-wraps-at-64-bits", plain(n="18446744073709551617"), 200),
    ("n-truncated", plain(n="1.5"), 200),
    ("n-text-500", plain(n="abc"), 500),
    ("size-case-folded", plain(size="AUTO"), 200),
    ("format-unknown-means-url", plain(response_format="xml"), 200),
    ("bare-model-resolved", plain(model="x"), 200),
    ("unknown-provider-served", plain(model="nobody/x"), 200),
    ("unknown-model-500", plain(model="openai/none"), 500),
    ("picture-unchecked", body(part("model", MODEL), image_part(b"no picture")), 200),
    ("any-file-is-the-image", body(part("model", MODEL), image_part(name="file")), 200),
    ("close-delimiter-optional", body(part("model", MODEL), image_part(), end=b""), 200),
    ("cut-file-accepted", plain()[:300], 200),
    ("fallbacks-ignored", plain(model=FAILING, fallbacks=MODEL), 502),
]


@pytest.mark.parametrize(("one", "content", "status"), SHOWN, ids=[s[0] for s in SHOWN])
def test_a_defect_shows(one: str, content: bytes, status: int) -> None:
    assert ask(content).status != status
    assert ask(content, behaviour([one])).status == status


@pytest.mark.parametrize(
    ("one", "token"),
    [
        ("jwt-not-verified", DEMO.admin_jwt[:-8] + "AAAAAAAA"),
        ("jwt-without-signature-accepted", DEMO.admin_jwt.rpartition(".")[0]),
        ("expired-jwt-accepted", DEMO.expired_jwt),
        ("key-cut-accepted", DEMO.virtual_key[:-5]),
        ("key-lengthened-accepted", DEMO.virtual_key + "x"),
        ("any-virtual-key-accepted", "sk-bf-unknown"),
    ],
)
def test_a_defect_lets_in(one: str, token: str) -> None:
    assert ask(authorization=f"Bearer {token}").status == 401
    assert ask(authorization=f"Bearer {token}", behaviour=behaviour([one])).status == 200


def test_a_file_name_becomes_a_header() -> None:
    with running(behaviour(["file-name-becomes-header"])) as url:
        content = body(part("model", MODEL), image_part(picture(), file_name="a%0d%0aX-Evil: 1"))
        asked = call(content)
        reply = httpx.post(
            url + asked.path, content=content, headers=asked.headers, trust_env=False
        )
        assert reply.headers["x-evil"] == "1"
