"""Asking: which studies there are, and one command for each, made from its signature."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import typer

from ...catalog import Parameter, Study
from .desk import Desk
from .options import Options
from .show import Shape, answer, print_line, show, write_csv

SPOT: Mapping[str, object] = {"at": "", "since": "", "until": "", "last": "", "by": "", "workers": 1}
"""Where and when a study is asked; one that is answered from its settings alone has none of these options."""


def studies(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(plant: Path = o.plant_here, at: str = o.at, in_json: bool = o.in_json, in_csv: bool = o.in_csv) -> None:
        rows = desk.rooms.answerable(plant, at)
        show(desk, rows, Shape(in_json, in_csv), title=desk.say("What {plant} can answer", plant=plant))

    return command


def ask(desk: Desk) -> typer.Typer:
    """A command for each study, or for the one that is named: the others need not be loaded then."""
    app = typer.Typer(no_args_is_help=True, help=desk.say("Ask a study."))
    named = [after for word, after in pairwise(desk.line) if word == "ask" and after in desk.rooms.study_names()]
    for study in map(desk.rooms.study, named[:1] or desk.rooms.study_names()):
        app.command(study.name, help=desk.prose(_help(study)), short_help=desk.say(study.summary))(
            _command(desk, study)
        )
    return app


def _command(desk: Desk, study: Study) -> Callable[..., None]:
    """The command of one study: where, when, how to show it, and the study's own settings as options."""

    def command(**given: Any) -> None:
        settings = {p.name: given[p.name] for p in study.settings if given[p.name] is not None}
        spot = {name: given.get(name, nothing) for name, nothing in SPOT.items()}
        asked = desk.rooms.answered(given["plant"], study.name, **spot, settings=settings)
        if given["save"]:
            asked.picture().save(given["save"], language=desk.language, zone=asked.zone)
            print_line(desk.say("Saved {file}.", file=given["save"]))
        elif given["table"]:
            _table(desk, asked.table(given["table"]), Shape(given["in_json"], given["in_csv"]))
        else:
            answer(desk, asked, Shape(given["in_json"], given["in_csv"]), currency=desk.rooms.currency(given["plant"]))

    common = [p for p in _common(desk) if not (study.timeless and p.name in SPOT)]
    parameters = [*common, *[_option(p) for p in study.settings]]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # typer reads it
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    return command


def _common(desk: Desk) -> list[inspect.Parameter]:
    o = Options(desk)
    return [
        _keyword("plant", Path, o.plant_option),
        _keyword("at", str, o.at),
        _keyword("since", str, o.since),
        _keyword("until", str, o.until),
        _keyword("last", str, o.last),
        _keyword("by", str, o.option("", "Split by machine, line, shift, day, week, month, product, order.")),
        _keyword("table", str, o.option("", "Print one table of the answer instead.")),
        _keyword("save", Path, o.save),
        _keyword("workers", int, o.option(1, "Processes to spread the work over.")),
        _keyword("in_json", bool, o.in_json),
        _keyword("in_csv", bool, o.in_csv),
    ]


def _keyword(name: str, kind: type, default: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)


def _option(p: Parameter) -> inspect.Parameter:
    """A setting as an option: its line under Parameters is the help, its unit stands behind."""
    kind = p.kind if p.kind in (int, float, bool, str) else str
    unit = f" [{p.unit}]" if p.unit not in ("", "1") else ""
    default = ... if p.required else p.default if kind is not str or p.default is None else str(p.default)
    flag = f"--{p.name.replace('_', '-')}"
    return _keyword(
        p.name, kind, typer.Option(default, flag, help=p.help + unit, rich_help_panel="Settings", metavar=_choices(p))
    )


def _choices(p: Parameter) -> str | None:
    """The values of a Literal setting, for the help."""
    values = get_args(p.kind)
    return "|".join(map(str, values)) if values and all(isinstance(v, str) for v in values) else None


def _help(study: Study) -> str:
    """The docstring up to its parameters: the sentence, the formula, when to use something else."""
    text = inspect.getdoc(study.function) or ""
    return text.partition("\nParameters\n")[0].strip()


def _table(desk: Desk, rows: list[Any], shape: Shape) -> None:
    if shape.csv:
        write_csv(rows)
    else:
        show(desk, rows, shape)


COMMANDS = {"studies": studies, "ask": ask}
