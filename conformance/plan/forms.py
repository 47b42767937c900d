"""Builds the form of a spec for a target: its placeholders filled in, its pictures drawn.

Where the provider is observed, each request has a picture that no other request and no other run
has, so that a call to the provider is attributed by its picture.

Where the seed was used before, a gateway's cache may hold the answers to its pictures. Then a run
draws its pictures from a text of its own besides (`fresh`), and keeps the ids of its requests.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from conformance.cases.spec import (
    CANARY,
    DRAWN,
    FAILING_MODEL,
    MODEL,
    OTHER_FAILING_MODEL,
    SIZE,
    SPARE_MODEL,
    Spec,
    Upload,
)
from conformance.http.drawn import word
from conformance.http.form import boundary_of
from conformance.http.images import pictures
from conformance.http.request import digest_of
from conformance.plan.declared import has_operators_picture
from conformance.provider.faults import OTHER_FAILING

if TYPE_CHECKING:
    from conformance.http.form import Form, Part
    from conformance.target.target import Target

LONGEST_FILLED = 10_000


@dataclass(frozen=True)
class Forms:
    """What the forms of a run are built from.

    `canary` is the canary's address, or empty. `mark` is a text in each picture of a run whose
    provider is observed, or empty. `new_seed` says that no earlier run had this seed. `fresh` is a
    text of this run that its pictures are drawn from besides, or empty.
    """

    target: Target
    seed: int
    canary: str = ""
    mark: str = ""
    new_seed: bool = False
    fresh: str = ""

    def of(self, spec: Spec) -> tuple[Form, str]:
        """Return a spec's form and, if its pictures are this run's own, the digest without them."""
        boundary = boundary_of(self.seed)
        plain = self._filled(spec.form(lambda up, i: self._picture(spec, up, i), boundary))
        if not self.mark and not self.fresh:
            return plain, ""
        own = self._marked if self.mark else self._fresh
        marked = self._filled(spec.form(lambda up, i: own(spec, up, i), boundary))
        body = spec.wire(plain).content if spec.wire is not None else plain.encode()
        return marked, digest_of(body, self.canary if "canary" in spec.needs else "")

    def draw_new(self, spec: Spec) -> bool:
        """Return whether no earlier run can have sent the picture of a spec."""
        if spec.upload is None or spec.upload.content is not None:
            return False
        image = self.target.image
        if image is not None and has_operators_picture(spec, self.target):
            return bool(self.mark or self.fresh) and pictures.marked(image, "x") != image
        return bool(self.mark or self.fresh or self.new_seed)

    def _fresh(self, spec: Spec, upload: Upload, number: int) -> bytes:
        """Return a picture that no other run has; equal requests of this run share it."""
        if upload.content is not None:
            return upload.content
        if self.target.image is not None and has_operators_picture(spec, self.target):
            return pictures.marked(self.target.image, self.fresh)
        return pictures.make(f"{self.seed}|{self.fresh}|{number}|{spec.picture_key}", upload.kind)

    def _marked(self, spec: Spec, upload: Upload, number: int) -> bytes:
        """Return a picture that only this request of this run has, and those that repeat it."""
        if upload.content is not None:
            return upload.content
        mark = f"{self.mark}|{number}|{spec.own_picture_key}"
        if self.target.image is not None and has_operators_picture(spec, self.target):
            return pictures.marked(self.target.image, mark)
        return pictures.make(f"{self.seed}|{mark}", upload.kind)

    def _picture(self, spec: Spec, upload: Upload, number: int) -> bytes:
        if upload.content is not None:
            return upload.content
        if self.target.image is not None and has_operators_picture(spec, self.target):
            return self.target.image
        return pictures.make(f"{self.seed}|{number}|{spec.picture_key}", upload.kind)

    def _filled(self, form: Form) -> Form:
        return replace(form, parts=tuple(_with_words(part, self._words) for part in form.parts))

    @cached_property
    def _words(self) -> dict[bytes, bytes]:
        """What stands in the place of each placeholder: the same for all forms of a run."""
        values = {
            MODEL: self.target.model,
            FAILING_MODEL: self.target.failing_model or "",
            OTHER_FAILING_MODEL: f"{self.target.model.partition('/')[0]}/{OTHER_FAILING}",
            SPARE_MODEL: self.target.failing_model or self.target.model,
            CANARY: self.canary,
            DRAWN: word(self.seed, "value", len(DRAWN)),
            SIZE: next((s for s in self.target.sizes if s != "auto"), "auto"),
        }
        words: dict[bytes, bytes] = {}
        for name, value in values.items():
            provider, _, model = value.partition("/")
            words[name.encode()] = value.encode()
            words[f"{name[:-1]}.provider}}".encode()] = provider.encode()
            words[f"{name[:-1]}.model}}".encode()] = model.encode()
        return words


def _with_words(part: Part, words: dict[bytes, bytes]) -> Part:
    """Return a part with its placeholders filled in; pictures, which hold none, stay as they are."""
    content = part.content
    if b"{" not in content[:LONGEST_FILLED]:
        return part
    for placeholder, value in words.items():
        content = content.replace(placeholder, value)
    return replace(part, content=content)
