"""Hostile uploads: the gateway answers in time, fetches nothing and serves nothing as a page."""

from dataclasses import replace

from conformance.cases import hostile_uploads, malformed_bodies
from conformance.cases.edge_cases import HOSTILE_NAMES
from conformance.cases.spec import (
    CANARY,
    PLAIN,
    Spec,
    Upload,
    beside_a_fault,
    either,
    fault,
    uploaded,
)
from conformance.http.exchange import SUCCESSES, Exchange
from conformance.http.form import Part, text
from conformance.http.images import pictures
from conformance.judging.declare import sends, sends_together, verifies
from conformance.judging.ends import NotApplicable
from conformance.judging.expect import answered_like_its_control, each, expect, fail, is_providers
from conformance.judging.probe import Probe
from conformance.target.target import Target


def tricky(label: str, upload: Upload) -> Spec:
    return either(uploaded(label, upload))


def with_parts(label: str, *parts: Part) -> Spec:
    return either(replace(PLAIN, label=label, extra=parts))


MANY = tuple(text(f"x{i}", "1") for i in range(10_000))
MANY_PARTS = either(
    malformed_bodies.rewritten(
        "10,000 parts", lambda form: replace(form, parts=(*form.parts, *MANY))
    )
)
HUGE_HEADER = with_parts(
    "a part header of 1 MB",
    Part(
        "x",
        b"1",
        headers=b'Content-Disposition: form-data; name="x"; y="' + b"y" * 1_000_000 + b'"\r\n',
    ),
)
POLYGLOT = tricky(
    "a picture with HTML after it",
    Upload(
        content=hostile_uploads.with_html_after(pictures.make("polyglot")),
        filename="picture.html",
        content_type="text/html",
    ),
)
SVG = tricky(
    "an SVG that names a URL",
    Upload(content=hostile_uploads.SVG, filename="a.svg", content_type="image/svg+xml"),
)
XXE = tricky(
    "an SVG with an external entity",
    Upload(content=hostile_uploads.XXE, filename="a.svg", content_type="image/svg+xml"),
)
NAMED_URL = fault(
    replace(uploaded("image is a URL", None), extra=(text("image", f"{CANARY}/text.png"),)),
    control=PLAIN,
)


HOSTILE = (
    tricky(
        "a PNG that declares 50,000 x 50,000", Upload(content=hostile_uploads.huge_dimensions())
    ),
    tricky("a PNG that inflates a thousandfold", Upload(content=hostile_uploads.deflate_bomb())),
    MANY_PARTS,
    HUGE_HEADER,
    POLYGLOT,
    SVG,
    XXE,
    *HOSTILE_NAMES,
)


@verifies("IMAGE-12")
@sends(HOSTILE)
def test_a_hostile_upload_is_answered_in_time(exchange: Exchange) -> None:
    expect(exchange).answered(provider_may_fail=True)


@verifies("IMAGE-15")
@sends(HOSTILE)
def test_a_hostile_upload_is_no_failure_of_the_provider(exchange: Exchange) -> None:
    if is_providers(expect(exchange).judged()):
        fail("a refusal (4xx) of what the provider cannot use", exchange)


# File names that may break a parser. The faulty n keeps the gateway from making pictures.
ODD_NAMES = tuple(
    beside_a_fault(f"file name {name}", upload=Upload(filename=name))
    for name in (
        "C:\\pictures\\a.png", 'a\\"b.png', "a;b=c.png", "..", ".", "/", "😀.png", "a%00b.png",
        "%s%n.png", "a'b`c$(d).png", "a\tb.png", "n" * 4000,
    )
)  # fmt: skip


@verifies("IMAGE-12")
@sends(ODD_NAMES)
def test_an_odd_file_name_is_answered(exchange: Exchange) -> None:
    answered_like_its_control(exchange)


@verifies("IMAGE-13", probes=True)
@sends_together(svg=SVG, xxe=XXE, text=NAMED_URL)
def test_a_named_url_is_never_fetched(exchanges: dict[str, Exchange], probe: Probe) -> None:
    probe.answers()
    heard = probe.overheard()
    for name, exchange in exchanges.items():
        if any(f"/{name}" in line for line in heard):
            fail("the gateway never to fetch the URL in the upload; it did", exchange)
    if not probe.canary_counts:
        raise NotApplicable(
            "the suite does not know whether the gateway can reach its canary: if it can, give"
            " --listen HOST:PORT and --declare listener-reachable"
        )


@verifies("IMAGE-14")
@sends([POLYGLOT])
def test_a_picture_is_never_served_as_a_page(exchange: Exchange, target: Target) -> None:
    if not target.fetch:
        raise NotApplicable("the run fetches no urls (--no-fetch)")
    served = [f for f in expect(exchange).judged().fetched if f.status in SUCCESSES]
    if not served:
        raise NotApplicable(
            f"the answer to the upload has no url that serves a picture: {exchange.outcome}"
        )
    each(
        (exchange, f"{f.url[:80]} is served as {f.content_type}")
        for f in served
        if f.content_type.lower().startswith(("text/html", "application/xhtml"))
    )
