"""Who is to be told of what, now: pure, from what stands and what was told before."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field

from ...plant import Plant
from ...plant.alarms import PRIORITIES, Notify
from ...units import MINUTE
from ...watch.alarms import Occurrence
from .message import OVER, About, Message, News, digest, message

FLOOD = 10 * MINUTE
"""The time in which no more than `most` single messages go to a receiver (EEMUA 191 calls 10 in it a flood)."""
PAUSE = MINUTE
"""The least time between two digests."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was told to a receiver before.

    Attributes
    ----------
    keys
        What was told.
    moments
        Gives the moments of the messages, the last one last.
    raised
        Alarms whose end is to be told, by key, as they were last.
    """

    keys: Container[str]
    moments: Callable[[], Sequence[int]]
    raised: Mapping[str, Occurrence] = field(default_factory=dict)


def due(receiver: Notify, standing: Sequence[Occurrence], plant: Plant, told: Told, now: int) -> list[Message]:
    """The messages that a receiver is to get now.

    An alarm that comes and goes is told once until somebody acknowledges it; one that waits longer than `after` is told
    to those who asked for that. In a flood nothing is left out: what is due waits for the next digest.

    Parameters
    ----------
    receiver
        Who.
    standing
        The alarms that are on or wait for somebody.
    plant
        Its places and shifts.
    told
        What was told before.
    now
        This computer's clock, microseconds.
    """
    news = [n for o in standing if (n := _news(receiver, o, plant, now)) and n.key not in told.keys]
    if receiver.returned:
        news += _returned(standing, told)
    if not news:
        return []
    news.sort(key=lambda n: (PRIORITIES.index(n.alarm.priority), n.alarm.since))
    lately = [at for at in told.moments() if at > now - FLOOD]
    if len(lately) + len(news) <= receiver.most:
        return [message(n, receiver, zone=plant.zone, now=now) for n in news]
    if lately and lately[-1] > now - PAUSE:
        return []
    return [digest(news, receiver, zone=plant.zone, now=now)]


def _news(receiver: Notify, o: Occurrence, plant: Plant, now: int) -> News | None:
    """What there is to tell a receiver of an alarm that stands, if anything."""
    if o.waiting is None or o.priority not in receiver.priorities or not _is_for(receiver, o.place, plant):
        return None
    if receiver.after and now < min(o.waiting, o.told) + receiver.after:
        return None
    if receiver.shifts and not _on_duty(receiver, plant, o.place, now):
        return None
    about = About.ESCALATION if receiver.after else About.ALARM
    return News(f"{receiver.name}/{o.place}/{o.name}/{o.waiting}", about, o)


def _returned(standing: Sequence[Occurrence], told: Told) -> list[News]:
    """Alarms that were told to a receiver and are no longer on."""
    now = {o.key: o for o in standing}
    found: list[News] = []
    for key, was in told.raised.items():
        o = now.get(was.key)
        if key + OVER not in told.keys and not (o is not None and o.is_open):
            found.append(News(key + OVER, About.RETURNED, o or was))
    return found


def _is_for(receiver: Notify, place: str, plant: Plant) -> bool:
    if not receiver.at:
        return True
    area = plant.machines[place].area if place in plant.machines else ""
    return any(p in (place, area) or place.startswith(p + "/") for p in receiver.at)


def _on_duty(receiver: Notify, plant: Plant, place: str, now: int) -> bool:
    shift = plant.shifts.shift_at(now, place)
    return shift is not None and shift.name in receiver.shifts
