"""Quality on paper: capability and measurement system analysis to sign, and the sheets of gauge studies."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path

from .desk import Desk
from .options import Options
from .reports import forms_of, target_of
from .show import Shape, local, print_line, show


def dossier(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        plant: Path = o.plant_here,
        about: str = o.option("capability", "capability, or msa: every gauge study that the readings allow."),
        at: str = o.at,
        since: str = o.since,
        until: str = o.until,
        last: str = o.last,
        tests: str = o.option("", "Names of tests, with commas; by default all that were measured."),
        product: str = o.option("", "Only units of this product."),
        plan: str = o.option("", "Only readings of this gauge study."),
        to: Path = o.option(None, "File or folder to write; by default a file here."),
        form: str = o.option("", "html, pdf, xlsx, several with commas; by default as --to ends.", "--format"),
        language: str = o.option("", "Language of the report; by default that of the plant."),
    ) -> None:
        own = {k: v for k, v in (("product", product), ("plan", plan)) if v}
        span = {"since": since, "until": until, "last": last or ("" if since else "month")}
        for form_ in forms_of(form, to):
            done = desk.rooms.dossier(
                plant, at, **span, about=about, tests=tests, settings=own, form=form_, language=language
            )
            file = target_of(to, done.name)
            file.write_bytes(done.data)
            print_line(desk.say("Saved {file}.", file=file))

    return command


def gauge_study(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        plant: Path = o.plant_here,
        name: str = o.option("", "Its name, such as G-12; without one the planned studies are listed."),
        at: str = o.option("", "Plan it: the machine whose gauge it is about."),
        test: str = o.option("", "Plan it: what the gauge measures."),
        parts: str = o.option("10", "Parts: a number, or names with commas."),
        appraisers: str = o.option("3", "Who measures: a number, or names with commas."),
        trials: int = o.option(3, "How often each measures each part."),
        seed: int = o.option(0, "Another number gives another order."),
        to: Path = o.option(None, "File or folder to write; by default a file here."),
        form: str = o.option("", "html, pdf, xlsx, several with commas; by default as --to ends.", "--format"),
        language: str = o.option("", "Language of the report; by default that of the plant."),
        who: str = o.who,
        in_json: bool = o.in_json,
    ) -> None:
        if not name:
            _list(desk, plant, Shape(in_json))
            return
        if at or test:
            wanted = desk.rooms.Wanted(at, test, parts, appraisers, trials, seed)
            desk.rooms.plan_gauge_study(plant, name, wanted, by=(who or getpass.getuser(), "admin"))
        for form_ in forms_of(form, to):
            done = desk.rooms.gauge_sheet(plant, name, form=form_, language=language)
            file = target_of(to, done.name)
            file.write_bytes(done.data)
            print_line(desk.say("Saved {file}.", file=file))

    return command


def _list(desk: Desk, plant: Path, shape: Shape) -> None:
    rows = desk.rooms.gauge_studies(plant)
    if not shape.json:
        zone = desk.rooms.zone(plant)
        rows = [{**r, "made_at": local(r["made_at"], zone)} for r in rows]
        if not rows:
            print_line(desk.say("No gauge study was planned yet."))
            return
    show(desk, rows, shape)


COMMANDS = {"dossier": dossier, "gauge-study": gauge_study}
