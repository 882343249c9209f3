"""From places to an answer: stages with their limits, panels that rules judge, what to know before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from ...errors import BadQuestion, NoData
from ...model import Chartbook, FrozenLimits, Numbers, Window
from .charted import Broken, ControlChart, Panel, Point, Stage
from .counted import expected_small
from .drawing import Chart, Drawn, Law, Options
from .places import Places
from .rules import Flags, Rule, broken
from .spread_lengths import spread_length

Rows = NDArray[np.intp]
FEW = 20
"""Limits from fewer subgroups than this are rough: AIAG and Montgomery want 20 to 25 at least."""
LEAST = 10
"""So many points it takes to tell whether successive ones are correlated."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a chart is asked: its kind, what is charted, its rules, and where its limits are from."""

    chart: Chart
    test: str
    unit: str
    rules: tuple[Rule, ...]
    options: Options
    product: str = ""
    sigma: float | None = None
    baseline: Window | None = None
    book: Chartbook | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of places under one law, and where that is from."""

    name: str
    places: Places
    first: int
    law: Law
    said: str
    frozen: FrozenLimits | None = None


def charted(places: Places, asked: Asked, *, remarks: Sequence[str] = (), ar: float | None = None) -> ControlChart:
    """The chart of some places: law by law, panel by panel."""
    if not len(places):
        raise NoData(f"There is no whole subgroup of {asked.test} in that window.")
    places = _based(places, asked.baseline)
    blocks = list(_blocks(places, asked))
    points = [p for block in blocks for p in _points(block, asked)]
    order = list(dict.fromkeys(p.panel for p in points))
    points.sort(key=lambda p: (order.index(p.panel), p.place))
    panels = tuple(_panel(name, [p for p in points if p.panel == name], blocks[-1], asked) for name in order)
    lag, correlated = _correlation(blocks)
    odd = {p.place for p in points if p.rules}
    told = Counter(name for p in points if p.rules for name in p.rules.split())
    held = any(b.said != "data" for b in blocks) or not bool(np.all(places.used | (places.note != "")))
    return ControlChart(
        asked.chart.name,
        asked.test,
        asked.unit,
        not odd,
        len(odd),
        len(places),
        "II" if held else "I",
        panels[0].run_length,
        lag,
        correlated,
        ar,
        panels,
        tuple(points),
        tuple(_stage(b, [p for p in points if p.panel == order[0]]) for b in blocks),
        tuple(Broken(r.name, r.said, told[r.name]) for r in asked.rules),
        (*remarks, *_remarks(blocks, asked, lag if correlated else None)),
    )


def _based(places: Places, baseline: Window | None) -> Places:
    """With a baseline, only its places go into the limits."""
    if baseline is None:
        return places
    inside = (places.at >= baseline.since) & (places.at < baseline.until)
    if not np.any(inside):
        raise NoData("No subgroup lies in that baseline.")
    return places.with_(used=places.used & inside)


def _blocks(places: Places, asked: Asked) -> Iterator[Block]:
    """Stretches of one stage and of the same frozen limits; one stretch where there is a baseline."""
    whole = _law(places, asked) if asked.baseline is not None else None
    frozen = [_frozen(asked, int(at)) if whole is None else None for at in places.at.tolist()]
    keys = [(str(s), id(f)) for s, f in zip(places.stage.tolist(), frozen, strict=True)]
    edges = [i for i in range(len(keys)) if i == 0 or keys[i] != keys[i - 1]]
    for number, (first, end) in enumerate(zip(edges, [*edges[1:], len(keys)], strict=True), start=1):
        part, fixed = places.pick(np.arange(first, end)), frozen[first]
        name = str(part.stage[0]) or str(number)
        if fixed is not None:
            law = Law(fixed.center, fixed.sigma, "frozen", fixed.second)
            yield Block(name, part.with_(used=np.zeros(len(part), np.bool_)), first, law, "frozen", fixed)
        elif asked.sigma is not None and asked.options.center is not None and asked.chart.name != "three-way":
            law = Law(asked.options.center, asked.sigma, "given")
            yield Block(name, part.with_(used=np.zeros(len(part), np.bool_)), first, law, "given")
        else:
            yield Block(name, part, first, whole or _law(part, asked), "data")


def _law(places: Places, asked: Asked) -> Law:
    law = asked.chart.law(places, asked.options)
    return law if asked.sigma is None else replace(law, sigma=asked.sigma, basis="given")


def _frozen(asked: Asked, at: int) -> FrozenLimits | None:
    if asked.book is None or asked.sigma is not None or asked.options.center is not None:
        return None
    return asked.book.frozen(asked.test, asked.chart.name, at, asked.product)


def _points(block: Block, asked: Asked) -> Iterator[Point]:
    """The points of all panels of one block, with the rules that they break."""
    places = block.places
    for drawn in asked.chart.draw(places, block.law, asked.options):
        rows = drawn.rows
        moments = ((block.first + rows + 1).tolist(), *_of(places, rows, "label", "since", "at", "size"))
        figures = drawn.value.tolist(), drawn.center.tolist(), *map(_known, (drawn.lower, drawn.upper, drawn.sigma))
        said = _of(places, rows, "used", "gap", "note", "who", "units")
        columns = repeat(drawn.panel), *moments, *figures, repeat(block.name), _judged(drawn, places, asked), *said
        yield from (Point(*row) for row in zip(*columns, strict=False))  # what repeats has no end


def _of(places: Places, rows: Rows, *names: str) -> Iterator[list[object]]:
    """Columns of some places."""
    return (getattr(places, name)[rows].tolist() for name in names)


def _known(figures: Numbers) -> list[float | None]:
    return [f if there else None for f, there in zip(figures.tolist(), np.isfinite(figures).tolist(), strict=True)]


def _judged(drawn: Drawn, places: Places, asked: Asked) -> list[str]:
    """The names of the rules that each point breaks; a panel that rules do not watch is judged by its limits."""
    alone = asked.chart.memory or not drawn.watched
    rules = [r for r in asked.rules if r.number == 1] if alone else list(asked.rules)
    begin = _begins(drawn.rows, places)
    flags = {r.name: f for r, f in zip(rules, broken(drawn.z, rules, begin=begin, out=drawn.out), strict=True)}
    if asked.chart.memory:
        flags = {"1": drawn.out}
    found = [""] * len(drawn.rows)
    for i in np.flatnonzero(np.any(list(flags.values()), axis=0)).tolist() if flags else ():
        found[i] = " ".join(n for n, f in flags.items() if f[i])
    return found


def _begins(rows: Rows, places: Places) -> Flags:
    """Where runs begin anew in a panel that has not all places."""
    found = places.begin[rows]
    if len(rows):
        found = found | (np.diff(rows, prepend=rows[0] - 1) > 1)
    return np.asarray(found, np.bool_)


def _panel(name: str, points: Sequence[Point], last: Block, asked: Asked) -> Panel:
    chart, places = asked.chart, last.places
    drawn = next(d for d in chart.draw(places, last.law, asked.options))
    signals = sum(1 for p in points if p.rules)
    limits = tuple(r for r in asked.rules if r.number == 1)
    if name == drawn.panel:
        rules = limits if chart.memory else asked.rules
        return Panel(
            name, _names(rules, chart.memory), signals, _finite(chart.length(places, last.law, asked.options, rules))
        )
    length = spread_length(name, int(places.usual), asked.options.width) if limits else None
    return Panel(name, _names(limits, chart.memory), signals, _finite(length))


def _names(rules: Iterable[Rule], memory: bool) -> str:
    return "1" if memory else " ".join(r.name for r in rules)


def _finite(length: float | None) -> float | None:
    return length if length is not None and np.isfinite(length) else None


def _stage(block: Block, first: Sequence[Point]) -> Stage:
    places, law, fixed = block.places, block.law, block.frozen
    last = next((p for p in reversed(first) if p.place <= block.first + len(places)), first[0])
    return Stage(
        block.name,
        int(places.since[0]),
        int(places.at[-1]),
        len(places),
        int(places.used.sum()),
        block.said,
        fixed.who if fixed else "",
        fixed.at if fixed else None,
        law.basis,
        float(law.center),
        last.lower,
        last.upper,
        float(law.sigma),
        law.second,
        places.usual,
    )


def _correlation(blocks: Sequence[Block]) -> tuple[float | None, bool]:
    """Correlation of successive figures about the mean of their stage, and whether it is more than chance."""
    products = squares = 0.0
    count = 0
    for block in blocks:
        figures = _figures(block.places)
        x = figures - figures.mean()
        both = ~block.places.begin[1:]
        products += float((x[1:] * x[:-1])[both].sum())
        squares += float((x**2).sum())
        count += len(x)
    if count < LEAST or squares <= 0:
        return None, False
    lag = products / squares
    return lag, abs(lag) > 2.0 / count**0.5


def _figures(places: Places) -> Numbers:
    return places.value


def residuals(places: Places) -> tuple[Places, float]:
    """What is left of single values when the part that the one before explains is taken off (AR(1)).

    The residuals keep the mean of the values; a value after a gap has none before it, and is scaled to the spread of
    the others.

    Raises
    ------
    BadQuestion
        Places are of several values each, whose spread within would no longer fit.
    NoData
        There are too few values to tell what the one before explains.
    """
    if bool(np.any(places.size > 1)):
        raise BadQuestion("Residuals are of single values: leave `subgroup` out, and chart by i-mr, ewma or cusum.")
    used, both = places.used, ~places.begin
    if int(used.sum()) < LEAST:
        raise NoData(f"It takes {LEAST} values to tell what the one before explains.")
    mean = float(places.value[used].mean())
    x = places.value - mean
    pairs = np.flatnonzero(both)
    pairs = pairs[used[pairs] & used[pairs - 1]]
    before = float((x[pairs - 1] ** 2).sum())
    part = float((x[pairs] * x[pairs - 1]).sum()) / before if before > 0 else 0.0
    part = float(np.clip(part, -0.99, 0.99))
    left = np.where(both, x - part * np.roll(x, 1), x * (1 - part**2) ** 0.5)
    return places.with_(value=left + mean), part


def _remarks(blocks: Sequence[Block], asked: Asked, lag: float | None) -> Iterator[str]:
    """What to know before the chart is believed."""
    for block in blocks:
        used = int(block.places.used.sum())
        if block.said == "data" and used < FEW:
            yield f"the limits of stage {block.name} rest on {used} subgroups: freeze none of fewer than {FEW}"
        if block.law.sigma == 0:
            yield f"all values of stage {block.name} are equal, so its limits have no width: look at the resolution"
    if lag is not None:
        yield (
            f"successive points are correlated ({lag:.2f}), which independent ones would not be: limits and the "
            "false-alarm rate are not to be trusted. Measure less often, or chart the residuals"
        )
    last = blocks[-1]
    share = asked.chart.name in ("p", "np", "laney-p")
    if (share or asked.chart.name in ("c", "np", "u", "laney-u")) and expected_small(last.places, last.law, share):
        yield "fewer than 5 are expected in some subgroups, so limits by three sigma are rough: take larger subgroups"
    if asked.chart.name in ("p", "u") and (factor := _overdispersion(blocks)) is not None:
        yield (
            f"the points scatter {factor:.1f} times as much as counts would by chance: ask for laney-{asked.chart.name}"
        )


def _overdispersion(blocks: Sequence[Block]) -> float | None:
    """How much more than by chance the points scatter, where that is more than half as much again."""
    places, law = blocks[-1].places, blocks[-1].law
    if law.sigma <= 0 or len(places) < LEAST:
        return None
    z = (places.value / places.size - law.center) / (law.sigma / np.sqrt(places.size))
    factor = float(np.abs(np.diff(z)).mean()) / 1.128
    return factor if factor > 1.5 else None
