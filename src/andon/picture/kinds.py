"""The kinds of picture and the short functions that make them: what is shown, never how it is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from types import ModuleType

Cell = str | float | int | None
"""One value of a picture's row; a moment is integer microseconds since 1970."""


class Kind(StrEnum):
    """How the rows of a picture are to be read."""

    WATERFALL = "waterfall"
    PARETO = "pareto"
    TIMELINE = "timeline"
    TREND = "trend"
    CONTROL = "control"
    HISTOGRAM = "histogram"
    SCATTER = "scatter"
    HEATMAP = "heatmap"
    BARS = "bars"
    LINES = "lines"
    SURVIVAL = "survival"
    WAFER = "wafer"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Mark:
    """A reference line with a name: a limit, a target, a median. `axis` is "x", "y" or, on a wafer, "angle"."""

    text: str
    value: float
    axis: str = "y"


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture shows: rows of cells under named columns, and the words around them.

    Attributes
    ----------
    kind : Kind
        How the rows are read; the constructor functions say which columns each kind has.
    title : str
        What the reader should learn.
    columns : tuple of str
        Names of the cells of each row.
    rows : tuple of tuple
        The cells: numbers, texts, moments in integer microseconds, or None where nothing is known.
    unit : str
        Unit of the values, as it is printed.
    subtitle : str
        A second, smaller line: what the figures rest on.
    x, y : str
        Axis titles.
    marks : tuple of Mark
        Reference lines.
    """

    kind: Kind
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    unit: str = ""
    subtitle: str = ""
    x: str = ""
    y: str = ""
    marks: tuple[Mark, ...] = ()

    def column(self, name: str) -> tuple[Cell, ...]:
        """All cells under one column."""
        place = self.columns.index(name)
        return tuple(r[place] for r in self.rows)

    def save(self, file: str | Path, *, theme: str = "light", language: str = "en", zone: str = "UTC") -> None:
        """Draw it into a file; the name's ending says how: .svg, .png, .pdf or .html.

        Raises
        ------
        BadQuestion
            The ending is none of these.
        """
        _render().save(self, Path(file), theme=theme, language=language, zone=zone)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """How a notebook shows it: as inline SVG, drawn here, without a network."""
        drawn = str(_render().to_svg(self))
        return {"image/svg+xml": drawn, "text/plain": f"{self.kind.value}: {self.title} ({len(self.rows)} rows)"}

    def _repr_html_(self) -> str:
        """How a page or an older notebook shows it: the same SVG inside HTML."""
        return f'<div style="max-width:100%;overflow-x:auto">{self._repr_mimebundle_()["image/svg+xml"]}</div>'


def waterfall(
    title: str, rows: Iterable[tuple[str, float]], unit: str = "", *, left: str = "productive", subtitle: str = ""
) -> Picture:
    """From a whole, loss by loss, to what is left.

    Parameters
    ----------
    title : str
        What the reader should learn.
    rows : iterable of (text, amount)
        First the whole, then each loss as a positive amount that is taken off (a negative one is added).
        A text that is a `model.Loss` or `model.State` value gets its house colour and its Chinese word.
    unit : str
        Unit of the amounts.
    left : str
        Name of the last bar, which is the whole less all losses.
    subtitle : str
        A second, smaller line.

    Returns
    -------
    Picture
        Columns text, amount, since, until: each bar reaches from `since` to `until`; the last row is what is left.

    Examples
    --------
    >>> waterfall("Where the shift went", [("planned busy time", 440), ("breakdown", 38)], "min").rows[-1]
    ('productive', 402.0, 0.0, 402.0)
    """
    bars: list[tuple[Cell, ...]] = []
    level = 0.0
    for place, (text, amount) in enumerate(rows):
        after = float(amount) if place == 0 else level - float(amount)
        bars.append((text, float(amount), 0.0 if place == 0 else level, after))
        level = after
    bars.append((left, level, 0.0, level))
    return Picture(Kind.WATERFALL, title, ("text", "amount", "since", "until"), tuple(bars), unit, subtitle)


def pareto(
    title: str, rows: Iterable[tuple[str, float]], unit: str = "", *, limit: int = 12, subtitle: str = ""
) -> Picture:
    """The few that matter first, with the share they add up to.

    Parameters
    ----------
    title : str
        What the reader should learn.
    rows : iterable of (text, amount)
        Any order; sorted here, largest first.
    unit : str
        Unit of the amounts.
    limit : int
        Bars at most; what is beyond them is added up in one bar called "other".
    subtitle : str
        A second, smaller line.

    Returns
    -------
    Picture
        Columns text, amount, share, cumulative (shares of the total, 0 to 1).

    Examples
    --------
    >>> pareto("Stops", [("jam", 10), ("no parts", 30)], "min").rows[0]
    ('no parts', 30.0, 0.75, 0.75)
    """
    sorted_rows = sorted(((t, float(a)) for t, a in rows), key=lambda r: -r[1])
    kept = sorted_rows if len(sorted_rows) <= limit else sorted_rows[: limit - 1]
    if len(kept) < len(sorted_rows):
        kept = [*kept, ("other", sum(a for _, a in sorted_rows[limit - 1 :]))]
    total, sofar, bars = sum(a for _, a in kept), 0.0, []
    for text, amount in kept:
        sofar += amount
        bars.append((text, amount, amount / total if total else 0.0, sofar / total if total else 0.0))
    return Picture(Kind.PARETO, title, ("text", "amount", "share", "cumulative"), tuple(bars), unit, subtitle)


def timeline(title: str, rows: Iterable[tuple[str, int, int, str]], *, subtitle: str = "") -> Picture:
    """What held when: one lane each machine, one box each spell.

    Parameters
    ----------
    title : str
        What the reader should learn.
    rows : iterable of (lane, since, until, text)
        Moments in microseconds; a text that is a `model.State` value gets its house colour.
    subtitle : str
        A second, smaller line.

    Examples
    --------
    >>> timeline("Today", [("press-3", 0, 60, "producing")]).columns
    ('lane', 'since', 'until', 'text')
    """
    boxes = tuple((lane, int(since), int(until), str(text)) for lane, since, until, text in rows)
    return Picture(Kind.TIMELINE, title, ("lane", "since", "until", "text"), boxes, "", subtitle)


Band = tuple[int, float | None, float | None]
Line = tuple[int, float | None, float | None, float | None]


def trend(
    title: str, rows: Iterable[Band | Line], unit: str = "", *, y: str = "", marks: Sequence[Mark] = ()
) -> Picture:
    """A value over time, with the band between its least and its greatest.

    Parameters
    ----------
    title : str
        What the reader should learn.
    rows : iterable of (at, low, value, high) or (at, low, high)
        Moments in microseconds; low and high may be None (no band), value None is a gap in the line. Without a value
        the band is drawn alone.
    unit : str
        Unit of the values.
    y : str
        Axis title.
    marks : sequence of Mark
        Limits and targets.
    """
    cells = tuple((int(r[0]), r[1], r[2] if len(r) == 4 else None, r[-1]) for r in rows)
    return Picture(Kind.TREND, title, ("at", "low", "value", "high"), cells, unit, y=y, marks=tuple(marks))


def control(
    title: str,
    rows: Iterable[tuple[Cell, float, float | None, float, float | None, str]],
    unit: str = "",
    *,
    x: str = "",
    y: str = "",
) -> Picture:
    """A control chart: each point with its limits, and the rule it breaks.

    Parameters
    ----------
    title : str
        What the reader should learn.
    rows : iterable of (x, value, lower, center, upper, signal)
        `x` is a number or a text; a limit is None where there is none; `signal` names the rule that was broken, ""
        where none was.
    unit : str
        Unit of the values.
    x, y : str
        Axis titles.
    """
    return Picture(
        Kind.CONTROL,
        title,
        ("x", "value", "lower", "center", "upper", "signal"),
        tuple(tuple(r) for r in rows),
        unit,
        x=x,
        y=y,
    )


def histogram(
    title: str, rows: Iterable[tuple[float, float, float]], unit: str = "", *, x: str = "", marks: Sequence[Mark] = ()
) -> Picture:
    """How often each size occurred.

    Parameters
    ----------
    title : str
        What the reader should learn.
    rows : iterable of (low, high, count)
        Bins; the upper edge of one is the lower edge of the next.
    unit : str
        Unit of the edges.
    x : str
        Axis title.
    marks : sequence of Mark
        Upright lines (`axis="x"`): the ideal, the median, the limits.
    """
    return Picture(
        Kind.HISTOGRAM,
        title,
        ("low", "high", "count"),
        tuple((float(a), float(b), float(n)) for a, b, n in rows),
        unit,
        x=x,
        marks=tuple(marks),
    )


def scatter(
    title: str, rows: Iterable[tuple[float, float, str]], *, x: str = "", y: str = "", marks: Sequence[Mark] = ()
) -> Picture:
    """How two figures go together: rows of (x, y, group)."""
    return Picture(
        Kind.SCATTER,
        title,
        ("x", "y", "group"),
        tuple((float(a), float(b), str(g)) for a, b, g in rows),
        x=x,
        y=y,
        marks=tuple(marks),
    )


def heatmap(
    title: str, rows: Iterable[tuple[str, str, float | None]], unit: str = "", *, x: str = "", y: str = ""
) -> Picture:
    """A value for each pair of row and column: rows of (row, column, value); None where there is none."""
    return Picture(
        Kind.HEATMAP, title, ("row", "column", "value"), tuple((str(r), str(c), v) for r, c, v in rows), unit, x=x, y=y
    )


def bars(
    title: str,
    rows: Iterable[tuple[str, str, float]],
    unit: str = "",
    *,
    subtitle: str = "",
    marks: Sequence[Mark] = (),
) -> Picture:
    """Amounts side by side, each stacked from parts: rows of (text, part, amount), in the order they are shown.

    Marks are upright lines (`axis="x"`).
    """
    return Picture(
        Kind.BARS,
        title,
        ("text", "part", "amount"),
        tuple((str(t), str(p), float(a)) for t, p, a in rows),
        unit,
        subtitle,
        marks=tuple(marks),
    )


def lines(
    title: str, rows: Iterable[tuple[str, float, float | None]], unit: str = "", *, x: str = "", y: str = ""
) -> Picture:
    """Curves: rows of (series, x, y); y None is a gap."""
    return Picture(
        Kind.LINES, title, ("series", "x", "y"), tuple((str(s), float(a), b) for s, a, b in rows), unit, x=x, y=y
    )


def survival(
    title: str,
    rows: Iterable[tuple[str, float, float, float | None, float | None]],
    unit: str = "",
    *,
    x: str = "",
    smooth: Sequence[str] = (),
) -> Picture:
    """The share that is still running after a time, as steps with a band of confidence.

    Parameters
    ----------
    title : str
        What the reader should learn.
    rows : iterable of (series, time, share, low, high)
        Shares 0 to 1; low and high may be None.
    unit : str
        Unit of the times.
    x : str
        Axis title.
    smooth : sequence of str
        Series that are curves (a fitted distribution), not steps.
    """
    cells = tuple((str(s), float(t), float(p), lo, hi, int(s in smooth)) for s, t, p, lo, hi in rows)
    return Picture(Kind.SURVIVAL, title, ("series", "time", "share", "low", "high", "smooth"), cells, unit, x=x)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, subtitle: str = "") -> Picture:
    """Rows as they are, for where figures say more than a curve."""
    return Picture(Kind.TABLE, title, tuple(columns), tuple(tuple(r) for r in rows), subtitle=subtitle)


def _render() -> ModuleType:
    """The renderer, by name: it is heavy, and what is shown does not depend on how it is drawn."""
    return import_module(".render", __package__)
