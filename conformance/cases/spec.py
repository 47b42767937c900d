"""What a check wants to ask, without a target: `Spec`, and `variation(...)` which builds one.

    variation(n=2)                                   a good request with n=2
    fault(variation(n=11), control=variation(n=1))   one with a fault, next to its control

A refusal counts only if the gateway accepted the control in the same run: the request without the
fault.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from conformance.http.codings import USUAL
from conformance.http.form import BOUNDARY, Form, Part, text
from conformance.http.identity import encoded
from conformance.http.request import Credential, Transmission

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.contract.profiles import Profile
    from conformance.http.images import pictures
    from conformance.target.target import Target

MODEL = "{model}"
FAILING_MODEL = "{failing-model}"
OTHER_FAILING_MODEL = "{other-failing-model}"
SPARE_MODEL = "{spare-model}"
CANARY = "{canary}"
# A word of the run's seed, as long as this, for values that mean nothing.
DRAWN = "{drawn}"
# A documented size that the target is declared to make.
SIZE = "{size}"

Value = str | bytes
Need = Literal["failing model", "canary"]
# Without its last character a placeholder also matches its halves, `{failing-model.provider}`.
NEEDED_BY: dict[Need, bytes] = {
    "failing model": FAILING_MODEL[:-1].encode(),
    "canary": CANARY.encode(),
}


@dataclass(frozen=True)
class Upload:
    """The picture of a request: its kind or its bytes, its field, and how the part is written.

    `copies` is how many parts are sent, each with a picture of its own.
    """

    kind: pictures.Kind = "png"
    content: bytes | None = None
    field: str = "image"
    filename: str | None = "picture.png"
    content_type: str | None = "image/png"
    copies: int = 1


@dataclass(frozen=True)
class Body:
    """A body that is not a plain form: its bytes, and its Content-Type or None."""

    content_type: str | None
    content: bytes


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Spec(Transmission):
    """A request before it meets a target.

    `shape` rearranges the form, and `wire` replaces its bytes. Functions have no value to compare,
    so `variant` names what they do.
    `delivery` is one of `http.deliveries.DELIVERIES`; `title_case` writes header names `Like-This`;
    `codings` is the Accept-Encoding, or empty for none.
    `expected` says whether a correct gateway accepts it: that decides its price in pictures and
    whether an unexpected answer is rechecked. Where the request asks several things at once,
    `otherwise` asks one of them alone, and is sent if the whole was not accepted; `title` then
    names the check.
    """

    title: str = ""
    model: Value | None = MODEL
    upload: Upload | None = field(default_factory=Upload)
    fields: tuple[tuple[str, Value], ...] = ()
    extra: tuple[Part, ...] = ()
    shape: Callable[[Form], Form] | None = None
    wire: Callable[[Form], Body] | None = None
    variant: str = ""
    path_suffix: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    control: Spec | None = None
    same_picture_as: Spec | None = None
    picture: str = ""
    codings: str = USUAL
    otherwise: Spec | None = None
    after: Spec | None = None
    profile: Profile = "core"
    optional: tuple[str, ...] = ()
    unavailable: str = ""

    def __repr__(self) -> str:
        """Return what a reader calls it: a spec may hold megabytes."""
        return f"Spec({self.title or self.label!r})"

    @property
    def picture_key(self) -> str:
        """The seed of the picture: its name, else its control's seed, else everything that is asked."""
        if self.picture:
            return self.picture
        source = self.same_picture_as or self.control
        if source is not None:
            return source.picture_key
        return self._facts

    @property
    def own_picture_key(self) -> str:
        """The seed of the picture where calls to the provider are attributed by their pictures.

        Only a request that repeats another one on purpose, after it, shares its picture.
        """
        source = self.same_picture_as or self.control
        if source is not None and self.after is not None and not self.picture:
            return source.own_picture_key
        sent = (self.picture, self.method, self.path_suffix, self.connection)
        return _digest(self._facts, *sent)

    @cached_property
    def _facts(self) -> str:
        """The digest of everything that is asked, except for the picture's name."""
        facts = (self.model, self.upload, self.fields, self.extra, self.variant, self.headers)
        sent = (self.credential, self.chunked, self.delivery, self.copy, self.phase)
        return _digest(*facts, *sent)

    def value(self, name: str) -> Value | None:
        """Return the first value of a text field."""
        return next((v for k, v in self.fields if k == name), None)

    @cached_property
    def needs(self) -> frozenset[Need]:
        """What a run must have to ask this spec, as its placeholders tell."""
        texts = [self.model, *(value for _, value in self.fields)]
        texts += [part.content for part in self.extra]
        texts += [self.upload.content, self.upload.filename] if self.upload is not None else []
        held = [t.encode() if isinstance(t, str) else t for t in texts if t is not None]
        found = {need for need, word in NEEDED_BY.items() if any(word in text for text in held)}
        return frozenset(found | ({"canary"} if self.credential.change == "own jku" else set()))

    def form(self, picture: Callable[[Upload, int], bytes], boundary: str = BOUNDARY) -> Form:
        """Return the form: model, the fields in their order, then the picture."""
        parts = [] if self.model is None else [text("model", self.model)]
        parts += [text(name, value) for name, value in self.fields]
        if self.upload is not None:
            up = self.upload
            parts += [
                Part(up.field, picture(up, i), up.filename, up.content_type)
                for i in range(up.copies)
            ]
        form = Form((*parts, *self.extra), boundary)
        return self.shape(form) if self.shape else form


