"""What one column is, judged by its name and its cells: a time, a machine, a state, a counter, a number, a text."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from ...model import Numbers, Times
from ..guess.counters import counting_of
from ..guess.measures import MEASURES, fits, unit_of
from ..guess.vocabulary import COUNTED, STATES, WORDED, role_of, spaced
from .cells import Dialect, Way, read_cells
from .rows import Column
from .stamps import guess_format
from .vocabulary import MACHINE, QUALITY, TAG, TIME, VALUE

FEW = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What a column seems to be.

    `what` is time | machine | tag | value | quality | state | count | number | boolean | text | empty; `why` says what
    speaks for it. `unit` is UCUM, `written` the unit as the header has it. `counting` and `rollover` are of counters;
    `sure` is False where the rows do not show the way of counting.
    """

    column: str
    what: str
    why: str
    role: str = "other"
    unit: str = ""
    written: str = ""
    format: str = ""
    counting: str = ""
    rollover: int | None = None
    sure: bool = True
    values: tuple[str, ...] = field(default=())
    examples: tuple[str, ...] = field(default=())


def guess_column(name: str, column: Column, dialect: Dialect, order: Sequence[Times]) -> Guess:
    """Judge one column; `order` has the places of the rows of each machine, in order of time."""
    cells = [str(c).strip() for c in column.to_pylist() if c is not None and str(c).strip()]
    examples = tuple(dict.fromkeys(cells))[:3]
    if not cells:
        return Guess(column=name, what="empty", why="it has no cells in the first rows", examples=examples)
    role, word = role_of(name)
    numbers = read_cells(column, Way("number"), dialect)
    share = 1 - numbers.bad.mean() - numbers.silent.mean() * (numbers.bad.mean() > 0)
    by_name = f"{word!r} in its name" if word else ""
    unit, written = unit_of(name)
    enough = 0.5 if role in COUNTED or role in MEASURES or unit else 0.9  # a name that says number outweighs bad cells
    if share <= enough or role in WORDED or any(re.fullmatch(r"0\d+", c) for c in cells):
        return _words(name, cells, role, by_name, examples)
    distinct = tuple(k for k, _ in Counter(cells).most_common(FEW))
    if role == "state" and len(distinct) <= FEW // 2 and _codes(numbers.value):
        return Guess(
            column=name,
            what="state",
            role="state",
            values=tuple(sorted(distinct, key=_as_number)),
            examples=examples,
            why=f"{by_name}; {len(set(cells))} different codes in {len(cells):,} rows",
        )
    wrong = f"; {int(numbers.bad.sum()):,} of {len(cells):,} cells are no number" if numbers.bad.any() else ""
    if role in COUNTED:
        counting, rollover, why, sure = counting_of([numbers.value[rows] for rows in order])
        return Guess(
            column=name,
            what="count",
            role=role,
            counting=counting,
            rollover=rollover,
            sure=sure,
            examples=examples,
            why=f"{by_name}; {why}{wrong}",
        )
    if role in ("alarm", "state") and set(cells) <= {"0", "1", "0.0", "1.0"} and len(set(cells)) > 1:
        return Guess(column=name, what="boolean", role="alarm", why=f"{by_name}; only 0 and 1", examples=examples)
    role = "other" if role in ("state", "alarm", "mode") or not fits(role, unit) else role
    unit_text = f"; unit {written!r} in its name" if unit else ""
    return Guess(
        column=name,
        what="number",
        role=role or "other",
        unit=unit,
        written=written,
        examples=examples,
        why=(by_name or ("its cells are numbers" if wrong else "all its cells are numbers")) + unit_text + wrong,
    )


def _words(name: str, cells: list[str], role: str, by_name: str, examples: tuple[str, ...]) -> Guess:
    distinct = tuple(k for k, _ in Counter(cells).most_common(FEW))
    known = [c for c in distinct if c.lower() in STATES]
    if (role == "state" and len(set(cells)) <= FEW) or (len(known) >= 2 and len(known) >= 0.5 * len(set(cells))):
        why = "; ".join(x for x in (by_name, f"it says {', '.join(distinct[:4])}") if x)
        return Guess(
            column=name, what="state", role="state", values=tuple(sorted(distinct)), why=why, examples=examples
        )
    lower = {c.lower() for c in cells}
    if lower <= {"true", "false"}:
        return Guess(column=name, what="boolean", role=role or "other", why="it says true and false", examples=examples)
    zeros = next((c for c in cells if re.fullmatch(r"0\d+", c)), "")
    why = by_name or (f"{zeros!r} begins with a zero that a number would lose" if zeros else "its cells are words")
    return Guess(column=name, what="text", role=role if role in WORDED else "other", why=why, examples=examples)


