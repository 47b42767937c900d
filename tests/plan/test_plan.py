"""The plan: equal requests once, controls and pictures where they belong, and its price."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.cases.combinations import covering
from conformance.cases.spec import (
    PLAIN,
    SIZE,
    Spec,
    Upload,
    either,
    fault,
    uploaded,
    variation,
    with_credential,
)
from conformance.http.form import text
from conformance.http.images import pictures
from conformance.http.request import Credential
from conformance.plan.plan import Asked
from tests.plan.planning import REFUSED, picture, plan_for, reason, request_of
from tests.serving import KEY

if TYPE_CHECKING:
    from pathlib import Path


def test_equal_specs_are_one_request() -> None:
    assert len(plan_for(variation(n=2), variation(n=2), replace(variation(n=2))).requests) == 1


def test_a_label_makes_no_other_request() -> None:
    assert len(plan_for(PLAIN, replace(PLAIN, label="another name")).requests) == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(PLAIN, copy=1),
        replace(PLAIN, chunked=True),
        replace(PLAIN, headers=(("x-a", "1"),)),
        replace(PLAIN, method="PUT"),
        replace(PLAIN, path_suffix="/x"),
        replace(PLAIN, connection="c"),
        replace(PLAIN, credential=Credential(scheme="bearer")),
        replace(PLAIN, credential=Credential(name="")),
        replace(PLAIN, credential=Credential(query="key")),
        replace(PLAIN, credential=Credential(change="cut")),
        replace(PLAIN, after=variation(n=3)),
        replace(PLAIN, phase=2),
    ],
    ids=lambda s: repr(s.credential) if s.credential != PLAIN.credential else "",
)
def test_what_is_sent_differently_is_another_request(other: Spec) -> None:
    same_picture = replace(other, same_picture_as=PLAIN)
    assert request_of(same_picture).id != request_of(PLAIN).id


def test_a_credential_by_its_kind_and_by_default_is_one_request() -> None:
    assert len(plan_for(PLAIN, with_credential("by kind", "virtual-key")).requests) == 1


def test_the_bodies_of_equal_specs_are_equal_and_of_others_are_not() -> None:
    assert request_of(variation(n=2)).body == request_of(variation(n=2)).body
    assert request_of(variation(n=2)).body != request_of(variation(n=3)).body


def test_control_and_after_are_in_the_plan_and_named_by_the_request() -> None:
    spec = replace(REFUSED, after=variation(n=3))
    made = plan_for(spec)
    request = made.requests[request_of(spec).id]
    assert {r.label for r in made.requests.values()} == {"n=11", "plain", "n=3"}
    assert request.control == request_of(PLAIN).id
    assert request.after == request_of(variation(n=3)).id


def test_a_request_comes_behind_the_one_that_it_names_in_after() -> None:
    spec = replace(variation(n=2), after=variation(n=3))
    assert [r.label for r in plan_for(spec).requests.values()] == ["n=3", "n=2"]


def test_a_whole_chain_of_otherwise_is_optional_and_points_to_its_predecessor() -> None:
    last = variation(n=4)
    spec = replace(variation(n=2), otherwise=replace(variation(n=3), otherwise=last))
    made = plan_for()
    asked = made.add(spec)
    assert isinstance(asked, Asked)
    assert len(asked.alone) == 2
    assert [r.label for r in made.requests.values()] == ["n=2"]
    first, second = (made.optional[i] for i in asked.alone)
    assert (first.label, second.label) == ("n=3", "n=4")
    assert first.asked_in == (asked.id,)
    assert second.asked_in == (first.id,)


def test_what_several_ask_alone_is_in_the_plan_once_and_knows_them_all() -> None:
    alone = variation(n=4)
    made = plan_for()
    ids = [made.add(replace(variation(n=n), otherwise=alone)) for n in (2, 3)]
    (request,) = made.optional.values()
    assert request.asked_in == tuple(i.id for i in ids if isinstance(i, Asked))


def test_a_faulty_request_reuses_the_picture_of_its_control() -> None:
    assert picture(request_of(REFUSED)) == picture(request_of(PLAIN))
    again = fault(variation(size="x"), control=REFUSED)
    assert picture(request_of(again)) == picture(request_of(PLAIN))


def test_accepted_requests_have_pictures_of_their_own() -> None:
    specs = [PLAIN, replace(PLAIN, copy=1), *(variation(n=n) for n in (1, 2, 3))]
    assert len({picture(request_of(s)) for s in specs}) == len(specs)


def test_several_pictures_of_one_request_differ() -> None:
    request = request_of(uploaded("three", Upload(field="image[]", copies=3)))
    assert request.form is not None
    contents = {p.content for p in request.form.parts if p.filename is not None}
    assert len(contents) == 3


def test_another_seed_draws_other_pictures() -> None:
    one, other = plan_for(PLAIN).requests, plan_for(PLAIN, seed=2).requests
    assert picture(*one.values()) != picture(*other.values())
    assert one.keys() != other.keys()


def test_the_operators_picture_is_sent_instead_of_a_generated_one(tmp_path: Path) -> None:

    path = tmp_path / "own.png"
    path.write_bytes(pictures.make("own"))
    assert picture(request_of(PLAIN, image=str(path))) == path.read_bytes()


def test_a_size_that_the_model_lacks_is_not_asked_and_says_why() -> None:
    assert "--sizes" in reason(variation(size="512x512"), sizes=["256x256"])
    assert request_of(variation(size="256x256"), sizes=["256x256"])


def test_a_faulty_size_is_asked_whatever_the_model_makes() -> None:
    spec = fault(variation(size="999x999"), control=PLAIN)
    assert request_of(spec, sizes=["256x256"]).asked("size") == "999x999"


def test_an_optional_size_that_the_model_lacks_is_left_out() -> None:
    spec = replace(variation(size="512x512", user="u"), optional=("size",))
    request = request_of(spec, sizes=["256x256"])
    assert request.asked("size") is None
    assert request.asked("user") == "u"


def test_more_pictures_than_the_model_makes_are_not_asked_and_it_says_why() -> None:
    assert "--max-n" in reason(variation(n=5), max_n="4")
    assert request_of(variation(n=4), max_n="4").pictures == 4
    assert request_of(fault(variation(n=11), control=PLAIN), max_n="4").asked("n") == "11"


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("virtual-key-jwt", "--api-key-env"),
        ("admin-jwt", "--api-key-env"),
        ("jwt", "--api-key-env"),
        ("other-tenant", "--other-tenant-key-env"),
        ("expired", "--expired-key-env"),
    ],
)
def test_a_credential_that_is_missing_is_named_with_how_to_supply_it(name: str, flag: str) -> None:
    assert flag in reason(with_credential("x", name))


def test_without_a_failing_model_fallbacks_say_how_to_supply_one() -> None:
    assert "--failing-model" in reason(variation(model="{failing-model}"))
    assert "--failing-model" in reason(
        replace(PLAIN, extra=(text("fallbacks", "{failing-model.model}"),))
    )
    assert (
        request_of(variation(model="{failing-model}"), failing_model="a/b").asked("model") == "a/b"
    )


def test_placeholders_are_filled_with_both_halves_of_a_model() -> None:
    spec = replace(
        PLAIN, extra=(text("x", "{model}|{failing-model.provider}|{failing-model.model}"),)
    )
    request = request_of(spec, model="p/m/x", failing_model="q/n/y")
    assert request.asked("x") == "p/m/x|q|n/y"


@pytest.mark.parametrize(
    ("sizes", "filled"),
    [
        (None, "256x256"),
        (["1024x1024", "256x256"], "1024x1024"),
        (["auto", "512x512"], "512x512"),
        (["auto"], "auto"),
    ],
)
def test_a_size_that_the_target_makes_takes_the_place_of_the_placeholder(
    sizes: list[str] | None, filled: str
) -> None:
    given = {} if sizes is None else {"sizes": sizes}
    assert request_of(variation(size=SIZE), **given).asked("size") == filled


def test_without_its_control_a_refusal_is_not_asked_either() -> None:
    spec = fault(variation(size="1x1"), control=variation(size="auto"))
    assert "--sizes" in reason(spec, sizes=["256x256"])
    assert "control" in reason(spec, sizes=["256x256"])


def test_a_combination_is_asked_without_the_n_that_the_target_is_declared_to_lack() -> None:
    spec = covering(client="dotnet")
    assert request_of(spec).asked("n") == "3"
    assert request_of(spec, max_n=2).asked("n") is None
    assert "--max-n" in reason(covering(n="3"), max_n=2)


def test_without_authentication_nothing_of_credentials_is_asked() -> None:
    assert "--auth none" in reason(with_credential("x", name=""), auth="none")
    assert request_of(PLAIN, auth="none").credential.name == ""


def test_the_price_is_what_a_correct_gateway_makes() -> None:
    assert request_of(PLAIN).pictures == 1
    assert request_of(variation(n=10)).pictures == 10
    assert request_of(either(variation(n=""))).pictures == 1
    assert request_of(either(variation(n="１"))).pictures == 1
    assert request_of(REFUSED).pictures == 0
    assert request_of(replace(PLAIN, method="PUT")).pictures == 0


def test_the_faulty_field_is_the_one_in_which_a_request_differs_from_its_control() -> None:
    assert request_of(REFUSED).faulty == "n"
    assert request_of(fault(variation(model="x"), control=PLAIN)).faulty == "model"
    assert request_of(fault(uploaded("none", None), control=PLAIN)).faulty == "image"
    assert request_of(fault(variation(n=11, size="x"), control=PLAIN)).faulty == ""
    assert request_of(PLAIN).faulty == ""


def test_no_request_holds_the_credential() -> None:
    for spec in (PLAIN, with_credential("x", change="cut", query="key")):
        assert KEY not in repr(request_of(spec))
