"""The one door from a surface to a study: adds coverage and evidence to the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import add

import numpy as np

from . import studies  # noqa: F401  (importing them tells the catalog where they lie)
from .answer import Asked, Evidence, Heard, Key, Piece, made_by
from .catalog import Study, find
from .errors import BadQuestion, NoCalendar, NoData, UnknownName
from .model import Calendar, Measurements, Output, Process, Spells, States, Texts, Units, Window
from .plant import Machine, Plant
from .plant.zones import day_windows
from .reading import Bench, History, each_ahead, text_spells, wide
from .settings import checked
from .units import SECOND

__all__ = ["GROUPS", "Question", "Run", "ask", "can_answer", "checked"]

GROUPS = ("machine", "line", "shift", "day", "week", "month", "product", "order")


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody wants to know: the study, the place, the window, split `by` what, with which settings."""

    study: str
    at: str
    window: Window
    by: tuple[str, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)


Run = Callable[[Callable[..., object], Sequence[Mapping[str, object]]], Iterable[object]]
"""Maps a study over the arguments of its units of work: here, on all cores, or on a cluster."""


def ask(question: Question, plant: Plant, history: History, run: Run | None = None) -> Asked:
    """Answer a question: read what the study needs of each machine, call it, add the answers up.

    A study that is answered from its settings alone looks at neither place, window nor history.

    Raises
    ------
    UnknownName
        No study, machine or line has that name.
    BadQuestion
        The settings do not fit, or the place lacks a signal that the study needs.
    NoData
        Nothing was recorded there and then.
    """
    study, by = find(question.study), _groups(question.by)
    settings = checked(study, question.settings)
    if study.timeless:
        return _timeless(study, settings, question, plant)
    if not question.window.duration:
        raise BadQuestion("The window is empty: `until` must be after `since`.")
    named, every = _tests(settings), _every(settings)
    found = [Bench(m, plant, history, named, every) for m in plant.at(question.at)]
    benches, left_out = _able(study, found, question.window)
    if not (by or study.adds or study.of_line or len(benches) == 1):
        by = ("machine",)  # answers that do not add up are told apart by their machines
    units = (
        _line_units(study, benches, question.window)
        if study.of_line
        else _machine_units(study, benches, question.window, by)
    )
    if not units:
        raise NoData(f"There is nothing to answer {study.name} with at {question.at or plant.name} in that window.")
    answers, gone = _answers(study, settings, units, run)
    covered = _heard(study, benches, question.window)
    if any(h.asked for h in covered) and not any(h.known for h in covered) and not any(map(_measured, units)):
        raise NoData(
            f"Nothing was heard at {question.at or plant.name} in that window. `andon latest` says when the "
            "machines spoke last."
        )
    pieces = _pieces(study, answers, by)
    total = _total(study, [a for _, a in answers])
    rows = sum(u.rows for u in units)
    evidence = Evidence(
        tuple(b.machine.path for b in benches),
        tuple(left_out + gone),
        tuple(dict.fromkeys(h.signal for h in covered)),
        rows,
        sum(u.bad for u in units),
        made_by(),
        plant.digest,
    )
    return Asked(study, question.at, question.window, plant.zone, total, pieces, tuple(covered), evidence)


def _timeless(study: Study, settings: Mapping[str, object], question: Question, plant: Plant) -> Asked:
    """The answer of a study that needs nothing but its settings."""
    if question.by:
        raise BadQuestion(f"{study.name} is answered from its settings alone: there is nothing to split it by.")
    evidence = Evidence((), (), (), 0, 0, made_by(), plant.digest)
    answer = study.function(**settings)
    return Asked(study, "", Window(question.window.until, question.window.until), plant.zone, answer, (), (), evidence)


def can_answer(study: Study, machine: Machine, plant: Plant) -> tuple[str, ...]:
    """What a machine lacks for a study, in words; empty when it can answer."""
    lacks = [
        p
        for p in study.parameters
        if p.required and p.source == "series" and any(not any(map(machine.role, group)) for group in p.roles)
    ]
    found = [" or ".join(f"`{r}`" for r in next(g for g in p.roles if not any(map(machine.role, g)))) for p in lacks]
    if any(p.kind is Calendar and p.required for p in study.parameters) and not plant.shifts.rules:
        found.append("a [[shift]]")
    return tuple(found)


def _measured(unit: _Unit) -> bool:
    """Whether a run rests on what was found on parts: that is known, whatever was heard of the machine's signals."""
    return any(isinstance(given, Measurements | Units) and len(given) for given in unit.arguments.values())


def _tests(settings: Mapping[str, object]) -> tuple[str, ...] | None:
    """The tests that a question names by its settings `test` and `tests`, so that only they are read."""
    named: list[str] = []
    for given in (settings.get("test"), settings.get("tests")):
        named += given.split(",") if isinstance(given, str) else map(str, given) if isinstance(given, Sequence) else []
    return tuple(dict.fromkeys(n.strip() for n in named if n.strip())) or None


