"""The chip house of `andon demo --of chips`: its plant.toml, and the folder into which its probers write."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ...model import Window
from .chips import DIRTY, OFF_SITE, PROBERS, PRODUCT, SITES, TOUCH, Wafer, due, places, truth_of
from .courier import Courier

INBOX, DONE = "in/stdf", "probed.json"
"""Where the files come, and what says which were written; both in the plant's folder."""
ZONE, VALUE = "Europe/Berlin", 1.9
"""Where it stands, and what a good die is worth."""


def plant_toml() -> str:
    """The chip house as its owner wrote it down."""
    wafer = len(places()[0])
    machines = "".join(
        f'''
[[machine]]
path = "{p.path}"
title = "{p.name}, card {p.card}"
default_product = "{PRODUCT}"
'''
        for p in PROBERS
    )
    testers = ", ".join(f'"{p.name}" = "{p.path}"' for p in PROBERS)
    return f'''# A simulated chip house: two wafer probers, {wafer} dies a wafer, made by `andon demo --of chips`.
# What is really wrong with each wafer is in truth.json.

[plant]
name = "chips"
site = "chip-house"
zone = "{ZONE}"
currency = "EUR"
language = "en"

[[shift]]
name = "day"
start = "06:00"
end = "18:00"

[[shift]]
name = "night"
start = "18:00"
end = "06:00"

[[product]]
name = "{PRODUCT}"
cycles = [{{ ideal_cycle = "{TOUCH / 1000 / SITES:g} s" }}]
values = [{{ value = {VALUE}, valid_from = 2026-01-01 }}]
{machines}
# what the probers write, a file a wafer
[[source]]
name = "testers"
connector = "files"
format = "stdf"
folder = "{INBOX}"
machine = {{ column = "tester", map = {{ {testers} }} }}
'''


def found_house(folder: Path, seed: int, window: Window) -> None:
    """Make the plant's folder; what was probed in the window is the first that the probers will hand over."""
    (folder / INBOX).mkdir(parents=True, exist_ok=True)  # who was ended before plant.toml was there begins anew
    truth = {
        "seed": seed,
        "window": [window.since, window.until],
        "sites": [
            {"prober": DIRTY[0], "site": DIRTY[1], "without_contact_at_first": DIRTY[2]},
            {"prober": OFF_SITE[0], "site": OFF_SITE[1], "test": OFF_SITE[2], "too_much": OFF_SITE[3]},
        ],
        "wafers": [truth_of(w) for w in due(seed, window)],
    }
    (folder / "truth.json").write_text(json.dumps(truth, indent=1), "utf-8")
    (folder / DONE).write_text(json.dumps({"seed": seed, "until": window.since}), "utf-8")
    (folder / "plant.toml").write_text(plant_toml(), "utf-8")


def is_house(folder: Path) -> bool:
    """Is a folder that of such a plant?"""
    return (folder / DONE).is_file()


@dataclass(slots=True)
class Probers(Courier):
    """Write the file of each wafer as soon as its last die was probed."""

    folder: Path

    def left(self, now: int) -> int:
        """How many files are due by a moment."""
        return len(self._due(now))

    def hand_over(self, now: int) -> int:
        """Write the files that are due by a moment; how many."""
        wafers = self._due(now)
        for wafer in wafers:
            draft = self.folder / INBOX / f".{wafer.name}"
            draft.write_bytes(wafer.file())
            draft.replace(self.folder / INBOX / wafer.name)
        if wafers:
            mark = self.folder / DONE
            draft = mark.with_suffix(".new")
            draft.write_text(json.dumps({"seed": wafers[0].seed, "until": now}), "utf-8")
            draft.replace(mark)
        return len(wafers)

    def _due(self, now: int) -> list[Wafer]:
        said = json.loads((self.folder / DONE).read_text("utf-8"))
        return due(said["seed"], Window(said["until"], now))
