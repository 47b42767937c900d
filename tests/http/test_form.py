"""A form's bytes are exact, and it has the same content as each client writes it."""

from __future__ import annotations

import io
from dataclasses import replace

import multipart  # type: ignore[import-untyped] # it ships without types
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cases import combinations
from conformance.cases.clients import CLIENTS
from conformance.cases.combinations import ROWS, Facts, alone, covering
from conformance.cases.spec import Spec, Upload, variation
from conformance.contract import contract
from conformance.http.fallback_encodings import ENCODINGS, USUAL
from conformance.http.form import BOUNDARY, Form, Part, text

PNG = b"\x89PNG\r\n\x1a\n--not a boundary--\r\n\x00\xff"
PLAIN = Form(
    (text("model", "openai/dall-e-2"), text("n", "2"), Part("image", PNG, "p.png", "image/png"))
)

Read = tuple[str, bytes, str | None, str]


def parsed(form: Form) -> list[Read]:
    """Name, content, file name and Content-Type of each part, as another program reads them."""
    body = form.encode()
    _, options = multipart.parse_options_header(form.content_type())
    found = multipart.MultipartParser(
        io.BytesIO(body), options["boundary"], content_length=len(body), strict=True
    ).parts()
    return [(p.name, p.raw, p.filename, p.content_type) for p in found]


def test_the_bytes_are_exactly_these() -> None:
    form = Form((text("n", "2"), Part("image", b"\x00\xff", "p.png", "image/png")), boundary="b")
    assert form.encode() == (
        b'--b\r\nContent-Disposition: form-data; name="n"\r\n\r\n2\r\n'
        b'--b\r\nContent-Disposition: form-data; name="image"; filename="p.png"\r\n'
        b"Content-Type: image/png\r\n\r\n\x00\xff\r\n"
        b"--b--\r\n"
    )


def test_the_content_type_names_the_boundary() -> None:
    assert PLAIN.content_type() == f"multipart/form-data; boundary={BOUNDARY}"


def test_a_boundary_is_quoted_where_asked() -> None:
    quoted = replace(PLAIN, boundary="a=b c", quote_boundary=True)
    assert quoted.content_type() == 'multipart/form-data; boundary="a=b c"'
    assert parsed(quoted) == parsed(PLAIN)


@pytest.mark.parametrize(
    ("closing", "end"),
    [("full", b"\r\n--b--\r\n"), ("no-final-crlf", b"\r\n--b--"), ("none", b"x\r\n")],
)
def test_a_form_ends_as_it_is_told(closing: str, end: bytes) -> None:
    form = Form((text("n", "x"),), boundary="b", closing=closing)  # type: ignore[arg-type] # a parameter of the test is any text
    assert form.encode().endswith(end)


def test_preamble_and_epilogue_stand_around_the_parts() -> None:
    framed = replace(PLAIN, preamble=b"before\r\n", epilogue=b"after")
    assert framed.encode() == b"before\r\n" + PLAIN.encode() + b"after"


def test_a_form_without_parts_is_its_close_delimiter() -> None:
    assert Form((), boundary="b").encode() == b"--b--\r\n"


def test_without_takes_every_part_of_a_name() -> None:
    form = Form((text("n", "1"), text("size", "auto"), text("n", "2")))
    assert [p.name for p in form.without("n").parts] == ["size"]


def test_written_headers_replace_the_parts_own() -> None:
    part = Part("n", b"1", headers=b"X: 1\r\n")
    assert Form((part,), boundary="b").encode() == b"--b\r\nX: 1\r\n\r\n1\r\n--b--\r\n"


def test_bytes_of_a_text_field_are_sent_as_they_are() -> None:
    assert text("user", b"\xff\x00").content == b"\xff\x00"
    assert text("user", "Zoë").content == "Zoë".encode()


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\\%"),
    min_size=1,
    max_size=30,
)
CONTENTS = st.binary(max_size=200).filter(lambda c: BOUNDARY.encode() not in c)
TYPES = st.sampled_from(["image/png", "application/octet-stream", "text/plain; charset=utf-8"])
PARTS = st.one_of(
    st.builds(Part, NAMES, CONTENTS),
    st.builds(Part, NAMES, CONTENTS, filename=NAMES, content_type=TYPES),
)


@given(st.lists(PARTS, min_size=1, max_size=5))
def test_what_is_written_is_what_another_program_reads(parts: list[Part]) -> None:
    read = [(name, content, filename) for name, content, filename, _ in parsed(Form(tuple(parts)))]
    assert read == [(p.name, p.content, p.filename) for p in parts]


@given(st.text("ab\r\n\"'; =", max_size=12))
def test_no_file_name_adds_a_header_line(name: str) -> None:
    head = Part("image", b"", name, "image/png").head()
    assert head.count(b"\r\n") == 2
    assert head.count(b"\n") == 2
    assert head.count(b'"') == 4


@pytest.mark.parametrize("client", CLIENTS)
def test_every_client_sends_the_same_fields_and_the_same_picture(client: str) -> None:
    read = parsed(CLIENTS[client](PLAIN))
    assert sorted((name, content) for name, content, *_ in read) == sorted(
        (p.name, p.content) for p in PLAIN.parts
    )
    assert [name for name, _, filename, _ in read if filename is not None] == ["image"]


