"""Reports as people ask for them: one made now, those that are made by themselves, and one of these once more."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from ..acts import RIGHTS
from ..answer import Plain
from ..errors import BadQuestion, NoData, NotAllowed, UnknownName
from ..ledger import audit
from ..model import Window
from ..plant import Plant
from ..plant.reports import FORMATS, Scheduled
from ..surfaces.report import MEDIA, drawn, printable
from ..words import LANGUAGES
from .opening import lent_of, open_plant, paper, restricted
from .recorded import Doer
from .reporting.gather import contents
from .reporting.kept import Kept, Made
from .reporting.periods import beside, period_of

Row = dict[str, Plain]


@dataclass(frozen=True, slots=True)
class Document:
    """A report as a file: its name, its media type, what is in it."""

    name: str
    media: str
    data: bytes


def report(
    folder: Path,
    at: str = "",
    *,
    since: str = "",
    until: str = "",
    last: str = "",
    form: str = "html",
    language: str = "",
) -> Document:
    """What happened at a place in a stretch of time, laid out for people; nothing is kept of it.

    Parameters
    ----------
    folder
        The plant folder.
    at
        Machine, line or area; the whole plant by default.
    since, until, last
        When: a shift, a day, a week, or any other stretch; shifts that run count up to now.
    form
        html, pdf or xlsx.
    language
        en or zh; the plant's by default.

    Raises
    ------
    NoData
        No shift lies in it, or nothing was heard of any.
    NoCalendar
        The plant has no shifts.
    BadQuestion
        There is no such format, or this computer cannot make it.
    """
    if form not in FORMATS:
        raise BadQuestion(f"There is no format {form!r} of a report. There are: {', '.join(FORMATS)}.")
    if language and language not in LANGUAGES:
        raise UnknownName("language", language, LANGUAGES)
    made = contents(folder, at, since=since, until=until, last=last, language=language)
    stem = "-".join(part for part in (made.every or "report", at.replace("/", "-"), _stem(made.name)) if part)
    return Document(f"{stem}.{form}", MEDIA[form], drawn(made, form))


def report_period(folder: Path, at: str = "", *, since: str = "", until: str = "", last: str = "") -> Row:
    """Which period a report would be about, and its neighbours.

    Returns
    -------
    dict
        `every` (shift, day, week, or "" any stretch), `name`, `since`, `until` (microseconds), `shifts` (closed ones
        in it), and `before` and `after`, each with `since` and `until`; `after` None where nothing of it has begun.

    Raises
    ------
    NoCalendar
        The plant has no shifts.
    """
    with open_plant(folder) as plant:
        window, now = plant.window(at, since=since, until=until, last=last), time.time_ns() // 1000
        machines = plant.plant.at(at)
        found = period_of(plant.plant, machines, window, now)
        earlier, later = beside(plant.plant, machines, found)
        figures = plant.books.figures((), found.which)
    begun = later is not None and later.since < now
    return {
        "every": found.every,
        "name": found.name,
        "since": found.window.since,
        "until": found.window.until,
        "shifts": figures[0].shifts if figures else 0,
        "before": _window(earlier),
        "after": _window(later) if begun else None,
    }


def _window(window: Window | None) -> Row | None:
    return None if window is None else {"since": window.since, "until": window.until}


def reports(folder: Path) -> Row:
    """The reports that are made by themselves, and those that were made, the newest first.

    Returns
    -------
    dict
        `scheduled`, `made`, and `formats` that this computer can make.
    """
    plant, kept = paper(folder), Kept.open(folder)
    shown = [r for r in plant.reports if _may_see(plant, r)]
    names = {r.name for r in shown}
    made = [m for m in reversed(kept.made.values()) if set(m.machines) <= set(plant.machines)]
    return {
        "scheduled": [_scheduled(r, kept) for r in shown],
        "made": [_made(folder, m, kept, m.report in names) for m in made],
        "formats": [f for f in FORMATS if f != "pdf" or printable()],
    }


def report_file(folder: Path, name: str, file: str) -> Document:
    """A file of a report that was made by itself.

    Raises
    ------
    UnknownName
        There is no such report or file.
    NoData
        Somebody took the file away.
    """
    plant, kept = paper(folder), Kept.open(folder)
    found = [m for m in kept.made.values() if m.report == name and set(m.machines) <= set(plant.machines)]
    if not found:
        raise UnknownName("report", name, sorted({m.report for m in kept.made.values()} if not restricted() else ()))
    known = [f for m in found for f in m.files]
    if file not in known:
        raise UnknownName("file of this report", file, known)
    try:
        data = (kept.folder / name / file).read_bytes()
    except FileNotFoundError:
        raise NoData(f"reports/{name}/{file} is no longer there: somebody took it away.") from None
    return Document(f"{name}-{file}", MEDIA[file.rpartition(".")[2]], data)


def report_again(folder: Path, name: str, *, by: Doer, since: str = "", until: str = "", last: str = "") -> Row:
    """Have a report that is made by itself made and sent for a period now, whether it was before or not; audited.

    Raises
    ------
    UnknownName
        plant.toml has no such report.
    NotAllowed
        The plant is not running, so nobody makes it; or whoever asks is no operator.
    NoData
        The period is not over, or no shift of it is closed.
    """
    plant = paper(folder)
    known = {r.name: r for r in plant.reports if _may_see(plant, r)}
    if name not in known:
        raise UnknownName("report", name, known)
    if by[1] not in RIGHTS[1:]:
        raise NotAllowed(f"{by[0]} has the right '{by[1]}', and report_again needs 'operator'. Ask an admin.")
    if lent_of(folder) is None:
        raise NotAllowed(f"{folder} is not running, so no report is sent. Start it: andon run {folder}.")
    wanted = known[name]
    with open_plant(folder) as opened:
        window, now = opened.window(wanted.at, since=since, until=until, last=last), time.time_ns() // 1000
        period = period_of(plant, plant.at(wanted.at), window, now)
        if period.every != wanted.every:
            raise BadQuestion(f"{name} is a report of one {wanted.every}: ask for {_example(wanted)}.")
        if period.window.until >= now or not opened.books.figures((), period.which):
            raise NoData(f"{period.name} is not closed yet, so there is no report {name} of it.")
    who, right = by
    found: Row = {"report": name, "period": period.name}
    audit.append(folder / "ledger", who=who, right=right, act="report_again", arguments=found, result={"state": "done"})
    Kept.open(folder).write({"again": name, "period": period.name, "at": now})
    return found


def _may_see(plant: Plant, scheduled: Scheduled) -> bool:
    """Those who may see some lines see the reports of these lines."""
    if not restricted():
        return True
    return scheduled.at != "" and any(
        scheduled.at in (m.path, m.line) or m.path.startswith(scheduled.at + "/") for m in plant.machines.values()
    )


def _example(scheduled: Scheduled) -> str:
    return {"shift": "'last shift'", "day": "'yesterday' or '2026-11-26'", "week": "'last week' or '2026-W48'"}[
        scheduled.every
    ]


def _scheduled(r: Scheduled, kept: Kept) -> Row:
    failed = kept.failed.get(r.name)
    return {
        "report": r.name,
        "at": r.at,
        "every": r.every,
        "formats": list(r.formats),
        "language": r.language,
        "folder": r.folder,
        "mail": r.mail,
        "to": list(r.to),
        "since": kept.begun.get(r.name),
        "failed": failed[1] if failed else "",
    }


def _made(folder: Path, m: Made, kept: Kept, known: bool) -> Row:
    home = folder / "reports" / m.report
    waiting: list[Plain] = [*sorted(kept.waiting[m.number])] if known else []
    return {
        "number": m.number,
        "report": m.report,
        "title": m.title,
        "text": m.text,
        "every": m.every,
        "period": m.period,
        "at": m.at,
        "since": m.since,
        "until": m.until,
        "version": m.version,
        "newest": kept.last[m.key] is m,
        "made_at": m.made_at,
        "language": m.language,
        "files": [_file(home / name) for name in m.files if (home / name).exists()],
        "missing": dict(m.missing),
        "waiting": waiting,
    }


def _file(file: Path) -> Row:
    return {"name": file.name, "format": file.suffix[1:], "size": file.stat().st_size}


def _stem(name: str) -> str:
    return name.replace(" ", "-")


__all__ = ["Document", "report", "report_again", "report_file", "reports"]
