"""What an answer looks like to a program: its figures, its table, its plain form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from . import page
from .catalog import Study, figures
from .errors import BadQuestion
from .model import Window, moment

if TYPE_CHECKING:
    import polars as pl

    from .picture import Picture


@cache
def made_by() -> str:
    """The program and its version, as evidence names it."""
    return f"andon {version('andon')}"


Key = tuple[tuple[str, str], ...]
"""What a piece is of: (("machine", "line-1/press-3"), ("shift", "2026-03-29 night"))."""

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]


@dataclass(frozen=True, slots=True)
class Heard:
    """How much of the asked time one signal was heard, in microseconds."""

    signal: str
    role: str
    known: int
    asked: int

    @property
    def ratio(self) -> float | None:
        return self.known / self.asked if self.asked else None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an answer rests on.

    Machines asked, machines left out and why, signals read, rows read, samples that were bad, the study's version
    and the digest of the plant on paper.
    """

    machines: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]
    signals: tuple[str, ...]
    rows: int
    bad: int
    version: str
    plant: str


@dataclass(frozen=True, slots=True)
class Piece:
    """The answer for one part of the question: one machine, shift, day, product..."""

    key: Key
    answer: object


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """An answer with its coverage and its evidence; `pieces` are there when it was asked `by` something."""

    study: Study
    at: str
    window: Window
    zone: str
    answer: object | None
    pieces: tuple[Piece, ...]
    coverage: tuple[Heard, ...]
    evidence: Evidence

    @property
    def known(self) -> float | None:
        """Known over asked time of the least heard role: the coverage to print beside every figure."""
        roles = {h.role for h in self.coverage}
        ratios = [_ratio([h for h in self.coverage if h.role == role]) for role in roles]
        heard = [r for r in ratios if r is not None]
        return min(heard) if heard else None

    def headline(self, local: Callable[[int], str], everywhere: str = "whole plant") -> str:
        """Who was asked, and when: nothing of it where the study is answered from its settings alone."""
        if self.study.timeless:
            return ""
        return f"{self.at or everywhere} · {local(self.window.since)} – {local(self.window.until)} ({self.zone})"

    def rows(self) -> list[dict[str, Plain]]:
        """One row a piece (one row in all where there are none): its key, then its single figures."""
        parts = self.pieces or ((Piece((), self.answer),) if self.answer is not None else ())
        return [{**dict(p.key), **single_figures(p.answer)} for p in parts]

    def to_polars(self, table: str = "") -> pl.DataFrame:
        """The answer as a Polars frame: one row a piece, or the rows of one of its tables, such as `rows`."""
        import polars as pl  # a second of import that a command line without frames need not pay

        return pl.DataFrame(self.table(table) if table else self.rows(), infer_schema_length=None)

    def table(self, name: str) -> list[dict[str, Plain]]:
        """The rows of one table of the answer, each with the key of its piece in front."""
        parts = self.pieces or (Piece((), self.answer),)
        known = table_names(parts[0].answer)
        if name not in known:
            raise BadQuestion(f"{self.study.name} has no table {name!r}. It has: {', '.join(known) or 'none'}.")
        return [{**dict(p.key), **row} for p in parts for row in _table(p.answer, name)]

    def picture(self) -> Picture:
        """The study's picture of this answer: it shows itself in a notebook and saves itself as SVG or PNG."""
        answer = self.answer if self.answer is not None else (self.pieces[0].answer if len(self.pieces) == 1 else None)
        if self.study.picture is None or answer is None:
            raise BadQuestion(f"{self.study.name} asked like this has no picture. Ask for one machine, without `by`.")
        return self.study.picture(answer)  # type: ignore[return-value]  # every picture function returns a Picture: checks.py

    def plain(self) -> dict[str, Plain]:
        """Everything as JSON-able values: the same on the command line, in REST and in MCP."""
        return {
            "study": self.study.name,
            "at": self.at,
            "since": moment(self.window.since).isoformat(),
            "until": moment(self.window.until).isoformat(),
            "zone": self.zone,
            "coverage": self.known,
            "heard": [plain(h) for h in self.coverage],
            "answer": plain(self.answer),
            "pieces": [{"key": plain(dict(p.key)), "answer": plain(p.answer)} for p in self.pieces],
            "evidence": plain(self.evidence),
        }

    def __repr__(self) -> str:
        """A few lines for a prompt: study, place, local time, coverage, and the figures or the pieces."""
        zone = ZoneInfo(self.zone)
        where = self.headline(lambda at: f"{moment(at).astimezone(zone):%Y-%m-%d %H:%M}")
        known = "" if self.known is None else f", coverage {self.known:.1%}"
        lines = [" · ".join(filter(None, (self.study.name, where))) + known]
        units = figure_units(self)
        if self.pieces:
            lines += page.text_table(self._telling_rows(), units)
        elif self.answer is not None:
            single = single_figures(self.answer)
            lines += page.text_list([(n, single[n], units[n]) for n in telling(self.study, single)])
        return "\n".join(lines)

    def _telling_rows(self) -> list[dict[str, Plain]]:
        """The rows a piece with the figures that tell the most."""
        return [
            {**dict(p.key), **{n: single[n] for n in telling(self.study, single)}}
            for p in self.pieces
            for single in [single_figures(p.answer)]
        ]

    def _repr_html_(self) -> str:
        """What a notebook shows: coverage, figures, pieces, tables and the picture."""
        if self.study.timeless:
            return page.page(self.study.name, "", self._parts())
        since, until = (f"{moment(t):%Y-%m-%d %H:%M}" for t in (self.window.since, self.window.until))
        known = "" if self.known is None else f" · coverage {self.known:.1%}"
        title = f"{self.study.name} · {self.at or 'whole plant'}"
        return page.page(title, f"{since} – {until} UTC{known}", self._parts())

    def _drawn(self) -> list[str]:
        """The picture, where these answers have one: a timeline of several machines at once has none."""
        try:
            return [str(self.picture()._repr_html_())]
        except BadQuestion:
            return []

    def _parts(self) -> list[str]:
        known, units = {f.name: f for f in figures(self.study.answer)}, figure_units(self)
        if self.pieces:
            return [page.table(self.rows(), units)]
        if self.answer is None:
            return []
        rows = [(n, v, units[n], known[n].help) for n, v in single_figures(self.answer).items()]
        return [
            *self._drawn(),
            page.figure_list(rows),
            *[page.table(r, row_units(self.answer, n), n) for n, r in tables(self.answer).items() if r],
        ]


