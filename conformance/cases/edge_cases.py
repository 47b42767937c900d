"""Edge cases: odd but legal input, in one request where a gateway usually accepts it.

So they cost one picture together. A correct gateway may accept or refuse each edge case, but must
not break. If it refuses the request for all, each edge case is asked alone.
"""

from __future__ import annotations

from dataclasses import replace

from conformance.cases.combinations import BYTES_300, CLIMBING, ESCAPED_CRLF, INJECTED, covering
from conformance.cases.spec import MODEL, Spec, Upload, beside_a_fault, either, uploaded, variation
from conformance.http.form import Part, text

LONG = "y" * 100_000


def _with_parts(label: str, *parts: Part) -> Spec:
    return either(replace(variation(label), extra=parts))


def _together(label: str, members: tuple[Spec, ...]) -> tuple[Spec, ...]:
    """Return the request for all members once for each; if it is refused, the member is asked alone."""
    whole = either(
        replace(
            variation(label),
            fields=tuple(f for m in members if m.expected == "either" for f in m.fields),
            extra=tuple(p for m in members for p in m.extra),
        )
    )
    return tuple(replace(whole, title=m.label, otherwise=m) for m in members)


def _coded(coding: str) -> Part:
    """Return a text field that says that it is in a transfer encoding, which RFC 7578 §4.7 deprecates."""
    head = f'Content-Disposition: form-data; name="x"\r\nContent-Transfer-Encoding: {coding}\r\n'
    return Part("x", b"=ZZ=\xe9", headers=head.encode())


UNKNOWN = _with_parts("an unknown field", text("x_unknown", "1"))
REPEATED = _with_parts("size twice", text("size", "256x256"), text("size", "512x512"))
REPEATED_TOO = tuple(
    _with_parts(f"{name} twice", text(name, value), text(name, value))
    for name, value in (("n", "1"), ("response_format", "url"), ("user", "u"), ("model", MODEL))
)
LONG_FIELD = _with_parts("an unknown field of 100 kB", text("x_long", LONG))
NESTED = _with_parts("a field with brackets", text("x[a][b]", "1"))
# Names that have a meaning for some gateways; "x" is no value that they expect.
MEANINGFUL = tuple(
    _with_parts(f"{name}=x", text(name, "x"))
    for name in ("metadata", "tags", "timeout", "cache", "quality", "background")
)
INHERITED = tuple(
    _with_parts(f"a field named {name}", text(name, "1"))
    for name in ("__proto__", "constructor", "toString", "hasOwnProperty")
)
EMOJI = _with_parts("a field name that is not ASCII", text("ключ🗝", "1"))
USUAL = _together(
    "odd fields",
    (UNKNOWN, REPEATED, *REPEATED_TOO, LONG_FIELD, NESTED, EMOJI, *INHERITED, *MEANINGFUL),
)

NUL_FIELD = _with_parts("NUL in an unknown field", text("x_nul", b"a\x00b"))
BROKEN_UTF8 = _with_parts("invalid UTF-8 in an unknown field", text("x_utf8", b"a\xff\xfe\xc3b"))
CRLF_FIELD = _with_parts("CRLF in an unknown field", text("x_crlf", f"a\r\n{INJECTED}: 1\r\n\r\n"))
# Parts that a reader may try to decode. One that is refused beside them is asked beside a fault.
TO_DECODE = tuple(
    beside_a_fault(label, extra=(part,))
    for label, part in (
        ("a text field in an unknown charset", text("x", "1", "text/plain; charset=x-none")),
        (
            "a text field in a charset that it is not in",
            text("x", b"\xe9", "text/plain; charset=us-ascii"),
        ),
        ("_charset_ with an unknown charset", text("_charset_", "x-none")),
        ("a field without a name", text("", "1")),
        *(
            (f"a text field in {coding} that is none", _coded(coding))
            for coding in ("base64", "quoted-printable", "x-none")
        ),
    )
)
UNUSUAL = _together("unusual bytes in fields", (NUL_FIELD, BROKEN_UTF8, CRLF_FIELD, *TO_DECODE))

LONG_USER = either(variation("user of 70,000 characters", user="u" * 70_000))
SHORTER_USER = replace(
    either(variation("user of 5,000 characters", user="u" * 5000)), profile="full"
)
NUL_USER = either(variation("user with NUL", user="a\x00b"))
CONTROL_USER = either(variation("user with control characters", user="a\x01\x1b[31m\x7f"))
CRLF_USER = either(variation("user with CRLF", user=f"a\r\n{INJECTED}: 1"))
BROKEN_USER = either(variation("user with invalid UTF-8", user=b"a\xff\xfeb"))
_ODD_USER = either(
    variation(
        "user with NUL, control characters, CRLF and invalid UTF-8",
        user=b"a\x00\x01\x1b[31m\x7f\xff\r\n" + INJECTED.encode() + b": 1",
    )
)
ODD_USERS = (
    LONG_USER,
    SHORTER_USER,
    *(
        replace(_ODD_USER, title=alone.label, otherwise=alone)
        for alone in (NUL_USER, CONTROL_USER, CRLF_USER, BROKEN_USER)
    ),
)


# A gateway may refuse these. They are facts of a combination, which is sent anyway: no picture more.
USUAL_NAMES = tuple(covering(filename=name) for name in (CLIMBING, BYTES_300, ESCAPED_CRLF))
UNUSUAL_NAMES = (
    either(uploaded("a file name with NUL", Upload(filename="picture\x00.png"))),
    replace(either(uploaded("an empty file name", Upload(filename=""))), profile="full"),
)
HOSTILE_NAMES = (*USUAL_NAMES, *UNUSUAL_NAMES)


EMPTIES = either(variation("n, size and response_format empty", n="", size="", response_format=""))
NULLS = either(
    variation("n, size and response_format null", n="null", size="null", response_format="null")
)


def empty_and_null(field: str) -> tuple[Spec, Spec]:
    """Return two specs for a field, "" and "null", each batched with those of the other fields."""
    alone = (either(variation(**{field: ""})), either(variation(**{field: "null"})))
    return (
        replace(EMPTIES, title=f"{field}=empty", otherwise=alone[0]),
        replace(NULLS, title=f"{field}=null", otherwise=alone[1]),
    )
