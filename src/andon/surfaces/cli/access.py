"""Accounts of people and tokens of programs; passwords come from the keyboard or from stdin, never from the line."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from pathlib import Path

import typer

from ...errors import BadInput
from .desk import Desk
from .options import Options
from .show import Shape, print_line, show

RIGHT = "viewer, operator, engineer or admin; each includes those before it."
LINES = "A line or area that it is for, again for each; without it, the whole plant."


def account(desk: Desk) -> typer.Typer:
    app = typer.Typer(no_args_is_help=True, help=desk.say("Say who may log in, and with which right."))
    for name, (built, line) in ACCOUNT.items():
        app.command(name, help=desk.say(line))(built(desk))
    return app


def token(desk: Desk) -> typer.Typer:
    app = typer.Typer(no_args_is_help=True, help=desk.say("Give programs tokens to ask with, and take them away."))
    for name, (built, line) in TOKEN.items():
        app.command(name, help=desk.say(line))(built(desk))
    return app


def _add(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        name: str = o.argument("Name to log in with."),
        plant: Path = o.plant_option,
        right: str = o.option("viewer", RIGHT, "--right"),
        lines: list[str] = o.option([], LINES, "--line"),
        who: str = o.who,
    ) -> None:
        said = _password(desk)
        desk.rooms.account_added(plant, name, right=right, lines=lines, password=said, who=_who(who))
        print_line(desk.say("{name} may log in now.", name=name))

    return command


def _list(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(plant: Path = o.plant_option, in_json: bool = o.in_json, in_csv: bool = o.in_csv) -> None:
        show(desk, desk.rooms.accounts_of(plant), Shape(in_json, in_csv))

    return command


def _change(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        name: str = o.argument("Name of the account."),
        plant: Path = o.plant_option,
        right: str | None = o.option(None, RIGHT, "--right"),
        lines: list[str] = o.option([], LINES, "--line"),
        everywhere: bool = o.flag("The right is for the whole plant again.", "--everywhere"),
        password: bool = o.flag("Ask for a new password; it ends every session.", "--password"),
        who: str = o.who,
    ) -> None:
        desk.rooms.account_there(plant, name)
        said = _password(desk) if password else None
        chosen = [] if everywhere else lines or None
        desk.rooms.account_changed(plant, name, right=right, lines=chosen, password=said, who=_who(who))
        print_line(desk.say("{name} was changed.", name=name))

    return command


def _remove(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(name: str = o.argument("Name of the account."), plant: Path = o.plant_option, who: str = o.who) -> None:
        desk.rooms.account_removed(plant, name, who=_who(who))
        print_line(desk.say("{name} may log in no more.", name=name))

    return command


def _token_add(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        name: str = o.argument("What the program is called in the audit log."),
        plant: Path = o.plant_option,
        right: str = o.option("viewer", RIGHT, "--right"),
        lines: list[str] = o.option([], LINES, "--line"),
        expires: str = o.option("365 d", "How long it holds: '90 d', or 'never'.", "--expires"),
        who: str = o.who,
    ) -> None:
        text = desk.rooms.token_added(plant, name, right=right, lines=lines, expires=expires, who=_who(who))
        print(desk.say("Keep it now, it is shown this once:"), file=sys.stderr)
        print(text)

    return command


def _token_list(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(plant: Path = o.plant_option, in_json: bool = o.in_json, in_csv: bool = o.in_csv) -> None:
        show(desk, desk.rooms.tokens_of(plant), Shape(in_json, in_csv))

    return command


def _token_revoke(desk: Desk) -> Callable[..., None]:
    o = Options(desk)

    def command(
        name: str = o.argument("Name or id of the token."), plant: Path = o.plant_option, who: str = o.who
    ) -> None:
        desk.rooms.token_revoked(plant, name, who=_who(who))
        print_line(desk.say("The token {name} is refused from now on.", name=name))

    return command


def _password(desk: Desk) -> str:
    """Typed twice at a keyboard; the first line of what is piped in otherwise."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    said = getpass.getpass(desk.say("Password: "))
    if getpass.getpass(desk.say("Again: ")) != said:
        raise BadInput("The two passwords differ; nothing was changed.")
    return said


def _who(said: str) -> str:
    return said or getpass.getuser()


ACCOUNT = {
    "add": (_add, "Make an account; the password is asked for, or read from stdin."),
    "list": (_list, "Show who may log in."),
    "change": (_change, "Change somebody's right, lines or password."),
    "remove": (_remove, "Take an account away; its sessions end at once."),
}
TOKEN = {
    "add": (_token_add, "Make a token for a program; it is shown once."),
    "list": (_token_list, "Show every token, never its secret."),
    "revoke": (_token_revoke, "Take a token away; it is refused from now on."),
}
COMMANDS = {"account": account, "token": token}
