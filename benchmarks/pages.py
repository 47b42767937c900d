"""Writes what was measured: lines for the terminal, a page in Markdown, a plot in SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from performance import Growth, Row

COLOURS = {"core": "#2563eb", "full": "#7c3aed", "bare": "#94a3b8", "st": "#ea580c"}
BAR, LEFT, WIDTH = 18, 190, 760

HEAD = """\
# Performance

`python benchmarks/performance.py --write` wrote this page: this suite, `st run` (schemathesis, the
same contract file, no ambient configuration, error feedback off, statuses named, a picture that
can be opened), and a bare httpx client that sends the bytes which the suite sent (and fetches the
urls that it fetched), one after the other on one machine. All ask the reference gateway, a fresh
one in a process of its own, with {concurrency} requests in flight ({machine}). Each answer with
pictures takes the latency, refusals none. Each row is the median of its runs; compare ratios, since
machines differ.

"seconds" are a command's, from its start to its end; of the bare client only the sending.
"ms/request" is processor time per request beyond start-up (a dry run) and beyond decoding each
picture once.

![seconds by latency](performance.svg)

| latency | who | seconds | × bare | CPU s | peak MB | requests | successes | pictures | seconds/success | ms/request |
|---|---|---|---|---|---|---|---|---|---|---|
"""


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


def bounds(rows: list[Row]) -> list[str]:
    """Return what was promised, and what was measured of it, one line each."""
    by = {(r.latency_s, r.name): r for r in rows}
    said = []
    for latency in sorted({r.latency_s for r in rows}):
        core, full = by[latency, "core"], by[latency, "full"]
        limit = by[latency, "bare, as core"].took.wall_s
        others = [r for r in rows if r.latency_s == latency and r.name.startswith("st run")]
        if latency >= 1:
            said.append(
                f"{latency:g} s: core {core.took.wall_s:.1f} s, bound 1.25 × bare + 2 s ="
                f" {1.25 * limit + 2:.1f} s"
            )
            said += [
                f"{latency:g} s: {name} is {_each(other) / _each(ours):.1f} times as fast as"
                f" {other.name} per success (wanted: 8)"
                for other in others
                for name, ours in (("core", core), ("full", full))
            ]
        if latency == 0:
            said += [
                f"no latency: full {full.took.wall_s:.1f} s for {full.took.requests} requests,"
                f" {other.name} {other.took.wall_s:.1f} s for {other.took.requests}"
                for other in others
            ]
            said += [
                f"no latency: {name} takes {ours.cpu_per_request_s / bare.cpu_per_request_s:.1f} ×"
                " the bare client's processor time per request (wanted: at most 3)"
                for name, ours in (("core", core), ("full", full))
                for bare in [by[latency, f"bare, as {name}"]]
            ]
    return said


def page(rows: list[Row], grown: list[Growth], concurrency: int, machine: str) -> str:
    """Return the whole page in Markdown."""
    bare = {(r.latency_s, r.name.removeprefix("bare, as ")): r for r in rows if "bare" in r.name}
    lines = []
    for row in rows:
        took, limit = row.took, bare.get((row.latency_s, row.name))
        ratio = f"{took.wall_s / limit.took.wall_s:.1f}" if limit else ""
        lines.append(
            f"| {row.latency_s:g} s | {row.name} | {took.wall_s:.1f} | {ratio} | {took.cpu_s:.1f} |"
            f" {took.peak_mb:.0f} | {took.requests} | {took.successes} | {took.pictures} |"
            f" {_each(row):.2f} | {1000 * row.cpu_per_request_s:.1f} |"
        )
    text = HEAD.format(concurrency=concurrency, machine=machine) + "\n".join(lines)
    text += "\n\n## The bounds\n\n" + "\n".join(f"- {said}" for said in bounds(rows)) + "\n"
    if grown:
        text += (
            "\n## Growth\n\nThe property checks of `full` alone, with `--examples N`.\n\n"
            "| examples | requests | seconds | CPU s | peak MB |\n|---|---|---|---|---|\n"
        )
        text += "".join(
            f"| {g.examples:,} | {g.took.requests:,} | {g.took.wall_s:.1f} | {g.took.cpu_s:.1f} |"
            f" {g.took.peak_mb:.0f} |\n"
            for g in grown
        )
    return text


def plot(rows: list[Row]) -> str:
    """Return the seconds of each row as bars, grouped by latency."""
    longest = max(r.took.wall_s for r in rows)
    drawn, y, latency = [], 0, -1.0
    for row in rows:
        if row.latency_s != latency:
            latency, y = row.latency_s, y + 26
            drawn.append(_text(8, y + 2, f"{latency:g} s per answer with pictures", "bold"))
            y += 10
        colour = next(c for start, c in COLOURS.items() if row.name.startswith(start))
        width = (WIDTH - LEFT - 90) * row.took.wall_s / longest
        drawn.append(_text(LEFT - 8, y + 13, row.name, anchor="end"))
        drawn.append(
            f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR - 4}" fill="{colour}"/>'
        )
        drawn.append(_text(LEFT + width + 6, y + 12, f"{row.took.wall_s:.1f} s"))
        y += BAR
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y + 12}"'
    style = 'font-family="sans-serif" font-size="12"'
    return f'{head} {style}><rect width="100%" height="100%" fill="white"/>{"".join(drawn)}</svg>\n'


def _each(row: Row) -> float:
    return row.took.wall_s / max(row.took.successes, 1)


def _text(x: float, y: float, words: str, weight: str = "normal", anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y}" font-weight="{weight}" text-anchor="{anchor}">{words}</text>'
