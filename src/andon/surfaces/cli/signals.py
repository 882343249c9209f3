"""Looking at signals: latest values, trends, coverage, SQL."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.markup import escape

from .desk import Desk
from .options import Options
from .show import Shape, print_line, show

BLOCKS = " ▁▂▃▄▅▆▇█"


def latest(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(plant: Path = o.plant_here, at: str = o.at, in_json: bool = o.in_json, in_csv: bool = o.in_csv) -> None:
        show(desk, desk.rooms.latest(plant, at), Shape(in_json, in_csv))

    return command


def coverage(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        plant: Path = o.plant_here,
        at: str = o.at,
        since: str = o.since,
        until: str = o.until,
        last: str = o.last,
        in_json: bool = o.in_json,
        in_csv: bool = o.in_csv,
    ) -> None:
        rows = desk.rooms.coverage(plant, at, since=since, until=until, last=last)
        show(
            desk,
            rows,
            Shape(in_json, in_csv),
            units={"known": "us", "asked": "us", "longest gap": "us", "coverage": "1"},
        )

    return command


def trend(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        plant: Path = o.plant,
        signal: str = o.argument("The signal, such as line-1/press-3/power."),
        since: str = o.since,
        until: str = o.until,
        last: str = o.last,
        pixels: int = o.option(80, "How many buckets."),
        save: Path = o.save,
        in_json: bool = o.in_json,
        in_csv: bool = o.in_csv,
    ) -> None:
        found = desk.rooms.trend(plant, signal, since=since, until=until, last=last, pixels=pixels)
        if save:
            found.picture.save(save, language=desk.language, zone=desk.rooms.zone(plant))
            print_line(desk.say("Saved {file}.", file=save))
        elif in_json or in_csv:
            show(desk, found.rows, Shape(in_json, in_csv))
        else:
            _drawn(desk, found.rows, found.title, pixels)

    return command


def _drawn(desk: Desk, rows: list[dict[str, Any]], title: str, pixels: int) -> None:
    """Two lines of blocks: the highest and the lowest value of each bucket."""
    print_line(f"[bold]{escape(title)}[/bold]")
    if not rows:
        print_line(desk.say("Nothing was recorded there and then."))
        return
    low, high = min(r["low"] for r in rows), max(r["high"] for r in rows)
    for name in ("high", "low"):
        marks = [" "] * (pixels + 1)
        for r in rows:
            marks[r["pixel"]] = BLOCKS[1 + round((r[name] - low) / ((high - low) or 1.0) * 7)]
        for i in range(1, pixels):  # a bucket may be a little wider than a pixel
            if marks[i] == " " and " " not in (marks[i - 1], marks[i + 1]):
                marks[i] = marks[i - 1]
        print_line(f"{desk.say(name):>4} {''.join(marks)}")
    print_line(f"[dim]{low:g} … {high:g}, {rows[0]['at']} – {rows[-1]['at']}[/dim]")


def sql(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        plant: Path = o.plant,
        text: str = o.argument("One SELECT over samples, signals, spells, measurements, receipts."),
        in_json: bool = o.in_json,
        in_csv: bool = o.in_csv,
    ) -> None:
        show(desk, desk.rooms.sql(plant, text), Shape(in_json, in_csv))

    return command


COMMANDS = {"latest": latest, "coverage": coverage, "trend": trend, "sql": sql}
