"""response_format: urls by default, base64 if asked for, and nothing else."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from conformance.cases.combinations import covering
from conformance.cases.edge_cases import empty_and_null
from conformance.cases.spec import PLAIN, either, fault, variation
from conformance.contract import contract
from conformance.http import payload
from conformance.http.exchange import Exchange, Fetched
from conformance.http.images import looking
from conformance.http.reading.short import shown
from conformance.http.redacting.redaction import MARK
from conformance.judging.declare import Record, observes, sends, verifies
from conformance.judging.ends import NotApplicable, Untestable
from conformance.judging.expect import each, expect, some, where_present
from conformance.target.target import Target

CONTRACT = contract.load()
# What the server of a picture answers if too many are fetched (RFC 6585 §4, RFC 9110 §15.6.4).
BUSY = frozenset({429, 503})
BASE64 = replace(variation(response_format="b64_json"), same_picture_as=PLAIN, after=PLAIN)


def asking(answers: list[Exchange], wanted: str | None) -> list[Exchange]:
    asked = [e for e in answers if e.ok and e.items]
    asked = [e for e in asked if e.request.asked("response_format") == wanted]
    # A repeated run may get only cache hits; CACHE-2 makes the same demand of those.
    return [e for e in asked if not e.from_cache] or asked


def without_url(exchange: Exchange) -> Iterator[tuple[Exchange, str]]:
    for index, item in enumerate(exchange.items):
        url = item.get("url") if isinstance(item, dict) else None
        if not isinstance(url, str) or not absolute(url):
            yield exchange, f"item {index} has no absolute url: {shown(item)}"


def absolute(url: str) -> bool:
    """Return whether a url has a scheme (RFC 3986 §4.3), and a host to fetch it from."""
    try:
        parts = urlsplit(url := MARK.sub("credential", url))  # AUTH-15 judges what stood there
    except ValueError:
        return False
    plain = not re.search(r"[\s<>\"]", url)  # a URI contains none of these (RFC 3986 §2)
    return plain and bool(parts.scheme) and bool(parts.netloc or parts.scheme == "data")


@verifies("FORMAT-1", profile="smoke", reads="every answer")
def test_the_default_is_url(answers: list[Exchange]) -> None:
    asked = some(asking(answers, None), "success without response_format")
    each(problem for e in asked for problem in without_url(e))


@verifies("FORMAT-2")
@sends([covering(response_format="url")])
def test_url_is_accepted(exchange: Exchange) -> None:
    expect(exchange).accepted()


@verifies("FORMAT-2", reads="every answer")
def test_url_gives_urls(answers: list[Exchange]) -> None:
    asked = some(asking(answers, "url"), "success with response_format=url")
    each(problem for e in asked for problem in without_url(e))


def urls(answers: list[Exchange]) -> Iterator[tuple[Exchange, int, str]]:
    for e in answers:
        for index, item in enumerate(payload.objects(e) if e.ok else []):
            if isinstance(item.get("url"), str) and item["url"]:
                yield e, index, item["url"]


@verifies("FORMAT-3", reads="every answer")
def test_a_url_is_http_or_https(answers: list[Exchange]) -> None:
    found = some(urls(answers), "url")
    each(
        (e, f"item {i}: {url[:80]}")
        for e, i, url in found
        if not url.lower().startswith(("http://", "https://"))
    )


@verifies("FORMAT-4", profile="smoke")
@sends([BASE64])
def test_b64_json_is_accepted(exchange: Exchange) -> None:
    expect(exchange).accepted()


@verifies("FORMAT-4", profile="smoke", reads="every answer")
def test_b64_json_decodes_to_a_picture(answers: list[Exchange]) -> None:
    asked = some(asking(answers, "b64_json"), "success with response_format=b64_json")
    each(problem for e in asked for problem in not_base64(e))


def not_base64(exchange: Exchange) -> Iterator[tuple[Exchange, str]]:
    made = dict(payload.measured(exchange))
    for index, item in enumerate(exchange.items):
        text = item.get("b64_json") if isinstance(item, dict) else None
        if isinstance(text, str) and MARK.search(text):
            continue  # AUTH-15 judges the credential that stood in it
        if not isinstance(text, str) or not text:
            yield exchange, f"item {index} has no b64_json: {shown(item)}"
        elif (content := payload.from_base64(exchange, text)) is None:
            yield exchange, f"item {index}: b64_json is no base64 (RFC 4648 §4): {text[:40]}…"
        elif index not in made:
            begins = looking.head(content)
            yield exchange, f"item {index}: b64_json decodes to {begins!r}…, no picture"


@verifies("FORMAT-5", reads="every answer")
def test_the_other_format_is_absent(answers: list[Exchange]) -> None:
    asked = [(e, "url", "b64_json") for e in asking(answers, "b64_json")]
    asked += [(e, "b64_json", "url") for w in (None, "url") for e in asking(answers, w)]
    each(
        (e, f"item {i} has {other} although {wanted} was asked for")
        for e, other, wanted in some(asked, "success")
        for i, item in enumerate(e.items)
        if isinstance(item, dict) and item.get(other) and item.get(wanted)
    )


@verifies("FORMAT-6", profile="smoke")
@sends(
    [
        fault(variation(response_format=value), control=BASE64)
        for value in (
            "xml", "json", "base64", "b64", "png", "URL", "Url", "B64_JSON", "b64-json", "b64_jsonx",
            "url2", "urls", "xurl", "text", "url\nfoo", "constructor", "__proto__", "webp", "image/png", "file", "bytes", "url,b64_json", "['url']", "1", "true",
        )
    ]
)  # fmt: skip
def test_another_response_format_is_refused(exchange: Exchange) -> None:
    expect(exchange).refused()


@verifies("FORMAT-10")
@sends(
    [
        fault(variation(response_format=value), control=BASE64)
        for value in (" url", "b64_json ", "\tb64_json", "url\r\n")
    ]
)
def test_a_response_format_with_white_space_is_refused(exchange: Exchange) -> None:
    expect(exchange).refused()


ODD = (*empty_and_null("response_format"), either(variation(response_format="url\x00")))


@verifies("FORMAT-7")
@sends(ODD)
def test_an_odd_response_format_is_answered(exchange: Exchange) -> None:
    expect(exchange).answered()


@observes("FORMAT-O1")
@sends(ODD[:2])
def test_how_an_odd_response_format_is_taken(exchange: Exchange, record: Record) -> None:
    record(f"{exchange.request.label}: {exchange.outcome}")


@verifies("FORMAT-8", reads="every answer")
def test_a_url_serves_a_picture(answers: list[Exchange], target: Target) -> None:
    if not target.fetch:
        raise NotApplicable("the run fetches no urls (--no-fetch)")
    fetched = [(e, f) for e in answers for f in e.fetched if not f.skipped]
    if not fetched:
        left_out = (f"; {f.url[:80]} {f.problem}" for e in answers for f in e.fetched)
        why = next(left_out, "")
        raise Untestable(f"no answer had a url that the suite may fetch{why}")
    served = [(e, f) for e, f in fetched if f.status not in BUSY]
    each((e, problem) for e, f in served if (problem := _unserved(f)))
    if not served:
        raise Untestable(
            "each url was answered with 429 or 503, which says only that too many pictures were"
            " fetched: raise the rate limit of their server, or lower --concurrency"
        )


def _unserved(fetched: Fetched) -> str:
    if fetched.problem:
        return f"{fetched.url[:80]}: {fetched.problem}"
    if fetched.status != 200:
        return f"{fetched.url[:80]} is answered with {fetched.status}"
    if looking.measured(fetched.kept or fetched.body) is None:
        return f"{fetched.url[:80]} serves {fetched.content_type}, no picture"
    return ""


@verifies("FORMAT-9", reads="every answer")
def test_output_format_is_what_the_bytes_are(answers: list[Exchange]) -> None:
    told = [
        (e, str(e.body["output_format"]).lower(), m.format)
        for e in answers
        if e.ok and isinstance(e.body.get("output_format"), str)
        for _, m in payload.measured(e)
    ]
    each(
        (e, f"output_format is {shown(said)}, but the bytes are {made}")
        for e, said, made in where_present(told, "picture beside an output_format")
        if said.rpartition("/")[2].replace("jpg", "jpeg") != made
    )
