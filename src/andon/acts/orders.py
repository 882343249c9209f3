"""Acts on orders and parts: start and finish an order, scrap parts, leave a note."""

from __future__ import annotations

from ..errors import BadInput, BadQuestion, UnknownName
from ..model import Window, moment
from .register import Desk, Done, may

OPEN = 4_102_444_800_000_000
"""2100-01-01: where an order ends that nobody has finished yet; finishing or starting another one ends it."""


@may("operator")
def start_order(
    desk: Desk,
    machine: str,
    order: str,
    at: Window | None = None,
    *,
    product: str = "",
    quantity: float = 0.0,
    why: str = "",
) -> Done:
    """Start a production order on a machine; the one that was running there ends.

    Parameters
    ----------
    machine
        Path of the machine, such as line-1/press-3.
    order
        Number of the order.
    at
        When it started; now, unless given.
    product
        What is made.
    quantity
        How many parts are ordered; 0: not known.
    why
        What there is to say about it.
    """
    desk.plant.machine(machine)
    if not order.strip():
        raise BadInput("An order needs a number. Use finish_order to end the one that is running.")
    since = _at(desk, at)
    running = Window(since, _until(desk, machine, since))
    desk.write("order", machine, [(running, order)], product=product, quantity=quantity, why=why)
    return {"order": order, "since": f"{moment(since):%Y-%m-%dT%H:%M:%SZ}"}


@may("operator")
def finish_order(desk: Desk, machine: str, order: str, at: Window | None = None, why: str = "") -> Done:
    """Finish the production order that is running on a machine.

    Parameters
    ----------
    machine
        Path of the machine, such as line-1/press-3.
    order
        Number of the order.
    at
        When it was finished; now, unless given.
    why
        What there is to say about it.
    """
    desk.plant.machine(machine)
    until = _at(desk, at)
    rows = desk.told("order", machine, Window(until - 1, until))
    running = max(rows, key=lambda r: r.receipt, default=None)
    if running is None or running.text != order:
        what = f"order {running.text!r}" if running and running.text else "no order"
        raise BadQuestion(f"{machine} was running {what} at {desk.clock(until)}, not {order!r}.")
    desk.write("order", machine, [(Window(until, _until(desk, machine, until)), "")], why=why)
    return {"order": order, "until": f"{moment(until):%Y-%m-%dT%H:%M:%SZ}"}


@may("operator")
def scrap(desk: Desk, machine: str, quantity: float, code: str, at: Window | None = None, *, why: str = "") -> Done:
    """Write off parts that the machine counted as good.

    Parameters
    ----------
    machine
        Path of the machine, such as line-1/press-3.
    quantity
        How many parts.
    code
        Code from the reasons tree in plant.toml, or "".
    at
        When they were made; now, unless given.
    why
        What there is to say about it.
    """
    desk.plant.machine(machine)
    if not 0 < quantity < 1e9:
        raise BadInput(f"quantity = {quantity:g}: how many parts were scrapped must be more than 0.")
    if code and code not in desk.plant.reasons:
        raise UnknownName("reason", code, desk.plant.reasons)
    made = desk.free("scrap", machine, _at(desk, at))
    desk.write("scrap", machine, [(Window(made, made + 1), code)], quantity=quantity, why=why)
    return {"quantity": quantity, "reason": code, "at": f"{moment(made):%Y-%m-%dT%H:%M:%SZ}"}


@may("operator")
def note(desk: Desk, machine: str, text: str, about: Window | None = None) -> Done:
    """Leave a note about a moment or a stretch of time.

    Parameters
    ----------
    machine
        Path of the machine, such as line-1/press-3.
    text
        What is to be remembered.
    about
        The moment, or SINCE/UNTIL; now, unless given.
    """
    desk.plant.machine(machine)
    if not text.strip():
        raise BadInput("A note without text says nothing: write what is to be remembered.")
    at = desk.free("note", machine, _at(desk, about))
    window = Window(at, about.until) if about and about.duration else Window(at, at + 1)
    desk.write("note", machine, [(window, text)])
    return {"since": f"{moment(window.since):%Y-%m-%dT%H:%M:%SZ}"}


def _until(desk: Desk, machine: str, since: int) -> int:
    """When what begins at a moment ends: when the next order was started or the last one finished, as far as known."""
    rows = desk.told("order", machine, Window(since, OPEN))
    return min((r.since for r in rows if r.since > since), default=OPEN)


def _at(desk: Desk, at: Window | None) -> int:
    """The moment that is meant; nothing is written about times to come."""
    meant = desk.now if at is None else at.since
    if meant > desk.now:
        raise BadInput(f"{desk.clock(meant)} is yet to come. Give a moment until now.")
    return meant
