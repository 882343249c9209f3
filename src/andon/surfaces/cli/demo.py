"""The demo: a simulated plant, at work on real servers, or with a walk through what its past tells."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import typer

from ...errors import UnknownName
from .desk import Desk
from .options import Options
from .show import Shape, answer, console, print_line, show

LINE, MACHINE = "line-1", "line-1/press-1"

WALK: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("How much of the planned time became good parts, line by line?", "oee", {"by": "line"}),
    ("Where did the time of one line go?", "losses", {"at": LINE}),
    ("Which machine holds the line back?", "bottleneck", {"at": LINE}),
    ("Is the ideal cycle in the master data right?", "cycle-times", {"at": MACHINE}),
)
"""What is asked one after the other: the question, the study, its place and grouping."""


def demo(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        folder: Path = typer.Argument(Path("demo-plant"), help=desk.say("The folder to make.")),
        seed: int = o.option(1, "Another seed makes another plant."),
        of: str = o.option("parts", "Which plant: parts (12 machines on 3 lines) or chips (2 wafer probers)."),
        days: int = o.option(0, "Days of history: 30 unless given, of chips 7."),
        walk: bool | None = typer.Option(None, "--walk/--no-walk", help=desk.say(WALKED)),
        fault: str = o.option("", "Do something to the running demo: kill, freeze, cut... ('list' names all)."),
        at: str = o.option("", "Which server or machine the fault befalls."),
        seconds: float = o.option(10.0, "How long the fault lasts."),
    ) -> None:
        if fault == "list":
            show(desk, [{"fault": n, "what": desk.say(w)} for n, w in desk.rooms.faults().items()], Shape())
        elif fault:
            befallen = desk.rooms.fault(folder, fault, at=at, seconds=seconds)
            print_line(desk.say("{fault}: {at}, for {n} s.", fault=fault, at=befallen, n=f"{seconds:g}"))
        elif of not in PLANTS:
            raise UnknownName("simulated plant", of, PLANTS)
        elif of == "chips":
            _chips(desk, folder, seed, days or 7)
        elif walk is None:
            _live(desk, folder, seed, days or 30)
        else:
            _past(desk, folder, seed, days or 30, walk)

    return command


PLANTS = ("parts", "chips")
WALKED = "Without machines at work: the same 30 days for everybody, with or without a walk through their answers."


def _past(desk: Desk, folder: Path, seed: int, days: int, walk: bool) -> None:
    made = _made(desk, folder, lambda: desk.rooms.demo(folder, seed=seed, days=days))
    if walk:
        _walked(desk, folder, made.since, made.until)
    print_line("\n" + desk.say("Go on yourself: {commands}", commands=f"andon studies {folder}"))


def _live(desk: Desk, folder: Path, seed: int, days: int) -> None:
    """Make the plant with a past that ends now, and run it with its machines until it is stopped."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("andon").setLevel(logging.INFO)

    def tell(running: Any) -> None:
        count = len(running.gather.status())
        print_line(desk.say("{plant} is running with {n} sources; Ctrl-C stops it.", plant=folder, n=count))
        for command in (f"andon now {folder} --watch", f"andon sources {folder}", f"andon demo {folder} --fault list"):
            print_line(f"[dim]$ {command}[/dim]")
        if desk.rooms.is_filling(folder):
            print_line(desk.say("The last days are here; those before them come in within a minute."))
        print_line(desk.say("Its page: {url}", url=running.serving.url))

    with ExitStack() as held:
        made = _made(desk, folder, lambda: held.enter_context(desk.rooms.live(folder, seed=seed, days=days)))
        desk.rooms.play(folder, made.floor, tell=tell)
    print_line(desk.say("Stopped; everything acknowledged is on disk."))


def _chips(desk: Desk, folder: Path, seed: int, days: int) -> None:
    """Run the simulated chip house until it is stopped."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")

    def begin(wafers: int) -> None:
        print_line(
            desk.say("{n} wafers wait to be read; the truth is in {file}.", n=wafers, file=folder / "truth.json")
        )

    def tell(running: Any) -> None:
        print_line(desk.say("Ctrl-C stops it."))
        for command in (f"andon ask wafer-pattern --plant {folder} --last week", f"andon sources {folder}"):
            print_line(f"[dim]$ {command}[/dim]")
        print_line(desk.say("Its page: {url}", url=f"{running.serving.url}/yield"))

    desk.rooms.probe(folder, seed=seed, days=days, begin=begin, tell=tell)
    print_line(desk.say("Stopped; everything acknowledged is on disk."))


def _made(desk: Desk, folder: Path, make: Callable[[], Any]) -> Any:
    """Make the plant, unless the folder already holds it."""
    if desk.rooms.is_plant(folder):
        print_line(desk.say("{folder} is there already; remove it for a fresh one.", folder=folder))
    with console().status(desk.say("Simulating 12 machines on 3 lines...")):
        made = make()
    if made.samples:
        print_line(
            desk.say(
                "{samples} samples of {signals} signals, {shifts} shifts closed; the truth is in {file}.",
                samples=f"{made.samples:,}",
                signals=made.signals,
                shifts=made.shifts,
                file=made.truth,
            )
        )
    return made


def _walked(desk: Desk, folder: Path, since: str, until: str) -> None:
    """Ask the questions of the walk, each with the command that a user would type."""
    when = {"since": since, "until": until}
    for question, study, place in WALK:
        options = " ".join(f"--{k} {v!r}" if " " in v else f"--{k} {v}" for k, v in {**place, **when}.items())
        _title(desk, question, f"andon ask {study} --plant {folder} {options}")
        asked = desk.rooms.answered(folder, study, at=place.get("at", ""), by=place.get("by", ""), settings={}, **when)
        answer(desk, asked, Shape(), currency=desk.rooms.currency(folder))
    _title(desk, "What cost the most, over the whole month?", f"andon losses {folder} --by loss,reason")
    found = desk.rooms.losses(folder, "", since="", until="", last="", by="loss,reason")
    show(desk, found.rows[:12], Shape(), units={"time": "us", "share": "1", "money": found.currency})
    _title(desk, "Do the books balance?", f"andon balance {folder}")
    books = desk.rooms.balance(folder)
    print_line(
        desk.say("The books balance: {n} closed shifts, to the microsecond.", n=books.shifts)
        if not books.wrong
        else desk.say("{n} closed shifts do not balance.", n=books.wrong)
    )


def _title(desk: Desk, question: str, command: str) -> None:
    print_line(f"\n[bold cyan]{desk.say(question)}[/bold cyan]\n[dim]$ {command}[/dim]")


COMMANDS = {"demo": demo}