def variation(label: str = "", **given: Value | int | None) -> Spec:
    """Return a good request with these text fields; `model=None` leaves the model out.

    The label is what a reader calls the request; without one the fields are the label.
    """
    model = given.pop("model", MODEL)
    fields = tuple(
        (name, str(value) if isinstance(value, int) else value)
        for name, value in given.items()
        if value is not None
    )
    shown = ",".join(f"{name}={readable(value)}" for name, value in fields)
    return Spec(
        label=label or shown or "plain",
        model=model if isinstance(model, bytes | None) else str(model),
        fields=fields,
    )


def readable(value: Value) -> str:
    """Return a field's value as a label can show it: short, and without control characters."""
    shown = value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value
    if not shown.isprintable():  # a long value is looked at once, not character by character
        shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in shown)
    shown = shown or "empty"
    return shown if len(shown) <= 40 else f"{shown[:30]}…({len(shown)})"  # noqa: PLR2004 - a label's length


def fault(spec: Spec, control: Spec) -> Spec:
    """Return a request that must be refused, next to the control that must be accepted."""
    return replace(spec, control=control, expected="refused")


def either(spec: Spec) -> Spec:
    """Return a request that a correct gateway may accept or refuse."""
    return replace(spec, expected="either")


def at_provider(name: str) -> Spec:
    """Return a good request whose model makes the stand-in provider fail in this way.

    Without a stand-in provider it is not asked, and costs nothing.
    """
    model = f"{{model.provider}}/fault-{name}"
    return replace(variation(f"the provider fails: {name}", model=model), provider_fault=name)


def uploaded(label: str, upload: Upload | None, spec: Spec | None = None) -> Spec:
    """Return a good request with another picture part, or with none."""
    return replace(spec or PLAIN, label=label, upload=upload)


def with_credential(label: str, name: str = "default", change: str = "", **more: str) -> Spec:
    """Return the plain request with another credential, or a changed one."""
    return replace(PLAIN, label=label, credential=Credential(name, change, **more))


PLAIN = variation()
# An edge case in a request with this n costs no picture: the gateway refuses the request for its n.
BAD_N = fault(variation(n="abc"), control=variation(n=1))


def beside_a_fault(label: str, **changes: Any) -> Spec:
    """Return the request with a faulty n and an edge case; its control has the faulty n alone."""
    return replace(BAD_N, label=label, variant=label, control=BAD_N, **changes)


@dataclass(frozen=True)
class RunFacts:
    """What a check may know of a run before anything is sent."""

    target: Target
    profile: Profile
    seed: int
    # How many property cases the full profile asks; None for the usual number.
    examples: int | None = None


def _digest(*facts: object) -> str:
    return hashlib.sha256(encoded(facts)).hexdigest()
