"""Asks the standing questions of a running plant: after each shift or day, and again when one closes anew."""

from __future__ import annotations

import hashlib
import logging
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from threading import Event

from ...acts.standing import STANDING, Standing, questions
from ...answer import Asked, single_figures, telling
from ...ask import Question, ask
from ...errors import AndonError
from ...historian import Historian
from ...ledger import Books
from ...model import Batch, Receipt, Window
from ...plant import Plant
from ...plant.alarms import Alarm
from ...units import HOUR, MINUTE
from ...words import say
from ..alarms import Raise
from .answers import Answers, Given

log = logging.getLogger("andon.standing")
LOOK = 2.0
"""Seconds between looks."""
LATEST = 2 * MINUTE
"""How long after its end a shift is asked about although the books have not closed it."""
DAY = 24 * HOUR
BACK = 30 * DAY
"""How far back a shift is asked about again when it closes anew, and how far back what was missed is made up for."""
LEAD = 4 * DAY
"""The last shift before a question was put is answered at once; it ended within this."""
Key = tuple[str, str]
SIDES_ZH = {"below": "低于", "above": "高于"}


@dataclass(slots=True)
class Asking:
    """Looks whether a shift has closed, and asks what stands.

    Parameters
    ----------
    plant
        The plant as plant.toml says it now.
    history, books
        What was heard, and the closed shifts. The books must be opened in the thread that looks.
    answers
        Where the answers are kept.
    turn
        Raises and ends alarms.
    clock
        Microseconds since 1970.
    """

    plant: Callable[[], Plant]
    history: Historian
    books: Books
    answers: Answers
    turn: Raise
    clock: Callable[[], int] = lambda: time.time_ns() // 1000
    questions: dict[int, Standing] = field(default_factory=dict)
    changed: bool = True
    seen: int = -1
    due: int = 0

    def __post_init__(self) -> None:
        self.history.listen(self.heard)

    def heard(self, batch: Batch, receipt: Receipt) -> None:
        """Note that questions were put or ended; in the writer's thread."""
        if batch.spells is not None and STANDING in set(batch.spells["kind"].to_pylist()):
            self.changed = True

    def work(self, stopped: Event) -> None:
        """Look again and again until `stopped` is set; whatever fails is told, and tried again."""
        while not stopped.wait(LOOK):
            try:
                self.look()
            except Exception as error:  # the outermost frame of this thread: one question must not end the others
                log.error("standing questions: %s; trying again in a minute", error)
                log.debug("asking failed", exc_info=True)
                self.seen = -1
                stopped.wait(60)

    def look(self) -> int:
        """Ask what is due; how many answers there are that were not there before."""
        if self.changed:
            self._take()
        newest, now = self.books.newest(), self.clock()
        if newest == self.seen and now < self.due:
            return 0
        self.due = now + BACK
        count = sum(self._asked(q, now) for q in self.questions.values())
        self.seen = newest
        return count

    def _take(self) -> None:
        """The questions as they stand; an alarm of one that is over ends, one that is on stays on."""
        self.changed = False
        put, before = questions(self.history), self.questions
        self.questions = {q.number: q for q, stands in put if stands}
        for q, stands in put:
            last = next(reversed(self.answers.of(q.number)), None)
            if last is None or not last.on or (stands and q.number in before):
                continue
            if stands:
                self._raise(q, last)
            else:
                self.turn(alarm(q, self.plant()), self.clock(), on=False)
        self.seen = -1

    def _asked(self, q: Standing, now: int) -> int:
        """Answer one question for every shift that is new to it, or that has closed anew."""
        known = {g.since: g for g in self.answers.of(q.number)}
        count = 0
        for label, window in self._windows(q, now):
            stamp, closed = self._stamp(q, window)
            before = known.get(window.since)
            if before and before.stamp == stamp:
                continue
            if before is None and not closed and now - window.until < LATEST:
                self.due = min(self.due, window.until + LATEST)
                continue
            given = self._answer(q, label, window, stamp)
            if before is None and given.problem and window.until <= q.since:
                continue  # the time before the question was put needs no answer
            same = before is not None and _same(before, given)
            if before is not None:
                given = replace(given, again=before.again + (not same))
            self.answers.keep(q.number, given)
            known[window.since] = given
            count += not same
        newest = max(known.values(), key=lambda g: g.since, default=None)
        if count and newest is not None and newest.on is not None:
            self._raise(q, newest)
        return count

    def _windows(self, q: Standing, now: int) -> list[tuple[str, Window]]:
        """The shifts or days that are over since the question was put, and the last one before that."""
        book, place = self.plant().shifts, _place(self.plant(), q.at)
        reach = Window(max(q.since - LEAD, now - BACK), now)
        found = (
            [(f"{s.day} {s.name}", s.window) for s in book.calendar(reach, place).shifts]
            if q.every == "shift"
            else book.days(reach, place)
        )
        coming = [w.until for _, w in found if w.until > now]
        self.due = min([self.due, *coming, *([] if coming else [now + 10 * MINUTE])])
        over = [(label, w) for label, w in found if w.until <= now]
        earlier = [x for x in over if x[1].until <= q.since]
        return [*earlier[-1:], *(x for x in over if x[1].until > q.since)]

    def _stamp(self, q: Standing, window: Window) -> tuple[str, bool]:
        """Which versions of closed shifts a window rests on, and whether every machine's is closed."""
        versions: list[str] = []
        closed = True
        for m in self.plant().at(q.at):
            found = self.books.overlapping(m.path, window.since, window.until)
            versions += [f"{c.machine} {c.window.since} {c.version}" for c in found]
            closed &= bool(found) or self.books.reach(m.path) is None
        return hashlib.sha256("\n".join(sorted(versions)).encode()).hexdigest()[:16], closed and bool(versions)

    def _answer(self, q: Standing, label: str, window: Window, stamp: str) -> Given:
        none = Given(since=window.since, until=window.until, label=label, asked=self.clock(), stamp=stamp, figures={})
        try:
            asked = ask(Question(q.study, q.at, window, (), q.settings), self.plant(), self.history)
        except AndonError as error:
            return replace(none, problem=str(error))
        return _told(q, asked, none)

    def _raise(self, q: Standing, given: Given) -> None:
        self.turn(alarm(q, self.plant()), given.until, on=bool(given.on), value=_shown(q, given.value))


