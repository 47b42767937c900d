"""Answers that cost too much: to keep, to inflate, to read, or to search."""

from __future__ import annotations

import functools
import gzip
import json
import zlib
from typing import TYPE_CHECKING, Any

from tests.hostile.values import AUTH, CORE, SMOKE, modes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.hostile.values import Act, Asked, Reply, World

    Write = Callable[[Asked, Reply], Reply]

# Much that is odd here breaks no requirement: what matters is what it costs.
ANY = (0, 1, 3)
MODES, does = modes_of("endless", codes=ANY, selects=AUTH, timeout_s=2, bound_s=120)
MB = 1_000_000
GZIP = ("Content-Encoding", b"gzip")


@functools.cache
def zeros(size: int) -> bytes:
    return bytes(size)


@functools.cache
def bomb(size: int) -> bytes:
    return gzip.compress(zeros(size), 9)


def for_refusals(write: Write) -> Act:
    def act(asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
        return [(write(asked, good) if good.refuses else good).wire()]

    return act


def put(sentence: str, **more: Any) -> Callable[[Write], None]:
    def take(write: Write) -> None:
        does(sentence, name=write.__name__.replace("_", "-"), **more)(for_refusals(write))

    return take


@put("Each refusal has 100 MB.")
def refusals_of_100_mb(_asked: Asked, good: Reply) -> Reply:
    return good.typed("application/json", b'{"a": "' + zeros(100 * MB) + b'"}')


@put(
    "Each refusal has 1 MB, which comes to more than a disk or a memory should hold.", selects=CORE
)
def refusals_of_1_mb(_asked: Asked, good: Reply) -> Reply:
    return good.told(b"a b c d " * (MB // 8))


@put("Each refusal has 1 MB of its own, so that no two are the same.", selects=CORE)
def different_refusals_of_1_mb(asked: Asked, good: Reply) -> Reply:
    return good.told(b"%d %d " % (asked.connection, asked.nth) * (MB // 6))


@does("Each success has base64 of 100 MB.", selects=SMOKE)
def base64_of_100_mb(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    if not good.has_pictures:
        yield good.wire()
        return
    body = good.json
    body["data"] = [{"index": 0, "b64_json": "@@"}]
    before, _, after = json.dumps(body).encode().partition(b"@@")
    size = len(before) + 100 * MB + len(after)
    yield good.head(b"Content-Length: %d" % size) + before
    for _ in range(100):
        yield b"A" * MB
    yield after


@put(
    "Each refusal is 340 kB of halves of the key, one after the other.",
    fails=("AUTH-15",),
    codes=(1,),
    fast=True,
)
def repeated_halves(asked: Asked, good: Reply) -> Reply:
    half = asked.credential[: len(asked.credential) // 2 + 1].encode() + b" "
    return good.told(half * (340_000 // len(half)))


@put("Each refusal is 2 MB of nearly halves of the key.")
def repeated_less_than_halves(asked: Asked, good: Reply) -> Reply:
    part = asked.credential[: len(asked.credential) // 2 - 1].encode() + b"-"
    return good.told(part * (2 * MB // len(part)))


@put("Each refusal is 2 MB of the first letter of the key.")
def one_letter(asked: Asked, good: Reply) -> Reply:
    return good.told(asked.credential[:1].encode() * 2 * MB)


@put("Each refusal has 2 MB of backslashes.")
def backslashes(_asked: Asked, good: Reply) -> Reply:
    return good.told(b"\\\\" * MB)


@put("Each refusal has 2 MB of begun escapes, of JSON, percent and HTML.")
def begun_escapes(_asked: Asked, good: Reply) -> Reply:
    return good.typed("text/plain", b"\\u00%2&#x7\\x%u&amp;#" * (MB // 10))


@put("Each refusal has 2 MB of ampersands of ampersands.")
def nested_entities(_asked: Asked, good: Reply) -> Reply:
    return good.told(b"&" + b"amp;" * (MB // 2))


@put("Each refusal has 40,000 times the same key in one object.")
def repeated_json_keys(_asked: Asked, good: Reply) -> Reply:
    same = b",".join(b'"a": %d' % n for n in range(40_000))
    return good.typed("application/json", good.body[:-1] + b"," + same + b"}")


@put("Each refusal has 40,000 keys, each of them twice.")
def pairs_of_json_keys(_asked: Asked, good: Reply) -> Reply:
    pairs = b",".join(b'"k%d": 1, "k%d": 2' % (n, n) for n in range(40_000))
    return good.typed("application/json", good.body[:-1] + b"," + pairs + b"}")


@put("Each refusal is JSON, 100,000 arrays deep.")
def deep_arrays(_asked: Asked, good: Reply) -> Reply:
    return good.typed("application/json", b"[" * 100_000 + b"]" * 100_000)


@put("Each refusal is JSON, 20,000 objects deep, and never ends.")
def deep_objects(_asked: Asked, good: Reply) -> Reply:
    return good.typed("application/json", b'{"a":' * 20_000)


@put("Each refusal holds a million numbers.")
def many_numbers(_asked: Asked, good: Reply) -> Reply:
    return good.typed("application/json", good.body[:-1] + b', "n": [' + b"1," * MB + b"1]}")


@put("Each refusal holds a number of a million digits.")
def long_number(_asked: Asked, good: Reply) -> Reply:
    return good.typed("application/json", good.body[:-1] + b', "n": ' + b"9" * MB + b"}")


@put("Each refusal is a gzip bomb: 100 kB that become 100 MB.")
def gzip_bomb(_asked: Asked, good: Reply) -> Reply:
    return good.typed("application/json", bomb(100 * MB)).plus(*GZIP)


@put("Each refusal is a gzip bomb that becomes 400 MB, more than is kept of any answer.")
def large_gzip_bomb(_asked: Asked, good: Reply) -> Reply:
    return good.typed("application/json", bomb(400 * MB)).plus(*GZIP)


@put("Each refusal is a gzip bomb in a gzip bomb.")
def nested_gzip_bomb(_asked: Asked, good: Reply) -> Reply:
    twice = good.typed("application/json", gzip.compress(bomb(300 * MB)))
    return twice.plus("Content-Encoding", b"gzip, gzip")


@put("Each refusal is named as packed two hundred times.")
def many_codings(_asked: Asked, good: Reply) -> Reply:
    return good.plus("Content-Encoding", b", ".join([b"gzip"] * 200))


@put("Each refusal is a bomb of deflate that nothing names.")
def silent_bomb(_asked: Asked, good: Reply) -> Reply:
    return good.typed("application/json", zlib.compress(zeros(200 * MB), 9))


@does("The body of each refusal comes in 300,000 chunks of one byte.")
def chunks_of_one_byte(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    if not good.refuses:
        yield good.wire()
        return
    yield good.head(b"Transfer-Encoding: chunked")
    for _ in range(30):
        yield b"1\r\n \r\n" * 10_000
    yield b"0\r\n\r\n"


@does("Each chunk of a refusal has an extension of 10 kB.")
def long_chunk_extensions(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    if not good.refuses:
        yield good.wire()
        return
    yield good.head(b"Transfer-Encoding: chunked")
    for _ in range(2000):
        yield b"1;" + b"x" * 10_000 + b"\r\n \r\n"
    yield b"0\r\n\r\n"


@put("Each refusal has 3,000 headers.")
def many_headers(_asked: Asked, good: Reply) -> Reply:
    headers = (*good.headers, *((f"X-{n}", b"value") for n in range(3000)))
    return type(good)(good.status, headers, good.body)


@put("Each refusal has a header of 90 kB.")
def long_header(_asked: Asked, good: Reply) -> Reply:
    return good.plus("X-Long", b"v" * 90_000)


@put("Each refusal has 1,500 times the same header.")
def same_headers(_asked: Asked, good: Reply) -> Reply:
    return type(good)(good.status, (*good.headers, *[("Vary", b"*")] * 1500), good.body)
