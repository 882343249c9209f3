"""Acts on alarms: acknowledge, reset, shelve for a time, take out of service; the running plant hears of them."""

from __future__ import annotations

from ..errors import BadInput, BadQuestion, UnknownName
from ..model import Window
from ..plant.alarms import ACKNOWLEDGED, ALARM, LATCHED, OUT_OF_SERVICE, OWN, RESET, SHELVED, WAITING
from ..reading import Told
from ..units import HOUR, duration
from .orders import OPEN
from .register import Desk, Done, may

LONGEST = 24 * HOUR
"""For longer than this an alarm is not shelved but taken out of service (ISA-18.2: shelving ends by itself)."""
BACK = 30 * 24 * HOUR


@may("operator")
def acknowledge(desk: Desk, place: str, alarm: str, why: str = "") -> Done:
    """Say that an alarm was seen and that somebody takes care of it.

    Parameters
    ----------
    place
        The machine, such as line-1/press-3, or the source.
    alarm
        Name of the alarm.
    why
        What there is to say about it.
    """
    last = _last(desk, place, alarm)
    if last is None or last.detail.get("stage") not in WAITING:
        raise BadQuestion(f"{place}: {alarm!r} is not waiting to be acknowledged. `andon alarms` shows what is.")
    return _moment(desk, ACKNOWLEDGED, (place, alarm), why)


@may("operator")
def reset(desk: Desk, place: str, alarm: str, why: str = "") -> Done:
    """Let go of a latching alarm whose condition is over.

    Parameters
    ----------
    place
        The machine, such as line-1/press-3, or the source.
    alarm
        Name of the alarm.
    why
        What there is to say about it.
    """
    last = _last(desk, place, alarm)
    if last is None or last.detail.get("stage") not in LATCHED:
        raise BadQuestion(f"{place}: {alarm!r} is not latched, so there is nothing to reset.")
    return _moment(desk, RESET, (place, alarm), why)


@may("operator")
def shelve(desk: Desk, place: str, alarm: str, time: str, why: str) -> Done:
    """Keep an alarm from people for a limited time; then it comes back by itself.

    Parameters
    ----------
    place
        The machine, such as line-1/press-3, or the source.
    alarm
        Name of the alarm.
    time
        For how long: '30 min', '8 h'; 24 hours at most.
    why
        Why; somebody will ask.
    """
    _known(desk, place, alarm)
    length = duration(time)
    if not 0 < length <= LONGEST:
        raise BadInput(f"time = {time!r}: an alarm is shelved for 24 h at most. Use out_of_service for longer.")
    return _hide(desk, SHELVED, (place, alarm), Window(desk.now, desk.now + length), why)


@may("operator")
def unshelve(desk: Desk, place: str, alarm: str, why: str = "") -> Done:
    """Bring a shelved alarm back before its time.

    Parameters
    ----------
    place
        The machine, such as line-1/press-3, or the source.
    alarm
        Name of the alarm.
    why
        What there is to say about it.
    """
    return _bring_back(desk, SHELVED, (place, alarm), why)


@may("engineer")
def out_of_service(desk: Desk, place: str, alarm: str, why: str) -> Done:
    """Take an alarm out of service, as for a repair of its sensor, until somebody puts it back.

    Parameters
    ----------
    place
        The machine, such as line-1/press-3, or the source.
    alarm
        Name of the alarm.
    why
        Why; somebody will ask.
    """
    _known(desk, place, alarm)
    return _hide(desk, OUT_OF_SERVICE, (place, alarm), Window(desk.now, OPEN), why)


@may("engineer")
def in_service(desk: Desk, place: str, alarm: str, why: str = "") -> Done:
    """Put an alarm back into service.

    Parameters
    ----------
    place
        The machine, such as line-1/press-3, or the source.
    alarm
        Name of the alarm.
    why
        What there is to say about it.
    """
    return _bring_back(desk, OUT_OF_SERVICE, (place, alarm), why)


def _last(desk: Desk, place: str, alarm: str) -> Told | None:
    """The last time that it was on, as the running plant wrote it down."""
    _known(desk, place, alarm)
    rows = desk.told(ALARM, place, Window(desk.now - BACK, OPEN))
    return max((r for r in rows if r.text == alarm), key=lambda r: r.since, default=None)


def _known(desk: Desk, place: str, alarm: str) -> None:
    """The alarm is one of plant.toml or Andon's own, or the history knows it."""
    own = {s.name for s in desk.plant.sources} | {"andon"}
    known = {(a.place, a.name) for a in desk.plant.alarms} | {(p, name) for p in own for name in OWN}
    if (place, alarm) in known or any(r.text == alarm for r in desk.told(ALARM, place, Window(desk.now - BACK, OPEN))):
        return
    if place not in {p for p, _ in known}:
        raise UnknownName("place with alarms", place, {p for p, _ in known})
    raise UnknownName(f"alarm at {place}", alarm, {a for p, a in known if p == place})


def _moment(desk: Desk, kind: str, key: tuple[str, str], why: str) -> Done:
    place = "/".join(key)
    at = desk.free(kind, place, desk.now)
    desk.write(kind, place, [(Window(at, at + 1), kind)], why=why)
    return {"place": key[0], "alarm": key[1]}


def _hide(desk: Desk, kind: str, key: tuple[str, str], window: Window, why: str) -> Done:
    if not why.strip():
        raise BadInput("why = '': say why an alarm is kept from people; somebody will ask.")
    desk.write(kind, "/".join(key), [(window, kind)], why=why)
    return {"place": key[0], "alarm": key[1], "until": desk.clock(window.until)}


def _bring_back(desk: Desk, kind: str, key: tuple[str, str], why: str) -> Done:
    _known(desk, *key)
    place = "/".join(key)
    held = desk.history.spells(kind, place, Window(desk.now, desk.now + 1)).rows()
    if not any(text for _, _, text in held):
        raise BadQuestion(f"{key[0]}: {key[1]!r} is not {kind.replace('_', ' ')}.")
    desk.write(kind, place, [(Window(desk.now, OPEN), "")], why=why)
    return {"place": key[0], "alarm": key[1]}