def _every(settings: Mapping[str, object]) -> int | None:
    """How long the buckets of a process are (microseconds), where a question says it by its setting `every`."""
    every = settings.get("every")
    return max(1, round(every * SECOND)) if isinstance(every, int | float) else None


@dataclass(frozen=True, slots=True)
class _Unit:
    """One run of a study: what it is of, and its arguments."""

    key: Key
    arguments: Mapping[str, object]

    @property
    def rows(self) -> int:
        return sum(_size(a) for a in self.arguments.values())

    @property
    def bad(self) -> int:
        return sum(_bad(a) for a in self.arguments.values())


def _groups(by: tuple[str, ...]) -> tuple[str, ...]:
    for name in by:
        if name not in GROUPS:
            raise UnknownName("grouping", name, GROUPS)
    return by


def _able(study: Study, benches: list[Bench], window: Window) -> tuple[list[Bench], list[tuple[str, str]]]:
    """The machines that have every role the study needs; the others with what they lack."""
    able: list[Bench] = []
    lacking: list[tuple[str, str]] = []
    for bench in benches:
        missing = [lacks for p in study.series if (lacks := bench.missing(p, wide(window)))]
        if missing:
            roles = ", ".join(" or ".join(f"`{r}`" for r in group) for group in missing)
            lacking.append((bench.machine.path, f"needs a signal with role {roles}"))
        else:
            able.append(bench)
    if not able:
        said = "; ".join(f"{path} {why}" for path, why in lacking[:5])
        raise BadQuestion(f"{study.name} cannot be answered there: {said}. Add it to plant.toml to get the answer.")
    return able, lacking


def _machine_units(study: Study, benches: list[Bench], window: Window, by: tuple[str, ...]) -> list[_Unit]:
    """The runs for all machines; where series reach beyond the window, those of eight machines are read at once."""
    if not any(p.kind is Calendar for p in study.parameters):
        return [u for b in benches for u in _units(study, b, window, by)]
    read = each_ahead(benches[0].history, [b.machine for b in benches], wide(window))
    return [
        u
        for b, (_, ahead) in zip(benches, read, strict=True)
        for u in _units(study, replace(b, history=ahead), window, by)
    ]


def _units(study: Study, bench: Bench, window: Window, by: tuple[str, ...]) -> list[_Unit]:
    """The runs for one machine: one, or one a shift, day, product..."""
    pieces = _split(bench, window, by)
    if not any(p.kind is Calendar for p in study.parameters):
        return [
            _Unit(key, {p.name: bench.read(p, w) for p in study.parameters if p.source != "setting"})
            for key, w in pieces
        ]
    whole = {
        p.name: bench.read(p, window if p.kind is Calendar else wide(window))
        for p in study.parameters
        if p.source != "setting"
    }
    if len(pieces) == 1 and pieces[0][1] == window:
        return [_Unit(pieces[0][0], whole)]
    return [_Unit(key, {name: _cut(a, w) for name, a in whole.items()}) for key, w in pieces]


def _line_units(study: Study, benches: list[Bench], window: Window) -> list[_Unit]:
    """One run over all machines of the place: a mapping from path to series for each parameter that wants each."""
    arguments: dict[str, object] = {}
    for p in study.parameters:
        if p.source == "setting":
            continue
        each = {b.machine.path: b.read(p, window) for b in benches}
        arguments[p.name] = each if p.each else each[benches[0].machine.path]
    return [_Unit((), arguments)]


def _cut(argument: object, window: Window) -> object:
    """A series read for the whole question, cut to a piece of it and a day around it."""
    if isinstance(argument, Calendar):
        return replace(
            argument, window=window, shifts=tuple(s for s in argument.shifts if (s.window & window).duration)
        )
    if isinstance(argument, States):
        return argument.within(wide(window))
    if isinstance(argument, Output):
        return argument.touching(wide(window))
    return argument.within(window) if isinstance(argument, Process) else argument


def _split(bench: Bench, window: Window, by: tuple[str, ...]) -> list[tuple[Key, Window]]:
    pieces: list[tuple[Key, Window]] = [((), window)]
    for name in by:
        pieces = [((*key, (name, label)), w) for key, span in pieces for label, w in _stretches(bench, span, name)]
    return pieces


def _stretches(bench: Bench, window: Window, by: str) -> list[tuple[str, Window]]:
    """The labelled windows into which one grouping splits a window for one machine."""
    plant, machine = bench.plant, bench.machine
    if by in ("machine", "line"):
        return [(machine.path if by == "machine" else machine.line, window)]
    if by == "shift":
        shifts = plant.shifts.calendar(window, machine.path).shifts
        if not shifts:
            raise NoCalendar(f"{machine.path} has no shifts in that window, so nothing can be told `by shift`.")
        return [(f"{s.day} {s.name}", w) for s in shifts if (w := s.window & window).duration]
    if by == "day" and plant.shifts.rules:
        return [(day, w & window) for day, w in plant.shifts.days(window, machine.path) if (w & window).duration]
    if by in ("day", "week", "month"):
        return [(label, w & window) for label, w in day_windows(plant.zone, window, by) if (w & window).duration]
    return _signal_stretches(bench, window, by)


