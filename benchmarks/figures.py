"""Figures with their bars: measured, printed side by side with peers as ratios, and written to RESULTS.md."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
OURS = "Andon"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. `bar` is what ours must reach (None: no bar), `better` says in which direction."""

    what: str
    who: str
    value: float
    unit: str
    bar: float | None = None
    better: str = "less"

    @property
    def kept(self) -> bool | None:
        if self.bar is None:
            return None
        return self.value <= self.bar if self.better == "less" else self.value >= self.bar


def seconds(work: Callable[[], object], rounds: int = 1) -> float:
    """The median time of some rounds."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def page(figures: Sequence[Figure], remarks: dict[str, str]) -> str:
    """All figures as a Markdown page: one row a question, ours first, peers with their ratio to ours."""
    names = list(dict.fromkeys([OURS, *(f.who for f in figures)]))
    rows = [
        "# Benchmark results\n",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}. Made by `make bench`.",
        "Beside each peer's figure stands how many times better (x) Andon is; below 1 the peer is better.\n",
        f"| what | bar | {' | '.join(names)} |",
        f"|---|---|{'---|' * len(names)}",
    ]
    for what in dict.fromkeys(f.what for f in figures):
        by = {f.who: f for f in figures if f.what == what}
        mine = by.get(OURS)
        cells = [_cell(by.get(name), mine) for name in names]
        rows.append(f"| {what} | {_bar(mine)} | {' | '.join(cells)} |")
    rows += ["", *(f"- {name}: {text}" for name, text in remarks.items() if text)]
    missed = [f for f in figures if f.kept is False]
    rows += [
        "",
        *(f"**Missed:** {f.what}: {number(f.value)} {f.unit}, bar {number(f.bar or 0)} {f.unit}." for f in missed),
    ]
    return "\n".join(rows).rstrip() + "\n"


def number(value: float) -> str:
    """A figure as people read it.

    >>> number(1234567.0), number(0.01234)
    ('1,234,567', '0.0123')
    """
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _bar(mine: Figure | None) -> str:
    if mine is None or mine.bar is None:
        return ""
    return f"{'<=' if mine.better == 'less' else '>='} {number(mine.bar)} {mine.unit}"


def _cell(figure: Figure | None, mine: Figure | None) -> str:
    if figure is None:
        return ""
    said = f"{number(figure.value)} {figure.unit}"
    if figure.kept is not None:
        return f"**{said}** {'kept' if figure.kept else 'MISSED'}"
    if mine is None or figure is mine or not figure.value or not mine.value:
        return said
    ratio = figure.value / mine.value if mine.better == "less" else mine.value / figure.value
    return f"{said} ({ratio:.3g}x)"
