"""What somebody may have meant by a name that nobody knows; no value is ever repeated."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from conformance.target import repeatable, settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PREFIX = "CONFORMANCE_"
# Variables of the suite that are no settings.
OTHERS = (
    f"{PREFIX}URL",
    settings.SECRET_VARIABLE,
    settings.KEY_PASSWORD_VARIABLE,
    settings.DISCLOSURE_VARIABLE,
    settings.TRACEBACK_VARIABLE,
)
# Of a variable, whose name may be the operator's own, only a slip of the hand counts.
SLIP = 0.9


def meant(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean NAME?`, or nothing where no known name is like the word."""
    names = [*known]
    begins = [name for name in names if len(word) > len("--") and name.startswith(f"{word}-")]
    near = begins[:1] or difflib.get_close_matches(word, names, 1)
    return f"; did you mean {near[0]}?" if near else ""


def shown(word: str) -> str:
    """Return a word of a command line as an error may repeat it: one that may be a key is left out."""
    if repeatable.may_be_secret("", word):
        return "… (it may be a credential, and is not repeated)"
    return repeatable.address(word)


def variables(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield a note for each variable whose name is nearly that of a setting, and means nothing."""
    known = {*(s.variable for s in settings.SETTINGS), *OTHERS}
    for name, value in sorted(environment.items()):
        if not name.startswith(PREFIX) or name in known or not value:
            continue
        near = difflib.get_close_matches(name, known, 1, SLIP)
        if near and not repeatable.may_be_secret("", name.replace("_", " ")):
            yield f"The variable {name} is no setting, and was ignored: did you mean {near[0]}?"
