"""/reports: a shift, a day or a week laid out for people, made now or by itself."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Body, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from .served import Asking, Door
from .when import AT, When, when

ALONE = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
"""What a browser may do with a report: draw what is in it, and run nothing."""
OPERATOR = {"x-right": "operator"}
Form = Annotated[str, Query(alias="format", description="html, pdf or xlsx.", examples=["html"])]
Shown = Annotated[bool, Query(description="To be saved as a file, not shown.")]
Said = Annotated[str, Body(max_length=200, description="As in a question: a moment or words.")]
About = Annotated[str, Query(description="capability, or msa.", examples=["capability"])]
Tests = Annotated[str, Query(description="Names of tests, with commas; all by default.")]
Product = Annotated[str, Query(description="Only units of this product.")]
Plan = Annotated[str, Query(description="Only readings of this gauge study.")]


class Planned(BaseModel):
    """What a gauge study is to measure: parts and appraisers as a number or as names with commas."""

    model_config = ConfigDict(extra="forbid")

    at: str = Field(max_length=300, examples=["line-1/press-3"])
    test: str = Field(max_length=200, examples=["diameter"])
    parts: str = Field("10", max_length=20_000)
    appraisers: str = Field("3", max_length=2_000)
    trials: int = Field(3, ge=2, le=50)
    seed: int = 0


FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/html": {},
            "application/pdf": {},
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {},
        },
        "description": "The report.",
    }
}


def routes(found: APIRouter, house: ModuleType, folder: Path) -> None:
    door = Door(house, folder)

    @found.get("/reports", operation_id="reports")
    def reports(asking: Asking = Depends(door)) -> Response:
        """The reports that are made by themselves, those that were made, and the formats that can be made here."""
        return asking.told(asking.ask("reports"))

    @found.get("/reports/period", operation_id="report_period")
    def period(asking: Asking = Depends(door), at: str = AT, span: When = Depends(when)) -> Response:
        """Which shift, day or week a report would be about, and those before and after it."""
        return asking.told(asking.ask("report_period", at, **span.said))

    @found.get("/reports/now", operation_id="report", response_class=Response, responses=FILES)
    def report(
        asking: Asking = Depends(door),
        at: str = AT,
        span: When = Depends(when),
        form: Form = "html",
        save: Shown = False,
    ) -> Response:
        """A report made now, in the language of the question; nothing is kept of it."""
        made = asking.ask("report", at, **span.said, form=form, language=asking.language)
        return _file(made, save)

    _quality(found, house, door)

    @found.get("/reports/{name}/{file}", operation_id="report_file", response_class=Response, responses=FILES)
    def file(name: str, file: str, asking: Asking = Depends(door), save: Shown = False) -> Response:
        """A file of a report that was made by itself."""
        return _file(asking.ask("report_file", name, file), save)

    @found.post("/reports/{name}", operation_id="report_again", openapi_extra=OPERATOR, status_code=202)
    def again(
        name: str, asking: Asking = Depends(door), since: Said = "", until: Said = "", last: Said = ""
    ) -> Response:
        """Have a report made and sent for a period now: within seconds it is among those that were made."""
        done = asking.ask("report_again", name, since=since, until=until, last=last, by=asking.by)
        answer = asking.told(done)
        answer.status_code = 202
        return answer


def _quality(found: APIRouter, house: ModuleType, door: Door) -> None:
    """Documents of quality: before the files of reports, whose path takes any two names."""

    @found.get("/reports/dossier", operation_id="dossier", response_class=Response, responses=FILES)
    def dossier(
        about: About,
        asking: Asking = Depends(door),
        at: str = AT,
        span: When = Depends(when),
        tests: Tests = "",
        product: Product = "",
        plan: Plan = "",
        form: Form = "html",
        save: Shown = False,
    ) -> Response:
        """Capability, or measurement system analysis, of the tests of a place, as a document to sign."""
        own = {k: v for k, v in (("product", product), ("plan", plan)) if v}
        said = {"about": about, "tests": tests, "settings": own, "form": form, "language": asking.language}
        return _file(asking.ask("dossier", at, **span.said, **said), save)

    @found.get("/gauge-studies", operation_id="gauge_studies")
    def studies(asking: Asking = Depends(door)) -> Response:
        """The gauge studies that were planned, the newest first."""
        return asking.told(asking.ask("gauge_studies"))

    @found.post("/gauge-studies/{name}", operation_id="plan_gauge_study", openapi_extra=OPERATOR, status_code=201)
    def plan_study(name: str, wanted: Planned, asking: Asking = Depends(door)) -> Response:
        """Plan a gauge study: its readings in an order by chance, kept under its name."""
        made = house.Wanted(**wanted.model_dump())
        answer = asking.told(asking.ask("plan_gauge_study", name, made, by=asking.by))
        answer.status_code = 201
        return answer

    @found.get("/gauge-studies/{name}", operation_id="gauge_study")
    def study(name: str, asking: Asking = Depends(door)) -> Response:
        """A planned gauge study: its readings in the order in which they are to be made, each with what was read."""
        return asking.told(asking.ask("gauge_study", name))

    @found.get("/gauge-studies/{name}/sheet", operation_id="gauge_sheet", response_class=Response, responses=FILES)
    def sheet(name: str, asking: Asking = Depends(door), form: Form = "html", save: Shown = False) -> Response:
        """The sheet of a planned gauge study, to print or to fill in."""
        return _file(asking.ask("gauge_sheet", name, form=form, language=asking.language), save)


def _file(made: Any, save: bool) -> Response:
    """A document of the house; what a browser shows of it runs no script and asks nobody anything."""
    shown = made.media.startswith("text/html") and not save
    headers = {
        "content-disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(made.name)}",
        "content-security-policy": ALONE,
        "cache-control": "private, no-cache",
    }
    return Response(made.data, media_type=made.media, headers=headers)
