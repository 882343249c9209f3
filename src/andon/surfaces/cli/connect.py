"""`andon connect`, `browse`, `test-source`: from an address to a live plant."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import typer

from .confirming import confirmed_by
from .desk import Desk
from .options import Options
from .proposals import numbered_machines, show_proposal
from .show import Shape, console, print_line, show

Guest = Any
"""A visit to a source, as the house gives it."""
Proposal = Any
"""What a source would be in plant.toml, as the house gives it."""
BROWSED = 200
"""Rows of a browse that a terminal is shown."""
EXAMPLES = """Connect to a machine: try it, look at what it offers, propose machines and signals, write plant.toml.

    andon connect opc.tcp://192.168.0.7:4840 --plant works

    andon connect mqtt://broker.works --user andon --select "plant/line-1/*"

    andon connect 192.168.0.7          (tries what machines usually speak)

    andon connect press-hall           (an existing source again, for what is new there)

    andon connect URL --json > proposal.json; andon connect --from proposal.json
"""


def connect(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        target: str = typer.Argument("", help=desk.say("A URL, a host, or the name of a source of the plant.")),
        plant: Path = o.plant_option,
        zone: str = o.option("", "For a new plant: its IANA time zone; by default this machine's."),
        name: str = o.option("", "What the source is to be called; by default after its host or its protocol."),
        user: str = o.option("", "Who we are there; the password is asked for, or taken from secrets.toml."),
        given: list[str] = o.option([], "A setting of the connector, key=value; see docs/connect.md.", "--set"),
        select: list[str] = o.option([], "Only what fits this pattern, such as '*press-3*'.", "--select"),
        speaks: str = o.option("", "Which connector, where several could be meant.", "--as"),
        seconds: float = o.option(6.0, "How long values are watched."),
        test: bool = o.flag("Only try it, and say what is wrong.", "--test"),
        yes: bool = o.flag("Take the proposal without asking; what is in doubt gets no role.", "--yes", "-y"),
        in_json: bool = o.in_json,
        file: Path | None = o.option(None, "Take a proposal from --json, perhaps changed, and write it.", "--from"),
    ) -> None:
        if file is not None:
            proposal = desk.rooms.read_proposal(file)
            _finished(desk, _folder(desk, plant, zone, yes=True), proposal, None)
            return
        if not target:
            raise typer.BadParameter(desk.say("Say what to connect to: a URL, a host, or a source of the plant."))
        with _guest(desk, plant, target, (user, name, speaks), given, ask=not (yes or in_json)) as guest:
            _tried(desk, guest, quiet=in_json, ask=not (yes or in_json))
            if not test:
                _connected(desk, guest, (plant, zone), select, seconds, yes=yes, in_json=in_json)

    command.__doc__ = desk.say(EXAMPLES)
    return command


def browse(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        target: str = o.argument("A URL, a host, or the name of a source of the plant."),
        plant: Path = o.plant_option,
        user: str = o.option("", "Who we are there; the password is asked for, or taken from secrets.toml."),
        given: list[str] = o.option([], "A setting of the connector, key=value; see docs/connect.md.", "--set"),
        select: list[str] = o.option([], "Only what fits this pattern, such as '*press-3*'.", "--select"),
        speaks: str = o.option("", "Which connector, where several could be meant.", "--as"),
        in_json: bool = o.in_json,
        in_csv: bool = o.in_csv,
    ) -> None:
        with _guest(desk, plant, target, (user, "", speaks), given, ask=not (in_json or in_csv)) as guest:
            offers = guest.browse(select)
        rows = [
            {
                "path": " / ".join(x.path),
                "value": x.value,
                "unit": x.unit,
                "kind": x.kind,
                "role": x.role,
                "address": x.address,
                "why": x.why,
            }
            for x in offers
        ]
        whole = in_json or in_csv or len(rows) <= BROWSED
        show(desk, rows if whole else rows[:BROWSED], Shape(in_json, in_csv))
        if not whole:
            print_line(desk.say("{n} more; narrow them with --select, or take --csv.", n=len(rows) - BROWSED))

    return command


def test_source(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        source: str = o.argument("The name of a source of the plant."),
        plant: Path = o.plant_option,
        in_json: bool = o.in_json,
        in_csv: bool = o.in_csv,
    ) -> None:
        with desk.rooms.guest(plant, None, source=source) as guest:
            steps = guest.trial()
        if in_json or in_csv:
            rows = [{"step": s.step, "well": s.well, "said": s.said} for s in steps]
            show(desk, rows, Shape(in_json, in_csv))
        else:
            _told(desk, steps)
        if not all(s.well for s in steps):
            raise typer.Exit(1)

    return command


def _guest(
    desk: Desk, plant: Path, target: str, named: tuple[str, str, str], given: Sequence[str], *, ask: bool
) -> Guest:
    """The visit: to a source of the plant, or on the way that answers."""
    user, name, speaks = named
    if desk.rooms.is_source(plant, target):
        return desk.rooms.guest(plant, None, source=target, user=user, given=given)
    bare, said = desk.rooms.without_user(target)
    ways = [w for w in desk.rooms.reached(bare) if speaks in ("", w.connector)]
    if len(ways) > 1:
        ways = [_chosen(desk, plant, ways, ask=ask)]
    if not ways:
        raise typer.BadParameter(desk.say("{name} does not speak that protocol.", name=speaks))
    guest = desk.rooms.guest(plant, ways[0], user=user or said, name=name, given=given)
    if guest.lacks_password and ask:
        guest.log_in("", typer.prompt(desk.say("Password of {user}", user=user or said), hide_input=True))
    return guest


def _chosen(desk: Desk, plant: Path, ways: Sequence[Any], *, ask: bool) -> Any:
    """The way that answers; of several the one that a person means, or the first."""
    with _busy(desk.say("Trying what may be spoken there"), quiet=not ask):
        tried = desk.rooms.answering(plant, ways)
    well = [way for way, step in tried if step.well]
    if ask:
        for way, step in tried:
            said = f"{way.connector:<12} {way.url}"
            console().print(f"{'✓' if step.well else '✗'} {said}", style="" if step.well else "dim", markup=False)
    if not well:
        return ways[0]  # its trial says what is wrong
    if len(well) == 1 or not ask:
        return well[0]
    for number, way in enumerate(well, 1):
        print_line(f"  {number}  {way.connector:<12} {way.url}")
    number = typer.prompt(desk.say("Which one?"), default=1, type=int)
    return well[min(max(number, 1), len(well)) - 1]


def _tried(desk: Desk, guest: Guest, *, quiet: bool, ask: bool) -> None:
    """Try the source, saying how it goes; a login that is wanted is asked for once."""
    with _busy(desk.say("Trying {name}", name=guest.name), quiet=quiet):
        steps = guest.trial()
    if not quiet:
        _told(desk, steps)
    if not steps or steps[-1].well or guest.known:  # what is wrong with signals of the plant bars no browsing
        return
    if ask and guest.wants_user and typer.confirm(desk.say("Does it want a user and a password?"), default=False):
        user = typer.prompt(desk.say("User"))
        guest.log_in(user, typer.prompt(desk.say("Password of {user}", user=user), hide_input=True))
        _tried(desk, guest, quiet=quiet, ask=False)
        return
    if quiet:
        failed = next(s for s in steps if not s.well)
        print(f"andon: {desk.told(desk.say(failed.step))}: {desk.told(failed.said)}", file=sys.stderr)
    raise typer.Exit(1)


def _told(desk: Desk, steps: Sequence[Any]) -> None:
    for step in steps:
        mark = "[green]✓[/green]" if step.well else "[red]✗[/red]"
        console().print(mark, end=" ")
        console().print(f"{desk.told(desk.say(step.step))}: {desk.told(step.said)}", markup=False)


def _connected(
    desk: Desk,
    guest: Guest,
    where: tuple[Path, str],
    select: Sequence[str],
    seconds: float,
    *,
    yes: bool,
    in_json: bool,
) -> None:
    """Browse, watch, propose; show it and have it confirmed, or print it."""
    with _busy(desk.say("Looking at what {name} offers", name=guest.name), quiet=in_json):
        offers = guest.browse(select)
    if not offers:
        raise typer.Exit(_nothing(desk, select))
    with guest.watch() as watch:
        _watched(desk, watch, seconds, quiet=in_json)
        proposal = guest.proposal()
        if in_json:
            print(desk.rooms.proposal_text(proposal))
            if not yes:
                return
        else:
            show_proposal(desk, proposal)
        if not yes:
            proposal = confirmed_by(desk, guest, proposal)
    if proposal is not None:
        _finished(desk, _folder(desk, *where, yes=yes), proposal, guest, quiet=in_json)


def _nothing(desk: Desk, select: Sequence[str]) -> int:
    if select:
        print_line(desk.say("It answers, and nothing there fits --select."))
    else:
        print_line(
            desk.say(
                "It answers, and offers nothing to choose from. Say what to read with --set, or write the signals into "
                "plant.toml; docs/connect.md shows how."
            )
        )
    return 1


def _watched(desk: Desk, watch: Any, seconds: float, *, quiet: bool) -> None:
    """Wait while values come in, saying how many."""
    said = desk.say("Watching values for {n} s", n=f"{seconds:g}")
    late = time.monotonic() + seconds
    with _busy(said, quiet=quiet) as busy:
        while time.monotonic() < late and not watch.said:
            time.sleep(0.1)
            if busy is not None:
                busy.update(desk.say("{said}: {rows} heard", said=said, rows=f"{watch.rows:,}"))
    if watch.said and not quiet:
        console().print(f"{desk.say('Nothing more is heard')}: {desk.told(watch.said)}", style="yellow", markup=False)


def _folder(desk: Desk, plant: Path, zone: str, *, yes: bool) -> Path:
    """The plant folder; made where there is none."""
    if desk.rooms.is_plant(plant):
        return plant
    if not yes and plant == Path("."):
        plant = Path(typer.prompt(desk.say("There is no plant here. Folder of the new plant"), default="plant"))
    elif plant == Path("."):
        raise desk.rooms.no_plant(plant)
    if not desk.rooms.is_plant(plant):
        here = zone or desk.rooms.zone_here()
        chosen = here if yes or zone else typer.prompt(desk.say("Time zone of the plant"), default=here)
        desk.rooms.create(plant, name=_named(plant), zone=chosen, language=desk.language)
        print_line(desk.say("Made {folder}.", folder=plant))
    return plant


def _named(plant: Path) -> str:
    return plant.resolve().name


def _finished(desk: Desk, folder: Path, proposal: Proposal, guest: Guest | None, *, quiet: bool = False) -> None:
    """Write it, say what can be asked now, and show the first samples where the plant is running."""
    desk.rooms.written_source(folder, proposal, guest)
    if quiet:
        return
    machines, signals = numbered_machines(proposal)
    said = "Wrote {signals} signals of {machines} machines into {file}."
    print_line(desk.say(said, signals=signals, machines=machines, file=folder / "plant.toml"))
    for machine, signal in proposal.asked():
        still = desk.say("still open: {signal}", signal=f"{machine.path}/{signal.name}")
        console().print(f"{still}: {desk.told(signal.ask)}", style="yellow", markup=False)
    _answerable(desk, folder, [m.path for m in proposal.machines if m.taken])
    if desk.rooms.is_running(folder):
        _arriving(desk, folder, proposal.name)
    else:
        print_line(desk.say("Now run it: andon run {plant}", plant=folder))


def _answerable(desk: Desk, folder: Path, paths: Sequence[str]) -> None:
    """Which studies these machines can answer, and what the others lack."""
    rows = desk.rooms.answerable_of(folder, paths)
    able = [r for r in rows if not str(r["machines"]).startswith("0/")]
    print_line(desk.say("{n} of {total} studies can be asked now:", n=len(able), total=len(rows)))
    told = [f"{r['study']} ({r['machines']})" if r["missing"] else str(r["study"]) for r in able]
    console().print(f"  {', '.join(told) or '–'}", markup=False)
    lacking: dict[str, list[str]] = {}
    for row in rows:
        if row["missing"]:
            lacking.setdefault(str(row["missing"]), []).append(str(row["study"]))
    for missing, names in sorted(lacking.items(), key=lambda x: -len(x[1])):
        console().print(f"  {desk.told(missing)}: {', '.join(names)}", style="dim", markup=False)


def _arriving(desk: Desk, folder: Path, source: str) -> None:
    """The first samples, as the running plant takes them up."""
    print_line(desk.say("The plant is running; it takes up {source} by itself.", source=source))
    seen: list[dict[str, Any]] = list(desk.rooms.arriving(folder, source))
    row = seen[-1] if seen else {}
    if row.get("samples"):
        print_line(desk.say("{n} samples have arrived: andon latest {plant}", n=row["samples"], plant=folder))
    else:
        said = row.get("said") or row.get("health") or desk.say("not taken up yet")
        console().print(f"{desk.say('Nothing has arrived yet')}: {desk.told(str(said))}", style="yellow", markup=False)


class _Silent:
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


def _busy(said: str, *, quiet: bool) -> Any:
    """A moving mark beside what is being done, on a terminal."""
    shown = console()
    return _Silent() if quiet or not shown.is_terminal else shown.status(said)


COMMANDS = {"connect": connect, "browse": browse, "test-source": test_source}
