"""Writes what was measured: lines for the terminal, a table in Markdown, a plot in SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from performance import Row


def line(row: Row) -> str:
    """Return a measurement as one line."""
    took = row.took
    return (
        f"{row.latency_s:>4} s  {row.name:<16}{took.wall_s:>7.2f} s wall{took.cpu_s:>7.2f} s cpu"
        f"{took.peak_mb:>6.0f} MB{took.requests:>6} requests{took.successes:>5} successes"
        f"{took.pictures:>5} pictures{1000 * row.cpu_per_request_s:>7.2f} ms/request"
    )


def table(rows: list[Row]) -> str:
    """Return the medians as text."""
    return "\n".join(map(line, rows))
