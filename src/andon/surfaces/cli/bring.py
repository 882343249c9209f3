"""Bringing data: import files, watch a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from .desk import Desk
from .options import Options
from .show import Shape, console, local, print_line, show, table


def import_(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        paths: list[Path] = o.argument("Plant folder, then files; with --explain a file alone will do."),
        source: str = o.source,
        at: str = o.option("", "The machine that the file is of, where the file does not say it."),
        explain: bool = o.flag("Say what each column is and why; store nothing.", "--explain"),
        yes: bool = o.flag("Take the proposed mapping without asking.", "--yes", "-y"),
        in_json: bool = o.in_json,
        in_csv: bool = o.in_csv,
    ) -> None:
        plant, files = _told(desk, paths, explain)
        shape = Shape(in_json, in_csv)
        if explain:
            for file in files:
                _explained(desk, plant, file, at, shape)
            return
        assert plant is not None
        refused = sum(_loaded(desk, plant, file, (source, at), yes=yes, shape=shape) for file in files)
        if refused:
            raise typer.Exit(3)

    return command


def _told(desk: Desk, paths: list[Path], explain: bool) -> tuple[Path | None, list[Path]]:
    """The plant folder and the files: a folder with a plant.toml comes first."""
    if desk.rooms.is_plant(paths[0]):
        plant, files = paths[0], paths[1:]
    elif desk.rooms.is_plant(Path(".")):
        plant, files = Path("."), paths
    elif explain:
        plant, files = None, paths
    else:
        raise desk.rooms.no_plant(paths[0])
    if not files:
        raise typer.BadParameter(desk.say("Say which files to import."))
    return plant, files


def _explained(desk: Desk, plant: Path | None, file: Path, at: str, shape: Shape) -> None:
    proposal = desk.rooms.proposed(plant, file, at)
    if shape.json or shape.csv:
        show(desk, proposal.explain(), shape)
        return
    rows = [{**r, "what": desk.told(r["what"]), "why": _said(desk, r["why"])} for r in proposal.explain()]
    title = desk.say("{file}: what Andon thinks it is", file=file)
    table(desk, rows, title=title, units={}, codes={"column", "unit", "examples"})
    print_line("\n" + desk.say("As plant.toml would say it:") + "\n")
    console().print(proposal.toml(), markup=False)


def _said(desk: Desk, why: str) -> str:
    """Reasons, of which each is a text by itself."""
    return (
        desk.told(desk.say(why)) if desk.say(why) != why else "; ".join(desk.told(desk.say(w)) for w in why.split("; "))
    )


def _loaded(desk: Desk, plant: Path, file: Path, how: tuple[str, str], *, yes: bool, shape: Shape) -> int:
    """Load one file, asking for a mapping where plant.toml has none; how many rows of a new file were refused.

    `how` is the source that reads it and the machine that it is of, "" where they are not said.
    """
    source, at = how
    if not source and not desk.rooms.mapped(plant, file, at):
        _explained(desk, plant, file, at, Shape())
        if not yes and not typer.confirm(desk.say("Is that right? Write it into plant.toml?")):
            raise typer.Exit(2)
        source = desk.rooms.confirm(plant, file, at)
    with _progress(desk, file, shape) as tell:
        loaded = desk.rooms.loaded(plant, file, source, tell, at=at)
    row = desk.rooms.summary(plant, loaded)
    if shape.json or shape.csv:
        show(desk, [row], shape)
    else:
        _told_summary(desk, file, loaded, desk.rooms.zone(plant))
    return 0 if loaded.known else int(loaded.refused)


def _told_summary(desk: Desk, file: Path, loaded: Any, zone: str) -> None:
    say = desk.say
    if loaded.known:
        print_line(say("{file}: already stored, nothing was added.", file=file.name))
        return
    if loaded.since is None:
        print_line(say("{file}: no rows.", file=file.name))
    else:
        print_line(
            say(
                "{file}: {samples} samples from {rows} rows, {since} – {until}",
                file=file.name,
                samples=f"{loaded.samples:,}",
                rows=f"{loaded.rows:,}",
                since=local(loaded.since, zone),
                until=local(loaded.until, zone),
            )
        )
    for note in loaded.notes:
        console().print(desk.told(note), style="yellow", markup=False)
    if loaded.refused:
        print_line(f"[red]{say('{n} rows were refused: see {file}', n=loaded.refused, file=loaded.quarantine)}[/red]")


class _Quiet:
    """No progress bar, for JSON and for pipes."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


def _progress(desk: Desk, file: Path, shape: Shape) -> Any:
    """A bar with rate and time left on a terminal, silence elsewhere."""
    shown = console()
    if shape.json or shape.csv or not shown.is_terminal:
        return _Quiet()
    from .progress import Bar  # rich's progress is only for terminals

    return Bar(file, shown)


def watch_folder(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        plant: Path = o.plant,
        folder: Path = o.argument("The folder to watch; files go to done/ or failed/ inside it."),
        source: str = o.source,
        every: float = o.option(2.0, "Seconds between looks."),
        once: bool = o.flag("Take what is there and stop.", "--once"),
    ) -> None:
        refused = False
        for report in desk.rooms.watched(plant, folder, source, every=every, once=once):
            style = "red" if report.failed else "green"
            print_line(f"[{style}]{report.file.name}[/{style}]: {report.text}")
            refused |= report.failed or bool(report.loaded and report.loaded.refused and not report.loaded.known)
        if refused:
            raise typer.Exit(3)

    return command


COMMANDS = {"import": import_, "watch-folder": watch_folder}
