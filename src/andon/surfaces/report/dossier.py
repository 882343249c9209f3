"""A dossier: the answers of several studies for people who sign, and how its figures are written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...answer import MEASURED, Asked, Plain, notes, row_units, table_names
from ...units import BARE, probable
from ...words import say, told
from .writing import NOTHING, Writing


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings, each with the unit of its cells; a unit of "{unit}" stands in the row itself."""

    title: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Plain, ...], ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One answer in the dossier: which machine and test, and what was asked of it."""

    heading: str
    asked: Asked


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is in it.

    Attributes
    ----------
    title
        Its title, an English text of the house.
    plant, place, zone, currency, language
        Where it is from, and how it is written.
    since, until, made_at
        What it is about and when it was made (microseconds).
    made_by
        The version of the house and the state of plant.toml it was made with.
    summary
        One line a chapter.
    chapters
        The answers.
    left_out
        What was not answered, and why.
    """

    title: str
    plant: str
    place: str
    zone: str
    currency: str
    language: str
    since: int
    until: int
    made_at: int
    made_by: str
    summary: Table
    chapters: tuple[Chapter, ...]
    left_out: tuple[tuple[str, str], ...]

    @property
    def writing(self) -> Writing:
        """How it is written."""
        return Writing(self.language, self.zone, self.currency)


def told_cell(cell: Plain) -> bool:
    """Whether a cell says something to people: lists inside a row are for programs."""
    return cell not in (None, "") and not isinstance(cell, list | dict)


def remarks_of(asked: Asked, language: str) -> list[str]:
    """What the answer says before it is believed."""
    return [told(note, language) for note in notes(asked.answer)]


def tables_of(asked: Asked) -> Iterator[Table]:
    """The tables of an answer that have rows."""
    for name in table_names(asked.answer):
        rows, units = asked.table(name), row_units(asked.answer, name)
        if rows:
            columns = tuple((n, units.get(n, "")) for n in rows[0])
            yield Table(name, columns, tuple(tuple(r.get(n) for n, _ in columns) for r in rows))


def heading(writing: Writing, name: str, unit: str) -> str:
    """The heading of a column, with its unit where its cells do not carry it."""
    said, shown = writing.say(name.replace("_", " ")), unit_of(writing, unit)
    return f"{said} [{shown}]" if shown else said


def unit_of(writing: Writing, unit: str) -> str:
    """A unit as it is printed: none for what shows itself."""
    if unit == "{money}":
        return writing.currency
    if unit in BARE:
        return ""
    bare = unit.removeprefix(MEASURED)
    return "" if bare.startswith("{") else bare.strip("[]")


def written(writing: Writing, cell: Plain, unit: str) -> str:
    """One cell as people read it, without its unit."""
    if cell is None or isinstance(cell, list | dict):
        return NOTHING
    if isinstance(cell, bool):
        return writing.say("yes" if cell else "no")
    if isinstance(cell, str):
        return say(cell, writing.language)
    if unit == "us{1970}":
        return writing.moment(int(cell))
    if unit == "us":
        return writing.length(int(cell))
    if unit == "1":
        return writing.percent(cell)
    if unit == "{p}":
        return probable(cell)
    if unit == "[ppm]":
        return f"{cell:,.0f}" if cell >= 10 else f"{cell:.3g}"
    if isinstance(cell, int) or cell == int(cell):
        return f"{int(cell):,}"
    return f"{cell:.6g}" if unit.startswith(MEASURED) else f"{cell:,.3f}" if abs(cell) >= 0.01 else f"{cell:.3g}"


def value_of(writing: Writing, cell: Plain, unit: str) -> str:
    """One figure with its unit."""
    said, of = written(writing, cell, unit), unit_of(writing, unit)
    return f"{said} {of}" if of and said != NOTHING else said
