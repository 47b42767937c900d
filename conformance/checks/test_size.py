"""size: one of the documented sizes, and pictures with those pixels."""

from collections.abc import Iterator
from dataclasses import replace

from conformance.cases.combinations import covering
from conformance.cases.edge_cases import empty_and_null
from conformance.cases.spec import PLAIN, SIZE, RunFacts, Spec, either, fault, variation
from conformance.contract import contract
from conformance.http import payload
from conformance.http.exchange import Exchange
from conformance.http.reading.short import shown
from conformance.judging.declare import Record, observes, sends, verifies
from conformance.judging.ends import Untestable
from conformance.judging.expect import each, expect, some, where_present

CONTRACT = contract.load()
# It shares its picture with the plain request: a cache must still keep sizes apart.
SMALL = replace(variation(size="256x256"), same_picture_as=PLAIN, after=PLAIN)
# The same with a size that the target makes, if it is declared to make few.
DECLARED = replace(SMALL, label="a size of the model", fields=(("size", SIZE),))


def refused(*values: str) -> list[Spec]:
    return [fault(variation(size=value), control=DECLARED) for value in values]


@verifies("SIZE-1", profile="smoke")
@sends([SMALL if size == "256x256" else covering(size=size) for size in CONTRACT.sizes])
def test_a_documented_size_is_accepted(exchange: Exchange) -> None:
    expect(exchange).accepted()


OTHERS = (
    "999x999", "257x256", "256x257", "128x128", "1024x768", "2048x2048", "512x256", "1024x512", "1536x1536", "1792x1792",
    "1792x1536", "0x0", "-256x-256", "256.0x256.0", "２５６x２５６", "768x768", "1k", "small", "medium", "large", "AUTO", "Auto", "autofoo",
    "constructor", "toString", "__proto__",
)  # fmt: skip


def near(size: str) -> tuple[str, ...]:
    """Return texts that are one slip away from a size."""
    width, _, height = size.partition("x")
    return (
        width, f"{width}x", f"x{height}", f"{size}x{height}", f"{width}X{height}", f"{width}*{height}", f"{width}×{height}",
        f"{width}:{height}", f"{size}foo", f"foo{size}", f"{size}0", f"1{size}", f"0{size}", f"{size};", f'"{size}"', f"{size}\nfoo",
        f"{size},512x512", f"{size} ,",
    )  # fmt: skip


def a_size(run: RunFacts) -> str:
    """Return a size that the target is declared to make: a gateway may compare with those alone."""
    return next((s for s in run.target.sizes if s != "auto"), "256x256")


@verifies("SIZE-2", profile="smoke")
@sends(lambda run: refused(*OTHERS, *near(a_size(run))))
def test_another_size_is_refused(exchange: Exchange) -> None:
    expect(exchange).refused()


def white_space(run: RunFacts) -> list[Spec]:
    """Return requests for a size with white space in it or around it."""
    size = a_size(run)
    width, _, height = size.partition("x")
    around = (f" {size}", f"{size} ", f"{width} x {height}", f"\t{size}", f"{size}\r", f"{size}\n")
    return refused(*around, " auto")


@verifies("SIZE-3")
@sends(white_space)
def test_a_size_with_white_space_is_refused(exchange: Exchange) -> None:
    expect(exchange).refused()


ODD = (
    *empty_and_null("size"),
    either(variation(size="256x256\x00")),
    either(variation(size="\x01\x7f")),
)


@verifies("SIZE-4")
@sends(lambda run: (*ODD, *white_space(run)))
def test_an_odd_size_is_answered(exchange: Exchange) -> None:
    expect(exchange).answered()


@observes("SIZE-O1")
@sends(ODD[:2])
def test_how_an_odd_size_is_taken(exchange: Exchange, record: Record) -> None:
    record(f"{exchange.request.label}: {exchange.outcome}")


def explicit(answers: list[Exchange]) -> list[tuple[Exchange, str]]:
    asked = [(e, e.request.asked("size")) for e in answers if e.ok]
    named = [(e, s) for e, s in asked if s in CONTRACT.sizes and s != "auto"]
    # A repeated run may get only cache hits; CACHE-2 makes the same demand of those.
    return [(e, s) for e, s in named if not e.from_cache] or named


@verifies("SIZE-5", profile="smoke", reads="every answer")
def test_pictures_have_the_pixels_that_were_asked_for(answers: list[Exchange]) -> None:
    asked = some(explicit(answers), "success with an explicit size")
    seen = [(e, size, i, m) for e, size in asked for i, m in payload.measured(e)]
    if not seen:
        raise Untestable("no answer had a picture to measure, in base64 or behind a url")
    each(
        (e, f"asked for {size}, item {i} has {m.size}") for e, size, i, m in seen if m.size != size
    )


@verifies("SIZE-6", reads="every answer")
def test_size_in_the_answer_is_what_was_asked_or_made(answers: list[Exchange]) -> None:
    told = where_present(
        [e for e in answers if e.ok and not e.from_cache and isinstance(e.body.get("size"), str)],
        "success whose body has a size",
    )
    each(problem for e in told for problem in _wrong_size(e))


def _wrong_size(exchange: Exchange) -> Iterator[tuple[Exchange, str]]:
    asked, told = exchange.request.asked("size"), exchange.body["size"]
    if asked in CONTRACT.sizes and asked != "auto":
        if told != asked:
            yield exchange, f"asked for {asked}, but the body says {shown(told)}"
        return
    made = {m.size for _, m in payload.measured(exchange)}
    if asked in (None, "auto") and made and told != "auto" and told not in made:
        yield (
            exchange,
            f"the pictures have {', '.join(sorted(made))}, but the body says {shown(told)}",
        )
