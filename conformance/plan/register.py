"""Which check asked for which request: specs, their requests, and the requirements that read them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.contract import contract
from conformance.plan.plan import Asked, Unavailable

if TYPE_CHECKING:
    from conformance.cases.spec import Spec
    from conformance.plan.plan import Plan


@dataclass
class Register:
    """A plan, and where each spec that a check asked finds its answer.

    `readers` holds the requirements whose checks read a request, by the request's id.
    """

    plan: Plan
    readers: dict[str, list[str]] = field(default_factory=dict)
    _wanted: list[tuple[Spec, str]] = field(default_factory=list)
    _asked: dict[Spec, Asked | Unavailable] = field(default_factory=dict)

    def ask(self, spec: Spec, requirement: str = "") -> Asked | Unavailable:
        """Take a spec into the plan, for the check of a requirement."""
        self._wanted.append((spec, requirement))
        if spec not in self._asked:
            self._asked[spec] = self.plan.add(spec)
        asked = self._asked[spec]
        if requirement and isinstance(asked, Asked):
            for id_ in (asked.id, *asked.alone):
                self.readers.setdefault(id_, []).append(requirement)
        return asked

    def of(self, spec: Spec) -> Asked | Unavailable:
        """Return where the answer to a spec is found.

        Raises:
            KeyError: no check asked for it.
        """
        return self._asked[spec]

    def with_plan(self, plan: Plan) -> Register:
        """Return a register of the same specs over another plan, that of another credential."""
        made = Register(plan)
        for spec, requirement in self._wanted:
            made.ask(spec, requirement)
        return made

    def clauses(self) -> dict[str, str]:
        """Return the clause of the first check that asked for a request, by the request's id."""
        known = contract.load()
        return {
            id_: (known.requirements.get(rows[0]) or known.observations[rows[0]]).clause
            for id_, rows in self.readers.items()
        }
