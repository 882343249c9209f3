"""What the house can do: connectors and studies, by name, from their own signatures and docstrings.

A function is registered by its own signature and docstring; nothing is said twice.
"""

import inspect
import re
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from importlib import import_module
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from .errors import UnknownName
from .model import (
    Alarms,
    Calendar,
    Characteristics,
    Chartbook,
    Counts,
    Measurements,
    Orders,
    Output,
    Process,
    Products,
    Spells,
    States,
    StopRules,
    Texts,
    Units,
    Values,
    Waveforms,
)
from .units import Unit

SERIES = (States, Output, Counts, Values, Texts, Spells, Waveforms, Measurements, Units, Orders, Alarms, Process)
KNOWLEDGE = (Calendar, Products, StopRules, Characteristics, Chartbook)
ROLES_OF: Mapping[type, tuple[tuple[str, ...], ...]] = {
    States: (("state",),),
    Output: (("total_count", "good_count"),),
    Orders: (("order",),),
    Alarms: (),
    Measurements: (),
    Units: (),
    Process: (),
}
"""Roles that a series is made of, whatever the parameter is called: one of each group is needed."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a study: where it comes from and what its help text is.

    `source` is "series" (read from the historian), "plant" (from plant.toml) or "setting" (given by the user).
    `each` is true when the study wants it of every machine of a line at once, as a mapping from the machine's path.
    """

    name: str
    kind: type
    source: str
    help: str
    default: object
    required: bool
    unit: str
    each: bool
    annotation: object

    @property
    def roles(self) -> tuple[tuple[str, ...], ...]:
        """The roles a machine needs for this argument: one of each group."""
        if self.source != "series":
            return ()
        return ROLES_OF.get(self.kind, ((self.name,),))


@dataclass(frozen=True, slots=True)
class Study:
    """A question that can be asked of the plant's history."""

    name: str
    function: Callable[..., object]
    summary: str
    parameters: tuple[Parameter, ...]
    answer: type
    picture: Callable[..., object] | None
    field: str

    @property
    def settings(self) -> tuple[Parameter, ...]:
        return tuple(p for p in self.parameters if p.source == "setting")

    @property
    def series(self) -> tuple[Parameter, ...]:
        return tuple(p for p in self.parameters if p.source == "series")

    @property
    def timeless(self) -> bool:
        """It is answered from its settings alone: no machine, no window, no history."""
        return all(p.source == "setting" for p in self.parameters)

    @property
    def of_line(self) -> bool:
        """The study looks at all machines of a place at once."""
        return any(p.each for p in self.parameters)

    @property
    def adds(self) -> bool:
        """Answers of parts add up to the answer of the whole."""
        return hasattr(self.answer, "__add__")


@dataclass(frozen=True, slots=True)
class Connector:
    """A way to bring samples: from a protocol or a file format; `settings` are the keys of its `[[source]]` table."""

    name: str
    function: Callable[..., object]
    summary: str
    settings: tuple[Parameter, ...]
    schemes: tuple[str, ...] = ()
    browse: Callable[..., object] | None = None
    trial: Callable[..., object] | None = None
    extra: str = ""


STUDIES: dict[str, Study] = {}
"""The studies that are loaded."""
SHELF: dict[str, str] = {}
"""The module of each study of the house: it is loaded when somebody first asks for the study."""
CONNECTORS: dict[str, Connector] = {}
F = TypeVar("F", bound=Callable[..., object])


def study(picture: Callable[..., object] | None = None) -> Callable[[F], F]:
    """Register a function as a study, and return it unchanged: `@study()` or `@study(picture=oee_picture)`.

    A parameter typed as a series is read from the historian: its name is the role (States, Output and Orders know
    theirs, Alarms, Units, Measurements and Process need none).
    One typed as plant knowledge comes from plant.toml. Any other is a setting: the user gives a value.
    A `Mapping[str, series]` is that series of every machine of the line, by path. A study with settings only needs no
    machine and no window.
    """

    def register(function: F) -> F:
        name = function.__name__.replace("_", "-")
        if name in STUDIES:
            raise ValueError(f"Two studies are called {name!r}: rename one of the functions.")
        answer = get_type_hints(function)["return"]
        STUDIES[name] = Study(
            name,
            function,
            summary(function),
            _parameters(function),
            answer,
            picture,
            function.__module__.rpartition(".")[0].rpartition(".")[2] or "own",
        )
        return function

    return register


def connector(
    *,
    schemes: tuple[str, ...] = (),
    browse: Callable[..., object] | None = None,
    trial: Callable[..., object] | None = None,
    extra: str = "",
) -> Callable[[F], F]:
    """Register an async generator as a connector, and return it unchanged.

    Its first parameter is the `Link` that gather gives it; every other is a key of its `[[source]]` table, with a type,
    and its help text under *Parameters*. It yields `Packet`s (rows by address) or whole `Batch`es; when it goes on
    after a `yield`, what it yielded is on disk.

    Parameters
    ----------
    schemes
        Beginnings of addresses that it understands: `opc.tcp`, `mqtt`.
    browse
        `async (link, ...settings) -> Sequence[Offer]`: what is there, with guesses of role and unit.
    trial
        `async (link, ...settings) -> Sequence[Trial]`: tries it, stores nothing, says what is wrong.
    extra
        What to install where its library is missing: `pip install 'andon[s7]'`.
    """

    def register(function: F) -> F:
        name = function.__name__.rstrip("_").replace("_", "-")
        says = described(function)
        hints = get_type_hints(function, include_extras=True)
        given = list(inspect.signature(function).parameters.values())[1:]
        settings = tuple(_parameter(function, p, hints, says) for p in given)
        CONNECTORS[name] = Connector(name, function, summary(function), settings, schemes, browse, trial, extra)
        return function

    return register