def _codes(values: Numbers) -> bool:
    said = values[np.isfinite(values)]
    return bool(len(said)) and bool((said == np.floor(said)).all())


def _as_number(text: str) -> float:
    return float(text.replace(",", ".")) if re.fullmatch(r"-?[\d.,]+", text) else 0.0


def guess_time(table: pa.Table) -> tuple[tuple[str, ...], str, str]:
    """The columns that make the time, their format ("" where it must be said), and why."""
    found = []
    for name in table.column_names:
        typed = pa.types.is_timestamp(table[name].type)
        said = bool(TIME.search(spaced(name)))
        number = not typed and _share(table[name], r"-?[\d.,]+") > 0.9
        if number and not said:
            continue
        guess = guess_format(table[name])
        if typed or guess.format or " may be " in guess.why:
            whole = "%" not in guess.format or "%H" in guess.format or "%I" in guess.format
            found.append((2 * typed + 2 * said + bool(guess.format) + whole, name, guess))
    if not found:
        return (), "", "no column looks like a time"
    best = max(found, key=lambda f: f[0])
    _, name, guess = best
    if guess.format and "%" in guess.format and "%H" not in guess.format and "%I" not in guess.format:
        others = [n for n in table.column_names if n != name]
        clock = next((n for n in others if _share(table[n], r"\d\d?:\d\d(:\d\d([.,]\d+)?)?") > 0.9), "")
        if clock:
            pairs = zip(table[name].to_pylist(), table[clock].to_pylist(), strict=True)
            both = pa.chunked_array([pa.array([f"{a} {b}" for a, b in pairs], type=pa.string())])
            joined = guess_format(both)
            return (name, clock), joined.format, f"a date and a time of day: {joined.why}"
    return (name,), guess.format, guess.why


def _share(column: Column, pattern: str) -> float:
    cells = [str(c).strip() for c in column.slice(0, 500).to_pylist() if c is not None and str(c).strip()]
    return sum(1 for c in cells if re.fullmatch(pattern, c)) / len(cells) if cells else 0.0


def guess_dialect(table: pa.Table) -> Dialect:
    """Decimal sign and thousands sign, from cells that can only be read one way."""
    cells = [
        c.strip()
        for n in table.column_names
        if pa.types.is_string(table[n].type)
        for c in table[n].slice(0, 1000).to_pylist()
        if c
    ]
    commas = sum(1 for c in cells if re.fullmatch(r"[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+", c))
    points = sum(1 for c in cells if re.fullmatch(r"[+-]?(\d{1,3}(,\d{3})+|\d+)\.\d+", c))
    if commas > points:
        return Dialect(",", "." if any(re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+,\d+", c) for c in cells) else "")
    return Dialect(".", "," if any(re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+\.\d+", c) for c in cells) else "")


def guess_key(table: pa.Table, taken: Sequence[str], names: re.Pattern[str]) -> str:
    """The column, not yet `taken`, whose name fits and whose cells repeat."""
    for name in table.column_names:
        if name in taken or not names.search(spaced(name)):
            continue
        cells = [str(c) for c in table[name].to_pylist() if c is not None]
        if cells and len(set(cells)) <= max(1, min(500, len(cells) // 2)) and role_of(name)[0] not in ("state", "mode"):
            return name
    return ""


def guess_machine(table: pa.Table, taken: Sequence[str]) -> str:
    return guess_key(table, taken, MACHINE)


def guess_long(table: pa.Table, taken: Sequence[str]) -> tuple[str, str, str]:
    """Tag, value and quality column of a long file; three empty texts for a wide one."""
    tag = guess_key(table, taken, TAG)
    value = next((n for n in table.column_names if n not in (*taken, tag) and VALUE.search(spaced(n))), "")
    quality = next((n for n in table.column_names if n not in (*taken, tag, value) and QUALITY.search(spaced(n))), "")
    return (tag, value, quality) if tag and value else ("", "", "")


def rhythm_of(at: Times, order: Sequence[Times]) -> int | None:
    """The step between the rows of one machine in microseconds, where most steps are the same and a second or more."""
    steps = [np.diff(at[rows]) for rows in order if len(rows) > 3]
    step = np.concatenate(steps) if steps else np.zeros(0, dtype=np.int64)
    step = step[step > 0]
    if len(step) < 3:
        return None
    lengths, times = np.unique(step, return_counts=True)
    best = int(np.argmax(times))
    return int(lengths[best]) if times[best] > 0.5 * len(step) and lengths[best] >= 1_000_000 else None
