"""Requirements that were not met, or could not be settled: one for each way."""

from __future__ import annotations

from .requirements import check, requirement

FAILING = (
    requirement(
        "N-2",
        "MUST",
        "stated",
        "An integer outside 1 to 10 is refused.",
        "Range 1 <= value <= 10",
        check("n.py::test_n_outside_one_to_ten_is_refused[n=0]", "pass", "", "x003"),
        check(
            "n.py::test_n_outside_one_to_ten_is_refused[n=11]",
            "fail",
            "expected a refusal (4xx) because of n, got 200\n"
            "data has 3 items; the same request without n was accepted too",
            "x002",
            "x001",
        ),
        hint="The gateway passes n to the provider unchecked. Check the range before routing.",
        message="1 of 2 checks failed",
    ),
    requirement(
        "SIZE-3",
        "MUST",
        "stated",
        "A size that is not listed is refused.",
        'Value in "256x256" | "512x512" | "1024x1024" | "1792x1024" | "auto"',
        check(
            "size.py::test_other_dimensions_are_refused[size=1x1]",
            "fail",
            "expected a refusal (4xx) because of size\ngot 500 Internal Server Error\n"
            "sent once more, alone, on a new connection: 500 again",
            "x004",
            took=1.9,
        ),
    ),
    requirement(
        "IMAGE-6",
        "MUST",
        "stated",
        "An image of zero bytes is refused.",
        "imagefile: Image file to create variations of",
        check(
            "image.py::test_zero_bytes_are_refused",
            "fail",
            "expected a refusal (4xx), got no answer: the connection was closed",
            "x005",
            took=0.02,
        ),
    ),
    requirement(
        "ERROR-1",
        "MUST",
        "shown",
        "Every refused POST answers a JSON object with is_bifrost_error and error.message.",
        "the example of the error body",
        check("error_body.py::test_the_envelope[n=0]", "pass", "", "x003"),
        check(
            "error_body.py::test_the_envelope[no credential]",
            "fail",
            "expected the documented envelope, got the keys: detail",
            "x006",
        ),
    ),
    requirement(
        "AUTH-3",
        "SHOULD",
        "inferred",
        "A 401 carries WWW-Authenticate.",
        "RFC 9110 §11.6.1",
        check(
            "authentication.py::test_401_names_the_scheme",
            "warn",
            "expected a WWW-Authenticate header, got none",
            "x006",
        ),
    ),
    requirement(
        "MODEL-4",
        "SHOULD",
        "inferred",
        "An unknown model is refused with 4xx.",
        "RFC 9110 §15.5",
        check(
            "model.py::test_an_unknown_model_is_refused",
            "untestable",
            "the gateway answered 429 three times; raise the limit or lower --concurrency",
            "x008",
        ),
    ),
    requirement(
        "IMAGE-3",
        "MUST",
        "stated",
        "image[] several times works and gives n items.",
        "Use field name image for a single file or image[] for multiple",
        check(
            "image.py::test_image_list_works",
            "untestable",
            "the budget of 20 pictures was spent; raise --max-images",
        ),
    ),
    requirement(
        "ROBUST-5",
        "MUST",
        "inferred",
        "The same request gets the same verdict every time.",
        "safe operation",
        check(
            "robustness.py::test_the_same_request_again",
            "flaky",
            "expected 2xx five times, got 200, 200, 500, 200, 200",
            "x001",
            "x004",
        ),
    ),
    requirement(
        "BODY-9",
        "SHOULD",
        "shown",
        "id differs from answer to answer.",
        "the example of the body",
        check(
            "success_body.py::test_ids_differ",
            "error",
            "KeyError: 'id' in conformance/checks",
            "x001",
        ),
    ),
)
