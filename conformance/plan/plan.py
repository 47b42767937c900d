"""Binds what the checks ask to a target: requests with exact bytes, equal ones once, and a price.

A spec that this target cannot be asked (a size that its model lacks, a credential that was not
supplied) becomes an `Unavailable` with the reason and the way to supply it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from conformance import __version__
from conformance.cases.spec import (
    CANARY,
    FAILING_MODEL,
    MODEL,
    OTHER_FAILING_MODEL,
    SPARE_MODEL,
    Spec,
    Upload,
)
from conformance.contract import contract
from conformance.http import pictures
from conformance.http.exchange import Credential, Request
from conformance.target.target import KINDS

if TYPE_CHECKING:
    from conformance.http.form import Form, Part
    from conformance.target.target import Target

LONGEST_FILLED = 10_000
FAILS_TOO = "fault-503"
NOT_OBSERVED = (
    "the provider's side was not observed: point the gateway's provider at the suite's stand-in"
    " with --observe HOST:PORT (docs/observe.md)"
)
USER_AGENT = f"image-variations-conformance/{__version__}"


@dataclass(frozen=True)
class Unavailable:
    """Why a spec cannot be asked of this target."""

    label: str
    reason: str


@dataclass(frozen=True)
class Asked:
    """Where a check finds its answer: the request, or those that ask the same thing alone."""

    id: str
    alone: tuple[str, ...] = ()


@dataclass
class Plan:
    """The requests of a run by their id, in the order in which they are sent.

    `optional` holds those that are sent only when the request that asks for several things at
    once was not accepted. With a `mark`, where the provider is observed, each request has a picture
    that no other request and no other run has, and `sent` holds the files of each.
    """

    target: Target
    seed: int
    canary: str = ""
    mark: str = ""
    sent: dict[str, tuple[Request, tuple[bytes, ...]]] = field(default_factory=dict)
    requests: dict[str, Request] = field(default_factory=dict)
    optional: dict[str, Request] = field(default_factory=dict)
    _bound: dict[int, tuple[Spec, Request | Unavailable]] = field(default_factory=dict)

    def add(self, spec: Spec) -> Asked | Unavailable:
        """Bind a spec and take its request, its control and what it comes after into the plan."""
        request = self.bind(spec)
        if isinstance(request, Unavailable):
            return request
        for other in (spec.after, spec.control):
            if other is not None:
                self.add(other)
        self.requests.setdefault(request.id, request)
        alone: list[str] = []
        asked_in, other = request.id, spec.otherwise
        while other is not None:
            bound = self.bind(other)
            if isinstance(bound, Request):
                known = self.optional.get(bound.id, bound)
                self.optional[bound.id] = replace(known, asked_in=(*known.asked_in, asked_in))
                alone.append(bound.id)
                asked_in = bound.id
            other = other.otherwise
        return Asked(request.id, tuple(alone))

    def bind(self, spec: Spec) -> Request | Unavailable:
        """Return the request of a spec for this target, or why there is none."""
        # By identity: a spec is a value, but hashing one with ten thousand parts takes long.
        if id(spec) not in self._bound:
            self._bound[id(spec)] = (spec, self._bind(spec))
        return self._bound[id(spec)][1]

    def bind_once(self, spec: Spec) -> Request | Unavailable:
        """Return the request of a spec that is sent once and forgotten: it enters no plan."""
        return self._bind(spec)

    def _bind(self, spec: Spec) -> Request | Unavailable:
        spec = self._without_undeclared(self._canonical(spec))
        reason = spec.unavailable or self._unavailable(spec)
        if reason:
            return Unavailable(spec.label, reason)
        form, stands_for = self._form(spec)
        headers = [("user-agent", USER_AGENT), ("accept", "application/json"), *self.target.headers]
        headers = [h for h in headers if h[0].lower() not in {k.lower() for k, _ in spec.headers}]
        if spec.wire is not None:
            body = spec.wire(form)
            content_type, content = body.content_type, body.content
        else:
            content_type, content = form.content_type(), form.encode()
        if spec.method == "GET":
            content_type, content = None, b""
        if content_type is not None:
            headers.append(("content-type", content_type))
        headers += spec.headers
        if spec.title_case:
            headers = [(name.title(), value) for name, value in headers]
        request = Request(
            label=spec.label,
            method=spec.method,
            url=self.target.url + spec.path_suffix,
            headers=tuple(headers),
            body=content,
            credential=replace(spec.credential, name="")
            if self.target.auth == "none"
            else spec.credential,
            form=form if spec.wire is None else None,
            picture_at=_picture_at(form, content) if spec.wire is None else (0, 0),
            fields=tuple(
                (p.name, p.content.decode("utf-8", "replace"))
                for p in form.parts
                if p.filename is None and spec.wire is None
            ),
            chunked=spec.chunked,
            title_case=spec.title_case,
            delivery=spec.delivery,
            copy=spec.copy,
            phase=spec.phase,
            pictures=_price(spec),
            expected=spec.expected,
            connection=spec.connection,
            control=self._id(spec.control),
            faulty=_faulty(spec),
            canary=self.canary if _mentions_canary(spec) else "",
            after=self._id(spec.after),
            provider_fault=spec.provider_fault,
            stands_for=stands_for,
        )
        if self.mark:
            files = tuple(p.content for p in form.parts if _is_file(p))
            self.sent[request.id] = (request, files)
        return request

    def _form(self, spec: Spec) -> tuple[Form, str]:
        """Return a spec's form, and what stands for its bytes where a mark is in them."""
        plain = self._filled(spec.form(lambda up, i: self._picture(spec, up, i)))
        if not self.mark:
            return plain, ""
        marked = self._filled(spec.form(lambda up, i: self._marked(spec, up, i)))
        body = spec.wire(plain).content if spec.wire is not None else plain.encode()
        return marked, hashlib.sha256(body).hexdigest()

    def _marked(self, spec: Spec, upload: Upload, number: int) -> bytes:
        """Return a picture that only this request of this run has, but for repetitions."""
        if upload.content is not None:
            return upload.content
        mark = f"{self.mark}|{number}|{spec.own_picture_key}"
        if self.target.image is not None and self._own_picture_for(spec):
            return pictures.marked(self.target.image, mark)
        return pictures.make(f"{self.seed}|{mark}", upload.kind)

    def _id(self, spec: Spec | None) -> str | None:
        bound = self.bind(spec) if spec is not None else None
        return bound.id if isinstance(bound, Request) else None

    def _picture(self, spec: Spec, upload: Upload, number: int) -> bytes:
        if upload.content is not None:
            return upload.content
        if self.target.image is not None and self._own_picture_for(spec):
            return self.target.image
        return pictures.make(f"{self.seed}|{number}|{spec.picture_key}", upload.kind)

    def _own_picture_for(self, spec: Spec) -> bool:
        """Whether the operator's picture takes the place of the one that would be drawn."""
        upload = spec.upload
        drawn = upload is not None and upload.content is None and upload.kind in pictures.GOOD
        return self.target.image is not None and drawn

    def _filled(self, form: Form) -> Form:
        values = {
            MODEL: self.target.model,
            FAILING_MODEL: self.target.failing_model or "",
            OTHER_FAILING_MODEL: f"{self.target.model.partition('/')[0]}/{FAILS_TOO}",
            SPARE_MODEL: self.target.failing_model or self.target.model,
            CANARY: self.canary,
        }
        words: dict[bytes, bytes] = {}
        for name, value in values.items():
            provider, _, model = value.partition("/")
            words[name.encode()] = value.encode()
            words[f"{name[:-1]}.provider}}".encode()] = provider.encode()
            words[f"{name[:-1]}.model}}".encode()] = model.encode()
        return replace(form, parts=tuple(_with_words(part, words) for part in form.parts))

    def _canonical(self, spec: Spec) -> Spec:
        """Name each credential by the first name that it has, so that equal requests are one."""
        known = self.target.credential(spec.credential.name)
        changes: dict[str, Any] = {}
        if known is not None:
            first = next(
                n for n in ("default", *KINDS, known.name) if self.target.credential(n) == known
            )
            if first != spec.credential.name:
                changes["credential"] = replace(spec.credential, name=first)
        if self._own_picture_for(spec) and spec.upload and spec.upload.content_type == "image/png":
            kind = pictures.measure(self.target.image or b"")
            named = f"image/{kind.format}" if kind else None
            changes["upload"] = replace(spec.upload, content_type=named)
        for other in ("control", "same_picture_as", "after"):
            if (value := getattr(spec, other)) is not None:
                changes[other] = self._canonical(value)
        # The same object where nothing changed: what is bound already is found by its identity.
        changed = {k: v for k, v in changes.items() if v is not getattr(spec, k)}
        return replace(spec, **changed) if changed else spec

    def _without_undeclared(self, spec: Spec) -> Spec:
        size = spec.value("size")
        if "size" in spec.optional and size not in self.target.sizes:
            spec = replace(spec, fields=tuple(f for f in spec.fields if f[0] != "size"))
        if "scheme" in spec.optional and self.target.auth == "none":
            spec = replace(spec, credential=Credential())
        return spec

    def _unavailable(  # noqa: PLR0911 - one line for each reason
        self, spec: Spec
    ) -> str:
        target, credential = self.target, spec.credential
        if spec.provider_fault and not self.mark:
            return NOT_OBSERVED
        size, n = spec.value("size"), spec.value("n")
        if (
            spec.expected != "refused"
            and size in contract.load().sizes
            and size not in target.sizes
        ):
            return f"the target is declared to lack {size!s} (--sizes)"
        if spec.expected == "accepted" and str(n).isdecimal() and int(str(n)) > target.max_n:
            return f"the target is declared to make {target.max_n} at most (--max-n)"
        if (
            FAILING_MODEL[:-1] in repr((spec.model, spec.fields, spec.extra))
            and not target.failing_model
        ):
            return "no model is known that always fails; name one with --failing-model"
        if target.auth == "none" and credential != Spec().credential:
            return "the target is declared to have no authentication (--auth none)"
        if credential.name and target.auth != "none" and target.credential(credential.name) is None:
            return _how_to_supply(credential.name)
        return ""


