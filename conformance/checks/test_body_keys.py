"""The keys of a success: those that are documented are spelled so."""

from collections.abc import Iterator

from conformance.contract import contract
from conformance.http.exchange import Exchange
from conformance.judging.bodies import bodies
from conformance.judging.declare import verifies
from conformance.judging.expect import each
from conformance.judging.undocumented import undocumented

SCHEMA = contract.load().schema("VariationResponse")
# Whether these are there is BODY-5's and BODY-6's, and what stands in usage is BODY-12's.
OTHERS = frozenset({"id", "created", "model", "data", "url", "b64_json"})


@verifies("BODY-19", reads="every answer")
def test_documented_keys_are_spelled_so(answers: list[Exchange]) -> None:
    each((e, problem) for e in bodies(answers) for problem in misspelled(e))


def misspelled(exchange: Exchange) -> Iterator[str]:
    for one in undocumented(exchange.body, SCHEMA):
        if one.meant and one.meant not in OTHERS and not one.path.startswith("usage."):
            yield f"{one.path} stands where {one.meant} is documented"
