"""What every study must keep to; ours and a plug-in author's.

`check_study(find("oee"))` returns what is wrong with a study, in sentences; nothing if it is sound. The example in the
study's docstring is what the checks run it on.
"""

from __future__ import annotations

import doctest
import inspect
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, fields, is_dataclass
from math import isclose, isnan
from types import ModuleType
from typing import get_args

import numpy as np

from ..answer import plain
from ..catalog import SERIES, Figure, Study, figures, is_answer
from ..picture import Picture

__all__ = ["CHECKS", "check_study"]

LONGEST = 80
"""The first line is the command's help, the tool's description and the page's heading."""
IMPURE = {
    "asyncio",
    "datetime",
    "duckdb",
    "io",
    "logging",
    "os",
    "pathlib",
    "polars",
    "pyarrow",
    "random",
    "socket",
    "sqlite3",
    "subprocess",
    "threading",
    "time",
}

TAKEN = ("at", "since", "until", "last", "by", "format", "lang", "workers")
"""What every question has of its own, on the command line, in Python and over HTTP."""


def check_study(study: Study) -> list[str]:
    """Whatever is wrong with a study, a sentence each; an empty list when it keeps the house's rules.

    Parameters
    ----------
    study
        As the catalog has it: `find("oee")`.

    Returns
    -------
    list of str
        What is wrong and what to do about it.

    Examples
    --------
    >>> from andon import studies  # tells the catalog where the house's own lie
    >>> from andon.catalog import find
    >>> check_study(find("oee"))
    []
    """
    found = [wrong for check in CHECKS for wrong in check(study)]
    return [f"{study.name}: {wrong}" for wrong in found]


@dataclass(frozen=True, slots=True)
class Call:
    """One call that the study's own example made: its arguments before and after, and the answer."""

    before: Mapping[str, object]
    after: Mapping[str, object]
    answer: object


@dataclass(slots=True)
class Recorder:
    """Stands in for the study while its example runs, and writes down each call."""

    function: Callable[..., object]
    calls: list[Call] = field(default_factory=list)

    def __call__(self, *args: object, **kwargs: object) -> object:
        given = dict(inspect.signature(self.function).bind(*args, **kwargs).arguments)
        before = deepcopy(given)
        answer = self.function(**given)
        self.calls.append(Call(before, given, answer))
        return answer


def calls_of(study: Study) -> tuple[list[Call], str]:
    """Run the study's example; returns the calls it made, and what failed ("" if nothing did)."""
    recorder, function = Recorder(study.function), inspect.unwrap(study.function)
    module = inspect.getmodule(function)
    names = {**vars(module), function.__name__: recorder} if module else {function.__name__: recorder}
    parsed = doctest.DocTestParser().get_doctest(inspect.getdoc(function) or "", names, study.name, None, None)
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(parsed, out=said.append)
    return recorder.calls, "".join(said)


def documented(study: Study) -> Iterator[str]:
    """The first line says what it answers, every argument has its line, and somebody can look it up."""
    doc = inspect.getdoc(study.function) or ""
    if not study.summary.endswith(".") or len(study.summary) > LONGEST:
        yield f"its first line must end with a full stop and have at most {LONGEST} characters: {study.summary!r}."
    for part in ("Parameters", "Returns", "Examples", "References"):
        if f"\n{part}\n{'-' * len(part)}\n" not in doc:
            yield f"its docstring has no part {part!r}."
    for parameter in study.parameters:
        if not parameter.help:
            yield f"parameter {parameter.name!r} has no line under 'Parameters'."
        if parameter.name in TAKEN:
            yield f"parameter {parameter.name!r} is a word of every question ({', '.join(TAKEN)}): call it otherwise."


def answers_with_meaning(study: Study) -> Iterator[str]:
    """The answer is a frozen dataclass; each figure, in its tables too, has a meaning, and a unit if not whole."""
    if not is_answer(study.answer):
        yield f"it must answer with a frozen dataclass, not {study.answer}."
        return
    for kind in (study.answer, *_rows(study.answer)):
        for figure in figures(kind):
            if not figure.help:
                yield f"{kind.__name__}.{figure.name} has no line under 'Attributes', or no docstring."
            if not figure.unit and _is_measured(kind, figure):
                yield f"{kind.__name__}.{figure.name} is a number without a unit: write Annotated[float, Unit(...)]."


