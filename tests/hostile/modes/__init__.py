"""Every hostile server: what leaks, what never ends, odd values, urls, desync and text."""

from __future__ import annotations

from . import (
    desync,
    endless,
    endless_answers,
    endless_refusals,
    leaks_in_forms,
    leaks_in_heads,
    leaks_in_places,
    odd_framing,
    odd_values,
    texts,
    urls,
)

KINDS = ("leak", "endless", "odd", "url", "desync", "text")
MODES = (
    *leaks_in_forms.MODES,
    *leaks_in_heads.MODES,
    *leaks_in_places.MODES,
    *endless.MODES,
    *endless_answers.MODES,
    *endless_refusals.MODES,
    *odd_values.MODES,
    *odd_framing.MODES,
    *urls.MODES,
    *desync.MODES,
    *texts.MODES,
)
