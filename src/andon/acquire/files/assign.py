"""Which signal of which machine each column feeds: the plant's where one fits, else a new one, with what to ask."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...plant import Machine, Plant, Signal
from ..guess.vocabulary import AMBIGUOUS, COUNTED, STATES, machine_slug, slug
from .guess import Guess
from .spelled import length_text, plain_code

Signals = dict[str, dict[str, object]]
NO_SIGNAL = ("time", "machine", "tag", "value", "quality", "empty")
ONLY_ONE = (*COUNTED, "state", "product", "order")  # a machine has one signal of each: studies read one


@dataclass(frozen=True, slots=True)
class Seen:
    """A column (or tag) that feeds a signal, and the step between its rows in microseconds (None: no rhythm)."""

    guess: Guess
    rhythm: int | None


@dataclass(frozen=True, slots=True)
class Assigned:
    """`columns` for the mapping, the signals that machines lack, their state maps, and what a person should look at."""

    columns: dict[str, object] = field(default_factory=dict)
    machines: dict[str, Signals] = field(default_factory=dict)
    states: dict[str, dict[str, str]] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)


def name_of(path: Path, plant: Plant | None) -> str:
    """A name for the source of a file that no source of the plant has."""
    taken = {s.name for s in plant.sources} if plant else set()
    return _free(slug(path.stem), taken)


def machine_paths(words: Sequence[str], known: Mapping[str, Machine]) -> dict[str, str]:
    """For each word of a file a machine: the plant's where the names fit, else a new one."""
    if not words:
        return {"": next(iter(known)) if known else "line-1/machine-1"}
    return {w: _fitting(w, known) or f"line-1/{machine_slug(w)}" for w in words}


def _fitting(word: str, known: Mapping[str, Machine]) -> str:
    exact = [p for p, m in known.items() if word in (p, p.rpartition("/")[2], m.title)]
    likely = {slug(word), machine_slug(word)}
    ends = [p for p in known if any(re.search(rf"(^|[^0-9a-z]){re.escape(w)}$", p.lower()) for w in likely)]
    return exact[0] if exact else ends[0] if len(ends) == 1 else ""


def assign(seen: Iterable[Seen], paths: Sequence[str], known: Mapping[str, Machine], name: str) -> Assigned:
    """Give each column a signal on the machines `paths`; `name` is that of the source and of its state map."""
    existing = {n: s for p in paths if p in known for n, s in known[p].signals.items()}
    done, wanted, codes = Assigned(), Signals(), dict[str, str]()
    for one in seen:
        guess = one.guess
        signal = _known(guess, existing, wanted)
        done.questions.extend(_doubts(guess, existing.get(signal)))
        if signal:
            role = existing[signal].role
        else:
            signal, role = _new(guess, existing, wanted)
            done.questions.extend(_rivals(guess, existing, signal, role))
        wanted[signal] = _keys(guess, signal, role, name, one.rhythm)
        codes |= _codes(guess) if _lacking(paths, known, signal) else {}
        unit = existing[signal].unit if signal in existing else guess.unit
        other = guess.unit and guess.unit != unit
        done.columns[guess.column] = {"signal": signal, "unit": guess.unit} if other else signal
    for path in paths:
        lacking = {n: k for n, k in wanted.items() if path not in known or n not in known[path].signals}
        done.machines.update({path: lacking} if lacking else {})
    done.states.update({name: codes} if codes else {})
    return done


def _codes(guess: Guess) -> dict[str, str]:
    if guess.what != "state":
        return {}
    return {v: STATES.get(v.lower(), "unknown") for v in map(plain_code, guess.values)}


def _lacking(paths: Sequence[str], known: Mapping[str, Machine], signal: str) -> bool:
    return any(p not in known or signal not in known[p].signals for p in paths)


def _known(guess: Guess, existing: Mapping[str, Signal], wanted: Signals) -> str:
    """The plant's signal with the column's name, else with its role; "" where none counts as this column does."""
    named = [n for n in existing if n in (guess.column, slug(guess.column))]
    played = [n for n, s in existing.items() if s.role == guess.role != "other"]
    return next((n for n in (*named, *played) if n not in wanted and _agrees(guess, existing[n])), "")


def _agrees(guess: Guess, signal: Signal) -> bool:
    if guess.what in ("count", "state") and signal.kind != guess.what:
        return False
    return guess.what != "count" or not guess.sure or signal.counting == guess.counting


def _new(guess: Guess, existing: Mapping[str, Signal], wanted: Signals) -> tuple[str, str]:
    """Name and role of a new signal."""
    roles = {s.role for s in existing.values()} | {str(k.get("role", n)) for n, k in wanted.items()}
    role = "other" if guess.role in ONLY_ONE and guess.role in roles else guess.role
    taken = {*existing, *wanted}
    if role not in ("other", *taken):
        return role, role
    return _free(slug(guess.column), taken), role


def _free(name: str, taken: Iterable[str]) -> str:
    used = set(taken)
    return next(n for n in (name, *(f"{name}_{i}" for i in range(2, len(used) + 3))) if n not in used)


def _keys(guess: Guess, signal: str, role: str, name: str, rhythm: int | None) -> dict[str, object]:
    """What plant.toml says of a signal."""
    keys: dict[str, object] = {"kind": guess.what}
    keys |= {"role": role} if role != signal else {}
    keys |= {"unit": guess.unit} if guess.unit else {}
    keys |= {"states": name, "stamp": "start"} if guess.what == "state" else {}
    keys |= {"counting": guess.counting} if guess.counting else {}
    keys |= {"rollover": guess.rollover} if guess.rollover else {}
    return keys | ({"holds": length_text(2 * rhythm)} if rhythm else {})


def _rivals(guess: Guess, existing: Mapping[str, Signal], signal: str, role: str) -> list[str]:
    """A new signal beside one of the plant's that has its role."""
    rival = next((n for n, s in existing.items() if s.role == guess.role != role), "")
    why = f"{rival!r} of the plant has the role {guess.role!r} and is kept or counted in another way"
    return [f"{guess.column!r} is proposed as a signal of its own, {signal!r}: {why}. Is that right?"] if rival else []


def _doubts(guess: Guess, signal: Signal | None) -> list[str]:
    """What the cells of a column leave open."""
    if guess.what == "count" and not guess.sure and signal is None:
        return [f"Is {guess.column!r} a running total or parts a row? {guess.why}: taken as parts a row."]
    if guess.what != "state":
        return []
    words = list(map(plain_code, guess.values))
    known = {w.lower() for w in (signal.states if signal else STATES)}
    unknown = [w for w in words if w.lower() not in known]
    doubts = [f"What do the states {', '.join(unknown)} of {guess.column!r} mean?"] if unknown else []
    guessed = [w for w in words if w.lower() in AMBIGUOUS] if signal is None else []
    return doubts + [f"{w} of {guess.column!r} counts as {STATES[w.lower()]}: is that right?" for w in guessed]
