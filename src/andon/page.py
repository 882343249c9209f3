"""An answer as a piece of HTML: what a notebook shows."""

from __future__ import annotations

from html import escape

from .answer import Asked, Plain, single_figures, tables
from .catalog import figures
from .errors import BadQuestion
from .model import moment

STYLE = ("<style>.andon{font:13px/1.45 system-ui,'Noto Sans CJK SC',sans-serif}.andon table{border-collapse:collapse;"
         "margin:.3em 0 .8em}.andon td,.andon th{padding:.15em .9em .15em 0;text-align:left;vertical-align:top}"
         ".andon th{font-weight:600;opacity:.65}.andon .n{text-align:right;font-variant-numeric:tabular-nums}"
         ".andon .dim{opacity:.65}.andon h4{margin:.6em 0 .2em}</style>")
MOST = 50
"""Rows shown of a table; the rest is a `.to_polars()` away."""


def html(asked: Asked) -> str:
    """The answer with its coverage, figures, pieces, tables and picture."""
    since, until = (moment(t).strftime("%Y-%m-%d %H:%M") for t in (asked.window.since, asked.window.until))
    known = "" if asked.known is None else f" · coverage {asked.known:.1%}"
    parts = [f"<h4>{escape(asked.study.name)} · {escape(asked.at or 'whole plant')}</h4>",
             f'<div class="dim">{since} – {until} UTC{known}</div>']
    if asked.pieces:
        parts.append(_table(asked.rows(), _units(asked)))
    elif asked.answer is not None:
        parts += [_picture(asked), _figures(asked)]
        parts += [f"<h4>{escape(name.replace('_', ' '))}</h4>{_table(rows, {})}"
                  for name, rows in tables(asked.answer).items() if rows]
    return f'<div class="andon">{STYLE}{"".join(parts)}</div>'


def _picture(asked: Asked) -> str:
    try:
        return str(asked.picture()._repr_html_())
    except BadQuestion:  # the study has none
        return ""


def _figures(asked: Asked) -> str:
    said = {f.name: f for f in figures(asked.study.answer)}
    rows = [f'<tr><td>{escape(n.replace("_", " "))}</td><td class="n">{_value(v, said[n].unit)}</td>'
            f'<td class="dim">{escape(said[n].help)}</td></tr>'
            for n, v in single_figures(asked.answer).items() if n in said]
    return f"<table>{''.join(rows)}</table>"


def _table(rows: list[dict[str, Plain]], units: dict[str, str]) -> str:
    names = [n for n in dict.fromkeys(n for r in rows for n in r) if any(r.get(n) not in (None, "") for r in rows)]
    head = "".join(f"<th>{escape(n.replace('_', ' '))}</th>" for n in names)
    body = "".join("<tr>" + "".join(_cell(r.get(n), units.get(n, "")) for n in names) + "</tr>" for r in rows[:MOST])
    more = f'<div class="dim">and {len(rows) - MOST} more rows</div>' if len(rows) > MOST else ""
    return f"<table><tr>{head}</tr>{body}</table>{more}"


def _cell(value: Plain, unit: str) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return f'<td class="{"n" if number else ""}">{_value(value, unit)}</td>'


def _value(value: Plain, unit: str) -> str:
    if value is None:
        return "–"
    if isinstance(value, int | float) and not isinstance(value, bool):
        if unit == "1":
            return f"{value:.1%}"
        if unit == "us":
            return f"{value / 60e6:,.1f} min"
        return f"{value:,.6g}"
    return escape(str(value))


def _units(asked: Asked) -> dict[str, str]:
    return {f.name: f.unit for f in figures(asked.study.answer)}
