"""The endpoint's documentation, line by line, each with the requirements that rest on it."""

from __future__ import annotations

from text import code, table

from conformance.contract import contract

PATH = "documentation.md"


def page() -> str:
    """Return the page, on which the id `line-28` leads to line 28."""
    known = contract.load()
    rows = []
    for number, line in enumerate(known.documentation, 1):
        resting = [r.id for r in known.requirements.values() if number in r.lines]
        links = ", ".join(f"[{id_}](requirements/{id_}.md)" for id_ in resting)
        rows.append([f'<span id="line-{number}">{number}</span>', code(line), links])
    lines = [
        "# The endpoint's documentation",
        "",
        (
            "This is all that the endpoint's authors say about it, word by word. Each line has a number and an"
            " address, such as [line 28](#line-28), so that a verdict can be traced to the words that it rests"
            " on. Beside a line stand the requirements that rest on it."
        ),
        "",
        "Titles and blank lines carry no requirement. The [plain text](openapi/endpoint.txt) is the same.",
        "",
        *table(("line", "text", "requirements"), rows),
    ]
    return "\n".join(lines) + "\n"
