"""Look at a file and propose its mapping: what each column is, why, and how plant.toml would say it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from ...errors import BadInput
from ...model import Times
from ...plant import Plant
from ..guess.vocabulary import spaced
from .assign import NO_SIGNAL, Seen, assign, machine_paths, name_of
from .clock import Clock
from .columns import preview_json, preview_parquet
from .guess import Guess, guess_column, guess_dialect, guess_long, guess_machine, guess_time, rhythm_of
from .lineprotocol import preview_line_protocol
from .lines import propose_lines
from .load import format_of
from .mapping import FileMapping, TimeColumn
from .parts import see_parts, without_heads
from .proposal import Proposal
from .rows import Column
from .samples import Index, distinct
from .sheets import preview_sheet
from .spelled import length_text
from .tags import Long, assign_tags, see_tags
from .tested import is_tested, propose_tested
from .text import preview
from .vocabulary import TIME


def propose(path: Path, plant: Plant | None = None, *, at: str = "") -> Proposal:
    """Look at the first rows of a file and say what it seems to be.

    Parameters
    ----------
    path : Path
        CSV, Excel, Parquet, JSON lines or line protocol.
    plant : Plant, optional
        Where it has machines and signals that fit, their names are used; what it lacks is proposed, too.
    at : str, optional
        The machine that the file is of, where the file does not say it.

    Returns
    -------
    Proposal
        For a person to read, correct, and confirm once in plant.toml.

    Raises
    ------
    BadInput
        The file cannot be read, or no column of it is a time where one is needed.
    BadQuestion
        The file is of several machines, and not of `at` alone.
    """
    if not path.is_file():
        raise BadInput(f"There is no file {path}.")
    found = propose_tested(path, plant, at) if is_tested(path, FileMapping()) else _propose(path, plant)
    return found.of_machine(at) if at else found


def _propose(path: Path, plant: Plant | None) -> Proposal:
    format = format_of(path, FileMapping())
    table, facts, settings = looked_at(path, format)
    if format == "lineprotocol":
        return propose_lines(path, table, plant)
    table, heads = without_heads(table)
    times, time_format, why = guess_time(table)
    if not times and (empty := next((n for n in table.column_names if _is_blank_time(n, table[n])), "")):
        raise BadInput(f"{path.name}: the column {empty!r} has no times yet: fill it in first.")
    dialect = guess_dialect(table)
    settings |= {"decimal": ","} if dialect.decimal == "," else {}
    settings |= {"thousands": dialect.thousands} if dialect.thousands else {}
    machine = guess_machine(table, times)
    tag, value, quality = guess_long(table, (*times, machine))
    columns = [Guess(column=n, what="time", why=why, format=time_format, examples=_examples(table, n)) for n in times]
    columns += _keys(table, machine, tag, value, quality)
    parts = None if tag else see_parts(table, heads, [g.column for g in columns], dialect, timed=bool(times))
    if parts:
        columns += parts.columns
        facts += [("measurements", parts.shape)]
        facts += [("limits", f"in rows under the header, by the words in {heads['column']!r}")] if heads else []
        zoned = not times or _ordered(table, times, time_format, machine)[1]
        found = _Found(path, table, tuple(columns), times, time_format, machine, "", "", "", None, zoned, ())
        return _measured(found, facts, settings | parts.settings, plant)
    if not times:
        raise BadInput(
            f"{path.name}: {why}, and so it has no samples. Its columns are {', '.join(table.column_names)}. "
            "Name the one with the time in a [[source]]; or, where rows follow at a steady pace, write "
            'time = { since = "2026-01-31 06:00", every = "1 s" }.'
        )
    at, zoned, order = _ordered(table, times, time_format, machine or tag)
    told = {g.column for g in columns}
    columns += [guess_column(n, table[n], dialect, order) for n in table.column_names if n not in told]
    rhythm = rhythm_of(at, order)
    facts += [("long", f"the column {tag!r} names the signal") if tag else ("wide", "a column for each signal")]
    facts += [("rows", f"mostly {length_text(rhythm)} apart" if rhythm else "at no steady rhythm: events")]
    tagged = see_tags(table, Long(tag, value, dialect), at, order) if tag else ()
    found = _Found(path, table, tuple(columns), times, time_format, machine, tag, value, quality, rhythm, zoned, tagged)
    return _proposal(found, facts, settings, plant)


@dataclass(frozen=True, slots=True)
class _Found:
    """What has been found out about a file's columns."""

    path: Path
    table: pa.Table
    columns: tuple[Guess, ...]
    times: tuple[str, ...]
    time_format: str
    machine: str
    tag: str
    value: str
    quality: str
    rhythm: int | None
    zoned: bool
    tagged: tuple[Seen, ...]


