"""Reports: one made now, and those that the running plant makes by itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .desk import Desk
from .options import Options
from .show import Shape, local, print_line, show


def report(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        plant: Path = o.plant_here,
        at: str = o.at,
        since: str = o.since,
        until: str = o.until,
        last: str = o.option("", "Instead: shift (default), 'this shift', yesterday, week, 2026-11-26, 2026-W48..."),
        to: Path = o.option(None, "File or folder to write; by default a file here."),
        form: str = o.option("", "html, pdf, xlsx, several with commas; by default as --to ends.", "--format"),
        language: str = o.option("", "Language of the report; by default that of the plant."),
        made: bool = o.flag("List the reports that the plant has made by itself instead.", "--made"),
        in_json: bool = o.in_json,
    ) -> None:
        if made:
            _made(desk, plant, Shape(in_json))
            return
        last = last if last or since else "shift"
        for form_ in forms_of(form, to):
            done = desk.rooms.report(plant, at, since=since, until=until, last=last, form=form_, language=language)
            file = target_of(to, done.name)
            file.write_bytes(done.data)
            print_line(desk.say("Saved {file}.", file=file))

    return command


def forms_of(form: str, to: Path | None) -> list[str]:
    """The formats that are wanted: those that are named, else as the file to write ends."""
    if form:
        return [f.strip() for f in form.split(",") if f.strip()]
    return [to.suffix[1:]] if to is not None and to.suffix else ["html"]


def target_of(to: Path | None, name: str) -> Path:
    """Where a report goes: into a folder under its own name, or to just this file."""
    if to is None:
        return Path(name)
    if to.is_dir() or not to.suffix:
        to.mkdir(parents=True, exist_ok=True)
        return to / name
    to.parent.mkdir(parents=True, exist_ok=True)
    return to.with_suffix("." + name.rpartition(".")[2])


def _made(desk: Desk, plant: Path, shape: Shape) -> None:
    rows = desk.rooms.reports(plant)["made"]
    if shape.json:
        show(desk, rows, shape)
        return
    if not rows:
        print_line(desk.say("No report was made yet. docs/reports.md says how one is described in plant.toml."))
        return
    zone = desk.rooms.zone(plant)
    shown = [
        {
            "report": r["report"],
            "period": r["period"],
            "version": r["version"],
            "made at": local(r["made_at"], zone),
            "files": ", ".join(f["name"] for f in r["files"]),
            "waiting": ", ".join(desk.say(w) for w in r["waiting"]),
        }
        for r in rows
    ]
    show(desk, shown, shape)


COMMANDS = {"report": report}
