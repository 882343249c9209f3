"""Studies: which there are, what they need, and their answers with coverage and evidence."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, get_args, get_origin

from ....answer import MEASURED, Asked, Plain, figure_units, notes, row_units, single_figures, tables, telling
from ....catalog import Study, figures
from ....catalog import find as study_of
from ....errors import BadQuestion
from ....units import BARE, probable
from ..desk import Desk
from ..figures import local
from ..links import Link, stretch
from ..register import tool
from ..reply import Reply, Row, Table, figure_line
from ..trust import evidence, known

LEFT_OUT = 4
"""Machines that are named with why they were left out."""


@tool()
def studies(desk: Desk, at: str = "", name: str = "", field: str = "") -> Reply:
    """Which questions `ask` answers, for which machines, and what is missing; with `name` one study in detail.

    Parameters
    ----------
    at
        Machine or line; empty: the whole plant.
    name
        A study: its formula, settings and figures.
    field
        Only studies of this field, such as production.
    """
    if name:
        return _about(desk, study_of(name))
    fields = {s.name: s.field for s in desk.house.studies()}
    rows = [
        {
            "study": r["study"],
            "answers": desk.say(r["answer"]),
            "machines": r["machines"],
            "missing": desk.told(r["missing"]),
        }
        for r in desk.house.answerable(desk.folder, at)
        if not field or fields[r["study"]] == field
    ]
    said = ", ".join(dict.fromkeys(fields.values()))
    return Reply([f"{desk.say('fields')}: {said}"], Table(rows))


@tool()
def ask(
    desk: Desk,
    study: str,
    when: str = "",
    at: str = "",
    by: str = "",
    settings: dict[str, object] = {},  # noqa: B006 (only read)
    table: str = "",
) -> Reply:
    """The answer of a study, computed from the samples: figures, coverage, evidence.

    Parameters
    ----------
    study
        Such as oee or states; `studies` lists them.
    when
        today, yesterday, this shift, last shift, week, 8 h, 30 d, 2026-03-29, 2026-W13, or SINCE/UNTIL; nothing for
        a study that needs its settings only.
    at
        Machine or line; empty: the whole plant.
    by
        Split by machine, line, shift, day, week, month, product, order; several with commas.
    settings
        The study's own settings.
    table
        One table of the answer instead of its figures; the answer names them.
    """
    if not when and not study_of(study).timeless:
        raise BadQuestion("ask needs 'when', such as `yesterday`, `last shift`, `30 d`, `2026-03-29` or `SINCE/UNTIL`.")
    asked: Asked = desk.house.answered(
        desk.folder, study, at=at, since="", until="", last=when, by=by, settings=settings
    )
    currency = str(desk.house.currency(desk.folder))
    link = Link("study", asked.study.name, _asked(asked, by, settings))
    head = [_title(desk, asked), known(desk, asked.coverage)]
    units = _priced(figure_units(asked), currency)
    if table:
        rows, columns = asked.table(table), _columns(asked, table)
        return Reply(head, Table(rows, _priced(columns, currency), table.replace("_", " ")), _foot(desk, asked, link))
    if asked.pieces:
        return Reply([*head, *_total(desk, asked, units)], Table(_rows(asked), units), _foot(desk, asked, link))
    single = single_figures(asked.answer)
    first = telling(asked.study, single)
    head.append(figure_line([(n, single[n], units.get(n, "")) for n in first], desk.say, asked.zone))
    head += [f"! {desk.told(note)}" for note in notes(asked.answer)]
    rest: list[Row] = [
        {"figure": n.replace("_", " "), "value": v, "unit": u} for n, v, u in _others(single, first, units)
    ]
    shown = Table([{**r, "figure": desk.say(str(r["figure"]))} for r in rest], {}, "other figures") if rest else None
    return Reply([*head, *_tables(desk, asked)], shown, _foot(desk, asked, link))


def _others(single: Mapping[str, Plain], first: list[str], units: Mapping[str, str]) -> list[tuple[str, Plain, str]]:
    """The figures that are not among the first, each in a unit that people read."""
    found: list[tuple[str, Plain, str]] = []
    for name, value in single.items():
        if name in first or value is None:
            continue
        unit = units.get(name, "")
        if isinstance(value, int | float) and not isinstance(value, bool) and unit in ("us", "us/{part}", "1"):
            scale, unit = {"us": (60e6, "min"), "us/{part}": (1e6, "s/part"), "1": (0.01, "%")}[unit]
            value = value / scale
        if unit == "{p}" and isinstance(value, float):
            value = probable(value)
        elif isinstance(value, float) and unit.startswith(MEASURED):
            value = f"{value:.6g}"
        found.append((name, value, "" if unit in (*BARE, "{part}") else unit.removeprefix(MEASURED)))
    return found


def _about(desk: Desk, study: Study) -> Reply:
    """One study: its sentence and formula, what it needs, its settings, its figures."""
    needs = [" or ".join(group) for p in study.series if p.required for group in p.roles]
    head = [
        f"{study.name}: {desk.say(study.summary)}",
        *formula(desk, study),
        desk.say("needs its settings only: no machine, no window")
        if study.timeless
        else f"{desk.say('needs signals with roles')}: {'; '.join(needs) or desk.say('none')}",
        *[f"{desk.say('setting')} {p.name}{_setting(p)}: {desk.say(p.help)}" for p in study.settings],
        desk.say("answers add up" if study.adds else "answers do not add up: told machine by machine"),
    ]
    rows = [
        {"figure": f.name, "called": desk.say(f.name.replace("_", " ")), "unit": f.unit, "meaning": desk.say(f.help)}
        for f in figures(study.answer)
    ]
    if desk.language == "en":
        rows = [{k: v for k, v in r.items() if k != "called"} for r in rows]
    return Reply(head, Table(rows))


def formula(desk: Desk, study: Study) -> list[str]:
    """What a study's docstring says of how it computes, a paragraph a line."""
    doc = (inspect.getdoc(study.function) or "").partition("\nParameters\n")[0]
    return [" ".join(part.split()) for part in desk.prose(doc).split("\n\n")[1:] if part.strip()]


