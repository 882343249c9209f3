"""Whether a file has a row for each produced unit and a column for each test, and the mapping for one that has."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from ..guess.measures import unit_of
from ..guess.scales import ucum
from ..guess.vocabulary import COUNTED, role_of, slug, spaced
from .cells import NO, YES, Dialect
from .guess import Guess, guess_column
from .mapping import FACT, OF_VALUES
from .others import PASSED
from .rows import Column
from .vocabulary import HIGHEST, LOWEST, NUMBERED, OF_UNIT, TEST, UNIT, UNITS, VALUE

HEADS = 10
"""Rows under the header that are searched for limits and units."""
PART_TYPE = OF_UNIT["product"]
SINGLE = 0.9
"""A column names the units where at least so many of its cells differ."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the columns of such a file are: guesses, and the settings that follow from them."""

    columns: tuple[Guess, ...]
    settings: dict[str, object]

    @property
    def shape(self) -> str:
        """How the rows lie."""
        return "a row for each unit, a column for each test" if "tests" in self.settings else "a row for each value"


def without_heads(table: pa.Table) -> tuple[pa.Table, dict[str, str]]:
    """The rows of a file without those under its header that give limits and units, and by which words these are known.

    Such rows there are only where one of them gives a limit.
    """
    for name in table.column_names:
        cells = ["" if c is None else str(c).strip() for c in table[name].slice(0, HEADS).to_pylist()]
        said = {w: c for c in cells for w, words in (("unit", UNITS), ("low", LOWEST), ("high", HIGHEST)) if words(c)}
        if said.keys() & {"low", "high"}:
            kept = [c not in said.values() for c in cells] + [True] * (table.num_rows - len(cells))
            return table.filter(pa.array(kept)), {"column": name, **said}
    return table, {}


def see_parts(
    table: pa.Table, heads: dict[str, str], taken: Sequence[str], dialect: Dialect, *, timed: bool
) -> Parts | None:
    """What the columns are that are not `taken`, where each row is a unit that was measured; None where they are not.

    It is one where limits stand under the header; or where nothing counts or tells states, and a column names the
    units (each once, or again and again beside who measured them), or no column tells the time.
    """
    free = [n for n in table.column_names if n not in taken]
    named = [n for n in free if _names_units(n, table[n])]
    again = any(OF_UNIT["who"].search(spaced(n)) for n in free) or not timed
    unit = next((n for n in named if heads or again or _single(table[n])), heads.get("column", ""))
    if timed and (unit not in free or (not heads and any(role_of(n)[0] in (*COUNTED, "state") for n in free))):
        return None
    whole = [np.arange(table.num_rows, dtype=np.int64)]
    guesses = {n: guess_column(n, table[n], dialect, whole) for n in free if n != unit}
    keys = _keys(table, list(guesses))
    columns, leads = list[Guess](), dict[str, str]()
    if unit:
        columns += [Guess(column=unit, what="unit", why="its cells tell units apart", examples=_examples(table[unit]))]
        leads[unit] = "unit"
    long = _long(table, guesses)
    tests: dict[str, object] = {}
    for name, guess in guesses.items():
        if guess.what == "empty":
            continue
        number = guess.what in ("number", "count") and not long and not NUMBERED.search(spaced(name))
        what = long.get(name) or keys.get(name) or ("test" if number else _fact(name))
        if what == "test" and not long:
            tests[name] = _test(name)
        elif what:
            leads[name] = what
        columns.append(replace(guess, what=what or "text", role="other", counting="", rollover=None))
    if not tests and not long:
        return None
    said: dict[str, object] = {"columns": leads, "tests": tests, "heads": heads}
    return Parts(tuple(columns), {"kind": "measurements"} | {k: v for k, v in said.items() if v})


def _long(table: pa.Table, guesses: Mapping[str, Guess]) -> dict[str, str]:
    """What the columns say where one names the test and another has its value; empty in a file of other shape."""
    test = next((n for n, g in guesses.items() if TEST.search(spaced(n)) and g.what == "text"), "")
    value = next((n for n, g in guesses.items() if VALUE.search(spaced(n)) and g.what == "number"), "")
    if not test or not value:
        return {}
    numbers = [n for n, g in guesses.items() if g.what == "number" and n != value]
    ends = {n: what for n in numbers for what, words in (("low", LOWEST), ("high", HIGHEST)) if words(n)}
    measure = {n: "measure" for n in guesses if UNITS(n) and _measures(table[n])}
    return {test: "test", value: "value"} | ends | measure


def _names_units(name: str, column: Column) -> bool:
    """Whether a column says which unit it was; one called "unit" may also have the units of measure."""
    if UNITS(name):
        return not _measures(column)
    return bool(UNIT.search(spaced(name))) and not PART_TYPE.search(spaced(name))


def _measures(column: Column) -> bool:
    return any(re.search(r"\D", str(c)) and ucum(str(c)) for c in column.slice(0, 100).to_pylist() if c is not None)


def _single(column: Column) -> bool:
    cells = [str(c) for c in column.to_pylist() if c is not None and str(c).strip()]
    return len(cells) >= 3 and len(set(cells)) >= SINGLE * len(cells)


def _keys(table: pa.Table, names: Sequence[str]) -> dict[str, str]:
    """Columns that say something of the units by their names, each thing once."""
    found: dict[str, str] = {}
    for what, words in OF_UNIT.items():
        name = next((n for n in names if n not in found and words.search(spaced(n))), "")
        if name and (what != "passed" or _verdicts(table[name])):
            found[name] = what
    return found


def _verdicts(column: Column) -> bool:
    words = {str(c).strip().lower() for c in column.to_pylist() if c is not None and str(c).strip()}
    return bool(words) and words <= {*PASSED, *YES, *NO}


def _fact(name: str) -> str:
    fact = slug(name)
    return fact if FACT.fullmatch(fact) and fact not in OF_VALUES else ""


def _test(name: str) -> object:
    """What a column's name says of its test: `Bore [mm]` is bore, in mm."""
    unit, written = unit_of(name)
    plain = re.sub(rf"\s*[\[(（【]?{re.escape(written)}[\])）】]?\s*$", "", name).strip(" _") if written else name
    return {"test": plain or name, "unit": unit} if unit else name


def _examples(column: Column) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(c) for c in column.slice(0, 50).to_pylist() if c is not None))[:3]
