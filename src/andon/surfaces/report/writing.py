"""How figures, moments and lengths are written in a report: by its language and the plant's time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from ...model import moment
from ...words import say

NOTHING = "–"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Writing:
    """The language (en, zh), the IANA zone and the currency that everything is written in."""

    language: str
    zone: str
    currency: str = ""

    def say(self, text: str, **values: object) -> str:
        """A text of the house, with values put in."""
        said = say(text, self.language)
        return said.format(**values) if values else said

    def priority(self, name: str) -> str:
        """The word for a priority, which in English may mean other things, too."""
        return self.say(f"{name} priority").removesuffix(" priority")

    def percent(self, ratio: float | None) -> str:
        """
        >>> Writing("en", "UTC").percent(0.7351), Writing("en", "UTC").percent(None)
        ('73.5 %', '–')
        """
        return NOTHING if ratio is None else f"{ratio * 100:,.1f} %"

    def points(self, now: float | None, then: float | None) -> str:
        """The difference of two ratios in percentage points, with its sign.

        >>> Writing("en", "UTC").points(0.5, 0.75)
        '−25.0'
        """
        if now is None or then is None:
            return ""
        found = round((now - then) * 100, 1)
        return f"{'−' if found < 0 else '+' if found > 0 else '±'}{abs(found):,.1f}"

    def number(self, value: float | None, digits: int = 0) -> str:
        return NOTHING if value is None else f"{value:,.{digits}f}"

    def money(self, value: float | None) -> str:
        return NOTHING if value is None else f"{value:,.0f} {self.currency}".strip()

    def length(self, micros: int | None) -> str:
        """
        >>> [Writing("en", "UTC").length(n * 1_000_000) for n in (0, 45, 754, 7980, -60)]
        ['0 s', '45 s', '13 min', '2 h 13 min', '−1 min']
        """
        if micros is None:
            return NOTHING
        sign, seconds = "−" if micros < 0 else "", round(abs(micros) / 1e6)
        second, minute, hour = ("秒", "分", "小时") if self.language == "zh" else ("s", "min", "h")
        if seconds < 60:
            return f"{sign}{seconds} {second}"
        minutes = round(seconds / 60)
        if minutes < 60:
            return f"{sign}{minutes} {minute}"
        hours, left = divmod(minutes, 60)
        return f"{sign}{hours:,} {hour} {left:02} {minute}" if left else f"{sign}{hours:,} {hour}"

    def local(self, at: int) -> datetime:
        return moment(at).astimezone(ZoneInfo(self.zone))

    def clock(self, at: int | None) -> str:
        return NOTHING if at is None else f"{self.local(at):%H:%M}"

    def moment(self, at: int | None) -> str:
        return NOTHING if at is None else f"{self.local(at):%Y-%m-%d %H:%M}"

    def day(self, at: int) -> str:
        """The local date with its weekday."""
        there = self.local(at)
        return f"{self.say(DAYS[there.weekday()])} {there:%Y-%m-%d}"

    def span(self, since: int, until: int) -> str:
        """From when to when, the date once where it is the same."""
        same = self.local(since).date() == self.local(until).date()
        return f"{self.day(since)} {self.clock(since)} – {'' if same else self.day(until) + ' '}{self.clock(until)}"

    def when(self, at: int | None, since: int, until: int) -> str:
        """A moment in or near a stretch: its clock where the stretch is no longer than a day, else the date, too."""
        return self.clock(at) if until - since <= 86_400_000_000 else self.moment(at)