def pure(study: Study) -> Iterator[str]:
    """It reads nothing but its arguments."""
    function = inspect.unwrap(study.function)
    touched = {v.__name__.partition(".")[0] for v in function.__globals__.values() if isinstance(v, ModuleType)}
    for name in sorted(touched & IMPURE):
        yield f"its module imports {name}: a study reads nothing but its arguments."
    if not study.timeless and not any(p.kind in SERIES for p in study.parameters):
        yield "it reads plant.toml and no series: then it is no question to the history."


def runs(study: Study) -> Iterator[str]:
    """Its example runs, changes no argument, and gives the same answer twice."""
    calls, failed = calls_of(study)
    if failed:
        yield f"its example does not do what it says:\n{failed}"
    if not calls:
        yield "its example never calls it."
    for call in calls:
        if not same(call.before, call.after):
            yield "it changes its arguments."
        if not same(call.answer, study.function(**deepcopy(call.before))):
            yield "the same arguments give another answer."
        if not isinstance(call.answer, study.answer):
            yield f"it promises {study.answer.__name__} and answers with {type(call.answer).__name__}."


def speaks_json(study: Study) -> Iterator[str]:
    """Its answer can be sent anywhere."""
    for call in calls_of(study)[0]:
        said = plain(call.answer)
        if json.loads(json.dumps(said, allow_nan=False)) != said:
            yield "its answer does not survive JSON."


def adds_up(study: Study) -> Iterator[str]:
    """Where answers add, they do so in any order and grouping, and stay what they are."""
    if not study.adds:
        return
    answers = [c.answer for c in calls_of(study)[0]]
    for a in answers[:1]:
        b = answers[-1]
        both, turned = _plus(a, b), _plus(b, a)
        if not isinstance(both, study.answer):
            yield f"two answers add to {type(both).__name__}, not to {study.answer.__name__}."
        elif not same(plain(both), plain(turned)):
            yield "a + b is not b + a."
        elif not same(plain(_plus(both, a)), plain(_plus(a, turned))):
            yield "(a + b) + c is not a + (b + c)."


def draws(study: Study) -> Iterator[str]:
    """Its picture, where it has one, is a Picture."""
    if study.picture is None:
        return
    for call in calls_of(study)[0]:
        if not isinstance(study.picture(call.answer), Picture):
            yield "its picture function does not return a Picture."


def same(a: object, b: object) -> bool:
    """Equal in type and value, through dataclasses, arrays, mappings and tuples; NaN is NaN; floats to 12 digits.

    >>> same((1.0, np.array([1, 2])), (1.0, np.array([1, 2]))), same(1, 1.5)
    (True, False)
    """
    if isinstance(a, float) and isinstance(b, float):
        return (isnan(a) and isnan(b)) or isclose(a, b, rel_tol=1e-12, abs_tol=1e-12)
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.dtype == b.dtype and bool(np.array_equal(a, b, equal_nan=a.dtype.kind == "f"))
    if type(a) is not type(b):
        return False
    if is_dataclass(a):
        return all(same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, tuple | list) and isinstance(b, tuple | list):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


def _plus(a: object, b: object) -> object:
    return a + b  # type: ignore[operator]  # asked only of answers that define it


def _rows(answer: type) -> Iterable[type]:
    """The row types of an answer's tables."""
    hints = inspect.get_annotations(answer, eval_str=True)
    return dict.fromkeys(inner for hint in hints.values() for inner in get_args(hint) if is_answer(inner))


def _is_measured(kind: type, figure: Figure) -> bool:
    """Is the field or property a plain float? An int without a unit is a count."""
    member = getattr(kind, figure.name, None)
    owner = member.fget if figure.derived and isinstance(member, property) else kind
    hints = inspect.get_annotations(owner, eval_str=True) if owner else {}
    hint = hints.get("return" if figure.derived else figure.name)
    return hint is float or float in get_args(hint)


CHECKS: tuple[Callable[[Study], Iterable[str]], ...] = (
    documented,
    answers_with_meaning,
    pure,
    runs,
    speaks_json,
    adds_up,
    draws,
)
