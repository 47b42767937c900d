"""Asks several things that must be accepted in one request, so that a run costs few pictures.

A row of `ROWS` holds facts of different kinds: a client's form, a size, a format, … A check asks
for one fact with `covering(size="512x512")` and gets the row that has it. If the gateway does not
accept the row, the fact is asked alone, so that no fact is blamed for another. No fact is in every
row, and the plain request has none. So a gateway that accepts one fact only with another one is
found.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from conformance.cases.clients import CLIENTS, CODINGS, TITLE_CASE
from conformance.cases.spec import DRAWN, SPARE_MODEL, Spec, Upload
from conformance.http import codings, deliveries
from conformance.http.drawn import LETTERS, word
from conformance.http.fallback_encodings import ENCODINGS
from conformance.http.identity import encoded
from conformance.http.request import Credential

if TYPE_CHECKING:
    from conformance.http.form import Form
    from conformance.http.images import pictures

INJECTED = "x-conformance-injected"
SPACES_AND_UTF8 = "Bild mit Wörtern; – 画像.png"
QUOTES = 'it\'s "quoted".png'
CLIMBING = "../../../../tmp/picture.png"
ESCAPED_CRLF = f"a\r\n{INJECTED}: 1.png"
BYTES_300 = "n" * 296 + ".png"
BYTES_255 = "n" * 251 + ".png"
# A drawn word is as long as its placeholder.
USER_64 = "Zoë Ωmega 用户 'пользователь' \"ผู้ใช้\" 🗝 <&;,=%> ".ljust(64 - len(DRAWN), "x") + DRAWN


# Facts that a combination is asked without, if the target is declared to lack what they ask for.
OPTIONAL = ("n", "scheme", "size")
# Legal ways to write the Content-Type of a form.
CONTENT_TYPES = ("quoted boundary", "another case", "charset first", "boundary with capitals")


@dataclass(frozen=True)
class Facts:
    """The facts that one request asks for; with no fact, it is the plain request."""

    client: str = ""
    n: str = ""
    size: str = ""
    response_format: str = ""
    user: str = ""
    field: str = ""
    filename: str = ""
    fallbacks: str = ""
    scheme: str = ""
    picture: pictures.Kind | Literal[""] = ""
    ending: str = ""
    content_type: str = ""
    delivery: str = ""
    chunked: bool = False
    # What the client accepts, if that is not what it sends by itself; Python's urllib wants no coding.
    codings: str = ""

    def given(self) -> dict[str, Any]:
        """Return the facts that are asked for, in the order of the class."""
        return {k: v for k in self.__dataclass_fields__ if (v := getattr(self, k))}


ROWS = (
    Facts(
        size="auto",
        response_format="url",
        field="image[]",
        filename=CLIMBING,
        ending="no final CRLF",
        content_type="quoted boundary",
        fallbacks="json-array",
        codings=codings.IDENTITY,
    ),
    Facts(
        client="openai-python",
        size="1024x1024",
        response_format="b64_json",
        user=USER_64,
        filename=BYTES_255,
        content_type="boundary with capitals",
        fallbacks="repeated-name",
    ),
    Facts(
        client="openai-go",
        size="1792x1024",
        picture="rgba",
        content_type="charset first",
        delivery=deliveries.IN_PIECES,
        fallbacks="repeated-json",
    ),
    Facts(
        client="requests",
        size="1024x1792",
        response_format="url",
        picture="large",
        filename=BYTES_300,
        scheme="bearer",
        fallbacks="repeated-json-typed",
    ),
    Facts(
        client="openai-node",
        size="1536x1024",
        response_format="b64_json",
        chunked=True,
        filename=QUOTES,
        fallbacks="bracket-keys",
    ),
    Facts(
        client="openai-java",
        size="1024x1536",
        response_format="url",
        user="u",
        filename=ESCAPED_CRLF,
        fallbacks="indexed",
    ),
    # Several items of a size in base64: each must be right, not only the first.
    Facts(
        client="dotnet",
        n="3",
        user=f"somebody+{DRAWN}@example.com",
        size="512x512",
        response_format="b64_json",
        fallbacks="brackets",
    ),
    # No text field: this row and the plain request have the same fields and different pictures.
    Facts(client="curl", filename=SPACES_AND_UTF8, content_type="another case"),
)


@cache
def rows() -> tuple[tuple[Spec, tuple[Spec, ...]], ...]:
    """Return each row as one request, with the requests that ask for its facts one by one."""
    return tuple(
        (
            replace(_spec(row), label=f"combination {number}", optional=OPTIONAL),
            tuple(alone(**{name: value}) for name, value in row.given().items()),
        )
        for number, row in enumerate(ROWS, 1)
    )


def covering(**facts: Any) -> Spec:
    """Return the row that asks for these facts; if it is not accepted, they are asked alone."""
    for number, row in enumerate(ROWS):
        if facts.items() <= row.given().items():
            asked = replace(
                _spec(row),
                label=f"combination {number + 1}",
                optional=tuple(name for name in OPTIONAL if name not in facts),
            )
            single = alone(**facts)
            return replace(asked, title=single.label, otherwise=single)
    return alone(**facts)


def alone(**facts: Any) -> Spec:
    """Return a request that asks for these facts and for nothing else."""
    label = ",".join(f"{k}={v if v is not True else 'yes'}" for k, v in facts.items())
    return replace(_spec(Facts(**facts)), label=label[:60].replace(DRAWN, "…"))


def _spec(facts: Facts) -> Spec:
    names = ("n", "size", "response_format", "user")
    fields = tuple((name, getattr(facts, name)) for name in names if getattr(facts, name))
    upload = Upload(
        facts.picture or "png",
        field=facts.field or "image",
        filename=facts.filename or "picture.png",
    )
    # Of these clients, curl alone sends `Expect: 100-continue` by itself.
    asked_first = deliveries.EXPECT_CONTINUE if facts.client == "curl" else ""
    extra = ENCODINGS[facts.fallbacks]((SPARE_MODEL,)) if facts.fallbacks else ()
    return Spec(
        fields=fields,
        upload=upload,
        extra=extra,
        shape=lambda form: _shaped(form, facts),
        variant=encoded(facts).decode(),
        delivery=facts.delivery or asked_first,
        title_case=facts.client in TITLE_CASE,
        credential=Credential(scheme=facts.scheme or "Bearer"),
        chunked=facts.chunked,
        codings=facts.codings or CODINGS.get(facts.client, codings.USUAL),
    )


def _with_capitals(drawn_from: str) -> str:
    return f"FormBoundary{word(drawn_from, 'capitals', 16, LETTERS + LETTERS[:26].upper())}"


def _shaped(form: Form, facts: Facts) -> Form:
    shaped = CLIENTS[facts.client](form) if facts.client else form
    if facts.ending:
        shaped = replace(shaped, closing="no-final-crlf")
    if facts.content_type == "quoted boundary":
        shaped = replace(shaped, boundary=f"in-quotes-{form.boundary}", quote_boundary=True)
    if facts.content_type == "boundary with capitals":
        shaped = replace(shaped, boundary=_with_capitals(form.boundary))
    if facts.content_type == "another case":
        shaped = replace(shaped, media_type="Multipart/Form-Data", boundary_name="Boundary")
    if facts.content_type == "charset first":
        shaped = replace(shaped, media_type="multipart/form-data; charset=utf-8")
    return shaped
