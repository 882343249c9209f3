"""Where and when a question is about: the parameters that many routes share."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Query

AT = Query("", description="A machine, a line or an area; everything by default.", examples=["line-1/press-3"])
SINCE = Query(
    "",
    description="Begin: microseconds since 1970, RFC 3339, or the plant's local time.",
    examples=["2026-03-02T06:00:00+01:00"],
)
UNTIL = Query("", description="End, not included; now by default.")
LAST = Query("", description="Instead of both: shift, today, yesterday, week, month, 30 d...", examples=["week"])


@dataclass(frozen=True, slots=True)
class When:
    """A window as somebody said it."""

    since: str
    until: str
    last: str

    @property
    def said(self) -> dict[str, str]:
        return {"since": self.since, "until": self.until, "last": self.last}


NO_TIME = When("", "", "")
"""No window: of a question that is about no time."""


def when(since: str = SINCE, until: str = UNTIL, last: str = LAST) -> When:
    """A dependency: the window that a request names."""
    return When(since, until, last)
