"""The options that many commands share, with their help in the chosen language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer
from rich.markup import escape

from .desk import Desk

Default = Any
"""What typer takes as a parameter's default: an option or an argument."""


class Options:
    """Builds the shared options of one command line."""

    def __init__(self, desk: Desk) -> None:
        self._say = desk.say

    @property
    def plant(self) -> Default:
        return typer.Argument(..., help=self._say("Plant folder."))

    @property
    def plant_here(self) -> Default:
        return typer.Argument(Path("."), help=self._say("Plant folder; by default this one."))

    @property
    def plant_option(self) -> Default:
        return typer.Option(Path("."), "--plant", "-p", help=self._say("Plant folder; by default this one."))

    @property
    def at(self) -> Default:
        return self.option("", "A machine or a line; by default the whole plant.")

    @property
    def since(self) -> Default:
        return self.option("", "Start, local time: 2026-03-29, '2026-03-29 06:00', RFC 3339.")

    @property
    def until(self) -> Default:
        return self.option("", "End, not included; by default now.")

    @property
    def last(self) -> Default:
        return self.option("", "Instead: shift, today, yesterday, week, month, '30 d'...")

    @property
    def source(self) -> Default:
        return self.option("", "Which [[source]] of plant.toml says how to read it; by default the one that fits.")

    @property
    def who(self) -> Default:
        return self.option("", "Who does it; by default the user of this machine.")

    @property
    def save(self) -> Default:
        return self.option(None, "Save the picture as .svg, .png or .html instead.")

    @property
    def in_json(self) -> Default:
        return typer.Option(False, "--json", help=self._say("Print JSON."))

    @property
    def in_csv(self) -> Default:
        return typer.Option(False, "--csv", help=self._say("Print CSV."))

    def option(self, default: object, text: str, *names: str) -> Default:
        return typer.Option(default, *names, help=escape(self._say(text)))

    def argument(self, text: str) -> Default:
        return typer.Argument(..., help=self._say(text))

    def flag(self, text: str, *names: str) -> Default:
        return typer.Option(False, *names, help=self._say(text))