def _setting(p: Any) -> str:
    choices = " | ".join(v for v in get_args(p.kind) if isinstance(v, str))
    kind = "names with commas" if get_origin(p.kind) is tuple else choices or getattr(p.kind, "__name__", str(p.kind))
    unit = f" {p.unit}" if p.unit not in ("", "1") else ""
    return f" ({kind}{unit}, {'required' if p.required else f'default {p.default}'})"


def _title(desk: Desk, asked: Asked) -> str:
    where = asked.headline(lambda at: local(at, asked.zone), desk.say("whole plant"))
    return " · ".join(filter(None, (asked.study.name, where)))


def _asked(asked: Asked, by: str, settings: Mapping[str, object]) -> dict[str, str]:
    place = {"at": asked.at} if asked.at else {}
    said = {k: str(v) for k, v in settings.items()}
    span = {} if asked.study.timeless else stretch(asked.window)
    return {**place, **span, **({"by": by} if by else {}), **said}


def _rows(asked: Asked) -> list[Row]:
    return [
        {**dict(p.key), **{n: single[n] for n in telling(asked.study, single)}}
        for p in asked.pieces
        for single in [single_figures(p.answer)]
    ]


def _total(desk: Desk, asked: Asked, units: Mapping[str, str]) -> list[str]:
    if asked.answer is None or len(asked.pieces) < 2:
        return []
    single = single_figures(asked.answer)
    first = telling(asked.study, single)
    said = figure_line([(n, single[n], units.get(n, "")) for n in first], desk.say, asked.zone)
    return [f"{desk.say('all together')}: {said}"]


def _tables(desk: Desk, asked: Asked) -> list[str]:
    """Which tables the answer has beside its figures."""
    found = [f"{name} ({len(rows)})" for name, rows in tables(asked.answer).items() if rows]
    return [desk.say("tables of this answer (rows), by `table`: {names}", names=", ".join(found))] if found else []


def _columns(asked: Asked, table: str) -> dict[str, str]:
    answers = [p.answer for p in asked.pieces] or [asked.answer]
    return {n: u for a in answers for n, u in row_units(a, table).items()}


def _foot(desk: Desk, asked: Asked, link: Link) -> list[str]:
    gone = asked.evidence.left_out
    said = [f"{desk.say('left out')}: {who}: {desk.told(why)}" for who, why in gone[:LEFT_OUT]]
    if len(gone) > LEFT_OUT:
        said.append(desk.say("and {n} more", n=len(gone) - LEFT_OUT))
    rests = desk.say(
        "rests on {rows} rows of {signals} signals of {machines} machines",
        rows=asked.evidence.rows,
        signals=len(asked.evidence.signals),
        machines=len(asked.evidence.machines),
    )
    bad = f", {desk.say('{n} samples were bad', n=asked.evidence.bad)}" if asked.evidence.bad else ""
    return [
        *said,
        f"{rests}{bad}; plant.toml {asked.evidence.plant[:8]}; {asked.evidence.version}",
        evidence(desk, link),
    ]


def _priced(units: Mapping[str, str], currency: str) -> dict[str, str]:
    return {name: currency if unit == "{money}" else unit for name, unit in units.items()}