def looked_at(path: Path, format: str) -> tuple[pa.Table, list[tuple[str, str]], dict[str, object]]:
    """The first rows, what is said about the file as a whole, and the settings that follow from it."""
    empty = FileMapping()
    if format == "csv":
        writing, table = preview(path, empty)
        mark = {"\t": "tab", ";": "semicolon", ",": "comma", "|": "bar"}.get(writing.delimiter, writing.delimiter)
        facts = [
            ("csv", f"by its ending {path.suffix!r}"),
            (f"encoding {writing.encoding}", writing.why),
            (f"delimiter {mark}", f"it cuts the rows into {len(writing.names)} cells, again and again"),
        ]
        return table, facts, {"format": "csv", "delimiter": writing.delimiter, "encoding": writing.encoding}
    if format == "excel":
        table = preview_sheet(path, empty)
    elif format == "jsonl":
        table = preview_json(path, empty)
    else:
        table = preview_parquet(path) if format == "parquet" else preview_line_protocol(path)
    return table, [(format, f"by its ending {path.suffix!r}")], {"format": format}


def _is_blank_time(name: str, column: Column) -> bool:
    return bool(TIME.search(spaced(name))) and not any(str(c).strip() for c in column.to_pylist() if c is not None)


def _ordered(table: pa.Table, times: Sequence[str], format: str, key: str) -> tuple[Index, bool, list[Index]]:
    """Times of the first rows, whether they know their zone, and the rows of each machine in order of time."""
    rows = table.num_rows
    if not format and not pa.types.is_timestamp(table[times[0]].type):
        at, bad = np.arange(rows, dtype=np.int64), np.zeros(rows, dtype=np.bool_)
        zoned = True
    else:
        clock = Clock(TimeColumn(column=times[0], format=format or "iso"), "UTC")
        at, bad = clock.read([table[t] for t in times], np.zeros(rows, dtype=np.int64))
        zoned = _is_zoned(table, times, format)
    codes = distinct(table[key])[1] if key else np.zeros(rows, dtype=np.int64)
    order = []
    for code in np.unique(codes).tolist():
        mine = np.flatnonzero((codes == code) & ~bad)
        order.append(mine[_forward(at[mine], zoned)])
    return at, zoned, order


def _forward(at: Times, zoned: bool) -> Index:
    """The places of rows in order of time.

    Local times repeat an hour in autumn: sorting would mix its two passes, so a file that runs one way, but for one
    such step (or a few stragglers), is left in its own order.
    """
    step = np.diff(at)
    most = max(1, len(step) // 10)
    if not zoned and (step < 0).sum() <= most:
        return np.arange(len(at), dtype=np.int64)
    if not zoned and (step > 0).sum() <= most:
        return np.arange(len(at), dtype=np.int64)[::-1]
    return np.asarray(np.argsort(at, kind="stable"), dtype=np.int64)


def _is_zoned(table: pa.Table, times: Sequence[str], format: str) -> bool:
    column = table[times[0]]
    if pa.types.is_timestamp(column.type):
        return column.type.tz is not None
    if format != "iso":
        return format in ("s", "ms", "us", "ns") or "%z" in format
    first = next((str(c) for c in column.to_pylist() if c), "")
    return bool(re.search(r"(Z|UTC|[+-]\d\d:?\d*)$", first[10:]))


def _examples(table: pa.Table, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(c) for c in table[name].slice(0, 50).to_pylist() if c is not None))[:3]


