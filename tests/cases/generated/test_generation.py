"""Property cases: the same for a seed, others for another one, and as cheap as promised."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from conformance.cases.generated import from_schema, generation
from conformance.cases.generated.draft import Draft
from conformance.http.form import boundary_of
from conformance.plan.plan import Plan
from tests.serving import target_at

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.http.request import Request

SEEDS = range(1, 21)
MOST_PICTURES = 31
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def sent(seed: int, profile: str) -> Plan:
    plan = Plan(target_at("http://127.0.0.1:9"), seed)
    for case in generation.for_run(seed, profile):
        plan.add(case.spec)
    return plan


@pytest.mark.parametrize("seed", SEEDS)
def test_core_asks_its_sample_whatever_the_seed(seed: int) -> None:
    cases = generation.for_run(seed, "core")
    counted = {id_: sum(c.requirement == id_ for c in cases) for id_ in generation.CORE}
    assert counted == generation.CORE


@pytest.mark.parametrize("seed", SEEDS)
def test_core_makes_no_picture_but_those_of_the_controls(seed: int) -> None:
    cases = generation.for_run(seed, "core")
    assert {c.spec.expected for c in cases} == {"refused"}
    controls = {r.control for r in sent(seed, "core").requests.values()} - {None}
    assert len(controls) == 2


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_full_asks_for_every_requirement_within_its_price(seed: int) -> None:
    cases = generation.for_run(seed, "full")
    assert {c.requirement for c in cases} == {*generation.FULL, "whole"}
    price = sum(r.pictures for r in sent(seed, "full").requests.values())
    assert price <= MOST_PICTURES


@pytest.mark.parametrize("profile", ["core", "full"])
def test_another_seed_draws_other_cases(profile: str) -> None:
    first, second = ({c.draft for c in generation.for_run(seed, profile)} for seed in (1, 2))
    assert len(first - second) > len(first) / 3


def test_a_seed_draws_the_same_in_another_process_and_leaves_no_file(tmp_path: Path) -> None:
    program = (
        "from conformance.cases.generated.generation import for_run\n"
        "for c in for_run(7, 'full'): print(ascii((c.requirement, c.draft)))"
    )
    here = "\n".join(ascii((c.requirement, c.draft)) for c in generation.for_run(7, "full"))
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == here
    assert list(tmp_path.iterdir()) == []


def test_core_imports_no_schemathesis() -> None:
    program = (
        "import sys\n"
        "from conformance.cases.generated.generation import for_run\n"
        "assert 'hypothesis' not in sys.modules\n"
        "for_run(1, 'core')\n"
        "assert 'schemathesis' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], env=ENVIRONMENT, check=True)


def test_every_case_is_what_its_bytes_say() -> None:
    for case in generation.for_run(3, "full"):
        if case.requirement == "whole":
            assert case.draft.reading.expected == "accepted"
        else:
            assert case.draft.reading.charged == (case.requirement,)


def bytes_of(draft: Draft) -> Request:
    plan = Plan(target_at("http://127.0.0.1:9"), 1)
    plan.add(draft.request())
    return next(r for r in plan.requests.values() if r.label.startswith("property"))


def test_a_form_drawn_by_schemathesis_goes_out_byte_for_byte() -> None:
    drawn = from_schema.drafts(1, 10, negative=False)
    with_n = next(d for d in drawn if "n" in dict(d.fields))
    request = bytes_of(Draft().with_field("n", dict(with_n.fields)["n"]))
    picture = next(p.content for p in request.form.parts if p.filename) if request.form else b""
    n = str(dict(with_n.fields)["n"]).encode()
    assert request.body == b"".join(
        (
            b"--" + boundary_of(1).encode() + b"\r\n",
            b'Content-Disposition: form-data; name="model"\r\n\r\nopenai/dall-e-2\r\n',
            b"--" + boundary_of(1).encode() + b"\r\n",
            b'Content-Disposition: form-data; name="n"\r\n\r\n' + n + b"\r\n",
            b"--" + boundary_of(1).encode() + b"\r\n",
            b'Content-Disposition: form-data; name="image"; filename="picture.png"\r\n',
            b"Content-Type: image/png\r\n\r\n" + picture + b"\r\n",
            b"--" + boundary_of(1).encode() + b"--\r\n",
        )
    )


def test_schemathesis_keeps_the_file_name_of_the_picture() -> None:
    drawn = from_schema.drafts(1, 20, negative=False)
    assert {d.filename for d in drawn} == {"image.png"}
    assert {d.picture for d in drawn} == {None}


def test_the_view_for_schemathesis_needs_the_picture_and_keeps_the_ranges() -> None:
    content = from_schema.view()["paths"]["/v1/images/variations"]["post"]["requestBody"]["content"]
    form = content["multipart/form-data"]["schema"]
    assert form["required"] == ["model", "image"]
    assert set(form["properties"]) == {"model", "image", "n", "size", "response_format", "user"}
    assert (form["properties"]["n"]["minimum"], form["properties"]["n"]["maximum"]) == (1, 10)
