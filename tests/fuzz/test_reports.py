"""Reports of a result whose texts are drawn: each can be read by what reads it, and nothing escapes."""

from __future__ import annotations

import dataclasses
import html.parser
import json
import unicodedata
import xml.etree.ElementTree as ET
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from conformance.reports import badge, junit, markdown, terminal
from conformance.reports import html as html_report
from conformance.result import storage
from conformance.result.findings import find
from tests.fuzz.budget import examples, text_of
from tests.result.samples import EVERYTHING

TEXT = text_of(
    *("<script>", "</script>", "]]>", "<![CDATA[", "&", "'", '"', "\x00", "\x1b[31m", "\r", "\n", "\ud800"),
    *("\udfff", "\u202e", "\ufeff", "\ufffe", "{{", "}}", "{%", "expected ", "\ngot ", "[0123456789ab]: ", "🖼", "a" * 400),
)  # fmt: skip
# What turns or embeds the direction of the text behind it.
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# What holds texts of a gateway; other texts have a form of their own, which is checked when they are read.
TEXTS = frozenset(
    (
        "message",
        "label",
        "reply_headers",
        "reply_body",
        "request_body",
        "curl",
        "problem",
        "whose",
        "what_to_do",
        "note",
        "notes",
        "failure",
        "outcome",
        "body",
        "value",
        "filename",
        "content_type",
        "headers",
        "path",
        "model",
    )
)


def drawn(value: Any, texts: list[str], *, open_: bool = False) -> Any:
    """A value with the next of these texts in the place of each text of a gateway."""
    if isinstance(value, str) and open_:
        texts.append(texts.pop(0))
        return texts[-1]
    if isinstance(value, tuple):
        return tuple(drawn(one, texts, open_=open_) for one in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        rows = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        return dataclasses.replace(
            value, **{n: drawn(v, texts, open_=n in TEXTS) for n, v in rows.items()}
        )
    if isinstance(value, dict):
        return {key: drawn(one, texts) for key, one in value.items()}
    return value


def acts(character: str) -> bool:
    """Whether a terminal may do something at a character instead of showing it."""
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in TURNING


def has_half(text: str) -> bool:
    return any(unicodedata.category(c) == "Cs" for c in text)


class Tags(html.parser.HTMLParser):
    """Counts the scripts of a page, and collects the names of its tags' attributes."""

    scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        assert not any(name.startswith("on") for name, _ in attrs)


def scripts_of(page: str) -> int:
    reader = Tags()
    reader.feed(page)
    reader.close()
    return reader.scripts


MARKDOWN = MarkdownIt("commonmark")
# What no text of ours makes, so that a text of a gateway has made it.
FORBIDDEN = {"blockquote_open", "ordered_list_open", "code_block", "hr"}
SCRIPTS = scripts_of(html_report.render(EVERYTHING))


@examples(60)
@given(st.lists(TEXT, min_size=1, max_size=6))
def test_reports_of_any_texts_are_safe(texts: list[str]) -> None:
    result = drawn(EVERYTHING, texts)
    result = dataclasses.replace(result, findings=find(result))
    text = storage.to_json(result)
    text.encode()
    again = storage.from_json(text)
    assert again == result or any(map(has_half, texts))  # two halves in a row become a character
    assert storage.from_json(storage.to_json(again)) == again
    ET.fromstring(junit.render(result).encode())
    page = html_report.render(result)
    page.encode()
    assert scripts_of(page) == SCRIPTS
    for unicode in (True, False):
        shown = terminal.summary(result, 80, color=False, unicode=unicode)
        assert not {c for c in shown if c != "\n" and acts(c)}
        shown.encode("ascii" if not unicode else "utf-8")
    written = markdown.render(result)
    assert not {c for c in written if c != "\n" and acts(c)}
    assert {t.type for t in MARKDOWN.parse(written)}.isdisjoint(FORBIDDEN)
    assert json.loads(badge.render(result))["message"].isprintable()
