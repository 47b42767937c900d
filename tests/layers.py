"""The import graph of the package, read from its source: which layer may import which."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import conformance

PACKAGE = Path(conformance.__file__).parent
TOP, LATE, TYPES = "at the top", "inside a function", "for types only"
EVERY = (TOP, LATE, TYPES)
# From the bottom to the top: a layer imports only from those before it, and from itself.
LAYERS = (
    *("errors", "contract", "http", "provider", "target", "cases", "plan", "evidence", "send"),
    *("result", "judging", "checks", "compare", "reports", "bundle", "reference", "run"),
    *("verify", "api", "cli"),
)


@cache
def modules() -> dict[str, Path]:
    """Return every module of the package with its file."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        name = ".".join(("conformance", *path.relative_to(PACKAGE).with_suffix("").parts))
        found[name.removesuffix(".__init__")] = path
    return found


@cache
def imports(name: str) -> frozenset[tuple[str, str]]:
    """Return every module that a module imports, and how; modules of others by whole names."""
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
    """Return the modules of the package that a module imports in one of these ways."""
    return {m for m, h in imports(name) if h in how and m in modules() and m != name}


def layer(name: str) -> str:
    """Return the layer of a module; the package itself and its entry point have none."""
    return name.partition(".")[2].partition(".")[0]


def upward() -> list[str]:
    """Return each import of a module in a layer above its own, late and type-only ones too."""
    rank = {name: number for number, name in enumerate(LAYERS)}
    return sorted(
        f"{a} -> {b}"
        for a in modules()
        for b in of_ours(a, *EVERY)
        if layer(a) in rank and layer(b) in rank and rank[layer(b)] > rank[layer(a)]
    )


def circles() -> set[frozenset[str]]:
    """Return the groups of modules that reach each other, by whatever kind of import."""
    reach = {name: _reached(name) for name in modules()}
    return {
        frozenset({a, *(b for b in reach[a] if a in reach[b])})
        for a in modules()
        if a in reach[a]
    }  # fmt: skip


def _reached(name: str) -> set[str]:
    seen: set[str] = set()
    left = of_ours(name, *EVERY)
    while left:
        at = left.pop()
        if at not in seen:
            seen.add(at)
            left |= of_ours(at, *EVERY)
    return seen


def storeys() -> list[str]:
    """Return the longest chain of layers and flat modules that import each other, from the top."""

    @cache
    def below(name: str) -> tuple[str, ...]:
        others = {
            layer(b)
            for a in modules()
            if layer(a) == name
            for b in of_ours(a, *EVERY)
            if layer(b) not in ("", name)
        }
        longest: tuple[str, ...] = ()
        for other in others:
            longest = max(longest, below(other), key=len)
        return (name, *longest)

    return max([list(below(name)) for name in LAYERS], key=len)


def flat() -> list[str]:
    """Return the modules that lie flat in the package, in no folder."""
    own = {p.stem for p in PACKAGE.glob("*.py")}
    return sorted(own - {"__init__", "__main__"})
