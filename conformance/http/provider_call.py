"""The values of the journal: the calls that arrived at the provider, and its answers."""

from __future__ import annotations

from dataclasses import dataclass, field

HUNG_UP = "hung up on by the caller"

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Part:
    """One part of a form, or one key of a JSON body, as it arrived.

    A file is kept as its digests: `sha256` of its bytes, `pixels` of what it shows, empty if it is
    not a picture; `small` is an 8 × 8 copy of it. `headers` are those of the part itself.
    """

    name: str
    value: str = ""
    file_name: str | None = None
    content_type: str | None = None
    headers: Pairs = ()
    size_bytes: int = 0
    sha256: str = ""
    pixels: str = ""
    format: str = ""
    width: int = 0
    height: int = 0
    small: str = ""

    @property
    def is_file(self) -> bool:
        """Whether the part is an uploaded file."""
        return bool(self.sha256)


@dataclass(frozen=True)
class Claim:
    """The attribution of a call: the requests that may have caused it, and how it was recognized.

    `refusal` says why the provider does not serve it. `own_key` says whether its credential may be
    the provider's own key. `perhaps` are the requests in flight of which a call without a picture
    may be, if it is not recognized.
    """

    requests: tuple[str, ...] = ()
    by: str = ""
    refusal: str = ""
    own_key: bool = True
    perhaps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answered:
    """The provider's answer: status, headers, how many pictures, and the start of the body."""

    status: int | None
    headers: Pairs = ()
    pictures: int = 0
    text: str = ""


@dataclass(frozen=True)
class Call:
    """One call to the provider, with the credentials taken out by value.

    `request` is the id of the exchange that caused it, if that is known. `settled` says whether the
    try that is judged caused it, and not an earlier try of the same request.
    """

    id: str
    arrived_at: float
    method: str
    path: str
    headers: Pairs = ()
    media_type: str = ""
    body_bytes: int = 0
    parts: tuple[Part, ...] = ()
    problem: str = ""
    fault: str = ""
    claim: Claim = field(default_factory=Claim)
    answered: Answered | None = None
    ended_at: float | None = None
    end: str = ""
    request: str = ""
    settled: bool = True

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the values of the text fields of this name."""
        return tuple(p.value for p in self.parts if p.name == name and not p.is_file)

    def text(self, name: str) -> str | None:
        """Return the value of a text field, its last one, or None without one."""
        return next(iter(reversed(self.texts(name))), None)

    @property
    def files(self) -> tuple[Part, ...]:
        """The files of the form, in their order."""
        return tuple(p for p in self.parts if p.is_file)

    @property
    def pictures(self) -> tuple[Part, ...]:
        """The files in the fields of the picture, in their order; all files where none is there."""
        return tuple(p for p in self.files if p.name in ("image", "image[]")) or self.files

    @property
    def model(self) -> str:
        """The model that was asked for."""
        return self.text("model") or ""

    @property
    def n(self) -> int:
        """How many pictures were asked for; 1 if n is missing or is not in decimal digits."""
        told = (self.text("n") or "").strip()
        return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else 1  # noqa: PLR2004 - an int of any sane size

    @property
    def is_images(self) -> bool:
        """Whether the call asks for pictures, and not for the list of models."""
        return self.method == "POST"

    @property
    def served(self) -> bool:
        """Whether the call was answered with pictures, and the caller waited for them."""
        return self.answered is not None and self.answered.pictures > 0 and self.end != HUNG_UP
