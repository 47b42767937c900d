"""Who may import whom, and how long a module may be, held to the source itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests import layers
from tests.layers import EVERY, LAYERS, PACKAGE, TOP, imports, modules, of_ours

if TYPE_CHECKING:
    import pytest

FLAT = ["errors"]
LONGEST = 250


def under(folder: str) -> list[str]:
    return [n for n in modules() if n == folder or n.startswith(f"{folder}.")]


def importers(*names: str) -> set[str]:
    return {m for m in modules() for n, _ in imports(m) if n.partition(".")[0] in names}


def test_a_layer_imports_only_from_those_before_it(capsys: pytest.CaptureFixture[str]) -> None:
    chain, edges, circles = layers.storeys(), layers.upward(), layers.circles()
    with capsys.disabled():
        print(  # noqa: T201 - the figures of the structure, for a reader of the log
            f"\nflat modules {len(layers.flat())}, storeys {len(chain)} ({' > '.join(chain)}),"
            f" upward edges {len(edges)}, circles {len(circles)}"
        )
    assert edges == [], "move what is shared down, or hand it in; see ARCHITECTURE.md"
    assert circles == set()


def test_every_module_is_in_a_layer_and_almost_none_lies_flat() -> None:
    assert layers.flat() == FLAT
    folders = {p.parent.name for p in PACKAGE.glob("*/__init__.py")}
    assert folders | {*FLAT} == {*LAYERS}


def test_each_package_says_what_comes_in_and_what_goes_out() -> None:
    for folder in PACKAGE.glob("*/__init__.py"):
        assert len(folder.read_text().split('"""')[1].split()) > 20, folder


def test_the_reference_gateway_knows_nothing_of_the_suite() -> None:
    own = {"conformance", *under("conformance.reference")}
    for module in under("conformance.reference"):
        assert of_ours(module, *EVERY) - own == set(), module


def test_the_provider_knows_nothing_of_the_suite_but_the_values_on_the_wire() -> None:
    own = {"conformance", *under("conformance.http"), *under("conformance.provider")}
    for module in under("conformance.provider"):
        assert of_ours(module, *EVERY) - own == set(), module


def test_reports_know_results_and_their_comparison_and_nothing_else() -> None:
    known = ("conformance.result", "conformance.compare", "conformance.reports")
    own = {name for package in known for name in under(package)}
    for module in under("conformance.reports"):
        assert of_ours(module, *EVERY) - own == set(), module


def test_a_comparison_is_a_function_of_results() -> None:
    own = {*under("conformance.result"), *under("conformance.compare")}
    own |= {"conformance.errors", "conformance.http.reading.short", "conformance.http.status"}
    for module in under("conformance.compare"):
        assert of_ours(module, *EVERY) - own == set(), module


def test_the_result_knows_nobody() -> None:
    assert of_ours("conformance.result.exchange_summary", *EVERY) == set()
    own = {
        f"conformance.result.{name}"
        for name in (
            *("diagnosis", "exchange_summary", "finding", "ledger", "provenance", "status"),
            *("timeline", "waived"),
        )
    }
    assert of_ours("conformance.result.model", *EVERY) == own


def test_a_check_sees_nothing_that_sends() -> None:
    for module in under("conformance.checks"):
        found = {layers.layer(name) for name in of_ours(module, *EVERY)}
        assert found <= {"contract", "http", "target", "provider", "cases", "plan", "judging"}, (
            module
        )


def test_few_modules_of_the_suite_speak_http() -> None:
    suite = importers("httpx") - set(under("conformance.reference"))
    speaking = ("wire.transport", "wire.kept", "wire.received", "urls.pinned")
    assert suite == {f"conformance.send.{name}" for name in speaking}


def test_the_packages_of_the_sender_have_an_order() -> None:
    order = ("wire", "rates", "deadlines", "outages", "urls")
    for place, package in enumerate(order):
        known = {"conformance.send.clock", *(f"conformance.send.{p}" for p in order[: place + 1])}
        for module in under(f"conformance.send.{package}"):
            sent = {n for n in of_ours(module, *EVERY) if n.startswith("conformance.send.")}
            assert {n for n in sent if not n.startswith(tuple(known))} == set(), module


def test_the_reference_gateway_alone_needs_a_server() -> None:
    speaking = {f"conformance.reference.{name}" for name in ("server", "application", "protocol")}
    # An app that is judged is served, too.
    assert importers("uvicorn", "starlette") == speaking | {"conformance.api.serving"}


def test_what_only_tests_need_is_imported_by_no_module() -> None:
    assert importers("openai", "requests", "openapi_spec_validator") == set()


def test_drawn_cases_alone_need_what_draws_them() -> None:
    assert importers("hypothesis", "schemathesis") <= set(under("conformance.cases.generated"))


def test_pytest_is_imported_late_by_all_but_the_plugin() -> None:
    early = {m for m in modules() if ("pytest", TOP) in imports(m)}
    pytest_side = {
        "conformance.run.pytest_plugin",
        "conformance.run.items",
        "conformance.run.stashed",
        *(
            f"conformance.api.{name}"
            for name in ("pytest_plugin", "fixtures", "reported", "telling", "workers")
        ),
    }
    assert early == pytest_side


def test_what_signs_and_reads_certificates_is_imported_only_where_it_is_used() -> None:
    early = {m for m in modules() for n, how in imports(m) if how == TOP and "cryptography" in n}
    assert early == set()


def test_no_module_is_long() -> None:
    lengths = {n: len(p.read_text().splitlines()) for n, p in modules().items()}
    assert {n: lines for n, lines in lengths.items() if lines > LONGEST} == {}


def test_each_exception_from_a_checker_has_its_reason_beside_it() -> None:
    own = ("tests", "benchmarks", "docs", "examples", ".ci")
    folders = (PACKAGE, *(PACKAGE.parent / name for name in own))
    bare = []
    for path in [path for folder in folders for path in folder.rglob("*.py")]:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            for mark, rest in re.findall(
                r"# (noqa|type: ignore)(?::[ A-Z0-9,]+|\[[^\]]*\])(.*)", line
            ):
                if not re.search(r"[A-Za-z]{3}", rest) or re.search(
                    r"\b(as|see) (above|below)\b", rest
                ):
                    bare.append(f"{path.name}:{number}: {mark}")
    assert bare == []
