"""Long files: what each tag is, judged by its name and its own cells, and which signal of which machine it feeds."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from ...model import Times
from ...plant import Machine
from .assign import NO_SIGNAL, Assigned, Seen, assign, machine_paths
from .cells import Dialect
from .guess import Guess, guess_column, rhythm_of
from .samples import Index, distinct

PREFIXED = re.compile(r"(.+)[./:|\\](.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Long:
    """The columns of a long file that say which signal and what value, and how numbers are written."""

    tag: str
    value: str
    dialect: Dialect


@dataclass(frozen=True, slots=True)
class Tagged:
    """How tags are mapped: the `machine` setting (none where tags name the machine), `signal.map`, and the signals."""

    machine: Mapping[str, object]
    map: dict[str, str]
    columns: tuple[Guess, ...]
    assigned: Assigned


def see_tags(table: pa.Table, long: Long, at: Times, order: Sequence[Index]) -> tuple[Seen, ...]:
    """Judge each tag by its own rows; `order` has the rows of each machine in order of time."""
    words, index = distinct(table[long.tag])
    seen = []
    for place, word in enumerate(words):
        mine = index == place
        if word == "" or not mine.any():
            continue
        local = np.cumsum(mine) - 1
        rows = [local[group[mine[group]]] for group in order]
        cells = table[long.value].take(pa.array(np.flatnonzero(mine), type=pa.int64()))
        guess = guess_column(_last(word), cells, long.dialect, rows)
        seen.append(Seen(replace(guess, column=word), rhythm_of(at[mine], rows)))
    return tuple(seen)


def _last(tag: str) -> str:
    found = PREFIXED.fullmatch(tag)
    return found[2] if found else tag


def assign_tags(seen: Sequence[Seen], machine: Guess | None, known: Mapping[str, Machine], name: str) -> Tagged:
    """Machines from their column, else from what stands before the last dot of every tag, else the only one."""
    told = tuple(replace(s.guess, why=f"a tag: {s.guess.why}") for s in seen)
    used = [s for s in seen if s.guess.what not in NO_SIGNAL]
    parts = [PREFIXED.fullmatch(s.guess.column) for s in used]
    if machine is None and used and all(parts):
        return _by_prefix(used, told, known, name)
    paths = machine_paths(machine.values if machine else (), known)
    assigned = assign(used, list(paths.values()), known, name)
    setting = {"column": machine.column, "map": paths} if machine else next(iter(paths.values()))
    return Tagged({"machine": setting}, _names(assigned), told, assigned)


def _by_prefix(used: Sequence[Seen], told: tuple[Guess, ...], known: Mapping[str, Machine], name: str) -> Tagged:
    found = [m for m in (PREFIXED.fullmatch(s.guess.column) for s in used) if m]
    paths = machine_paths(sorted({m[1] for m in found}), known)
    whole, chosen = Assigned(), dict[str, str]()
    for path in dict.fromkeys(paths.values()):
        group = {m[0]: m[2] for m in found if paths[m[1]] == path}
        short = shortened([s for s in used if s.guess.column in group], group)
        part = assign(short.values(), [path], known, name)
        names = _names(part)
        chosen |= {tag: f"{path}/{names[s.guess.column]}" for tag, s in short.items()}
        whole.machines.update(part.machines)
        for states, codes in part.states.items():
            whole.states.setdefault(states, {}).update(codes)
        whole.questions.extend(q for q in part.questions if q not in whole.questions)
    return Tagged({}, chosen, told, whole)


def shortened(seen: Sequence[Seen], short: Mapping[str, str]) -> dict[str, Seen]:
    """Each tag with its column called by its short name, or by the whole where two tags share the short one."""
    times = Counter(short.values())
    names = {tag: name if times[name] == 1 else tag for tag, name in short.items()}
    return {s.guess.column: Seen(replace(s.guess, column=names[s.guess.column]), s.rhythm) for s in seen}


def _names(assigned: Assigned) -> dict[str, str]:
    """The signal of each tag; a long mapping has one unit for all, so a tag in another unit than its signal is told."""
    names = {}
    for tag, target in assigned.columns.items():
        names[tag] = str(target["signal"]) if isinstance(target, dict) else str(target)
        if isinstance(target, dict):
            assigned.questions.append(f"{tag!r} is in {target['unit']}, its signal is not: change the signal's unit.")
    return names
