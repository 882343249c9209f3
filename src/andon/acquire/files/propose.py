"""Look at a file and propose its mapping: what each column is, why, and how plant.toml would say it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from ...errors import BadInput
from ...plant import Machine, Plant
from .bind import LINE_FIELD, LINE_MEASUREMENT, LINE_TIME, LINE_VALUE
from .cells import Dialect
from .clock import Clock
from .columns import preview_json, preview_parquet
from .guess import Guess, guess_column, guess_dialect, guess_long, guess_machine, guess_time, rhythm_of
from .lineprotocol import preview_line_protocol
from .load import format_of
from .mapping import FileMapping, TimeColumn, read_mapping
from .samples import Index, distinct
from .sheets import preview_sheet
from .spelled import length_text, plain_code, said_of, toml_key, toml_value
from .text import preview
from .vocabulary import STATES, slug

Row = Mapping[str, str]
Signals = dict[str, dict[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What Andon thinks a file is.

    `facts` are (what, why) about the file as a whole, `columns` what each column is, `settings` the `[[source]]` table,
    `machines` the signals that plant.toml lacks: {machine path: {signal name: its keys}}, `states` the state maps.
    `questions` are what a person should look at before confirming.
    """

    name: str
    facts: tuple[tuple[str, str], ...]
    columns: tuple[Guess, ...]
    settings: Mapping[str, object]
    machines: Mapping[str, Mapping[str, Mapping[str, object]]] = field(default_factory=dict)
    states: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    questions: tuple[str, ...] = ()

    @property
    def mapping(self) -> FileMapping:
        """The proposed mapping, as `load` takes it."""
        return read_mapping(self.settings, name=self.name)

    def explain(self) -> list[Row]:
        """Rows of column, what, unit, why and examples: first the file, then its columns, then what to look at."""
        rows: list[Row] = [
            {"column": "(file)", "what": what, "unit": "", "why": why, "examples": ""} for what, why in self.facts
        ]
        rows += [
            {"column": g.column, "what": said_of(g), "unit": g.unit, "why": g.why, "examples": ", ".join(g.examples)}
            for g in self.columns
        ]
        rows += [{"column": "(look)", "what": "question", "unit": "", "why": q, "examples": ""} for q in self.questions]
        return rows

    def toml(self) -> str:
        """The tables for plant.toml: state maps and machines that it lacks, then the source."""
        parts = [
            f"[states.{toml_key(name)}]\n" + "".join(f"{toml_value(k)} = {toml_value(v)}\n" for k, v in states.items())
            for name, states in self.states.items()
        ]
        for path, signals in self.machines.items():
            if path not in self.known:
                parts.append(f'[[machine]]\npath = {toml_value(path)}\nclass = "machine"\n')
            else:
                parts.append(f"# add to the machine {path}:\n")
            parts += [
                f"[machine.signals.{toml_key(name)}]\n" + "".join(f"{k} = {toml_value(v)}\n" for k, v in keys.items())
                for name, keys in signals.items()
            ]
        head = {"name": self.name, "connector": "files"}
        parts.append("[[source]]\n" + "".join(f"{k} = {toml_value(v)}\n" for k, v in {**head, **self.settings}.items()))
        return "\n".join(parts)


def propose(path: Path, plant: Plant | None = None) -> Proposal:
    """Look at the first rows of a file and say what it seems to be.

    Parameters
    ----------
    path : Path
        CSV, Excel, Parquet, JSON lines or line protocol.
    plant : Plant, optional
        Where it has machines and signals that fit, their names are used; what it lacks is proposed, too.

    Returns
    -------
    Proposal
        For a person to read, correct, and confirm once in plant.toml.

    Raises
    ------
    BadInput
        The file cannot be read, or no column of it is a time.
    """
    if not path.is_file():
        raise BadInput(f"There is no file {path}.")
    format = format_of(path, FileMapping())
    table, facts, settings = _looked_at(path, format)
    if format == "lineprotocol":
        return _lines(path, table, plant)
    times, time_format, why = guess_time(table)
    if not times:
        raise BadInput(
            f"{path.name}: {why}. Its columns are {', '.join(table.column_names)}. Write the mapping by hand."
        )
    dialect = guess_dialect(table)
    settings |= {"decimal": ","} if dialect.decimal == "," else {}
    settings |= {"thousands": dialect.thousands} if dialect.thousands else {}
    machine = guess_machine(table, times)
    tag, value, quality = guess_long(table, (*times, machine))
    at, zoned, order = _ordered(table, times, time_format, machine or tag)
    columns = [Guess(column=n, what="time", why=why, format=time_format, examples=_examples(table, n)) for n in times]
    columns += _keys(table, machine, tag, value, quality)
    told = {g.column for g in columns}
    columns += [guess_column(n, table[n], dialect, order) for n in table.column_names if n not in told]
    rhythm = rhythm_of(at, order)
    facts += [("long", f"the column {tag!r} names the signal") if tag else ("wide", "a column for each signal")]
    facts += [("rows", f"mostly {length_text(rhythm)} apart" if rhythm else "at no steady rhythm: events")]
    found = _Found(path, table, tuple(columns), times, time_format, machine, tag, value, quality, rhythm, zoned)
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


