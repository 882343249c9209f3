"""How the command line shows things: aligned tables, figures with units, local times, JSON and CSV."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from ...answer import MEASURED, Asked, Plain, figure_units, notes, row_units, single_figures, tables, telling
from ...catalog import figures
from ...model import moment
from ...page import unit_in
from ...units import BARE, probable
from .desk import Desk

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable

Row = Mapping[str, Plain]
MOST = 20
"""Rows shown of a table of an answer."""
LONG_WORD = 40
"""A word of so many letters is an address; its column is the first to go where a line has no room."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How the user wants it: as tables for people, as JSON or as CSV."""

    json: bool = False
    csv: bool = False


def show(
    desk: Desk, rows: Sequence[Row], shape: Shape, *, title: str = "", units: Mapping[str, str] | None = None
) -> None:
    """Print rows as a table, as JSON or as CSV."""
    if shape.json:
        print(json.dumps([dict(r) for r in rows], ensure_ascii=False, indent=2))
    elif shape.csv:
        write_csv(rows)
    else:
        table(desk, rows, title=title, units=units or {})


def write_csv(rows: Sequence[Row]) -> None:
    """Rows as CSV with the union of their columns."""
    names = list(dict.fromkeys(n for r in rows for n in r))
    out = csv.DictWriter(sys.stdout, names, lineterminator="\n")
    out.writeheader()
    out.writerows([dict(r) for r in rows])


def table(
    desk: Desk, rows: Sequence[Row], *, title: str, units: Mapping[str, str], codes: Collection[str] = ()
) -> None:
    """Print an aligned table; numbers to the right, empty columns left out; the columns `codes` are as they are."""
    drawn, hidden = drawn_table(desk, rows, title=title, units=units, codes=codes)
    console().print(drawn)
    if hidden:
        said = desk.say("hidden for want of room: {names}; --json shows all", names=", ".join(hidden))
        console().print(said, style="dim", markup=False)