def alarm(q: Standing, plant: Plant) -> Alarm:
    """The alarm that a standing question raises."""
    limit = f"{_shown(q, q.limit):g}"
    figure = q.figure.replace("_", " ")
    place = q.at or plant.site or plant.name
    return Alarm(
        name=q.name,
        place=place,
        priority=q.priority,
        unit="%" if q.unit == "1" else re.sub(r"\{[^}]*\}", "", q.unit) or "1",
        messages={
            "en": f"{q.name}: {figure} of {place} was {{value}} {{unit}} in a {q.every}, {q.side} {limit}",
            "zh": f"{q.name}：{place} 的{say(figure, 'zh')}为 {{value}} {{unit}}，{SIDES_ZH[q.side]} {limit}",
        },
    )


def raised(questions: Iterable[Standing], plant: Plant) -> set[Key]:
    """Place and name of each alarm that these questions may raise."""
    return {alarm(q, plant).key for q in questions if q.limit is not None}


def _told(q: Standing, asked: Asked, none: Given) -> Given:
    """The answer's telling figures, the one that is watched, and whether it passed the limit."""
    single = single_figures(asked.answer)
    shown = {n: single[n] for n in telling(asked.study, single)} | (
        {q.figure: single.get(q.figure)} if q.figure else {}
    )
    said = single.get(q.figure)
    value = float(said) if isinstance(said, int | float) and not isinstance(said, bool) else None
    on = None
    if q.limit is not None and value is not None:
        on = value < q.limit if q.side == "below" else value > q.limit
    return replace(none, figures=shown, value=value, on=on, known=asked.known)


def _shown(q: Standing, value: float | None) -> float | None:
    """A ratio as per cent, as people read it."""
    return value * 100 if value is not None and q.unit == "1" else value


def _same(a: Given, b: Given) -> bool:
    return (a.figures, a.value, a.known, a.problem) == (b.figures, b.value, b.known, b.problem)


def _place(plant: Plant, at: str) -> str:
    """The place whose shifts are meant: that of the first machine with shifts, where the place has none itself."""
    if plant.shifts.rules_for(at):
        return at
    return next((m.path for m in plant.at(at) if plant.shifts.rules_for(m.path)), at)
