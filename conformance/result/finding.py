"""A finding of a result: what fails for one cause. `findings` makes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from conformance.result.exchange_summary import Named, Narrowed
from conformance.result.harm import GRAVEST_FIRST
from conformance.result.status import Status  # noqa: TC001 - the schema reads the annotations
from conformance.result.waived import Waiver  # noqa: TC001 - the schema reads the annotations


@dataclass(frozen=True)
class Finding:
    """What fails for one cause: all checks that it breaks, and the smallest request that shows it."""

    cause: Annotated[Named, "What the gateway does wrong, in one sentence."]
    level: Annotated[
        str,
        Narrowed(enum=["MUST", "SHOULD", "MAY"]),
        "MUST if a requirement of that level fails or is flaky; MAY if the chosen set demands none of them.",
    ]
    status: Annotated[Status, "The worst status of the checks: fail, flaky or warn."]
    requirements: Annotated[
        tuple[str, ...], "Ids of the requirements that it breaks, MUST before SHOULD."
    ]
    checks: Annotated[tuple[str, ...], "The pytest node ids of the checks that failed for it."]
    exchanges: Annotated[tuple[str, ...], "Ids of the exchanges that show it, the smallest first."]
    expected: Annotated[str, "What was expected of the smallest one."] = ""
    got: Annotated[str, "What came."] = ""
    decided_by: Annotated[
        str,
        Narrowed(enum=["", "provider"]),
        "`provider` where the provider refused and the gateway answered in another way.",
    ] = ""
    explains: Annotated[
        tuple[str, ...], "Ids of the requirements that could not be judged because of it."
    ] = ()
    key: Annotated[str, "A name of the cause that stays from run to run; a waiver can give it."] = (
        ""
    )
    harm: Annotated[
        str,
        Narrowed(enum=["", *GRAVEST_FIRST]),
        "What it does to users: `open-door` (who must be refused is served, or served what another tenant owns), `leak` (secrets, or what is inside), `crash` (a server error, a hang, a broken connection), `silent` (served otherwise than asked), `wrong-answer`, `wrong-refusal` (a correct request is not served), `error-shape` (an error in the wrong form), `advice`; the gravest of its failures. Empty in results that know none.",
    ] = ""
    waived: Annotated[Waiver | None, "The waiver that covers all that fails for it."] = None
