"""Capability and measurement-system reports: the studies of quality asked of each test, as one document."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ..answer import Asked, Plain
from ..ask import Question, ask
from ..catalog import find
from ..errors import AndonError, BadQuestion, NoData, UnknownName
from ..model import Window
from ..plant.reports import FORMATS
from ..surfaces.report import MEDIA, Chapter, Dossier, Table, drawn
from ..words import LANGUAGES, explained
from .opening import Andon, open_plant
from .reported import Document

TITLES = {"capability": "Process capability", "msa": "Measurement system analysis"}
"""The kinds of dossier, each with its title."""
STUDIES = {
    "capability": ("capability",),
    "msa": ("gauge-rr", "gauge-bias", "gauge-linearity", "gauge-stability", "attribute-agreement"),
}
MOST = 200
"""Tests of one document."""


def dossier(
    folder: Path,
    at: str = "",
    *,
    about: str,
    since: str = "",
    until: str = "",
    last: str = "",
    tests: str = "",
    settings: Mapping[str, object] | None = None,
    form: str = "html",
    language: str = "",
) -> Document:
    """How capable a place's tests are, or how good its gauges, laid out for people who sign; nothing is kept of it.

    Parameters
    ----------
    folder
        The plant folder.
    at
        Machine, line or area; the whole plant by default.
    about
        "capability", or "msa" (every gauge study that the readings allow).
    since, until, last
        When the measurements were made.
    tests
        Names of tests, with commas; all that were measured by default.
    settings
        Settings of the studies, such as plan or product; each study takes those that it has.
    form
        html, pdf or xlsx.
    language
        en or zh; the plant's by default.

    Raises
    ------
    UnknownName
        There is no such kind of dossier or language.
    BadQuestion
        There is no such format, or there are too many tests.
    NoData
        Nothing was measured, or nothing could be answered.
    """
    if about not in TITLES:
        raise UnknownName("kind of report", about, TITLES)
    if form not in FORMATS:
        raise BadQuestion(f"There is no format {form!r} of a report. There are: {', '.join(FORMATS)}.")
    if language and language not in LANGUAGES:
        raise UnknownName("language", language, LANGUAGES)
    with open_plant(folder) as plant:
        said = language or plant.plant.language
        window = plant.window(at, since=since, until=until, last=last)
        places = list(_tests(plant, at, window, tests))
        if not places:
            raise NoData("Nothing was measured there in that window.")
        if len(places) > MOST:
            raise BadQuestion(f"{len(places)} tests are too many for one document of {MOST}: name some by `tests`.")
        chapters, left_out = _asked(plant, places, about, window, settings or {}, said)
    if not chapters:
        raise NoData("; ".join(f"{what}: {why}" for what, why in left_out[:3]))
    evidence = chapters[0].asked.evidence
    made = Dossier(
        title=TITLES[about],
        plant=plant.plant.name,
        place=at or plant.plant.name,
        zone=plant.plant.zone,
        currency=plant.plant.currency,
        language=said,
        since=window.since,
        until=window.until,
        made_at=time.time_ns() // 1000,
        made_by=f"Andon · plant.toml {evidence.plant[:8]} · {evidence.version}",
        summary=SUMMARIES[about](chapters),
        chapters=tuple(chapters),
        left_out=tuple(left_out),
    )
    stem = "-".join(
        filter(None, (about, at.replace("/", "-"), time.strftime("%Y-%m-%d", time.gmtime(window.until / 1e6))))
    )
    return Document(f"{stem}.{form}", MEDIA[form], drawn(made, form))


def _tests(plant: Andon, at: str, window: Window, wanted: str) -> Iterator[tuple[str, str]]:
    """Each machine with each test that is asked about; one that was judged but not measured has the test ""."""
    names = [t.strip() for t in wanted.split(",") if t.strip()]
    known: set[str] = set()
    for machine in plant.plant.at(at):
        found = list(dict.fromkeys(t.test.name for t in plant.history.tests(machine.path, window)))
        known |= set(found)
        yield from ((machine.path, n) for n in found if not names or n in names)
        if not found and not names and len(plant.history.units(machine.path, window)):
            yield machine.path, ""
    for name in names:
        if name not in known:
            raise UnknownName("test", name, known)


def _asked(
    plant: Andon,
    places: list[tuple[str, str]],
    about: str,
    window: Window,
    settings: Mapping[str, object],
    language: str,
) -> tuple[list[Chapter], list[tuple[str, str]]]:
    """The answers, and what could not be answered, with why."""
    chapters, left_out = [], []
    for machine, test in places:
        for name in STUDIES[about]:
            if not test and name != "attribute-agreement":
                continue
            heading = " · ".join(filter(None, (test, name.replace("-", " ") if about == "msa" else "", machine)))
            own = {n: v for n, v in settings.items() if n in {p.name for p in find(name).settings}}
            if test and name != "attribute-agreement":
                own["test"] = test
            try:
                asked = ask(Question(name, machine, window, (), own), plant.plant, plant.history)
            except AndonError as error:
                left_out.append((heading, explained(error, language)))
                continue
            if asked.answer is not None:
                chapters.append(Chapter(heading, asked))
    return chapters, left_out


def _capabilities(chapters: list[Chapter]) -> Table:
    """One line a characteristic: specification, sample, indices with the interval of the one that judges, verdict."""
    columns = (
        ("test", ""),
        ("machine", ""),
        ("unit", ""),
        ("low", "{unit}"),
        ("target", "{unit}"),
        ("high", "{unit}"),
        ("count", ""),
        ("mean", "{unit}"),
        ("cp", "{index}"),
        ("cpk", "{index}"),
        ("pp", "{index}"),
        ("ppk", "{index}"),
        ("index low", "{index}"),
        ("index high", "{index}"),
        ("expected defects", "[ppm]"),
        ("verdict", ""),
    )
    return Table("", columns, tuple(_row(c.asked, columns) for c in chapters))


def _gauges(chapters: list[Chapter]) -> Table:
    """One line a study: what it found, and its verdict."""
    columns = (
        ("test", ""),
        ("study", ""),
        ("machine", ""),
        ("unit", ""),
        ("verdict", ""),
        ("gauge share", "1"),
        ("tolerance share", "1"),
        ("categories", ""),
        ("bias", "{unit}"),
        ("cgk", "{index}"),
        ("slope", "{slope}"),
        ("kappa", "{kappa}"),
    )
    return Table("", columns, tuple(_row(c.asked, columns) for c in chapters))


SUMMARIES: Mapping[str, Callable[[list[Chapter]], Table]] = {"capability": _capabilities, "msa": _gauges}


def _row(asked: Asked, columns: tuple[tuple[str, str], ...]) -> tuple[Plain, ...]:
    said = {"machine": asked.at, "study": asked.study.name}
    return tuple(said.get(n) or getattr(asked.answer, n.replace(" ", "_"), None) for n, _ in columns)