def telling(study: Study, single: Mapping[str, Plain]) -> list[str]:
    """The figures to show first: those the answer names as its headline, else its first nine."""
    first: tuple[str, ...] = getattr(study.answer, "HEADLINE", ())
    return [n for n in (first or [f.name for f in figures(study.answer)]) if n in single][:9]


NOTES = ("flags", "remarks", "notes")
"""The fields in which an answer says what to know before it is believed."""
MEASURED = "{value}"
"""What a unit begins with that is the unit of what was measured: its figures are printed with all their digits."""
PLAIN = frozenset({str, int, bool, type(None)})
_ROWS: dict[type, tuple[str, ...]] = {}
"""The names of the figures of each kind of row that was told before."""


def plain(value: object) -> Plain:
    """Any answer as JSON-able values; ratios that a class derives are in, under their property's name."""
    kind = type(value)
    if kind in PLAIN:
        return value  # type: ignore[return-value]  # one of PLAIN
    if kind in _ROWS:
        return {name: v if type(v) in PLAIN else plain(v) for name in _ROWS[kind] for v in (getattr(value, name),)}
    if isinstance(value, bool | int | str) and not isinstance(value, Enum):
        return value
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        _ROWS[kind] = tuple(f.name for f in figures(kind))
        return plain(value)
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, tuple | list | set | frozenset):
        return [plain(v) for v in value]
    return str(value)


def single_figures(answer: object) -> dict[str, Plain]:
    """The fields and ratios of an answer that are one number or text."""
    if not is_dataclass(answer) or isinstance(answer, type):
        return {"answer": plain(answer)}
    found = {f.name: getattr(answer, f.name) for f in figures(type(answer))}
    return {name: plain(v) for name, v in found.items() if not _is_many(v)}


def notes(answer: object) -> list[str]:
    """What an answer says about itself: what to know before it is believed.

    >>> from types import SimpleNamespace
    >>> notes(SimpleNamespace(remarks=("only 3 values",)))
    ['only 3 values']
    """
    return [str(said) for name in NOTES for said in getattr(answer, name, ())]


def table_names(answer: object) -> list[str]:
    """The fields of an answer that are tuples of dataclass rows; not those it names in INNER."""
    if not is_dataclass(answer) or isinstance(answer, type):
        return []
    inner: tuple[str, ...] = getattr(answer, "INNER", ())
    rows = {f.name: getattr(answer, f.name) for f in fields(answer) if f.name not in inner}
    return [n for n, r in rows.items() if isinstance(r, tuple) and (not r or is_dataclass(r[0]))]


def tables(answer: object) -> dict[str, list[dict[str, Plain]]]:
    """The tables of an answer by name (`table_names`), as lists of dicts."""
    return {name: _table(answer, name) for name in table_names(answer)}


def row_units(answer: object, table: str) -> dict[str, str]:
    """The unit of each column of one of the answer's tables."""
    rows = getattr(answer, table)
    if not rows:
        return {}
    known = {f.name: f.unit for f in figures(type(rows[0]))}
    if "unit" in known:
        return {name: "{unit}" if unit == MEASURED else unit for name, unit in known.items()}
    return {name: measured_in(answer, unit) for name, unit in known.items()}


def figure_units(asked: Asked) -> dict[str, str]:
    """The unit of each figure of an answer; where it was split, that of the first piece."""
    answer = asked.answer if asked.answer is not None else asked.pieces[0].answer if asked.pieces else None
    return {f.name: measured_in(answer, f.unit) for f in figures(asked.study.answer)}


def measured_in(answer: object, unit: str) -> str:
    """A unit in which what was measured is named by the answer's own `unit`; it begins with {value}.

    >>> measured_in(None, "kW.h"), measured_in(None, "{value}/d")
    ('kW.h', '{value}/d')
    """
    if not unit.startswith(MEASURED):
        return unit
    told, rest = str(getattr(answer, "unit", "")), unit.removeprefix(MEASURED)
    if told in ("", "1"):
        return MEASURED + ("" if rest.isdecimal() else rest)
    return MEASURED + told + rest


def _table(answer: object, name: str) -> list[dict[str, Plain]]:
    return [r for r in map(plain, getattr(answer, name)) if isinstance(r, dict)]


def _is_many(value: object) -> bool:
    if isinstance(value, tuple | list | set | frozenset | Mapping) or is_dataclass(value):
        return True
    return int(getattr(value, "ndim", 0)) > 0


def _ratio(heard: list[Heard]) -> float | None:
    asked = sum(h.asked for h in heard)
    return sum(h.known for h in heard) / asked if asked else None
