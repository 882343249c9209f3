"""`andon`, the command line: every command, with colour, tables, --json and --csv, in English and Chinese.

Exit codes: 0 done; 1 there is no answer (no data, no calendar); 2 the question, the plant or a name is wrong;
3 done, but some rows were refused; 4 something on disk is damaged; 5 another process owns the plant;
6 the disk is full; 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import version
from types import ModuleType

import typer

from ... import errors
from .desk import Desk, chosen, without_language
from .index import COMMANDS, PANELS

EXIT: dict[type[errors.AndonError], int] = {
    errors.NoData: 1,
    errors.NoCalendar: 1,
    errors.NotConnected: 1,
    errors.Damaged: 4,
    errors.Owned: 5,
    errors.DiskFull: 6,
}
"""What a kind of error exits with; every other kind exits with 2."""


def run(arguments: Sequence[str], house: Callable[[], ModuleType]) -> int:
    """Run one command line.

    Parameters
    ----------
    arguments
        What follows `andon`.
    house
        Gives the rooms when a command needs them.

    Returns
    -------
    int
        The exit code.
    """
    given = [part for a in arguments for part in (a.split("=", 1) if a.startswith("--lang=") else [a])]
    line = without_language(given)
    desk = Desk(chosen(given), house, os.environ.get("_TYPER_COMPLETE_ARGS", "").split() or line)
    try:
        typer.main.get_command(_app(desk))(args=line, prog_name="andon")
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 0
    except errors.AndonError as error:
        print(f"andon: {desk.explained(error)}", file=sys.stderr)
        return EXIT.get(type(error), 2)
    except KeyboardInterrupt:
        print(desk.say("Interrupted; everything acknowledged is on disk."), file=sys.stderr)
        return 130
    return 0


def _app(desk: Desk) -> typer.Typer:
    """All commands by name and line; only the called one is imported, so that `andon --help` is quick."""
    called = next((word for word in desk.line if word in COMMANDS), "")
    app = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        help=desk.say("Turns what a factory's machines say into what its people should do next."),
    )
    language = typer.Option("", "--lang", metavar="en|zh", help=desk.say("Language; by default what the locale says."))

    number = typer.Option(
        False, "--version", is_eager=True, callback=_version, help=desk.say("Show the version and stop.")
    )

    @app.callback()
    def root(lang: str = language, version: bool = number) -> None:
        pass

    for panel, commands in PANELS.items():
        for name, (module, line) in commands.items():
            built = import_module(f".{module}", __package__).COMMANDS[name](desk) if name == called else _nothing
            if isinstance(built, typer.Typer):
                app.add_typer(built, name=name, help=desk.say(line), rich_help_panel=desk.say(panel))
            else:
                told = (built.__doc__ if name == called else "") or desk.say(line)
                app.command(name, help=told, short_help=desk.say(line), rich_help_panel=desk.say(panel))(built)
    return app


def _version(asked: bool) -> None:
    if asked:
        print(f"andon {version('andon')}")
        raise typer.Exit


def _nothing() -> None:
    """Stands for a command that was not called."""
