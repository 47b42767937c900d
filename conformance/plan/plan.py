"""Binds the specs of the checks to a target: requests with exact bytes, equal ones once, and a price.

A spec that this target cannot be asked (a size that its model lacks, a credential that was not
supplied) becomes an `Unavailable` with the reason and the way to supply it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from conformance import __version__
from conformance.cases.spec import FAILING_MODEL, Body
from conformance.http.request import Request
from conformance.plan.declared import declared, why_unavailable
from conformance.plan.forms import Forms

if TYPE_CHECKING:
    from conformance.cases.spec import Spec
    from conformance.http.form import Form, Part
    from conformance.target.target import Target

USER_AGENT = f"image-variations-conformance/{__version__}"


@dataclass(frozen=True)
class Unavailable:
    """Why a spec cannot be asked of this target."""

    label: str
    reason: str


@dataclass(frozen=True)
class Asked:
    """Where a check finds its answer: at the request, or at those that ask the same thing alone."""

    id: str
    alone: tuple[str, ...] = ()


@dataclass
class Plan:
    """The requests of a run by their id, in the order in which they are sent.

    `optional` holds those that are sent only if the gateway did not accept the request that asks
    for several things at once. With a `mark`, where the provider is observed, each request has a picture
    that no other request and no other run has, and `sent` holds the files of each. `new_seed` says
    that no earlier run had this seed; `fresh` is a text that the pictures are drawn from besides, or
    empty. `renewals` counts the requests that got a fresh picture, drawn from `renewing` besides, since
    an earlier run's cache had answered them.
    """

    target: Target
    seed: int
    canary: str = ""
    mark: str = ""
    new_seed: bool = False
    fresh: str = ""
    renewing: str = field(default_factory=lambda: secrets.token_hex(8))
    renewals: int = 0
    sent: dict[str, tuple[Request, tuple[bytes, ...]]] = field(default_factory=dict)
    requests: dict[str, Request] = field(default_factory=dict)
    optional: dict[str, Request] = field(default_factory=dict)
    _bound: dict[Spec, Request | Unavailable] = field(default_factory=dict)
    _forms: Forms = field(init=False)

    def __post_init__(self) -> None:
        made_from = (self.target, self.seed, self.canary, self.mark)
        self._forms = Forms(*made_from, new_seed=self.new_seed, fresh=self.fresh)

    def add(self, spec: Spec) -> Asked | Unavailable:
        """Bind a spec, and add its request, its control and the request before it to the plan."""
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
        if spec not in self._bound:
            self._bound[spec] = self._bind(spec)
        return self._bound[spec]

    def bind_once(self, spec: Spec) -> Request | Unavailable:
        """Return the request of a spec that is sent once and forgotten: it enters no plan."""
        return self._bind(spec)

    def repeats(self, request: Request) -> None:
        """Know a copy of an earlier request, so that its calls are not taken for those of that one."""
        same = (files for other, files in self.sent.values() if other.body == request.body)
        files = next(same, None)
        if files is not None:
            self.sent.setdefault(request.id, (request, files))

    def renewed(self, request: Request) -> Request | None:
        """Return a planned request with a picture that nobody sent yet, or None if there is none.

        The cache of an earlier run answered the picture that it had; that is counted.
        """
        fresh = self.redrawn(request)
        self.renewals += fresh is not None
        return fresh

    def redrawn(self, request: Request) -> Request | None:
        """Return a planned request with a picture that nobody sent yet, or None if there is none."""
        fresh = self.drawn_from(request, self.renewing)
        return None if fresh is None or not fresh.new_picture else fresh

    def drawn_from(self, request: Request, text: str) -> Request | None:
        """Return a planned request with the picture that a text makes, or None if it is not planned."""
        spec = next((s for s, bound in self._bound.items() if _is_planned(request, bound)), None)
        if spec is None:
            return None
        drawn = self._bind(spec, replace(self._forms, fresh=text))
        return None if isinstance(drawn, Unavailable) else drawn

    def _bind(self, spec: Spec, forms: Forms | None = None) -> Request | Unavailable:
        forms = forms or self._forms
        asked = declared(spec, self.target)
        if reason := why_unavailable(asked, self.target, observed=bool(self.mark)):
            return Unavailable(asked.label, reason)
        control = self.bind(asked.control) if asked.control is not None else None
        if isinstance(control, Unavailable):
            # Without its accepted twin a refusal proves nothing.
            return Unavailable(asked.label, f"{control.reason}; it is the control of this request")
        form, stands_for = forms.of(asked)
        plain = asked.wire is None
        body = asked.wire(form) if asked.wire else Body(form.content_type(), form.encode())
        if asked.method == "GET":
            # It carries no form, so that it is the same request whatever pictures the run has.
            body, stands_for = Body(None, b""), ""
        keyless = self.target.auth == "none"
        credential = replace(asked.credential, name="") if keyless else asked.credential
        request = Request(
            **{**asked.transmission(), "credential": credential},
            url=self.target.beside(asked.path_suffix),
            headers=_headers(asked, self.target, body.content_type),
            body=body.content,
            form=form if plain else None,
            picture_at=_picture_at(form, body.content) if plain else (0, 0),
            fields=_text_fields(form) if plain else (),
            pictures=_price(asked),
            control=self._id(asked.control),
            faulty=_faulty(asked),
            rides=asked.control is not None and asked.control.expected == "refused",
            canary=self.canary if "canary" in asked.needs else "",
            after=self._id(asked.after),
            stands_for=stands_for,
            new_picture=plain and bool(body.content) and forms.draw_new(asked),
        )
        if self.mark:
            files = tuple(p.content for p in form.parts if _is_file(p))
            self.sent[request.id] = (request, files)
        return request

    def _id(self, spec: Spec | None) -> str | None:
        bound = self.bind(spec) if spec is not None else None
        return bound.id if isinstance(bound, Request) else None


def _is_planned(request: Request, bound: Request | Unavailable) -> bool:
    """Return whether a request is one that was bound; where it stands in the plan was decided later."""
    if isinstance(bound, Unavailable) or bound.label != request.label:
        return False
    return replace(bound, burst=request.burst, asked_in=request.asked_in) == request


def _headers(spec: Spec, target: Target, content_type: str | None) -> tuple[tuple[str, str], ...]:
    replaced = {name.lower() for name, _ in spec.headers}
    agent = ("user-agent", target.user_agent or USER_AGENT)
    usual = [agent, ("accept", "application/json"), *target.headers]
    if spec.codings and "accept-encoding" not in {name.lower() for name, _ in target.headers}:
        usual.insert(2, ("accept-encoding", spec.codings))
    headers = [(name, value) for name, value in usual if name.lower() not in replaced]
    if content_type is not None:
        headers.append(("content-type", content_type))
    headers += spec.headers
    return tuple((n.title() if spec.title_case else n, value) for n, value in headers)


def _text_fields(form: Form) -> tuple[tuple[str, str], ...]:
    texts = (p for p in form.parts if p.filename is None)
    return tuple((p.name, p.content.decode("utf-8", "replace")) for p in texts)


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
    if control.expected == "refused":  # the control has a fault of its own
        return ""
    names = {name for name, _ in {*spec.fields} ^ {*control.fields}}
    names |= {part.name for part in {*spec.extra} ^ {*control.extra}}
    if spec.model != control.model:
        names.add("model")
    if spec.upload != control.upload:
        names.add("image")
    return names.pop() if len(names) == 1 else ""


def _price(spec: Spec) -> int:
    """Return how many pictures a correct gateway makes at most for this spec."""
    if spec.expected == "refused" or spec.method != "POST" or spec.provider_fault:
        return 0
    if spec.model == FAILING_MODEL and not spec.extra and spec.value("fallbacks") is None:
        return 0
    n = str(spec.value("n") or "1")
    return int(n) if n.isascii() and n.isdigit() and 1 <= int(n) <= 10 else 1  # noqa: PLR2004 - the documented range
