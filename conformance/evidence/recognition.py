"""Recognizes the picture of a call: by its bytes, its pixels, a part of it, or what it shows.

A gateway may pass a picture on as it is, cut it, transcode it, scale it, or break the form around it.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from conformance.provider.likeness import ALIKE, UNLIKE, distance, glance, look

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.http.request import Request
    from conformance.provider.likeness import Look

    # The requests of a plan by their id, each with the files that it sends.
    Sent = Mapping[str, tuple[Request, tuple[bytes, ...]]]

SHORTEST_START = 64
# Bytes of a picture that hold pixels already; as many as base64 writes without padding.
PIECE = (60, 240)


def by_picture(content: bytes, sent: Sent) -> tuple[str, list[str]]:
    """Return how a picture is recognized, and the requests that it was sent in."""
    if not content:
        return "", []
    files = [(id_, file) for id_, (_, several) in sent.items() for file in several if file]
    if same := _once(id_ for id_, file in files if file == content):
        return "bytes", same
    shown = glance(content)
    if not shown.pixels:
        return "part", _beginning_with(content, files)
    looks = [(id_, look(file)) for id_, file in files]
    if same := _once(id_ for id_, seen in looks if seen.pixels == shown.pixels):
        return "pixels", same
    return "likeness", _alike(shown, looks)


def by_piece(body: bytes, sent: Sent) -> list[str]:
    """Return the requests whose picture occurs, in part, in a body that is not a readable form."""
    return [
        id_
        for id_, (_, files) in sent.items()
        for file in files[:1]
        if len(file) >= PIECE[1]
        and (file[slice(*PIECE)] in body or base64.b64encode(file[: PIECE[1]]) in body)
    ]


def _once(ids: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(ids))


def _beginning_with(content: bytes, files: list[tuple[str, bytes]]) -> list[str]:
    """Return the requests with a file that begins with these bytes, if they are not too few."""
    if len(content) < SHORTEST_START:
        return []
    return _once(id_ for id_, file in files if file.startswith(content))


def _alike(shown: Look, looks: list[tuple[str, Look]]) -> list[str]:
    """Return the requests whose picture is much like this one, if no other picture is near it."""
    ranked = sorted((distance(shown.small, s.small), s.pixels, id_) for id_, s in looks if s.small)
    if not ranked or ranked[0][0] > ALIKE:
        return []
    best = ranked[0][1]
    if any(pixels != best and distance < UNLIKE for distance, pixels, _ in ranked):
        return []
    return _once(id_ for _, pixels, id_ in ranked if pixels == best)
