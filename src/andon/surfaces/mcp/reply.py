"""What a tool says: lines and one table that is cut to what a model should read at once, the rest a page away."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from ...answer import Plain
from ...page import unit_in
from .figures import figure, scale, spelled
from .weight import weight

Row = Mapping[str, Plain]
TOKENS = 2_000
"""Of an answer, unless more are asked for."""
MOST = 8_000
"""Of an answer, whatever is asked for."""
SAID = ("state", "loss", "worst loss", "element", "health", "quality", "priority", "kind", "connection")
"""Columns whose values are words of Andon, told in the reader's language."""
Say = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with the unit of each column (UCUM; "us{1970}": a moment); columns where nothing stands are left out."""

    rows: Sequence[Row]
    units: Mapping[str, str] = field(default_factory=dict)
    title: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer in parts.

    Attributes
    ----------
    head
        Lines before the table: what was asked, how much of it is known, the figures.
    table
        Is paged: `after` rows are skipped, and as many told as there is room for.
    foot
        Lines after it: what was left out, what it rests on, where to look.
    """

    head: Sequence[str] = ()
    table: Table | None = None
    foot: Sequence[str] = ()


def told(reply: Reply, say: Say, *, zone: str, after: int = 0, tokens: int = TOKENS) -> str:
    """The reply as text of at most about so many tokens; a table that has more rows says how to get them."""
    room = max(200, min(tokens, MOST))
    head, foot = list(reply.head), list(reply.foot)
    if reply.table is None:
        return "\n".join(_fitting([*head, *foot], room, say))
    spent = sum(weight(line) + 1 for line in (*head, *foot))
    body = _table(reply.table, say, zone, after, max(room - spent, room // 3))
    lines = [*head, *body, *foot]
    return "\n".join(lines if weight("\n".join(lines)) <= room * 4 // 3 else _fitting(lines, room, say))


def _table(table: Table, say: Say, zone: str, after: int, room: int) -> list[str]:
    """Title, heading, as many rows as there is room for, and how to go on."""
    if not table.rows:
        return [f"{say(table.title)}: {say('none')}"] if table.title else [say("none")]
    names = [n for n in dict.fromkeys(n for r in table.rows for n in r) if any(_tells(r.get(n)) for r in table.rows)]
    lengths = {n: scale([r.get(n) for r in table.rows], table.units.get(n, "")) for n in names}
    heads = [_heading(n, table.units.get(n, ""), lengths[n], say) for n in names]
    lines = [*([f"{say(table.title)}:"] if table.title else []), "|".join(heads)]
    left = room - sum(weight(line) + 1 for line in lines) - 30  # 30: the line that says how to go on
    shown = 0
    for row in table.rows[after:]:
        line = "|".join(_cell(row, n, table.units.get(n, ""), (zone, lengths[n], say)) for n in names)
        left -= weight(line) + 1
        if left < 0 and shown:
            break
        lines.append(line)
        shown += 1
    return [*lines, *_further(len(table.rows), after, shown, say)]


def _further(total: int, after: int, shown: int, say: Say) -> list[str]:
    end = after + shown
    if end >= total and not after:
        return []
    text = "rows {first}-{end} of {total}; for more: after={end}" if end < total else "rows {first}-{end} of {total}"
    return [say(text).format(first=after + 1, end=end, total=total)]


def _cell(row: Row, name: str, unit: str, how: tuple[str, int, Say]) -> str:
    zone, length, say = how
    value = row.get(name)
    if isinstance(value, str) and name in SAID:
        return say(value)
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return figure("; ".join(map(str, value)), unit, zone)
    return figure(value, unit_in(row, unit), zone, length)


def _heading(name: str, unit: str, length: int, say: Say) -> str:
    said, of = say(name.replace("_", " ")), spelled(unit, length)
    return f"{said} [{of}]" if of else said


def _tells(value: Plain) -> bool:
    return value not in (None, "", [])


def _fitting(lines: Sequence[str], room: int, say: Say) -> list[str]:
    """The first lines that fit."""
    kept: list[str] = []
    for line in lines:
        room -= weight(line) + 1
        if room < 0 and kept:
            return [*kept, say("(cut here: ask for more with a larger `tokens`)")]
        kept.append(line)
    return kept


def figure_line(rows: Collection[tuple[str, Plain, str]], say: Say, zone: str) -> str:
    """Figures in one line: (name, value, unit)."""
    said = []
    for name, value, unit in rows:
        length = scale([value], unit)
        number, of = figure(value, unit, zone, length), spelled(unit, length)
        said.append(f"{say(name.replace('_', ' '))} {number or say('unknown')}{f' {of}' if of and number else ''}")
    return ", ".join(said)
