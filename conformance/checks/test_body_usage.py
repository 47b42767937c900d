"""The token counts of a success: none is negative, and they add up."""

from collections.abc import Iterator
from typing import Any

from conformance.http.exchange import Exchange
from conformance.http.reading.foreign_json import is_huge
from conformance.http.reading.short import shown
from conformance.judging.bodies import bodies
from conformance.judging.declare import verifies
from conformance.judging.expect import each, known_object, where_present

COUNTED = ("input_tokens", "output_tokens")
DOCUMENTED = {"total_tokens", *COUNTED, *(f"{name}_details" for name in COUNTED)}
# What other APIs call the same counts, without underscores and in lower case.
OTHER_NAMES = {
    "prompttokens": "input_tokens",
    "inputtokens": "input_tokens",
    "completiontokens": "output_tokens",
    "outputtokens": "output_tokens",
    "totaltokens": "total_tokens",
}


@verifies("BODY-12", reads="every answer")
def test_token_counts_add_up(answers: list[Exchange]) -> None:
    told = [(e, e.body["usage"]) for e in bodies(answers) if isinstance(e.body.get("usage"), dict)]
    found = where_present(told, "usage")
    each((e, problem) for e, usage in found for problem in miscounted(usage))


def miscounted(usage: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the token counts of an answer."""
    other = [*renamed(usage)]
    yield from other
    if usage and not other and not DOCUMENTED & usage.keys():
        yield f"usage has none of the documented counts, but {', '.join(map(shown, [*usage][:5]))}"
    yield from negative(usage)
    yield from wrong_total(usage)
    for name in COUNTED:
        yield from wrong_details(usage, name)


def renamed(usage: dict[str, Any]) -> Iterator[str]:
    """Yield each count that stands under another name alone; a second name beside it is fine."""
    for name in usage:
        meant = OTHER_NAMES.get(name.replace("_", "").lower())
        if meant is not None and meant not in usage:
            yield f"usage has {shown(name)} where {meant} is documented"


def negative(usage: dict[str, Any]) -> Iterator[str]:
    counts = {name: count for name, count in usage.items() if is_count(count)}
    for name in COUNTED:
        details = known_object(usage.get(f"{name}_details"))
        counts |= {f"{name}_details.{key}": count for key, count in details.items()}
    for name, count in counts.items():
        if isinstance(count, int | float) and (count < 0 or is_huge(count)):
            yield f"usage.{name} is {shown(count)}, no count"


def wrong_total(usage: dict[str, Any]) -> Iterator[str]:
    names = (*COUNTED, "total_tokens")
    if not all(is_count(usage.get(name)) for name in names):
        return
    *parts, total = (usage[name] for name in names)
    if sum(parts) != total and not any(map(is_huge, (*parts, total))):  # they are no counts
        yield f"total_tokens is {shown(total)}, but input_tokens and output_tokens add up to {shown(sum(parts))}"


def wrong_details(usage: dict[str, Any], name: str) -> Iterator[str]:
    details = known_object(usage.get(f"{name}_details"))
    parts = [details.get(key) for key in ("image_tokens", "text_tokens")]
    known = [part for part in parts if isinstance(part, int) and not is_huge(part)]
    whole = usage.get(name)
    counted = is_count(whole) and not is_huge(whole) and len(known) == len(parts)
    if counted and sum(known) != whole:
        yield f"{name} is {shown(whole)}, but its details add up to {shown(sum(known))}"


def is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
