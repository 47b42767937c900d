"""Selects the checks that a run judges, orders them, and tells those of one shard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.cases.spec import PLAIN, Spec
from conformance.contract import contract
from conformance.contract.profiles import within
from conformance.http.request import LAST, Request
from conformance.judge.declare import declaration_of
from conformance.plan import sharding

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest

    from conformance.judge.declare import Declaration
    from conformance.plan.plan import Plan
    from conformance.target.options import Options

# The names of the fixtures through which pytest gives a node its requests.
EXCHANGE, EXCHANGES, CASE = "exchange", "exchanges", "case"


@dataclass(frozen=True)
class Node:
    """A check as pytest collected it: its name, what it declares, and the requests of this node.

    `empty` says that the check has no request in this run; pytest makes a node all the same.
    """

    name: str
    declaration: Declaration
    specs: tuple[Spec, ...] = ()
    empty: bool = False


def node_of(item: pytest.Item) -> Node | None:
    """Return the check of a pytest item, or None for an item that is no check."""
    declaration = declaration_of(getattr(item, "function", None))
    if declaration is None:
        return None
    params = getattr(getattr(item, "callspec", None), "params", {})
    specs = [*params.get(EXCHANGES, {}).values()]
    one = params.get(EXCHANGE)
    specs += [one] if isinstance(one, Spec) else []
    # pytest gives a value of its own to a check without requests.
    return Node(item.nodeid, declaration, tuple(specs), EXCHANGE in params and not specs)


def wanted(node: Node, options: Options) -> bool:
    """Return whether a run judges a check."""
    declared = node.declaration
    if node.empty or (declared.bulk and options.examples is None):
        return False
    if not within(declared.profile, options.profile):
        return False
    requirement = contract.load().requirements.get(declared.id)
    if options.level == "must" and (requirement is None or requirement.level != "MUST"):
        return False
    if options.requirements and declared.id not in options.requirements:
        return False
    return not options.checks or any(text in node.name for text in options.checks)


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
