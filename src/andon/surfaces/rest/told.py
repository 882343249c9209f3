"""How an answer is told: its figures with titles, units and meaning, its tables, its picture, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ...answer import (
    MEASURED,
    Asked,
    Plain,
    figure_units,
    notes,
    plain,
    row_units,
    single_figures,
    table_names,
    telling,
)
from ...catalog import Figure, figures
from ...errors import BadQuestion
from ...picture import Picture, die_colors
from ...picture.kinds import Kind
from ...picture.palette import MEANINGS
from ...words import say, told

Row = Mapping[str, Plain]


def answer(asked: Asked, language: str, currency: str) -> dict[str, object]:
    """Everything of an answer: what `Asked.plain` tells, and the same as figures, tables and picture for people."""
    shown = tables_of(asked, language, currency)
    drawn = _picture(asked)
    return {
        **asked.plain(),
        "figures": figures_of(asked, language, currency),
        "tables": shown,
        "picture": picture(drawn, language) if drawn else None,
        "notes": [told(note, language) for note in notes(asked.answer)],
        "words": words([*shown, *(c for t in shown.values() for r in t["rows"] for c in r.values())], language),
    }


def figures_of(asked: Asked, language: str, currency: str) -> list[dict[str, object]]:
    """The single figures, those that tell the most first; none where the answer is only in pieces."""
    if asked.answer is None:
        return []
    single, known = single_figures(asked.answer), {f.name: f for f in figures(type(asked.answer))}
    first, units = telling(asked.study, single), figure_units(asked)
    names = [*first, *(n for n in single if n not in first)]
    return [
        {
            **figure(known[n], language, currency),
            **unit_of(units[n], currency),
            "value": single[n],
            "headline": n in first,
        }
        for n in names
    ]


def figure(f: Figure, language: str, currency: str) -> dict[str, object]:
    """A figure without its value."""
    return {
        "name": f.name,
        "title": title(f.name, language),
        **unit_of(f.unit, currency),
        "help": say(f.help, language),
    }


def tables_of(asked: Asked, language: str, currency: str) -> dict[str, dict[str, list[dict[str, Plain]]]]:
    """The tables by name; `pieces` has one row a piece where the question was split."""
    found = {"pieces": table(asked.rows(), figure_units(asked), language, currency)} if asked.pieces else {}
    answers = [p.answer for p in asked.pieces] or [asked.answer]
    for name in table_names(answers[0]):
        units = {n: u for a in answers for n, u in row_units(a, name).items()}
        found[name] = table(asked.table(name), units, language, currency)
    return found


def table(
    rows: Sequence[Row], units: Mapping[str, str], language: str, currency: str
) -> dict[str, list[dict[str, Plain]]]:
    """Rows with their columns: name, title and unit of each; columns that are lists inside are for programs."""
    names = list(dict.fromkeys(n for r in rows for n in r))
    columns: list[dict[str, Plain]] = [
        {"name": n, "title": title(n, language), **unit_of(units.get(n, ""), currency)} for n in names
    ]
    return {"columns": columns, "rows": [dict(r) for r in rows]}


def picture(drawn: Picture, language: str) -> dict[str, object]:
    """A picture as JSON: its words in the reader's language, its cells as they are, with the words for them beside."""
    return {
        "kind": drawn.kind.value,
        "title": told(say(drawn.title, language), language),
        "subtitle": told(say(drawn.subtitle, language), language),
        "unit": say(drawn.unit, language),
        "x": say(drawn.x, language),
        "y": say(drawn.y, language),
        "columns": list(drawn.columns),
        "rows": plain(drawn.rows),
        "marks": [{"text": say(m.text, language), "value": plain(m.value), "axis": m.axis} for m in drawn.marks],
        "words": words([*drawn.columns, *(c for r in drawn.rows for c in r)], language),
        "colors": {text: list(pair) for text, pair in _colors(drawn).items()},
    }


def _colors(drawn: Picture) -> Mapping[str, tuple[str, str]]:
    """Light and dark colour of each text that has one: a word of the house, or a bin of a wafer."""
    if drawn.kind is Kind.WAFER:
        return die_colors(drawn)
    return {c: MEANINGS[c] for r in drawn.rows for c in r if isinstance(c, str) and c in MEANINGS}


def words(cells: Iterable[object], language: str) -> dict[str, str]:
    """How the codes among cells are said to people, where that differs."""
    texts = dict.fromkeys(c for c in cells if isinstance(c, str) and c)
    return {t: said for t in texts if (said := told(say(t, language), language)) != t}


def title(name: str, language: str) -> str:
    """A name of a figure or a column, in words."""
    return say(name.replace("_", " "), language)


def unit_of(unit: str, currency: str) -> dict[str, Plain]:
    """The unit as it is printed (the plant's currency for money), and whether it is that of what was measured."""
    said = currency if unit == "{money}" else unit.removeprefix(MEASURED)
    return {"unit": said, "measured": unit.startswith(MEASURED) or unit == "{unit}"}


def _picture(asked: Asked) -> Picture | None:
    try:
        return asked.picture()
    except BadQuestion:
        return None  # asked like this it has none: the answers of several machines, for example
