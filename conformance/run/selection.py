"""Selects the checks that a run judges, orders them, and tells those of one shard."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.cases.spec import PLAIN
from conformance.contract.profiles import within
from conformance.http.request import LAST, Request
from conformance.plan import sharding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.cases.spec import RunFacts, Spec
    from conformance.judging.declare import Declaration
    from conformance.plan.plan import Plan
    from conformance.target.options import Options

CHECKS = Path(__file__).parent.parent / "checks"
# The first module of checks, by its name, that has property cases.
DRAWING = "test_properties.py"


@dataclass(frozen=True)
class Row:
    """What a check runs for once: the requests by their names, and the name of it all.

    `name` is empty for a check without requests; a check that runs for single requests gives them
    no names.
    """

    name: str = ""
    specs: Mapping[str, Spec] = field(default_factory=dict)


@dataclass(frozen=True)
class Node:
    """A check with one of its rows: its name in reports, what it declares, and its requests."""

    name: str
    declaration: Declaration
    specs: tuple[Spec, ...] = ()


def rows(declared: Declaration, facts: RunFacts) -> list[Row]:
    """Return what a check runs for in a run: each request of `@sends`, each case, or once."""
    if declared.cases:
        return [Row(name, specs) for name, specs in declared.cases.items()]
    if declared.specs is None:
        return [Row()]
    specs = declared.specs_for(facts)
    if facts.profile == "smoke":
        chosen = specs[:1]
    else:
        chosen = [spec for spec in specs if within(spec.profile, facts.profile)]
    return [Row(spec.title or spec.label, {"": spec}) for spec in chosen]


def ids_of(check: str, names: Sequence[str]) -> list[str]:
    """Return the ids of a check's nodes, in ASCII; names that occur several times get numbers.

    pytest makes the same ids where it parametrizes a function.
    """
    told = [_ascii(name) for name in names]
    several = {name for name, times in Counter(told).items() if times > 1}
    ids, used = [], Counter[str]()
    for name in told:
        number = f"{'_' * name[-1:].isdigit()}{used[name]}" if name in several else ""
        used[name] += 1
        ids.append(f"{check}[{name}{number}]" if name else check)
    return ids


def _ascii(text: str) -> str:
    plain = text.encode("ascii", "backslashreplace").decode().replace("::", ":")
    return plain.encode("unicode_escape").decode()


def wanted(node: Node, options: Options) -> bool:
    """Return whether a run judges a check."""
    declared = node.declaration
    if declared.bulk and options.examples is None:
        return False
    if not within(declared.profile, options.profile):
        return False
    level = options.demanded.level_of(declared.id, options.profile)
    if options.level == "must" and level != "MUST":
        return False
    if options.requirements and declared.id not in options.requirements:
        return False
    if options.nodes and node.name not in options.nodes:
        return False
    return not options.checks or any(text in node.name for text in options.checks)


def ahead(nodes: Iterable[Node], options: Options) -> list[Node]:
    """Return the checks of a run that are collected before values are drawn for the first property case."""
    wanted_first = [n for n in nodes if n.name < DRAWING and wanted(n, options)]
    return sorted(wanted_first, key=lambda node: node.name.partition("::")[0])


def place(node: Node) -> int:
    """Return the place of a check in the order: refusals, pictures, bulk, last phase, whole run.

    A check that waits for a picture holds up all checks after it.
    """
    declared = node.declaration
    if declared.reads != "own" or declared.probes:
        return 4
    if any(spec.phase == LAST for spec in node.specs):
        return 3
    if declared.bulk:
        return 2
    return 0 if node.specs and all(spec.expected == "refused" for spec in node.specs) else 1


def of_shard(nodes: Iterable[Node], shard: str, plan: Plan) -> frozenset[str]:
    """Return the names of those checks of a run that one shard judges."""
    found = [
        sharding.Node(
            node.name,
            tuple(r for spec in node.specs if isinstance(r := plan.bind(spec), Request)),
            together=_subject(node.declaration),
            whole=_looks_at_all(node),
        )
        for node in nodes
    ]
    plain = plan.bind(PLAIN)
    return sharding.chosen(found, shard, plain.id if isinstance(plain, Request) else "")


def _looks_at_all(node: Node) -> bool:
    """Return whether a check looks at every answer, and not just probes its own requests."""
    declared = node.declaration
    return declared.reads == "every answer" or (declared.probes and not node.specs)


def _subject(declared: Declaration) -> str:
    """Return the clause of a property check, since counterexamples of one clause help each other."""
    return declared.id.partition("-")[0] if declared.property_case or declared.bulk else ""