def _signal_stretches(bench: Bench, window: Window, by: str) -> list[tuple[str, Window]]:
    """The stretches in which each product or order was on; the rest of the time under ""."""
    signal = bench.machine.role(by)
    if signal is None:
        raise BadQuestion(f"{bench.machine.path} has no signal with role `{by}`, so nothing can be told `by {by}`.")
    spells: Spells = text_spells(bench.history.read(Texts, signal, window)).within(window)
    found: list[tuple[str, Window]] = []
    last = window.since
    for since, until, text in [*spells.rows(), (window.until, window.until, "")]:
        if since > last:
            found.append(("", Window(last, since)))
        if until > since:
            found.append((text, Window(since, until)))
        last = until
    return found


def _answers(
    study: Study, settings: Mapping[str, object], units: list[_Unit], run: Run | None
) -> tuple[list[tuple[Key, object]], list[tuple[str, str]]]:
    """The answer of each unit, and of those that hold nothing, why."""
    outcomes = (run or _here)(_Attempt(study.name), [{**u.arguments, **settings} for u in units])
    answers: list[tuple[Key, object]] = []
    gone: list[tuple[str, str]] = []
    first: Exception | None = None
    for unit, outcome in zip(units, outcomes, strict=True):
        if isinstance(outcome, NoData | NoCalendar):
            first = first or outcome
            gone.append((" ".join(label for _, label in unit.key), str(outcome)))
        else:
            answers.append((unit.key, outcome))
    if not answers and first:
        raise first
    return answers, gone


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A study by name, so that a unit of work can travel to another process; "nothing there" is an answer, too."""

    study: str

    def __call__(self, **arguments: object) -> object:
        try:
            return find(self.study).function(**arguments)
        except (NoData, NoCalendar) as nothing:
            return nothing


def _here(function: Callable[..., object], units: Sequence[Mapping[str, object]]) -> Iterable[object]:
    return (function(**u) for u in units)


def _pieces(study: Study, answers: list[tuple[Key, object]], by: tuple[str, ...]) -> tuple[Piece, ...]:
    """Answers of the same key added up; in the order in which the keys first came."""
    if not by:
        return () if study.adds or len(answers) == 1 else tuple(Piece(k, a) for k, a in answers)
    grouped: dict[Key, list[object]] = {}
    for key, answer in answers:
        grouped.setdefault(key, []).append(answer)
    return tuple(Piece(k, total) for k, found in grouped.items() if (total := _total(study, found)) is not None)


def _total(study: Study, answers: list[object]) -> object | None:
    if len(answers) > 1 and not study.adds:
        return None
    while len(answers) > 1:  # in pairs: answers that keep their spells would be copied once for each one added
        odd = answers[len(answers) // 2 * 2 :]
        answers = [*map(add, answers[::2], answers[1::2]), *odd]
    return answers[0] if answers else None


def _heard(study: Study, benches: list[Bench], window: Window) -> list[Heard]:
    """How much of the planned time each signal was heard; of the whole window, where the study asks for no calendar."""
    planned = any(p.kind is Calendar and p.required for p in study.parameters)
    signals = {
        s.path: (b, s) for b in benches for p in study.series for s in b.signals(p) if s.role not in ("reason", "order")
    }
    known = benches[0].history.coverages([s for _, s in signals.values()], window)
    asked = {
        b.machine.path: b.plant.shifts.calendar(window, b.machine.path).scheduled() if planned else [window]
        for b in benches
    }
    return [
        Heard(
            path, s.role, _overlap(known[path], asked[b.machine.path]), sum(w.duration for w in asked[b.machine.path])
        )
        for path, (b, s) in signals.items()
    ]


def _overlap(known: Spells, asked: list[Window]) -> int:
    """Microseconds of the asked windows that are known."""
    since, until = (np.array([getattr(w, edge) for w in asked], dtype=np.int64)[:, None] for edge in ("since", "until"))
    shared = np.minimum(known.until, until) - np.maximum(known.since, since)
    return int(np.maximum(shared, 0).sum())


def _size(argument: object) -> int:
    if isinstance(argument, Mapping):
        return sum(map(_size, argument.values()))
    if isinstance(argument, Output):
        return sum(len(c.at) for c in (argument.total, argument.good, argument.rejects, argument.rework) if c)
    if isinstance(argument, Measurements):
        return len(argument)
    at = getattr(argument, "at", getattr(argument, "since", None))
    return len(at) if isinstance(at, np.ndarray) else 0


def _bad(argument: object) -> int:
    quality = getattr(argument, "quality", None)
    return int(((quality >> 30) != 0).sum()) if isinstance(quality, np.ndarray) else 0
