"""What a gateway may send to the stand-in provider: it is read or refused, and never breaks it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.http.images import pictures
from conformance.provider.arrival import Arrival, read_body
from conformance.provider.faults import FAULTS
from conformance.provider.images_api import ImagesApi
from tests.fuzz.budget import ANY_TEXT, examples, linear, made_of, text_of

PNG = pictures.make("fuzz")
B = b"--b\r\n"
WORDS = (
    *(B, b"--b--\r\n", b"--b", b"\r\n", b"\r\n\r\n", b"Content-Disposition: form-data; "),
    *(b'name="image"; ', b'filename="x.png"', b'name="n"', b'name="model"', b"name=", b"filename*=utf-8''%ff"),
    *(b"Content-Type: image/png\r\n", b"Content-Type: text/plain; charset=\xff\r\n", PNG, PNG[:40], b"1"),
    *(b"Content-Transfer-Encoding: base64\r\n", b'{"model":', b'"x"', b"}", b"Content-Length: 9\r\n", b"\xff"),
)  # fmt: skip
TYPES = st.sampled_from(
    ["multipart/form-data; boundary=b", 'multipart/form-data; boundary="b"', "application/json"]
) | text_of("multipart/form-data", ";", "boundary=", '"', "b", "charset=", "\\", "application/json")
PATHS = text_of(
    *("/v1", "/openai", "/images/variations", "/images/edits", "/images/generations", "/models/", "?"),
    *("/pictures/", "0" * 24, "-1.png", "%00", "//"),
)  # fmt: skip


def part(name: str, value: str) -> bytes:
    return f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


@examples(250)
@given(made_of(*WORDS, most=20), TYPES)
def test_a_body_is_read_or_its_problem_told(body: bytes, kind: str) -> None:
    parts, files, problem = read_body(body, kind)
    assert len(files) <= len(parts)
    assert isinstance(problem, str)


@examples(250)
@given(
    st.sampled_from(["POST", "GET", "HEAD", "PUT", ""]),
    PATHS | st.just("/v1/images/variations"),
    st.sampled_from([*FAULTS, "dall-e-2", "fault-", "x/no-such-model"]) | ANY_TEXT,
    ANY_TEXT | st.sampled_from(["1", "10", "11", "-1", "9" * 30, "٣"]),
    ANY_TEXT | st.sampled_from(["256x256", "auto", "9x9"]),
)
def test_a_call_is_answered(method: str, path: str, model: str, n: str, size: str) -> None:
    body = b"".join(
        part(name, value.encode("utf-8", "replace").decode())
        for name, value in (("model", model), ("n", n), ("size", size))
    )
    body += b'--b\r\nContent-Disposition: form-data; name="image"; filename="x.png"\r\n\r\n'
    body += PNG + b"\r\n--b--\r\n"
    parts, files, problem = read_body(body, "multipart/form-data; boundary=b")
    arrival = Arrival(
        "0" * 24, 0.0, method, path, (), body, "http://127.0.0.1:9", parts, files, problem
    )
    assert 100 <= ImagesApi().answer(arrival).status < 600


def test_many_parts_take_time_in_proportion() -> None:
    kind = "multipart/form-data; boundary=b"
    linear(lambda count: read_body(part("x", "1") * count + b"--b--\r\n", kind), 500)
    linear(lambda count: read_body(b"--b" * count, kind), 5_000)
