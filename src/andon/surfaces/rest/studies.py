"""/studies: what can be asked, how each study works, and each study as an operation of its own."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any, get_args

from fastapi import APIRouter, Depends, Query, Response
from starlette.types import Receive, Scope, Send

from ...answer import Asked
from ...catalog import Parameter, Study, figures
from ...errors import UnknownName
from ...words import prose, say
from ...words import told as put
from . import exports, shapes, told
from .openapi import files
from .served import Asking, Door
from .streams import answer_as, shape_of
from .when import AT, NO_TIME, When, when

BY = Query("", description="Split by machine, line, shift, day, week, month, product, order; several with commas.")
FORMAT = Query("", description="json, csv, arrow (Accept says these, too), parquet, xlsx, svg, png or pdf.")
TABLE = Query("", description="As CSV, Arrow or Parquet: this table of the answer instead of its figures.")
THEME = Query("light", description="Of a picture: light or dark.")


def routes(found: APIRouter, house: ModuleType, folder: Path) -> None:
    door = Door(house, folder)

    @found.get("/studies", operation_id="studies", response_model=list[shapes.StudyRow])
    def studies(asking: Asking = Depends(door), at: str = AT) -> Response:
        """Every study: what it answers, how many machines of a place can answer it, and what the others lack."""
        known = {s.name: s for s in house.studies()}
        rows = asking.ask("answerable", at)
        return asking.told([_listed(known[str(r["study"])], r, asking.language) for r in rows])

    @found.get("/studies/{name}/about", operation_id="about_study", response_model=shapes.About)
    def about(name: str, asking: Asking = Depends(door)) -> Response:
        """How a study works: its settings, the roles it needs, its figures, formula and source."""
        return asking.told(_about(_found(house, name), asking))


class Operations:
    """Each study as an operation of its own: made when it is first asked, or when the document tells of all."""

    def __init__(self, router: APIRouter, house: ModuleType, folder: Path) -> None:
        self.router, self.house, self.door = router, house, Door(house, folder)
        self.made: dict[str, Study] = {}
        self.turn = Lock()

    def answer(self, name: str) -> Response:
        """Have the study's own operation answer."""
        self.make(name)
        return _Passed(self.router)

    def make(self, name: str) -> None:
        """Have the operation of a study.

        Raises
        ------
        UnknownName
            There is no such study.
        """
        study = _found(self.house, name)
        with self.turn:
            if name not in self.made:
                self._add(study)
                self.made[name] = study

    def all(self) -> list[Study]:
        """Every study, each with its operation made."""
        for name in self.house.study_names():
            self.make(name)
        return list(self.made.values())

    def _add(self, study: Study) -> None:
        self.router.add_api_route(
            f"/studies/{study.name}",
            _answering(study, self.door),
            methods=["GET"],
            operation_id=f"ask_{study.name.replace('-', '_')}",
            summary=study.summary,
            description=_method(study),
            response_model=shapes.Answered,
            responses=files("csv", "arrow", *exports.KINDS),
        )


class _Passed(Response):
    """The answer of another router to the same request."""

    def __init__(self, router: APIRouter) -> None:
        super().__init__()
        self.router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.router(scope, receive, send)


def _answering(study: Study, door: Door) -> Callable[..., Response]:
    """The operation of one study: where, when, and its own settings as parameters of the query."""

    def read(
        asking: Asking,
        format: str,
        table: str,
        theme: str,
        at: str = "",
        span: When = NO_TIME,
        by: str = "",
        **settings: object,
    ) -> Response:
        given = {name: value for name, value in settings.items() if value is not None}
        asked: Asked = asking.ask("answered", study.name, at=at, **span.said, by=by, settings=given)
        currency = asking.ask("paper").currency
        if format in exports.KINDS:
            return exports.saved(asked, exports.Wanted(format, table, asking.language, theme, currency))
        shape = shape_of(asking.request, format)
        if shape != "json":
            rows = asked.table(table) if table else asked.rows()
            return answer_as(shape, rows, study.name)
        return asking.told(told.answer(asked, asking.language, currency))

    spot = [_keyword("at", str, AT), _keyword("span", When, Depends(when)), _keyword("by", str, BY)]
    common = [
        _keyword("asking", Asking, Depends(door)),
        *([] if study.timeless else spot),
        _keyword("format", str, FORMAT),
        _keyword("table", str, TABLE),
        _keyword("theme", str, THEME),
    ]
    parameters = [*common, *map(_setting, study.settings)]
    read.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # FastAPI reads it
    read.__annotations__ = {p.name: p.annotation for p in parameters}
    return read


