"""A check's declaration is one frozen value, and the fixtures that the check takes agree with it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import TYPE_CHECKING

import pytest

from conformance import checks
from conformance.cases.spec import PLAIN, RunFacts, variation
from conformance.judging.declare import (
    Declaration,
    DeclarationError,
    declaration_of,
    observes,
    sends,
    sends_each,
    sends_together,
    verifies,
)
from tests.values import ScriptedProbe

if TYPE_CHECKING:
    from collections.abc import Iterator

ONE = variation(n=1)


def every_check() -> Iterator[tuple[str, object, Declaration]]:
    for found in pkgutil.iter_modules(checks.__path__):
        module = importlib.import_module(f"{checks.__name__}.{found.name}")
        for name, check in vars(module).items():
            declared = declaration_of(check)
            if declared is not None and name.startswith("test_"):
                yield f"{found.name}::{name}", check, declared


def facts() -> RunFacts:
    return ScriptedProbe().facts


def test_the_decorators_build_one_value_in_any_order() -> None:
    @verifies("N-2", profile="full")
    @sends([PLAIN, ONE])
    def one() -> None: ...

    @sends([PLAIN, ONE])
    @verifies("N-2", profile="full")
    def other() -> None: ...

    assert declaration_of(one) == declaration_of(other)
    assert declaration_of(one) == Declaration("N-2", "full", specs=(PLAIN, ONE))


def test_specs_may_depend_on_what_is_known_of_the_run() -> None:
    @sends(lambda run: [variation(user=str(run.seed))])
    def check() -> None: ...

    declared = declaration_of(check)
    assert declared is not None
    assert [s.value("user") for s in declared.specs_for(facts())] == ["1"]
    assert declared.known_specs == ()


def test_cases_are_known_by_their_names() -> None:
    @sends_each({"a": {"first": PLAIN}, "b": {"first": ONE}})
    def each() -> None: ...

    @sends_together(first=PLAIN, second=ONE)
    def together() -> None: ...

    several, one = declaration_of(each), declaration_of(together)
    assert several is not None
    assert one is not None
    assert [*several.cases] == ["a", "b"]
    assert [*one.cases.values()] == [{"first": PLAIN, "second": ONE}]
    assert one.known_specs == (PLAIN, ONE)


def test_an_id_that_the_contract_does_not_have_says_what_to_do() -> None:
    with pytest.raises(DeclarationError, match=r'@verifies\("N-22"\).*did you mean N-2') as caught:
        verifies("N-22")
    assert "openapi/image-variations.yaml" in str(caught.value)
    with pytest.raises(DeclarationError, match="no such open matter"):
        observes("N-2")


def test_a_plain_function_declares_nothing() -> None:
    assert declaration_of(len) is None
    assert declaration_of(None) is None


def test_what_a_check_takes_agrees_with_what_it_declares() -> None:
    wrong = []
    for name, check, declared in every_check():
        assert callable(check)
        takes = set(inspect.signature(check).parameters)
        needs = {
            "answers": declared.reads == "every answer",
            "forwarded": declared.reads == "provider calls",
            "bulk": declared.bulk,
            "counterexamples": declared.property_case,
            "case": bool(declared.cases) and takes >= {"case"},
            "exchanges": bool(declared.cases),
            "exchange": declared.specs is not None,
        }
        wrong += [f"{name}: {k}" for k, wanted in needs.items() if (k in takes) != wanted]
        if bool({"probe", "flakiness"} & takes) != declared.probes:
            wrong.append(f"{name}: probes")
    assert wrong == []
