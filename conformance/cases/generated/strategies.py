"""What the schema cannot say, as hypothesis strategies: near misses, Unicode, order, repetition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from conformance.cases.generated.draft import Draft
from conformance.contract import contract

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

CONTRACT = contract.load()
SIGNS = "-_.,;:/x*+ '\"\\@#0159aAzZé×\u00a0\u200b\ufeff\u0660"
# First letters of scripts, joined and right-to-left ones, beyond 16 bits, combining: sampled
# instead of drawn from a table of all characters, which takes hypothesis a while to build.
SCRIPTS = (0x21, 0xC0, 0x100, 0x391, 0x410, 0x5D0, 0x627, 0x905, 0xE01, 0x1100, 0x3042, 0x4E00)
BEYOND = (0x10400, 0x1F300, 0x1F600, 0x20000)
RUN = 30
LONGEST = 64


def near_misses(listed: tuple[str, ...]) -> SearchStrategy[str]:
    """Return texts that are one slip away from a listed value."""
    return st.composite(_near_miss)(listed)


def _near_miss(draw: DrawFn, listed: tuple[str, ...]) -> str:
    value = draw(st.sampled_from(listed))
    at = draw(st.integers(0, len(value) - 1))
    sign = draw(st.sampled_from(SIGNS))
    slips = (
        value[:at] + value[at + 1 :],
        value[:at] + sign + value[at:],
        value[:at] + sign + value[at + 1 :],
        value[:at] + value[at:][1:2] + value[at : at + 1] + value[at + 2 :],
        value + sign,
        sign + value,
        value + value[at:],
        value.upper(),
        value.capitalize(),
        value[:at] + value[at:].upper(),
        value + "," + draw(st.sampled_from(listed)),
        draw(st.sampled_from(SPACES)) + value,
        value + draw(st.sampled_from(SPACES)),
        value[:at] + " " + value[at:],
    )
    return draw(st.sampled_from(slips))


SPACES = (" ", "\t", "\n", "\r\n", "  ")
CONTROLS = ("\x00", "\x01", "\x0b", "\x1f", "\x7f", "\x85", "\xa0", "\u200b", "\u2028", "\ufeff")


def spaced(listed: tuple[str, ...]) -> SearchStrategy[str]:
    """Return listed values with white space before or after them."""
    space, value = st.sampled_from(SPACES), st.sampled_from(listed)
    return st.one_of(st.builds(str.__add__, space, value), st.builds(str.__add__, value, space))


def controlled(listed: tuple[str, ...]) -> SearchStrategy[str]:
    """Return listed values with a character that does not print before, in or after them."""

    def written(value: str, control: str, at: int) -> str:
        return value[:at] + control + value[at:]

    return st.builds(
        written, st.sampled_from(listed), st.sampled_from(CONTROLS), st.integers(0, LONGEST)
    )


def words() -> SearchStrategy[bytes]:
    """Return short texts that no program takes for a picture."""
    return st.lists(st.sampled_from(b"abcdefg 0123456789+/="), min_size=4, max_size=40).map(bytes)


def integers_beyond() -> SearchStrategy[str]:
    """Return integers out of range: near its ends, where numbers wrap, and anywhere."""
    low, high = CONTRACT.n_min, CONTRACT.n_max
    wrapped = st.builds(
        lambda bits, inside, sign: str(sign * 2**bits + inside),
        st.sampled_from((8, 16, 31, 32, 53, 63, 64)),
        st.integers(low - 1, high),
        st.sampled_from((1, -1)),
    )
    anywhere = st.integers(-(10**12), 10**12).map(str)
    return st.one_of(
        st.sampled_from((high + 1, high + 2, low - 1, low - 2)).map(str),
        st.integers(low - 12, high + 20).map(str),
        wrapped,
        anywhere,
    )


def fractions() -> SearchStrategy[str]:
    """Return numbers that are not whole, within the range and beyond."""
    digits = st.integers(1, 9999).map(lambda d: f"{d:04}".rstrip("0"))
    return st.builds("{}.{}".format, st.integers(0, CONTRACT.n_max + 1), digits)


def other_notations() -> SearchStrategy[str]:
    """Return numbers in another notation than plain decimal digits."""
    number = st.integers(1, CONTRACT.n_max)
    beyond = st.integers(CONTRACT.n_max + 1, 99)
    return st.one_of(
        number.map(hex),
        number.map("0X{:X}".format),
        st.builds("{}e{}".format, number, st.integers(0, 1)),
        st.just(f"{CONTRACT.n_min}_0"),
        beyond.map("+{}".format),
        beyond.map("{}.0".format),
        st.builds("{}{}{}".format, st.sampled_from(SPACES), beyond, st.sampled_from(SPACES)),
    )


def no_numbers() -> SearchStrategy[str]:
    """Return near misses of numbers that are none, and words."""
    numbers = tuple(str(n) for n in range(CONTRACT.n_min, CONTRACT.n_max + 1))
    words = ("true", "many", "one", "yes", "ten", "all", "max", "Infinity", "auto")
    return st.one_of(
        st.sampled_from(words),
        st.builds(
            str.__add__, st.sampled_from(numbers), st.sampled_from((*"ghkmpqrstvwyz;:!?*/", "[]"))
        ),
        st.builds(str.__add__, st.sampled_from("ghkmpqrstvwyz;:!?*/"), st.sampled_from(numbers)),
    )


def odd_numbers() -> SearchStrategy[str]:
    """Return numbers that servers read in different ways, but none as more than one picture."""
    return st.sampled_from(("+1", " 1", "1 ", "01", "1.0", "1.", "\u0661", "\uff11", "1\n", "001"))


@st.composite
def printable(draw: DrawFn) -> str:
    """Return 1 to 64 printable characters of several scripts."""
    start = st.sampled_from((*SCRIPTS, *BEYOND))
    drawn = draw(st.lists(st.tuples(start, st.integers(0, RUN)), min_size=1, max_size=LONGEST))
    shown = "".join(c for first, more in drawn if (c := chr(first + more)).isprintable())
    return shown or "u"


def odd_texts() -> SearchStrategy[str | bytes]:
    """Return texts that a field can hold and few programs expect."""
    odd = (
        "\u202e",
        "\ufeff",
        "\x00",
        "\x1b[0m",
        "\ud7ff",
        "\uffff",
        "e\u0301" * 40,
        "\U0010ffff",
        "%00",
        "${7*7}",
    )
    pieces = st.lists(st.sampled_from((*odd, "a", "Ω", "🗝")), min_size=1, max_size=6).map("".join)
    return st.one_of(pieces, printable(), st.binary(min_size=1, max_size=20).map(_no_boundary))


def _no_boundary(content: bytes) -> bytes:
    return content.replace(b"--", b"-")


def names() -> SearchStrategy[str]:
    """Return names of fields that the contract does not know."""
    known = ("n", "size", "user", "response_format", "model", "image")
    return st.one_of(
        near_misses(known).filter(lambda name: name not in known),
        printable().map(lambda name: name[:20]),
        st.sampled_from(("n[]", "__proto__", "constructor", "x[a][b]", "a.b", "0", "a\u202eb")),
    )


@st.composite
def whole_forms(draw: DrawFn, sizes: tuple[str, ...]) -> Draft:
    """Return forms that the contract allows: some of the fields, in any order, n at most 2."""
    chosen = {
        "n": st.sampled_from(("1", "2")),
        "size": st.sampled_from(sizes),
        "response_format": st.sampled_from(CONTRACT.formats),
        "user": printable(),
    }
    names_ = draw(st.lists(st.sampled_from(tuple(chosen)), min_size=1, unique=True))
    fields = [("model", Draft().fields[0][1]), *((name, draw(chosen[name])) for name in names_)]
    order = draw(st.permutations(fields))
    return Draft(tuple(order), picture_at=draw(st.integers(0, len(fields))))