def _keyword(name: str, kind: Any, default: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)


def _setting(p: Parameter) -> inspect.Parameter:
    """A setting: its line under Parameters is its description, its unit stands behind."""
    kind = p.kind if p.kind in (int, float, bool, str) or choices(p) else str
    help = p.help + (f" [{p.unit}]" if p.unit not in ("", "1") else "")
    if p.required:
        return _keyword(p.name, kind, Query(..., description=help))
    return _keyword(p.name, kind | None, Query(p.default, description=help))


def choices(p: Parameter) -> list[str]:
    """The values that a setting may have, where they are few."""
    values = get_args(p.kind)
    return list(values) if values and all(isinstance(v, str) for v in values) else []


def _listed(study: Study, row: dict[str, Any], language: str) -> dict[str, object]:
    able, of = map(int, str(row["machines"]).split("/"))
    return {
        "name": study.name,
        "field": study.field,
        "title": say(study.name.replace("-", " "), language),
        "summary": say(study.summary, language),
        "machines": row["machines"],
        "able": able,
        "of": of,
        "missing": put(str(row["missing"]), language),
        "picture": study.picture is not None,
        "timeless": study.timeless,
    }


def _about(study: Study, asking: Asking) -> dict[str, object]:
    language, doc = asking.language, inspect.getdoc(study.function) or ""
    currency = asking.ask("paper").currency
    return {
        "name": study.name,
        "field": study.field,
        "title": say(study.name.replace("-", " "), language),
        "summary": say(study.summary, language),
        "method": prose(_method(study), language),
        "example": _section(doc, "Examples"),
        "source": " ".join(_section(doc, "References").split()),
        "parameters": [_parameter(p, language) for p in study.settings],
        "roles": [
            {
                "name": p.name,
                "roles": [list(g) for g in p.roles],
                "required": p.required,
                "each": p.each,
                "help": say(p.help, language),
            }
            for p in study.series
        ],
        "knowledge": [p.name for p in study.parameters if p.source == "plant"],
        "figures": [told.figure(f, language, currency) for f in figures(study.answer)],
        "headline": list(getattr(study.answer, "HEADLINE", ())),
        "adds": study.adds,
        "of_line": study.of_line,
        "timeless": study.timeless,
        "picture": study.picture is not None,
    }


def _parameter(p: Parameter, language: str) -> dict[str, object]:
    kind = p.kind.__name__ if p.kind in (int, float, bool, str) else "str"
    return {
        "name": p.name,
        "title": told.title(p.name, language),
        "type": kind,
        "unit": p.unit,
        "default": p.default if isinstance(p.default, int | float | str | None) else str(p.default),
        "required": p.required,
        "choices": choices(p),
        "help": say(p.help, language),
    }


def _method(study: Study) -> str:
    """What the docstring tells between its first line and its first section: the formula, when to use another."""
    doc = inspect.getdoc(study.function) or ""
    return re.split(r"\n\n(?=[A-Z]\w+\n-+\n)", doc)[0].partition("\n")[2].strip()


def _section(doc: str, name: str) -> str:
    found = re.search(rf"(?:^|\n){name}\n-+\n(.*?)(?=\n\n[A-Z]\w+\n-+\n|\Z)", doc, re.DOTALL)
    return found[1].strip() if found else ""


def _found(house: ModuleType, name: str) -> Study:
    if name not in house.study_names():
        raise UnknownName("study", name, house.study_names())
    study: Study = house.study(name)
    return study
