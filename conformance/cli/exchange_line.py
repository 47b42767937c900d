"""An exchange in one line, as `--verbose` shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reports.text import one_line, plural, seconds

if TYPE_CHECKING:
    from conformance.http.exchange import Exchange


def exchange_line(exchange: Exchange) -> str:
    """Return an exchange in one line: label, outcome, time, pictures, and the tries before it."""
    came = f"{exchange.status}" if exchange.reply is not None else one_line(exchange.outcome, 160)
    parts = [came, seconds(exchange.elapsed_s)]
    if exchange.ok:
        parts.append(plural(len(exchange.items), "picture"))
    if exchange.earlier:
        before = ", ".join(str(a.status or a.failure) for a in exchange.earlier[-5:])
        parts.append(f"after {plural(len(exchange.earlier), 'try', 'tries')} ({before})")
    return f"{one_line(exchange.request.label, 100)}: {', '.join(parts)}"
