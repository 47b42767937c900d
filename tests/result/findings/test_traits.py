from __future__ import annotations

import pytest

from conformance.result.exchange_summary import ExchangeSummary, FormField
from conformance.result.findings.traits import traits_of


@pytest.mark.parametrize(
    ("part", "traits"),
    [
        (FormField("user", "somebody"), ()),
        (FormField("user", "Zoë"), ("text that is not ASCII in a value",)),
        (FormField("user", r"a\xffb"), ("broken UTF-8 in a value",)),
        (FormField("user", r"a\r\nb"), ("a line end in a value",)),
        (FormField("user", r"a\x00b"), ("a control character in a value",)),
        (FormField("user", "a…", size_bytes=5_000), ("a long value",)),
        (
            FormField("image", "", "Bild mit Wörtern.png"),
            ("text that is not ASCII in a file name",),
        ),
        (FormField("näme", "x"), ("text that is not ASCII in a name",)),
    ],
)
def test_what_is_odd_about_a_value(part: FormField, traits: tuple[str, ...]) -> None:
    exchange = ExchangeSummary("x1", "label", "POST", "http://gateway", fields=(part,))
    assert traits_of(exchange) == traits