def drawn_table(
    desk: Desk, rows: Sequence[Row], *, title: str, units: Mapping[str, str], codes: Collection[str] = ()
) -> tuple[RichTable, list[str]]:
    """The table, and the headings of the columns for which the line has no room."""
    from rich.markup import escape  # rich costs a tenth of a second that JSON and CSV need not pay
    from rich.table import Table

    names = [n for n in dict.fromkeys(n for r in rows for n in r) if any(_telling_cell(r.get(n)) for r in rows)]
    heads = {n: heading(desk, n, units.get(n, "")) for n in names}
    cells = {n: [_cell(r, n, units.get(n, ""), desk, code=n in codes) for r in rows] for n in names}
    rooms = {n: _room([heads[n], *cells[n]]) for n in names}
    names, hidden = fitting(rooms, console().width)
    drawn = Table(
        title=title or None,
        title_justify="left",
        title_style="bold",
        header_style="dim",
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    for name in names:
        number = any(isinstance(r.get(name), int | float) for r in rows)
        side: Literal["left", "right"] = "right" if number else "left"
        least = rooms[name][0] if len(names) > 1 else None
        drawn.add_column(escape(heads[name]), justify=side, overflow="fold", min_width=least)
    for place in range(len(rows)):
        drawn.add_row(*[escape(cells[n][place]) for n in names])
    return drawn, [heads[n] for n in hidden]


def _cell(row: Row, name: str, unit: str, desk: Desk, *, code: bool) -> str:
    value = row.get(name)
    return value if code and isinstance(value, str) else figure(value, unit_in(row, unit), desk)


def fitting(rooms: Mapping[str, tuple[int, int]], width: int) -> tuple[list[str], list[str]]:
    """Which columns a line has room for, and which are hidden: addresses first, then from the right.

    `rooms` gives each column's least width, at which no word is broken, and its whole width.

    >>> fitting({"order": (6, 9), "semantic id": (60, 60), "delay": (8, 8)}, 40)
    (['order', 'delay'], ['semantic id'])
    """
    shown = list(rooms)
    while len(shown) > 1 and sum(rooms[n][0] + 2 for n in shown) > width + 2:
        longest = max(shown[1:], key=lambda n: rooms[n][0])
        shown.remove(longest if rooms[longest][0] > LONG_WORD else shown[-1])
    return shown, [n for n in rooms if n not in shown]


def _room(texts: Sequence[str]) -> tuple[int, int]:
    """Columns of the terminal that texts need: with lines broken between words only, and without any break."""
    from rich.cells import cell_len  # a tenth of a second that JSON and CSV need not pay

    numbers = [t for t in texts[1:] if not any(c.isalpha() for c in t)]
    words = [w for t in texts for w in t.split()] + numbers
    return max(map(cell_len, words), default=0), max(map(cell_len, texts), default=0)


def answer(desk: Desk, asked: Asked, shape: Shape, *, currency: str) -> None:
    """Print an answer: its figures with coverage beside them, then its tables."""
    if shape.json:
        print(json.dumps(asked.plain(), ensure_ascii=False, indent=2))
        return
    if shape.csv:
        write_csv(asked.rows())
        return
    units = units_of(asked, currency)
    header(desk, asked)
    if asked.pieces:
        _pieces(desk, asked, units)
        if not any(k for p in asked.pieces for k in p.key):
            _tables(desk, asked, currency)
    elif asked.answer is not None:
        _figures(desk, asked, units)
        _tables(desk, asked, currency)
    for note in notes(asked.answer):
        console().print(f"! {desk.told(note)}", style="yellow", markup=False)
    footer(desk, asked)


def _tables(desk: Desk, asked: Asked, currency: str) -> None:
    """The tables of the answer, or of all pieces together with the machine in front."""
    answers = [p.answer for p in asked.pieces] or [asked.answer]
    for name in tables(answers[0]):
        rows = asked.table(name)
        columns = _priced({n: u for a in answers for n, u in row_units(a, name).items()}, currency)
        shown = [localised(r, columns, asked.zone) for r in rows[:MOST]]
        table(desk, shown, title=desk.say(name.replace("_", " ")), units=columns)
        if len(rows) > MOST:
            more = desk.say("{n} more rows: --table {name}", n=len(rows) - MOST, name=name)
            print_line(f"[dim]{more}[/dim]")


def localised(row: Row, units: Mapping[str, str], zone: str) -> dict[str, Plain]:
    """The row with its moments in local time."""
    return {n: local(v, zone) if units.get(n) == "us{1970}" and isinstance(v, int) else v for n, v in row.items()}


def header(desk: Desk, asked: Asked) -> None:
    """What was asked, of whom, when."""
    where = asked.headline(lambda at: local(at, asked.zone), desk.say("whole plant"))
    print_line(f"[bold]{asked.study.name}[/bold]  {where}".rstrip())


def footer(desk: Desk, asked: Asked) -> None:
    """How much of it is known, and who was left out."""
    for role in dict.fromkeys(h.role for h in asked.coverage):
        heard = [h for h in asked.coverage if h.role == role]
        known, total = sum(h.known for h in heard), sum(h.asked for h in heard)
        if total:
            style = "green" if known >= 0.95 * total else "yellow" if known >= 0.8 * total else "red"
            print_line(
                f"[{style}]{desk.say('coverage')} {role}: {known / total:.1%}[/{style}] "
                f"[dim]({length(total - known)} {desk.say('unknown of')} {length(total)})[/dim]"
            )
    for who, why in asked.evidence.left_out[:6]:
        console().print(f"{desk.say('left out')}: {who}: {why}", style="dim", markup=False)
    evidence = asked.evidence
    said = desk.say(
        "rests on {rows} rows of {signals} signals of {machines} machines",
        rows=evidence.rows,
        signals=len(evidence.signals),
        machines=len(evidence.machines),
    )
    print_line(f"[dim]{said}; plant.toml {evidence.plant[:8]}; {evidence.version}[/dim]")


def units_of(asked: Asked, currency: str) -> dict[str, str]:
    """The unit of each figure of the answer."""
    return _priced(figure_units(asked), currency)


def figure(value: Plain, unit: str, desk: Desk) -> str:
    """One value as people read it: lengths of time as h:mm, ratios in percent, numbers with separators."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return desk.say("yes" if value else "no")
    if isinstance(value, str):
        return desk.say(value)
    if isinstance(value, list):
        return "; ".join(desk.say(str(v)) for v in value)
    if not isinstance(value, int | float):
        return json.dumps(value, ensure_ascii=False)
    if unit == "us":
        return length(value)
    if unit == "1":
        return f"{value:.1%}"
    if unit == "{p}":
        return probable(value)
    if unit.startswith("us/"):
        return number(value / 1e6)
    return f"{value:,.6g}" if unit.startswith(MEASURED) else number(value)


def spelled(unit: str, desk: Desk) -> str:
    """A UCUM code as people read it: annotations without their braces, microseconds as the seconds that are shown."""
    unit = unit.removeprefix(MEASURED)
    said = re.sub(r"\{([^}]*)\}", lambda m: desk.say(m[1]), re.sub(r"^us/", "s/", unit))
    return said.strip("[]")


def number(value: float) -> str:
    """A number with as many digits as it deserves.

    >>> number(12345.0), number(0.1239), number(12.3456)
    ('12,345', '0.1239', '12.35')
    """
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.2f}" if abs(value) >= 1 else f"{value:.4g}"


def length(micros: float) -> str:
    """A length of time for people.

    >>> length(3_600_000_000), length(90_000_000), length(1_500_000), length(-60_000_000)
    ('1 h 00 min', '1 min 30 s', '1.5 s', '-1 min 00 s')
    """
    sign, seconds = ("-" if micros < 0 else ""), abs(micros) / 1e6
    if seconds >= 3600:
        hours, minutes = divmod(round(seconds / 60), 60)
        return f"{sign}{hours:,} h {minutes:02d} min"
    if seconds >= 60:
        return f"{sign}{int(seconds // 60)} min {int(seconds % 60):02d} s"
    return f"{sign}{seconds:.3g} s"


def local(at: int, zone: str) -> str:
    """A moment in the plant's local time, to the minute; seconds where it has them."""
    said: datetime = moment(at).astimezone(ZoneInfo(zone))
    return said.strftime("%Y-%m-%d %H:%M" if at % 60_000_000 == 0 else "%Y-%m-%d %H:%M:%S")


def heading(desk: Desk, name: str, unit: str) -> str:
    """A column's heading: its name in words, its unit where the values do not carry it."""
    said = desk.say(name.replace("_", " "))
    return said if unit in (*BARE, "{part}", "{unit}", MEASURED) else f"{said} [{spelled(unit, desk)}]"


def console() -> Console:
    """The terminal; when the output is no terminal, wide enough that nothing is cut."""
    from rich.console import Console  # a tenth of a second that JSON and CSV need not pay

    return Console(highlight=False, soft_wrap=not sys.stdout.isatty(), width=None if sys.stdout.isatty() else 200)


def print_line(text: str) -> None:
    console().print(text)


def _pieces(desk: Desk, asked: Asked, units: Mapping[str, str]) -> None:
    """One row a piece, and one for all together where the answers add up."""
    rows, single = asked.rows(), single_figures(asked.pieces[0].answer)
    keys = [n for n in rows[0] if n not in single]
    if asked.answer is not None and len(rows) > 1:
        rows.append({**dict.fromkeys(keys, ""), keys[0]: desk.say("all together"), **single_figures(asked.answer)})
    chosen = keys + telling(asked.study, single)
    shown = [localised({n: r.get(n) for n in chosen}, units, asked.zone) for r in rows]
    table(desk, shown, title="", units=units)


def _telling_cell(value: Plain) -> bool:
    """Lists inside a row are keys for programs; people get the columns that say something."""
    return value not in (None, "") and not isinstance(value, list | dict)


def _figures(desk: Desk, asked: Asked, units: Mapping[str, str]) -> None:
    said = {f.name: f for f in figures(type(asked.answer))}
    rows: list[Row] = [
        {
            "figure": desk.say(n.replace("_", " ")),
            "value": desk.told(figure(v, unit, desk))
            if isinstance(v, str)
            else _with_unit(figure(v, unit, desk), unit, desk),
            "meaning": desk.say(said[n].help),
        }
        for n, v in localised(single_figures(asked.answer), units, asked.zone).items()
        for unit in [units.get(n, "")]
    ]
    table(desk, rows, title="", units={})


def _with_unit(value: str, unit: str, desk: Desk) -> str:
    if unit in (*BARE, MEASURED) or value == "–":
        return value
    said = spelled(unit, desk)
    return f"{value}{said}" if said.startswith("/") else f"{value} {said}"


def _priced(units: Mapping[str, str], currency: str) -> dict[str, str]:
    """The units with the plant's currency for money."""
    return {name: currency if unit == "{money}" else unit for name, unit in units.items()}