def _is_file(part: Part) -> bool:
    return part.filename is not None or (part.content_type or "").startswith("image/")


def _picture_at(form: Form, body: bytes) -> tuple[int, int]:
    """Return where the first file of a form stands in its body."""
    picture = next((p.content for p in form.parts if p.filename is not None), b"")
    start = body.find(picture)
    return (start, start + len(picture)) if start >= 0 else (0, 0)


def _faulty(spec: Spec) -> str:
    """Return the one form field in which a spec differs from its control, or nothing."""
    control = spec.control
    if control is None or spec.wire is not None or spec.credential != control.credential:
        return ""
    if control.expected == "refused":  # it has a fault of its own, besides
        return ""
    names = {name for name, _ in {*spec.fields} ^ {*control.fields}}
    names |= {part.name for part in {*spec.extra} ^ {*control.extra}}
    if spec.model != control.model:
        names.add("model")
    if spec.upload != control.upload:
        names.add("image")
    return names.pop() if len(names) == 1 else ""


def _with_words(part: Part, words: dict[bytes, bytes]) -> Part:
    """Return a part with its placeholders filled in; pictures, which hold none, stay as they are."""
    content = part.content
    if b"{" not in content[:LONGEST_FILLED]:
        return part
    for placeholder, value in words.items():
        content = content.replace(placeholder, value)
    return replace(part, content=content)


def _mentions_canary(spec: Spec) -> bool:
    if spec.credential.change == "own jku" or CANARY in repr((spec.upload, spec.fields)):
        return True
    return any(CANARY.encode() in part.content for part in spec.extra)


def _how_to_supply(name: str) -> str:
    if name == "other-tenant":
        return "no credential of another tenant was supplied; name its variable with --other-tenant-key-env"
    if name == "expired":
        return "no expired JWT was supplied; name its variable with --expired-key-env"
    kind = "JWT" if name == "jwt" else name
    return f"no {kind} was supplied; name its variable with --api-key-env"


def _price(spec: Spec) -> int:
    """Return how many pictures a correct gateway makes at most for this spec."""
    if spec.expected == "refused" or spec.method != "POST" or spec.provider_fault:
        return 0
    if spec.model == FAILING_MODEL and not spec.extra and spec.value("fallbacks") is None:
        return 0
    n = str(spec.value("n") or "1")
    return int(n) if n.isascii() and n.isdigit() and 1 <= int(n) <= 10 else 1  # noqa: PLR2004 - the documented range
