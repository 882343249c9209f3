"""Tables and figures as a piece of HTML, or as lines of text: what a notebook and a prompt show of an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from .model import moment
from .units import probable

STYLE = (
    "<style>.andon{font:13px/1.45 system-ui,'Noto Sans CJK SC',sans-serif}.andon table{border-collapse:collapse;"
    "margin:.3em 0 .8em}.andon td,.andon th{padding:.15em .9em .15em 0;text-align:left;vertical-align:top}"
    ".andon th{font-weight:600;opacity:.65}.andon .n{text-align:right;font-variant-numeric:tabular-nums}"
    ".andon .dim{opacity:.65}.andon h4{margin:.6em 0 .2em}</style>"
)
MOST = 50
"""Rows shown of a table; the rest is a `.to_polars()` away."""
FEW = 12
"""Rows shown of a table of text."""
NARROW = 110
"""Characters of a line of text."""


def page(title: str, subtitle: str, parts: Sequence[str]) -> str:
    """A heading and its parts."""
    return (
        f'<div class="andon">{STYLE}<h4>{escape(title)}</h4><div class="dim">{escape(subtitle)}</div>'
        f"{''.join(parts)}</div>"
    )


def figure_list(rows: Sequence[tuple[str, object, str, str]]) -> str:
    """Figures one below the other: (name, value, unit, meaning)."""
    body = "".join(
        f'<tr><td>{escape(_words(name))}</td><td class="n">{escape(_value(value, unit))}</td>'
        f'<td class="dim">{escape(meaning)}</td></tr>'
        for name, value, unit, meaning in rows
    )
    return f"<table>{body}</table>"


def table(rows: Sequence[Mapping[str, object]], units: Mapping[str, str], title: str = "") -> str:
    """Rows with their union of columns; empty columns and lists inside rows are left out."""
    names = [
        n
        for n in dict.fromkeys(n for r in rows for n in r)
        if any(r.get(n) not in (None, "") and not isinstance(r.get(n), list | dict) for r in rows)
    ]
    head = "".join(f"<th>{escape(_words(n))}</th>" for n in names)
    body = "".join(
        "<tr>" + "".join(_cell(r.get(n), unit_in(r, units.get(n, ""))) for n in names) + "</tr>" for r in rows[:MOST]
    )
    more = f'<div class="dim">and {len(rows) - MOST} more rows</div>' if len(rows) > MOST else ""
    return f"{f'<h4>{escape(_words(title))}</h4>' if title else ''}<table><tr>{head}</tr>{body}</table>{more}"


def unit_in(row: Mapping[str, object], unit: str) -> str:
    """The unit of a cell: `{unit}` means that the row's own column `unit` names it."""
    return str(row.get("unit") or "") if unit == "{unit}" else unit


def text_list(rows: Sequence[tuple[str, object, str]]) -> list[str]:
    """Figures in as few lines as they need: (name, value, unit)."""
    lines: list[str] = []
    for said in (f"{_words(name)} {_value(value, unit)}" for name, value, unit in rows):
        if lines and len(lines[-1]) + len(said) + 2 <= NARROW:
            lines[-1] += f", {said}"
        else:
            lines.append(said)
    return lines


def text_table(rows: Sequence[Mapping[str, object]], units: Mapping[str, str]) -> list[str]:
    """Rows as aligned lines: as many of the columns as a line has room for, and the first rows."""
    names = list(dict.fromkeys(n for r in rows for n in r))
    columns = [[_words(n), *[_value(r.get(n), units.get(n, "")) for r in rows[:FEW]]] for n in names]
    widths = [max(map(len, c)) for c in columns]
    fits = [i for i in range(len(columns)) if sum(widths[: i + 1]) + 2 * i <= NARROW]
    lines = ["  ".join(columns[i][r].ljust(widths[i]) for i in fits).rstrip() for r in range(min(len(rows), FEW) + 1)]
    return [*lines, f"and {len(rows) - FEW} more rows"] if len(rows) > FEW else lines


def _words(name: str) -> str:
    return name.replace("_", " ")


def _cell(value: object, unit: str) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return f'<td class="{"n" if number else ""}">{escape(_value(value, unit))}</td>'


def _value(value: object, unit: str) -> str:
    if value is None:
        return "–"
    if not isinstance(value, int | float) or isinstance(value, bool):
        return str(value)
    if unit == "1":
        return f"{value:.1%}"
    if unit == "{p}":
        return probable(value)
    if unit == "us":
        return f"{value / 60e6:,.1f} min"
    if unit.startswith("us/"):
        return f"{value / 1e6:,.6g} s{unit[2:].replace('{', '').replace('}', '')}"
    if unit == "us{1970}":
        return f"{moment(int(value)):%Y-%m-%d %H:%M:%S} UTC"
    return f"{value:,.6g}"
