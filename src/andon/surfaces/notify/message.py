"""What people are told: one alarm, one that is over, or a digest of many, in their language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ...answer import Plain
from ...model import moment
from ...plant.alarms import Notify
from ...plant.zones import clock_text
from ...watch.alarms import Occurrence
from ...words import say

OVER = "/returned"
"""What the key of a message that an alarm is over ends in."""
SHOWN = 20
"""Alarms that a digest names one by one."""


class About(StrEnum):
    """What a message is about."""

    ALARM = "alarm"
    ESCALATION = "escalation"
    RETURNED = "returned"
    DIGEST = "digest"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one receiver.

    Attributes
    ----------
    keys
        What it tells, one key an alarm; the same key is told once. The first is the message's own.
    receiver
        Name of the [[notify]].
    about
        What kind of message it is.
    subject, text
        For people.
    alarms
        For programs: one mapping an alarm.
    at
        When it was made (microseconds).
    follow
        The receiver wants to know when it is over.
    to, files
        Of a mail: addresses instead of the receiver's own, and what is attached, as paths under the plant folder.
    """

    keys: tuple[str, ...]
    receiver: str
    about: str
    subject: str
    text: str
    alarms: tuple[Mapping[str, Plain], ...]
    at: int
    follow: bool = False
    to: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.keys[0]


@dataclass(frozen=True, slots=True)
class News:
    """Something to be told: which key it has, which alarm it is, what about it."""

    key: str
    about: About
    alarm: Occurrence


def message(news: News, receiver: Notify, *, zone: str, now: int) -> Message:
    """One alarm in the receiver's language."""
    language, o = receiver.language, news.alarm
    head = {About.ESCALATION: "Unacknowledged: ", About.RETURNED: "Over: "}.get(news.about, "")
    urgency = say(f"{o.priority} priority", language).removesuffix(" priority")
    subject = f"{say(head, language)}[{urgency}] {_named(o, language)}"
    return Message(
        (news.key,), receiver.name, news.about, subject, _text(o, language, zone), (plain(o),), now, receiver.returned
    )


def digest(news: Sequence[News], receiver: Notify, *, zone: str, now: int) -> Message:
    """Many alarms in one message, the most urgent first."""
    language = receiver.language
    subject = say("{n} alarms at once", language).format(n=len(news))
    rows = [f"- {clock_text(n.alarm.since, zone)} [{n.alarm.priority}] {_named(n.alarm, language)}" for n in news]
    more = [say("and {n} more", language).format(n=len(rows) - SHOWN)] if len(rows) > SHOWN else []
    text = "\n".join([*rows[:SHOWN], *more])
    alarms = tuple(plain(n.alarm) for n in news)
    return Message(
        tuple(n.key for n in news), receiver.name, About.DIGEST, subject, text, alarms, now, receiver.returned
    )


def plain(o: Occurrence) -> dict[str, Plain]:
    """An alarm as a program reads it."""
    return {
        "place": o.place,
        "alarm": o.name,
        "priority": o.priority,
        "state": o.stage.value,
        "since": moment(o.since).isoformat(),
        "until": None if o.is_open else moment(o.until).isoformat(),
        "value": o.value,
        "unit": o.unit,
        "message": dict(o.messages),
        "action": o.advice.action,
        "first_out": o.first_out,
        "acknowledged_by": o.by,
    }


def _named(o: Occurrence, language: str) -> str:
    """Place and message; a message that names the place says it once."""
    said = o.messages.get(language, o.name)
    return said if o.place in said else f"{o.place}: {said}"


def _text(o: Occurrence, language: str, zone: str) -> str:
    rows = [
        ("Alarm", f"{o.place} {o.name}"),
        ("Since", clock_text(o.since, zone)),
        ("Until", "" if o.is_open else clock_text(o.until, zone)),
        ("Cause", o.advice.cause),
        ("Consequence", o.advice.consequence),
        ("Action", o.advice.action),
        ("Within", "" if o.advice.within is None else f"{o.advice.within / 60e6:g} min"),
    ]
    return "\n".join(f"{say(name, language)}: {value}" for name, value in rows if value)
