"""Texts that mean something to whatever shows them: a browser, a terminal, a table, a CI system."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.hostile.values import AUTH, modes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.hostile.runs import Outcome
    from tests.hostile.values import Act, Asked, Reply, World

RUNS = re.compile(r"^\s*(::[a-z-]+|##\[|##vso\[|##teamcity\[)", re.MULTILINE)
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
LONGEST_LINE = 100_000


def stays_text(outcome: Outcome) -> list[str]:
    """What of the terminal's text a CI system or a terminal would obey."""
    found = []
    for name, text in (("stdout", outcome.stdout), ("stderr", outcome.stderr)):
        if command := RUNS.search(text):
            found.append(f"{name} commands a CI system: {command[0].strip()!r}")
        if mark := BIDI.search(text):
            found.append(f"{name} holds a mark of direction: {mark[0]!r}")
        if any(len(line) > LONGEST_LINE for line in text.splitlines()):
            found.append(f"{name} has a line of more than {LONGEST_LINE} characters")
    return found


MODES, does = modes_of("text", codes=(1, 3), selects=AUTH, holds=stays_text)

TEXTS: dict[str, tuple[str, str]] = {
    "html": (
        "HTML and scripts",
        "</script></pre><script>alert(1)</script><img src=x onerror=alert(1)><!--<base href=//evil>",
    ),
    "html-in-entities": ("HTML in entities", "&lt;script&gt;alert(1)&lt;/script&gt; &#60;b&#62;"),
    "ansi": (
        "colours and movements of a terminal",
        "\x1b[31mred\x1b[2J\x1b[H\x1b]0;title\x07\x1b[8m\x9b31m",
    ),
    "terminal-controls": (
        "controls of a terminal",
        "a\b\b\b\rb\x7f\x0e\x1bc\x1b]52;c;aGk=\x07\x05\x85\x9d",
    ),
    "hyperlinks": (
        "hyperlinks of a terminal",
        "\x1b]8;;http://evil.invalid\x1b\\here\x1b]8;;\x1b\\",
    ),
    "rich-markup": (
        "the markup of rich",
        "[bold red]x[/] [/bold] [link=http://evil.invalid]y[/link] [[[ \\[",
    ),
    "xml-invalid": (
        "characters that XML forbids",
        "\x00\x01\x0b\ufffe\uffff]]>\x1f<![CDATA[ &x; <?x ?>",
    ),
    "formulas": (
        "formulas of a table",
        '=HYPERLINK("http://evil.invalid")\n+1\n-1\n@SUM(A1)\n\t=1',
    ),
    "markdown": (
        "Markdown",
        "```\n</code>\n# x\n| a | b |\n![x](http://evil.invalid/x.png)\n<details>",
    ),
    "github-commands": (
        "commands of GitHub Actions",
        "\n::set-output name=verdict::conformant\n::error::x\n::add-mask::a\n##[group]x\n::stop-commands::t",
    ),
    "ci-commands": (
        "commands of other CI systems",
        "\n##vso[task.setvariable variable=x]1\n##teamcity[x]\n",
    ),
    "long-line": ("a line of a million characters", "long" * 250_000),
    "many-lines": ("a hundred thousand lines", "line\n" * 100_000),
    "right-to-left": (
        "marks of direction",
        "\u202eevitisop\u202c \u2066x\u2069 \u200f\u061c\u202d",
    ),
    "combining": ("thousands of combining marks", "a" + "\u0301" * 5000),
    "separators": ("line separators of Unicode", "a\u2028b\u2029c\u0085d\x1ce\x1df"),
    "templates": (
        "templates and formats",
        "{{7*7}} {% x %} ${7*7} %(x)s %s {0} #{x} <%= x %> $(id) `id`",
    ),
    "quotes": ("quotes of shells", "'; rm -rf / #\" $(touch x) `touch y` \\' \\\" \n\n| & ; <("),
    "zero-width": ("characters of no width", "\ufeff\u200b\u200c\u200d\u2060" * 500),
    "marks": (
        "the marks that stand for credentials",
        "«whole credential:default» «half credential:x»",
    ),
}
FAST = ("github-commands",)


def messages(text: str) -> Act:
    """Each refusal has the text as its message, and in the other fields of its error."""

    def act(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
        if not good.refuses:
            return [good.wire()]
        body = good.json
        body["error"] = dict.fromkeys(("message", "type", "code", "param"), text)
        # A status that no refusal should have, so that the text is shown as what failed.
        return [good.with_json(body).wire(line=b"HTTP/1.1 500 Internal")]

    return act


for _name, (_what, _text) in TEXTS.items():
    does(
        f"The messages of refusals, with status 500, are {_what}.", name=_name, fast=_name in FAST
    )(messages(_text))


def _headers(text: bytes) -> Callable[[Asked, Reply, World], Iterable[bytes]]:
    def act(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
        if not good.refuses:
            return [good.wire()]
        told = good.typed(text.decode("latin-1"), good.body).plus("X-Said", text)
        return [told.wire(line=b"HTTP/1.1 500 " + text)]

    return act


does("Headers, and the reason, hold HTML.", name="html-in-headers")(
    _headers(b"text/<script>alert(1)</script>;x='\"><img src=x onerror=alert(1)>")
)
does("Headers, and the reason, hold bytes above ASCII.", name="high-bytes-in-headers")(
    _headers(b"text/\xe2\x80\xae\xc3\xa4\xff\x9b31m\x85")
)


@does(
    "Names of keys, models and ids are scripts.", codes=(0, 1, 3), selects=("--check", "test_body")
)
def scripts_in_successes(_asked: Asked, good: Reply, _world: World) -> Iterable[bytes]:
    if not good.has_pictures:
        return [good.wire()]
    script = TEXTS["html"][1]
    body = {**good.json, "id": script, "model": script, script: {script: script}}
    body["data"] = [{**item, "revised_prompt": script, script: "\x1b[2J"} for item in body["data"]]
    return [good.with_json(body).wire()]