def _looked_at(path: Path, format: str) -> tuple[pa.Table, list[tuple[str, str]], dict[str, object]]:
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
        order.append(mine[np.argsort(at[mine], kind="stable")])
    return at, zoned, order


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


def _proposal(
    found: _Found, facts: list[tuple[str, str]], settings: dict[str, object], plant: Plant | None
) -> Proposal:
    name, questions = slug(found.path.stem), []
    time: dict[str, object] = {"column": found.times[0]} if len(found.times) == 1 else {"columns": list(found.times)}
    time |= {"format": found.time_format} if found.time_format and found.time_format != "iso" else {}
    if not found.time_format and not pa.types.is_timestamp(found.table[found.times[0]].type):
        questions.append(f"{found.columns[0].why} Write time.format.")
    if not found.zoned:
        time |= {"zone": plant.zone} if plant else {}
        questions.append(
            "The times have no offset: " + (f"are they local times of {plant.zone}?" if plant else "add time.zone.")
        )
    paths = _machine_paths(found, plant)
    settings |= {"time": time}
    settings["machine"] = {"column": found.machine, "map": paths} if found.machine else next(iter(paths.values()))
    machines: dict[str, Signals] = {}
    states: dict[str, dict[str, str]] = {}
    if found.tag:
        settings |= {"signal": {"column": found.tag, "map": {t: slug(t) for t in _tags(found)}}, "value": found.value}
        settings |= {"quality": found.quality} if found.quality else {}
        questions.append("The tags are proposed as numbers: give states, counters and texts their kind.")
        wanted: Signals = {slug(t): {"kind": "number", "role": "other"} for t in _tags(found)}
    else:
        settings["columns"], wanted, states = _wide(found, name, plant, list(paths.values()))
        questions += _doubts(found)
    for path in paths.values():
        machine = plant.machines.get(path) if plant else None
        lacking = {n: k for n, k in wanted.items() if machine is None or n not in machine.signals}
        if lacking:
            machines[path] = lacking
    used = {k["states"] for signals in machines.values() for k in signals.values() if "states" in k}
    return Proposal(
        name=name,
        facts=tuple(facts),
        columns=found.columns,
        settings=settings,
        machines=machines,
        states={n: s for n, s in states.items() if n in used},
        questions=tuple(questions),
        known=frozenset(plant.machines) if plant else frozenset(),
    )


def _tags(found: _Found) -> list[str]:
    return list(next(g.values for g in found.columns if g.what == "tag"))


def _machine_paths(found: _Found, plant: Plant | None) -> dict[str, str]:
    """For each cell of the machine column a machine: the plant's where the names fit, else a new one."""
    known = dict(plant.machines) if plant else {}
    if not found.machine:
        return {"": next(iter(known)) if known else "line-1/machine-1"}
    words = next(g.values for g in found.columns if g.what == "machine")
    new = {w: f"line-1/machine-{slug(w)}" if w[:1].isdigit() else f"line-1/{slug(w)}" for w in words}
    return {w: _fitting(w, known) or new[w] for w in words}


def _fitting(word: str, known: Mapping[str, Machine]) -> str:
    exact = [p for p, m in known.items() if word in (p, p.rpartition("/")[2], m.title)]
    ends = [p for p in known if re.search(rf"(^|[^0-9a-z]){re.escape(slug(word))}$", p.lower())]
    return exact[0] if exact else ends[0] if len(ends) == 1 else ""