def test_the_clients_differ_as_they_are_known_to() -> None:
    read = {name: parsed(shape(PLAIN)) for name, shape in CLIENTS.items()}
    bodies = {name: shape(PLAIN).encode() for name, shape in CLIENTS.items()}
    assert b"Content-Type: image/png" not in bodies["requests"]
    assert [r[0] for r in read["openai-node"]] == ["image", "n", "model"]
    assert [r[0] for r in read["openai-go"]] == ["image", "model", "n"]
    assert read["openai-go"][0][2:] == ("anonymous_file", "application/octet-stream")
    assert bodies["openai-java"].count(b"Content-Type: text/plain; charset=utf-8") == 2
    assert b"name=image; filename=p.png; filename*=utf-8''p.png" in bodies["dotnet"]
    assert len({shape(PLAIN).boundary for shape in CLIENTS.values()}) == len(CLIENTS)


def test_openai_python_sends_its_fields_in_its_order_and_then_the_file() -> None:
    names = ("user", "size", "response_format", "n", "model")
    shuffled = Form((PLAIN.parts[-1], *(text(n, "1") for n in names)))
    sent = CLIENTS["openai-python"](shuffled)
    assert [p.name for p in sent.parts] == [
        "model",
        "n",
        "response_format",
        "size",
        "user",
        "image",
    ]


def test_only_the_form_about_capitals_has_a_boundary_with_capitals() -> None:
    forms = {facts: form_of(combinations._spec(facts)) for facts in (Facts(), *ROWS)}
    found = [f.content_type for f, form in forms.items() if form.boundary.lower() != form.boundary]
    assert found == ["boundary with capitals"]


def test_dotnets_boundary_is_the_longest_that_is_legal() -> None:
    form = CLIENTS["dotnet"](PLAIN)
    assert len(form.boundary) == 70
    assert form.content_type().endswith(f'boundary="{form.boundary}"')


def asked_in_rows(fact: str) -> set[object]:
    return {getattr(row, fact) for row in ROWS} - {"", False}


def test_the_combinations_cover_every_client_size_format_and_encoding() -> None:
    known = contract.load()
    assert asked_in_rows("client") == set(CLIENTS)
    assert asked_in_rows("size") | {"256x256"} == set(known.sizes)
    assert asked_in_rows("response_format") == set(known.formats)
    assert asked_in_rows("fallbacks") == set(USUAL)


def test_the_combinations_cover_both_field_names_and_every_file_name() -> None:
    assert asked_in_rows("field") == {"image[]"}
    assert asked_in_rows("filename") == {
        combinations.SPACES_AND_UTF8,
        combinations.QUOTES,
        combinations.BYTES_255,
        combinations.CLIMBING,
        combinations.BYTES_300,
        combinations.ESCAPED_CRLF,
    }
    assert len(combinations.BYTES_255.encode()) == 255
    assert len(combinations.USER_64) == 64
    assert combinations.USER_64.isprintable()


def test_no_fact_stands_in_every_row() -> None:
    for name in Facts.__dataclass_fields__:
        values = [getattr(row, name) for row in ROWS]
        assert len(set(values)) > 1, name
        assert max(values.count(v) for v in set(values) - {"", False}) < len(ROWS), name


def every_fact() -> list[tuple[str, object]]:
    return sorted({fact for row in ROWS for fact in row.given().items()}, key=repr)


@pytest.mark.parametrize(("name", "value"), every_fact(), ids=str)
def test_a_fact_is_asked_in_a_row_and_otherwise_alone(name: str, value: object) -> None:
    spec = covering(**{name: value})
    assert spec.label.startswith("combination ")
    assert spec.otherwise is not None
    assert spec.otherwise.variant == alone(**{name: value}).variant
    assert spec.otherwise.otherwise is None
    assert spec.title == spec.otherwise.label


def test_what_no_row_has_is_asked_alone() -> None:
    spec = covering(size="256x256")
    assert spec.otherwise is None
    assert spec.fields == (("size", "256x256"),)


def form_of(spec: Spec) -> Form:
    return spec.form(lambda _upload, number: b"picture %d" % number)


@pytest.mark.parametrize("row", range(len(ROWS)))
def test_a_row_says_what_its_facts_are(row: int) -> None:
    facts = ROWS[row]
    form = form_of(combinations._spec(facts))
    fields = {p.name: p.content.decode() for p in form.parts if p.filename is None}
    for name in ("size", "response_format", "user"):
        assert fields.get(name, "") == getattr(facts, name)
    files = [(p.name, p.content) for p in form.parts if p.filename is not None]
    assert files == [(facts.field or "image", b"picture 0")]
    assert bool(facts.fallbacks) == any(n.startswith("fallbacks") for n in fields)
    if facts.content_type != "another case":
        read = {(name, content) for name, content, *_ in parsed(form)}
        assert read == {(p.name, p.content) for p in form.parts}


def test_a_row_that_names_a_file_name_sends_it() -> None:
    for facts in ROWS:
        if facts.filename:
            sent = [p.filename for p in form_of(combinations._spec(facts)).parts if p.filename]
            assert sent == [facts.filename], facts


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_each_fallbacks_encoding_names_every_model_in_order(encoding: str) -> None:
    parts = ENCODINGS[encoding](("{one}", "{two}"))
    written = " ".join(p.name + "=" + p.content.decode() for p in parts)
    assert written.index("{one") < written.index("{two")
    assert all(p.name.startswith("fallbacks") for p in parts)


def test_the_fallbacks_encodings_are_all_different() -> None:
    sent = {Form(make(("{one}", "{two}"))).encode() for make in ENCODINGS.values()}
    assert len(sent) == len(ENCODINGS)


def test_several_copies_are_several_pictures() -> None:
    spec = replace(variation(), upload=Upload(field="image[]", copies=3))
    files = [p for p in form_of(spec).parts if p.filename is not None]
    assert [(p.name, p.content) for p in files] == [
        ("image[]", b"picture %d" % i) for i in range(3)
    ]