def _keys(table: pa.Table, machine: str, tag: str, value: str, quality: str) -> list[Guess]:
    """What is said of the columns that choose a machine or a signal."""
    rows = []
    for name, what in ((machine, "machine"), (tag, "tag"), (value, "value"), (quality, "quality")):
        if name:
            words = sorted({str(c) for c in table[name].to_pylist() if c is not None}) if what[0] in "mt" else []
            why = {
                "machine": f"by its name; {len(words)} different cells that repeat",
                "tag": f"by its name; {len(words)} different tags that repeat",
                "value": "by its name, beside the tag",
            }.get(what, "by its name")
            rows.append(Guess(column=name, what=what, why=why, values=tuple(words), examples=_examples(table, name)))
    return rows


def _time_of(found: _Found, plant: Plant | None) -> tuple[dict[str, object], list[str]]:
    """What a mapping says of the time, and what to ask about it."""
    questions: list[str] = []
    if not found.times:
        questions.append(
            "No column has the time: rows keep their order, from the moment at which the file was last written. "
            "Else write time.since and time.every."
        )
        return {"every": "1 ms"}, questions
    time: dict[str, object] = {"column": found.times[0]} if len(found.times) == 1 else {"columns": list(found.times)}
    time |= {"format": found.time_format} if found.time_format and found.time_format != "iso" else {}
    if not found.time_format and not pa.types.is_timestamp(found.table[found.times[0]].type):
        questions.append(f"{found.columns[0].why} Write time.format.")
    if not found.zoned:
        time |= {"zone": plant.zone} if plant else {}
        questions.append(
            "The times have no offset: " + (f"are they local times of {plant.zone}?" if plant else "add time.zone.")
        )
    return time, questions


def _measured(
    found: _Found, facts: list[tuple[str, str]], settings: dict[str, object], plant: Plant | None
) -> Proposal:
    """The proposal for a file with a row for each unit."""
    time, questions = _time_of(found, plant)
    known = plant.machines if plant else {}
    words = next((g.values for g in found.columns if g.what == "machine"), ())
    paths = machine_paths(words, known)
    machine = {"column": found.machine, "map": paths} if words else next(iter(paths.values()))
    return Proposal(
        name=name_of(found.path, plant),
        facts=tuple(facts),
        columns=found.columns,
        settings=settings | {"time": time, "machine": machine},
        machines={path: {} for path in paths.values() if path not in known},
        questions=tuple(questions),
        known=frozenset(known),
    )


def _proposal(
    found: _Found, facts: list[tuple[str, str]], settings: dict[str, object], plant: Plant | None
) -> Proposal:
    name = name_of(found.path, plant)
    time, questions = _time_of(found, plant)
    settings |= {"time": time}
    columns, known = found.columns, plant.machines if plant else {}
    if found.tag:
        machine = next((g for g in found.columns if g.what == "machine"), None)
        tagged = assign_tags(found.tagged, machine, known, name)
        settings |= dict(tagged.machine) | {"signal": {"column": found.tag, "map": tagged.map}, "value": found.value}
        settings |= {"quality": found.quality} if found.quality else {}
        columns, assigned = (*columns, *tagged.columns), tagged.assigned
    else:
        words = next((g.values for g in found.columns if g.what == "machine"), ())
        paths = machine_paths(words, known)
        settings["machine"] = {"column": found.machine, "map": paths} if words else next(iter(paths.values()))
        signals = [Seen(g, found.rhythm) for g in found.columns if g.what not in NO_SIGNAL]
        assigned = assign(signals, list(paths.values()), known, name)
        settings["columns"] = assigned.columns
    return Proposal(
        name=name,
        facts=tuple(facts),
        columns=columns,
        settings=settings,
        machines=assigned.machines,
        states=assigned.states,
        questions=(*questions, *assigned.questions),
        known=frozenset(known),
    )