def _wide(
    found: _Found, name: str, plant: Plant | None, paths: list[str]
) -> tuple[dict[str, object], Signals, dict[str, dict[str, str]]]:
    """The columns of a wide file, the signals they need, and the state maps of those."""
    columns: dict[str, object] = {}
    wanted: Signals = {}
    states: dict[str, dict[str, str]] = {}
    existing = {n: s for p in paths if plant and p in plant.machines for n, s in plant.machines[p].signals.items()}
    for guess in found.columns:
        if guess.what in ("time", "machine", "tag", "value", "quality", "empty"):
            continue
        fits = [n for n, s in existing.items() if n in (guess.column, slug(guess.column))]
        fits += [n for n, s in existing.items() if s.role == guess.role != "other"]
        signal = next((n for n in fits if n not in wanted), "")
        if not signal:
            signal = guess.role if guess.role != "other" and guess.role not in wanted else slug(guess.column)
        signal = signal if signal not in wanted else f"{signal}_{len(wanted)}"
        unit = existing[signal].unit if signal in existing else guess.unit
        columns[guess.column] = {"signal": signal, "unit": guess.unit} if guess.unit and guess.unit != unit else signal
        wanted[signal] = _signal(guess, signal, name, found.rhythm)
        if guess.what == "state":
            states[name] = {v: STATES.get(v.lower(), "unknown") for v in map(plain_code, guess.values)}
    return columns, wanted, states


def _signal(guess: Guess, signal: str, name: str, rhythm: int | None) -> dict[str, object]:
    keys: dict[str, object] = {"kind": guess.what}
    keys |= {"role": guess.role} if guess.role != signal else {}
    keys |= {"unit": guess.unit} if guess.unit else {}
    keys |= {"states": name, "stamp": "start"} if guess.what == "state" else {}
    keys |= {"counting": guess.counting} if guess.counting else {}
    keys |= {"rollover": guess.rollover} if guess.rollover else {}
    return keys | ({"holds": length_text(2 * rhythm)} if rhythm else {})


def _doubts(found: _Found) -> list[str]:
    doubts = []
    for guess in found.columns:
        if guess.what == "state":
            unknown = [v for v in map(plain_code, guess.values) if v.lower() not in STATES]
            doubts += [f"What do the states {', '.join(unknown)} of {guess.column!r} mean?"] if unknown else []
    return doubts


def _lines(path: Path, table: pa.Table, plant: Plant | None) -> Proposal:
    """Line protocol says what its parts are; only the tag with the machine is a guess."""
    tags = [n for n in table.column_names if n not in (LINE_TIME, LINE_FIELD, LINE_VALUE, LINE_MEASUREMENT)]
    machine = guess_machine(table.select(tags), ()) if tags else ""
    machine = machine or (tags[0] if tags else LINE_MEASUREMENT)
    words = distinct(table[machine])[0]
    known = dict(plant.machines) if plant else {}
    paths = {w: _fitting(w, known) or f"line-1/{slug(w)}" for w in words}
    fields, index = distinct(table[LINE_FIELD])
    order = [np.arange(table.num_rows)]
    guesses = []
    for place, name in enumerate(fields):
        cells = table[LINE_VALUE].take(pa.array(np.flatnonzero(index == place), type=pa.int64()))
        guesses.append(guess_column(name.rpartition(".")[2], cells, Dialect(), order[:0]))
    precision = next(
        (
            p
            for p, digits in (("s", 10), ("ms", 13), ("us", 16), ("ns", 19))
            if len(str(table[LINE_TIME][0].as_py())) <= digits
        ),
        "ns",
    )
    found = _Found(path, table, tuple(guesses), (), "", machine, "", "", "", None, True)
    columns, wanted, states = _wide(found, slug(path.stem), plant, list(paths.values()))
    facts = (
        ("lineprotocol", f"by its ending {path.suffix!r}"),
        (f"precision {precision}", "by the digits of its times"),
        (f"machine from the tag {machine!r}", f"it says {', '.join(words[:4])}"),
    )
    machines = {
        p: {n: k for n, k in wanted.items() if p not in known or n not in known[p].signals} for p in paths.values()
    }
    return Proposal(
        name=slug(path.stem),
        facts=facts,
        columns=tuple(guesses),
        states=states,
        known=frozenset(known),
        settings={
            "format": "lineprotocol",
            "precision": precision,
            "columns": columns,
            "machine": {"column": machine, "map": paths},
        },
        machines={p: s for p, s in machines.items() if s},
        questions=tuple(_doubts(found)),
    )