def find(name: str) -> Study:
    """A study by its name.

    Raises
    ------
    UnknownName
        There is none.
    """
    wanted = name.replace("_", "-")
    if wanted not in STUDIES and wanted in SHELF:
        import_module(SHELF[wanted])
    if wanted not in STUDIES:
        raise UnknownName("study", name, study_names())
    return STUDIES[wanted]


def study_names() -> list[str]:
    """The names of all studies, loaded or not."""
    return sorted({*SHELF, *STUDIES})


def studies() -> list[Study]:
    """Every study, by name."""
    return [find(name) for name in study_names()]


def summary(function: Callable[..., object]) -> str:
    return (inspect.getdoc(function) or "").partition("\n")[0]


@dataclass(frozen=True, slots=True)
class Figure:
    """One field or derived ratio of an answer: its name, unit and meaning."""

    name: str
    unit: str
    help: str
    derived: bool


def figures(answer: type) -> tuple[Figure, ...]:
    """The fields and the properties of an answer type, with units; those it names in HEADLINE first.

    A field's meaning is its line under *Attributes* in the class docstring; a property's its docstring's first line.
    """
    return _figures(answer)


@cache
def _figures(answer: type) -> tuple[Figure, ...]:
    """As `figures`; once a type, for every row of every table is told by it."""
    hints, says = get_type_hints(answer, include_extras=True), described(answer, "Attributes")
    found = [Figure(f.name, _unit(hints[f.name]), says.get(f.name, ""), False) for f in fields(answer)]
    for name, member in vars(answer).items():
        if isinstance(member, property):
            returns = get_type_hints(member.fget, include_extras=True).get("return")
            found.append(Figure(name, _unit(returns), (inspect.getdoc(member) or "").partition("\n")[0], True))
    first: tuple[str, ...] = getattr(answer, "HEADLINE", ())
    return tuple(sorted(found, key=lambda f: first.index(f.name) if f.name in first else len(first)))


def described(thing: object, part: str = "Parameters") -> dict[str, str]:
    """A part of a numpydoc docstring, as {name: text}."""
    found = re.search(rf"{part}\n-+\n(.*?)(?:\n\n\w|\Z)", inspect.getdoc(thing) or "", re.DOTALL)
    if not found:
        return {}
    rows = re.findall(r"^(\w+(?:, *\w+)*)[^\n]*\n((?:    .*\n?)+)", found[1] + "\n", re.MULTILINE)
    return {n.strip(): " ".join(t.split()) for names, t in rows for n in names.split(",")}


def _parameters(function: Callable[..., object]) -> tuple[Parameter, ...]:
    hints, says = get_type_hints(function, include_extras=True), described(function)
    return tuple(_parameter(function, p, hints, says) for p in inspect.signature(function).parameters.values())


def _parameter(
    function: Callable[..., object], parameter: inspect.Parameter, hints: Mapping[str, Any], says: Mapping[str, str]
) -> Parameter:
    name = parameter.name
    if name not in hints or name not in says:
        raise TypeError(
            f"{function.__module__}.{function.__name__}: parameter {name!r} needs a type and a line under "
            "'Parameters' in the docstring. They are its help text everywhere."
        )
    kind, optional = _plain(hints[name])
    each = get_origin(kind) in (Mapping, dict) or kind is Mapping
    inner = get_args(kind)[1] if each else kind
    origin = "series" if inner in SERIES else "plant" if inner in KNOWLEDGE else "setting"
    has_default = parameter.default is not parameter.empty
    return Parameter(
        name,
        inner if origin != "setting" else kind,
        origin,
        says[name],
        parameter.default if has_default else None,
        not (has_default or optional),
        _unit(hints[name]),
        each and origin != "setting",
        hints[name],
    )


def _plain(hint: Any) -> tuple[Any, bool]:
    """The type without Annotated and without None, and whether None was allowed."""
    if get_origin(hint) is Annotated:
        return _plain(get_args(hint)[0])
    if get_origin(hint) in (Union, types.UnionType):
        inner = [a for a in get_args(hint) if a is not type(None)]
        return (_plain(inner[0])[0] if len(inner) == 1 else hint), len(inner) < len(get_args(hint))
    return hint, False


def _unit(hint: Any) -> str:
    """The UCUM code inside `Annotated[float, Unit(...)] | None`, or ""."""
    if get_origin(hint) is Annotated:
        return next((u.code for u in get_args(hint)[1:] if isinstance(u, Unit)), "")
    if get_origin(hint) in (Union, types.UnionType):
        return next((u for a in get_args(hint) if (u := _unit(a))), "")
    return ""


def is_answer(thing: object) -> bool:
    """Is it a frozen dataclass, as every answer must be?"""
    return isinstance(thing, type) and is_dataclass(thing) and bool(thing.__dataclass_params__.frozen)  # type: ignore[attr-defined]  # set by @dataclass, absent from typeshed
