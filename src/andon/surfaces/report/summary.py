"""A report in one title and a few sentences: what a reader who has ten seconds is to know."""

from __future__ import annotations

from ...model import Loss
from .contents import Contents
from .writing import Writing

TITLES = {"shift": "Shift report", "day": "Day report", "week": "Week report", "": "Report"}
BEFORE = {"shift": "the {n} shifts before", "day": "the {n} days before", "week": "the {n} weeks before"}
WHOLE = 0.9995
"""Coverage from which on all of the time counts as known: it is shown with one decimal of per cent."""


def title(report: Contents) -> str:
    """Shift report line-1, 2026-11-26 late."""
    writing = Writing(report.language, report.zone)
    what = writing.say(TITLES[report.every])
    when = report.name or writing.span(report.since, report.until)
    return f"{what} · {report.place or report.plant} · {when}"


def sentences(report: Contents) -> list[str]:
    """OEE beside that of the periods before, the largest loss, what is not known, what wants a reason."""
    writing, whole = Writing(report.language, report.zone, report.currency), report.whole
    found = [_oee(report, writing)]
    worst = next((x for x in report.losses if x.loss != Loss.PRODUCTIVE and x.time > 0), None)
    if worst is not None:
        found.append(
            writing.say(
                "Most time went to {loss}: {time}, {share} of planned time.",
                loss=writing.say(worst.loss),
                time=writing.length(worst.time),
                share=writing.percent(worst.share),
            )
        )
    if whole.coverage is not None and whole.coverage < WHOLE:
        said = "{share} of planned time is known; of the rest, {time}, nobody knows what happened."
        found.append(writing.say(said, share=writing.percent(whole.coverage), time=writing.length(whole.unknown)))
    if report.nameless_count:
        said = "Stops that want a reason: {n}, together {time}."
        found.append(writing.say(said, n=report.nameless_count, time=writing.length(report.nameless_time)))
    return found


def before(report: Contents) -> str:
    """What the periods before are called: the 8 shifts before."""
    writing = Writing(report.language, report.zone)
    return writing.say(BEFORE.get(report.every, "the {n} periods before"), n=len(report.earlier))


def _oee(report: Contents, writing: Writing) -> str:
    now, then = report.whole.oee, report.mean.oee if report.mean else None
    if now is None:
        return writing.say("OEE is not known: no ideal cycle is, or nobody counts good parts.")
    if then is None:
        return writing.say("OEE was {oee}.", oee=writing.percent(now))
    difference = round((now - then) * 100, 1)
    if not difference:
        return writing.say("OEE was {oee}, as in {before}.", oee=writing.percent(now), before=before(report))
    said = (
        "OEE was {oee}, {points} points above {before}."
        if difference > 0
        else "OEE was {oee}, {points} points below {before}."
    )
    return writing.say(said, oee=writing.percent(now), points=f"{abs(difference):.1f}", before=before(report))
