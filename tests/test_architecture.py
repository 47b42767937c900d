"""Who may import whom, held to what the modules say themselves."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import conformance

PACKAGE = Path(conformance.__file__).parent
TOP, LATE, TYPES = "at the top", "inside a function", "for types only"
# Each pair imports each other inside functions only: pytest's entry point makes a session, and
# the session's judge starts pytest; the self-test runs the command line, which offers it.
KNOWN_CIRCLES = {
    frozenset({"conformance.launch", "conformance.plugin"}),
    frozenset({"conformance.selftest", "conformance.cli"}),
}


@cache
def modules() -> dict[str, Path]:
    found = {}
    for path in PACKAGE.rglob("*.py"):
        name = ".".join(("conformance", *path.relative_to(PACKAGE).with_suffix("").parts))
        found[name.removesuffix(".__init__")] = path
    return found


@cache
def imports(name: str) -> frozenset[tuple[str, str]]:
    """Every module that a module imports, and how; modules of others by their whole names."""
    found: set[tuple[str, str]] = set()

    def walk(node: ast.AST, how: str) -> None:
        for child in ast.iter_child_nodes(node):
            inner = how
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                inner = TYPES
            elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and how == TOP:
                inner = LATE
            if isinstance(child, ast.Import):
                found.update((alias.name, inner) for alias in child.names)
            elif isinstance(child, ast.ImportFrom) and child.module:
                for alias in child.names:
                    whole = f"{child.module}.{alias.name}"
                    found.add((whole if whole in modules() else child.module, inner))
            walk(child, inner)

    walk(ast.parse(modules()[name].read_text()), TOP)
    return frozenset(found)


def of_ours(name: str, *how: str) -> set[str]:
    return {m for m, h in imports(name) if h in how and m in modules() and m != name}


def circles(*how: str) -> set[frozenset[str]]:
    """The groups of modules that reach each other."""
    reach: dict[str, set[str]] = {}
    for name in modules():
        seen: set[str] = set()
        left = of_ours(name, *how)
        while left:
            at = left.pop()
            if at not in seen:
                seen.add(at)
                left |= of_ours(at, *how)
        reach[name] = seen
    return {
        frozenset({a, *(b for b in reach[a] if a in reach[b])})
        for a in modules()
        if a in reach[a]
    }  # fmt: skip


def under(folder: str) -> list[str]:
    return [n for n in modules() if n == folder or n.startswith(f"{folder}.")]


def test_no_module_imports_itself_in_a_circle() -> None:
    assert circles(TOP) == set()


def test_no_circle_is_hidden_in_a_function_but_those_that_are_known() -> None:
    assert circles(TOP, LATE) == KNOWN_CIRCLES


def test_a_check_knows_nothing_of_reports_of_the_reference_gateway_or_of_who_runs_it() -> None:
    nobody = {
        "conformance.cli", "conformance.launch", "conformance.plugin", "conformance.summary",
        "conformance.client", "conformance.transport", "conformance.fetching", "conformance.embedded",
        "conformance.evidence", "conformance.preflight", "conformance.standin",
        "conformance.observed", "conformance.provider.server", *under("conformance.reports"),
        *under("conformance.reference"),
    }  # fmt: skip
    for check in under("conformance.checks"):
        assert of_ours(check, TOP, LATE, TYPES) & nobody == set(), check


def test_the_reference_gateway_knows_nothing_of_the_suite() -> None:
    own = {"conformance", *under("conformance.reference")}
    for module in under("conformance.reference"):
        assert of_ours(module, TOP, LATE, TYPES) - own == set(), module


def test_the_provider_knows_nothing_of_the_suite_but_pictures_and_redaction() -> None:
    own = {"conformance", "conformance.pictures", "conformance.redaction"}
    for module in under("conformance.provider"):
        found = of_ours(module, TOP, LATE, TYPES) - own
        assert found <= set(under("conformance.provider")), module


def test_reports_know_the_result_and_nothing_else() -> None:
    own = {"conformance.result", "conformance.stored", *under("conformance.reports")}
    for module in under("conformance.reports"):
        assert of_ours(module, TOP, LATE, TYPES) - own == set(), module


def test_the_result_knows_nobody() -> None:
    assert of_ours("conformance.result", TOP, LATE, TYPES) == set()


def importers(*names: str) -> set[str]:
    return {m for m in modules() for n, _ in imports(m) if n.partition(".")[0] in names}


def test_only_two_modules_of_the_suite_speak_http() -> None:
    suite = importers("httpx") - set(under("conformance.reference"))
    assert suite == {"conformance.transport", "conformance.fetching"}


def test_the_reference_gateway_alone_needs_a_server() -> None:
    assert importers("uvicorn", "starlette") == {"conformance.reference.server"}


def test_what_only_tests_need_is_imported_by_no_module() -> None:
    assert importers("openai", "requests", "openapi_spec_validator") == set()


def test_property_tests_alone_need_what_draws_them() -> None:
    assert importers("hypothesis", "schemathesis") <= set(under("conformance.properties"))


def test_pytest_is_imported_late_by_all_but_the_plugin() -> None:
    early = {m for m in modules() if ("pytest", TOP) in imports(m)}
    assert early == {"conformance.plugin"}


def test_the_architecture_names_every_module() -> None:
    written = (PACKAGE.parent / "ARCHITECTURE.md").read_text()
    named = set(re.findall(r"`([\w/.*]+)`", written))
    own = {n.removeprefix("conformance.") for n in modules() if n.count(".") == 1}
    packages = {"checks", "properties", "provider", "reports", "reference"}
    assert sorted(own - named - packages - {"__main__", "errors"}) == []


def test_no_module_is_long() -> None:
    lengths = {n: len(p.read_text().splitlines()) for n, p in modules().items()}
    assert {n: lines for n, lines in lengths.items() if lines > 400} == {}
