"""A dossier as one HTML page that needs nothing else: a summary, and each answer on pages of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ...answer import MEASURED, Asked, Plain, figure_units, single_figures, telling
from ...catalog import figures
from ...errors import BadQuestion
from ...picture import Picture
from .dossier import Chapter, Dossier, Table, heading, remarks_of, tables_of, told_cell, value_of, written
from .html import inlined, template

MOST = 60
"""Rows of one table on paper; the workbook has all."""
DRAWN = ("bars",)
"""Tables that the picture shows: only the workbook has their numbers."""


def to_page(dossier: Dossier) -> str:
    """The dossier as one HTML page that needs nothing else."""
    parts = [_part(dossier, n, chapter) for n, chapter in enumerate(dossier.chapters, 1)]
    writing = dossier.writing
    return template("dossier.html").render(
        d=dossier, w=writing, say=writing.say, parts=parts, table=_Shown.of(dossier, dossier.summary)
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """A table as it is printed: headings and cells as text, and whether a column is of numbers."""

    title: str
    heads: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[str, ...], ...]
    more: int

    @classmethod
    def of(cls, dossier: Dossier, table: Table) -> _Shown:
        writing = dossier.writing
        shown = table.rows[:MOST]
        keep = [i for i in range(len(table.columns)) if any(told_cell(r[i]) for r in shown)]
        names = [n for n, _ in table.columns]
        unit = names.index("unit") if "unit" in names else None
        rows = tuple(tuple(written(writing, r[i], _own(table.columns[i][1], r, unit)) for i in keep) for r in shown)
        heads = tuple(
            (heading(writing, *table.columns[i]), all(isinstance(r[i], int | float | None) for r in shown))
            for i in keep
        )
        return cls(writing.say(table.title.replace("_", " ")), heads, rows, len(table.rows) - len(shown))


def _own(unit: str, row: Sequence[Plain], place: int | None) -> str:
    return MEASURED if unit == "{unit}" and place is not None else unit


def _part(dossier: Dossier, number: int, chapter: Chapter) -> Mapping[str, object]:
    """What the template shows of one answer."""
    writing, asked = dossier.writing, chapter.asked
    single, units = single_figures(asked.answer), figure_units(asked)
    first = telling(asked.study, single)
    known = {f.name: f for f in figures(asked.study.answer)}
    rest = [n for n in single if n not in first and told_cell(single[n])]
    return {
        "heading": chapter.heading,
        "summary": writing.say(asked.study.summary),
        "tiles": [(writing.say(n.replace("_", " ")), value_of(writing, single[n], units[n])) for n in first],
        "remarks": remarks_of(asked, dossier.language),
        "drawn": _drawn(dossier, number, asked),
        "figures": [
            (writing.say(n.replace("_", " ")), value_of(writing, single[n], units[n]), writing.say(known[n].help))
            for n in rest
        ],
        "tables": [_Shown.of(dossier, t) for t in tables_of(asked) if t.title not in DRAWN],
    }


def _drawn(dossier: Dossier, number: int, asked: Asked) -> Markup | None:
    try:
        picture: Picture = asked.picture()
    except BadQuestion:
        return None
    return inlined(picture, f"p{number}", language=dossier.language, zone=dossier.zone, width=620)
