"""A drawn form, before it meets a target: its parts in their order, with the picture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from conformance.cases.generated import oracle
from conformance.cases.generated.fields import READERS
from conformance.cases.spec import MODEL, PLAIN, Spec, Upload, Value, readable, variation
from conformance.http.form import BOUNDARY, Form
from conformance.http.images import pictures

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.cases.generated.oracle import Reading
    from conformance.http.form import Part
    from conformance.http.request import Expected

SERVING = "openai/dall-e-2"
PICTURE = pictures.make("a picture to read drafts with")
ONE = variation(n=1)
USUAL = ("model", *(name for name in READERS if name != "model"))


@dataclass(frozen=True)
class Draft:
    """The text parts in their order and where the picture stands among them.

    `picture_at` is None where the form has no picture; a `picture` of None is a good one that is
    drawn when the draft meets a target.
    """

    fields: tuple[tuple[str, Value], ...] = (("model", MODEL),)
    picture_at: int | None = 1
    picture_name: str = "image"
    filename: str = "picture.png"
    picture: bytes | None = None

    @property
    def label(self) -> str:
        """The form's name for readers: what differs from the plain form, in one line."""
        said = [f"{k}={readable(v)}" for k, v in self.fields if (k, v) != ("model", MODEL)]
        if "model" not in dict(self.fields):
            said.append("no model")
        if self.picture_at is None:
            said.append("no picture")
        elif self.picture_name != "image":
            said.append(f"the file is named {readable(self.picture_name)}")
        if self.picture is not None:
            said.append(f"image holds {readable(self.picture)}")
        if self.filename != Draft.filename:
            said.append(f"filename={readable(self.filename)}")
        if self.order != self.usual_order:
            said.append("order " + " ".join(readable(name) for name in self.order))
        return " ".join(said) or "plain"

    @property
    def order(self) -> tuple[str, ...]:
        """The names of the parts as they are sent."""
        names = [name for name, _ in self.fields]
        if self.picture_at is not None:
            names.insert(self.picture_at, self.picture_name)
        return tuple(names)

    @property
    def usual_order(self) -> tuple[str, ...]:
        """The names of the parts as the plain request has them."""
        return self.in_usual_order().order if self.fields else self.order

    def in_usual_order(self) -> Draft:
        """Return the same parts as the plain request has them: model, the fields, the picture."""
        names = [name for name, _ in self.fields]
        rank = {name: USUAL.index(name) if name in USUAL else len(USUAL) for name in names}
        fields = tuple(sorted(self.fields, key=lambda f: rank[f[0]]))
        return replace(
            self, fields=fields, picture_at=None if self.picture_at is None else len(fields)
        )

    def with_field(self, name: str, value: Value) -> Draft:
        """Return the draft with another value of its field, or with the field added."""
        if name not in dict(self.fields):
            added = replace(self, fields=(*self.fields, (name, value)))
            return replace(added, picture_at=None if self.picture_at is None else len(added.fields))
        return replace(self, fields=tuple((k, value if k == name else v) for k, v in self.fields))

    def without(self, index: int) -> Draft:
        """Return the draft without one of its text parts."""
        at = self.picture_at
        if at is not None and at > index:
            at -= 1
        return replace(
            self, fields=(*self.fields[:index], *self.fields[index + 1 :]), picture_at=at
        )

    def spec(self, expected: Expected, control: Spec | None) -> Spec:
        """Return the draft as a request of the plan."""
        first = bool(self.fields) and self.fields[0][0] == "model"
        upload = Upload(content=self.picture, field=self.picture_name, filename=self.filename)
        usual = self.picture_at in (None, len(self.fields))
        at = self.picture_at
        return Spec(
            label=f"property: {self.label}",
            model=self.fields[0][1] if first else None,
            fields=self.fields[1:] if first else self.fields,
            upload=None if at is None else upload,
            shape=None if usual else _picture_moved_to(at or 0),
            variant="" if usual else f"picture at {at}",
            expected=expected,
            control=control,
        )

    def request(self) -> Spec:
        """Return the draft as a request, with what the contract expects for it."""
        reading = self.reading
        if reading.expected != "refused":
            return self.spec(reading.expected, None)
        return self.spec("refused", ONE if reading.at(reading.broken[0]) == "n" else PLAIN)

    @cached_property
    def reading(self) -> Reading:
        """What the contract says of its bytes, with a model that serves and a good picture."""
        spec = self.spec("either", None)
        form = spec.form(lambda up, _: PICTURE if up.content is None else up.content)
        model = SERVING.encode()
        parts = tuple(
            replace(p, content=p.content.replace(MODEL.encode(), model)) for p in form.parts
        )
        body = replace(form, parts=parts).encode()
        return oracle.read(body, BOUNDARY, models={SERVING}, good={PICTURE})


def _picture_moved_to(index: int) -> Callable[[Form], Form]:
    def moved(form: Form) -> Form:
        parts: list[Part] = list(form.parts)
        parts.insert(index, parts.pop())
        return replace(form, parts=tuple(parts))

    return moved
