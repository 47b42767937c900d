"""n: an integer from 1 to 10, and exactly that many items."""

from collections.abc import Iterator
from dataclasses import replace

from conformance.cases.combinations import covering
from conformance.cases.edge_cases import empty_and_null
from conformance.cases.spec import PLAIN, RunFacts, Spec, either, fault, variation
from conformance.contract import contract
from conformance.http.exchange import Exchange
from conformance.judging.declare import Record, observes, sends, verifies
from conformance.judging.expect import expect, fail
from conformance.judging.probe import Probe

CONTRACT = contract.load()
ONE = variation(n=1)


def accepted_values(run: RunFacts) -> Iterator[Spec]:
    """Yield n = 1 and 2, and 3 together with other fields; in the full profile every value but 10."""
    core = {CONTRACT.n_min, 2, 3}
    yield covering(n="3")
    for n in range(CONTRACT.n_min, CONTRACT.n_max):
        if n == 3 and run.profile != "full":
            continue
        # n=2 shares its picture with the plain request: a cache must still keep n apart.
        shared = PLAIN if n == 2 else None
        yield replace(
            variation(n=n),
            profile="core" if n in core else "full",
            same_picture_as=shared,
            after=shared,
        )


def refused(*values: str) -> list[Spec]:
    return [fault(variation(n=value), control=ONE) for value in values]


@verifies("N-1", profile="smoke")
@sends(accepted_values)
def test_n_gives_exactly_that_many_items(exchange: Exchange) -> None:
    answer = expect(exchange).accepted()
    asked = int(answer.request.asked("n") or 0)
    if not answer.from_cache and len(answer.items) != asked:
        fail(f"exactly {asked} item(s) in data", answer)


BASE64 = variation(response_format="b64_json")
# The largest answer that the documentation allows; a provider's has many megabytes.
MOST = variation(n=CONTRACT.n_max, response_format="b64_json")


@verifies("N-1", probes=True)
@sends([MOST])
def test_the_most_items_come_as_base64_too(exchange: Exchange, probe: Probe) -> None:
    """Where no picture comes as base64, which FORMAT judges, they are asked for by url."""
    answer = expect(exchange).judged()
    if not answer.ok and not expect(probe.send(BASE64)).judged().ok:
        answer = expect(probe.send(variation(n=CONTRACT.n_max))).accepted()
    if not answer.from_cache and len(answer.items) != CONTRACT.n_max:
        fail(f"exactly {CONTRACT.n_max} item(s) in data", answer)


@verifies("N-2", profile="smoke")
@sends(
    refused(
        "0",
        "-1",
        "11",
        "12",
        "99",
        "100",
        "1000000",
        "2147483648",
        "4294967297",
        "-4294967295",
        "18446744073709551617",
        "1" + "0" * 30,
        "9" * 5000,
    )
)
def test_an_integer_outside_one_to_ten_is_refused(exchange: Exchange) -> None:
    expect(exchange).refused()


@verifies("N-3")
@sends(
    refused(
        "abc",
        "true",
        "NaN",
        "Infinity",
        "two",
        "[2]",
        '{"n":2}',
        "1;2",
        "2x",
        "x2",
        "1,5",
        "1-3",
        "--1",
        "5\nabc",
        "constructor",
    )
)
def test_an_n_that_is_no_number_is_refused(exchange: Exchange) -> None:
    expect(exchange).refused()


@verifies("N-4")
@sends(refused("1.5", "2.000001", "0.5", "9.99"))
def test_an_n_that_is_not_whole_is_refused(exchange: Exchange) -> None:
    expect(exchange).refused()


NO_DECIMALS = refused(
    "0x2", "1e1", "1_0", "+11", " 11 ", "11.0", "\uff11\uff11", "\u0661\u0661", "\u00b2"
)


@verifies("N-5")
@sends(NO_DECIMALS)
def test_an_n_in_no_decimal_notation_is_refused(exchange: Exchange) -> None:
    expect(exchange).refused()


DIFFERENT = (
    *empty_and_null("n"),
    *(
        replace(either(variation(n=value)), profile="full")
        for value in (" 2 ", "+2", "02", "2.0", "\u0662", "\uff12")
    ),
)


@verifies("N-6")
@sends((*DIFFERENT, *NO_DECIMALS))
def test_an_n_that_servers_read_differently_is_answered(exchange: Exchange) -> None:
    expect(exchange).answered()


@observes("N-O1")
@sends(DIFFERENT)
def test_how_such_an_n_is_taken(exchange: Exchange, record: Record) -> None:
    items = f" with {len(exchange.items)} item(s)" if exchange.ok else ""
    record(f"{exchange.request.label}: {exchange.outcome}{items}")


@verifies("N-7")
@sends([PLAIN])
def test_without_n_there_is_at_least_one_item(exchange: Exchange) -> None:
    answer = expect(exchange).accepted()
    if not answer.items:
        fail("at least one item in data", answer)


@observes("N-O2")
@sends([PLAIN])
def test_how_many_items_there_are_without_n(exchange: Exchange, record: Record) -> None:
    if exchange.ok:
        record(f"{len(exchange.items)} item(s)")
