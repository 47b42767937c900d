"""Values in good and bad answers that no reader expects: they are the gateway's fault, or nobody's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.hostile.values import SMOKE, modes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.hostile.values import Act, Asked, Reply, World

# A value may be odd and still break nothing: what matters is that the suite itself does not break.
ANY = (0, 1, 3)
MODES, does = modes_of("odd", codes=ANY, selects=("--check", "test_body"), bound_s=90)
DIGITS = b"9" * 400
TOO_MANY_DIGITS = b"7" * 5000


def in_success(put: Callable[[dict[str, Any]], None], *texts: bytes) -> Act:
    """Put values into the body of each success; the texts replace `@0`, `@1` and so on."""

    def act(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
        if not good.has_pictures:
            return [good.wire()]
        body = good.json
        put(body)
        told = good.with_json(body)
        return [told.typed("application/json", _filled(told.body, texts)).wire()]

    return act


def _filled(body: bytes, texts: tuple[bytes, ...]) -> bytes:
    for number, text in enumerate(texts):
        body = body.replace(b'"@%d"' % number, text)
    return body


def at(*path: str | int, value: Any = "@0") -> Callable[[dict[str, Any]], None]:
    """Put a value where the path leads."""

    def put(body: Any) -> None:
        for step in path[:-1]:
            body = body[step] if isinstance(step, int) else body.setdefault(step, {})
        body[path[-1]] = value

    return put


def refused(*tests: bytes) -> Act:
    """Each refusal is this body."""

    def act(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
        if not good.refuses:
            return [good.wire()]
        return [good.typed("application/json", b"".join(tests)).wire()]

    return act


CREATED: dict[str, bytes] = {
    "of-400-digits": DIGITS,
    "of-5000-digits": TOO_MANY_DIGITS,
    "not-a-number": b"NaN",
    "infinite": b"-Infinity",
    "minus-zero": b"-0",
    "minus-zero-point-zero": b"-0.0",
    "a-huge-exponent": b"1e400",
    "a-huge-negative-exponent": b"1e-400",
    "an-exponent-of-a-million": b"1e1000000",
    "a-fraction-of-400-digits": b"0." + DIGITS,
    "with-leading-zeros": b"0001700000000",
    "in-other-digits": '"١٧٠٠٠٠٠٠٠٠"'.encode(),
    "beyond-the-calendar": b"99999999999999999",
    "before-the-calendar": b"-99999999999999999",
    "true": b"true",
    "an-object": b'{"a": [null]}',
}
for _name, _value in CREATED.items():
    does(
        f"`created` is {_value[:24].decode()}.",
        name=f"created-{_name}",
        fast=_name == "of-400-digits",
    )(in_success(at("created"), _value))

USAGE = {
    "of-5000-digits": (TOO_MANY_DIGITS, TOO_MANY_DIGITS, TOO_MANY_DIGITS),
    "that-sum-to-5000-digits": (b"9" * 4299, b"9" * 4299, b"1" + b"9" * 4298 + b"8"),
    "infinite": (b"1e309", b"1e309", b"Infinity"),
    "not-numbers": (b"NaN", b"NaN", b"NaN"),
    "huge-fractions": (b"1e308", b"1e308", b"1e308"),
    "texts": (b'"1"', b"[]", b"{}"),
}
for _name, _values in USAGE.items():
    usage = {"input_tokens": "@0", "output_tokens": "@1", "total_tokens": "@2"}
    does(f"Token counts are {_name.replace('-', ' ')}.", name=f"tokens-{_name}")(
        in_success(at("usage", value=usage), *_values)
    )

PICTURES: dict[str, bytes] = {
    "with-bad-padding": b'"iVBORw0KGgo==="',
    "of-no-length": b'""',
    "of-one-character": b'"A"',
    "not-ascii": '"ÄÖÜ漢字"'.encode(),
    "with-lone-surrogates": b'"\\ud800\\udfff\\ud800"',
    "with-nuls": b'"\\u0000\\u0000\\u0000\\u0000"',
    "a-data-url": b'"data:image/png;base64,iVBORw0KGgo="',
    "a-number": DIGITS,
    "a-list": b"[[[]]]",
    "an-empty-picture": b'"iVBORw0KGgoAAAANSUhEUgAAAAAAAAAACAIAAAA="',
    "a-huge-picture": b'"iVBORw0KGgoAAAANSUhEUn////9/////CAYAAAA="',
}
for _name, _value in PICTURES.items():
    does(f"`b64_json` is {_name.replace('-', ' ')}.", name=f"b64-{_name}")(
        in_success(lambda body: body.update(data=[{"index": 0, "b64_json": "@0"}]), _value)
    )

DEEP = 960
ELSEWHERE: dict[str, tuple[tuple[str | int, ...], bytes]] = {
    "json-960-deep": (("more",), b"[" * DEEP + b"]" * DEEP),
    "objects-960-deep": (("more",), b'{"a":' * DEEP + b"1" + b"}" * DEEP),
    "lone-surrogates": (("model",), b'"openai/\\ud83d\\udc00\\udc00\\ud83d"'),
    "surrogates-in-the-id": (("id",), b'"\\udfff"'),
    "an-index-of-400-digits": (("data", 0, "index"), DIGITS),
    "an-infinite-index": (("data", 0, "index"), b"Infinity"),
    "nul-in-the-prompt": (("data", 0, "revised_prompt"), b'"a\\u0000b"'),
    "data-of-numbers": (("data",), b"[1, null, NaN, [], true]"),
    "data-of-nothing": (("data",), b"null"),
    "data-an-object": (("data",), b'{"0": {"url": 7}}'),
    "latency-of-400-digits": (("extra_fields", "latency"), DIGITS),
    "an-extra-field-of-surrogates": (("extra_fields", "provider"), b'"\\ud800"'),
    "extra-fields-a-number": (("extra_fields",), b"1e400"),
    "a-size-of-huge-numbers": (("size",), b'"' + DIGITS + b"x" + DIGITS + b'"'),
}
for _name, (_path, _value) in ELSEWHERE.items():
    does(f"A success has {_name.replace('-', ' ')}.", name=_name, fast=_name == "json-960-deep")(
        in_success(at(*_path), _value)
    )

REFUSALS: dict[str, bytes] = {
    "with-a-bom": b'\xef\xbb\xbf{"error": {"message": "no"}}',
    "of-invalid-utf-8": b'{"error": {"message": "\xff\xfe\xc0\x80\xed\xa0\x80"}}',
    "of-nuls": bytes(500),
    "of-lone-surrogates": b'{"error": {"message": "\\udc00\\ud800", "\\ud800": 1}}',
    "960-deep": b'{"error": ' * DEEP + b"1" + b"}" * DEEP,
    "of-duplicate-keys": b'{"error": {"message": "a"}, "error": 1, "error": null}',
    "of-a-status-of-400-digits": b'{"is_bifrost_error": true, "status_code": '
    + DIGITS
    + b', "error": {"message": "no"}}',
    "with-a-status-of-5000-digits": b'{"is_bifrost_error": true, "status_code": '
    + TOO_MANY_DIGITS
    + b', "error": {"message": "no"}}',
    "of-nan": b"NaN",
    "of-two-documents": b'{"error": {"message": "a"}}{"error": {"message": "b"}}',
    "of-empty-keys": b'{"": {"": {"": ""}}, "error": {"message": {"message": {"message": 1}}}}',
    "of-a-list": b"[[], {}, [{}]]",
    "of-a-code-of-400-digits": b'{"is_bifrost_error": true, "error": {"code": '
    + DIGITS
    + b', "type": 1e999, "message": -0}}',
    "of-prototypes": b'{"__proto__": {"x": 1}, "constructor": 1, "__class__": 2, "error": {"message": "{0.__class__} %s %n ${HOME}"}}',
}
for _name, _value in REFUSALS.items():
    does(
        f"Each refusal is {_name.replace('-', ' ')}.",
        name=f"refusals-{_name}",
        selects=("--check", "test_error"),
    )(refused(_value))


@does("Each answer has a BOM, and its keys in bytes that are no UTF-8.", selects=SMOKE)
def nothing_is_text(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    return [
        good.typed(
            "application/json; charset=latin-9", b"\xef\xbb\xbf" + good.body.replace(b"e", b"\xe9")
        ).wire()
    ]
