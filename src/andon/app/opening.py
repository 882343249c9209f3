"""An opened plant: what is on paper, what was heard, what was closed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType

from ..acts import act
from ..answer import Asked
from ..ask import Question, ask
from ..catalog import find
from ..config import read_plant
from ..errors import BadConfig, BadQuestion, NotAllowed
from ..historian import Historian, RemoteHistorian
from ..ledger import Books
from ..model import Window
from ..plant import Plant
from ..plant.when import when
from ..plant.zones import zone_of
from ..sweep import sweep


@dataclass(frozen=True, slots=True, repr=False)
class Andon:
    """An opened plant: what is on paper, what was heard, what was closed."""

    folder: Path
    plant: Plant
    history: Historian
    books: Books
    lent: Lent | None = None

    def __repr__(self) -> str:
        return f"<Andon {self.plant.name}: {len(self.plant.machines)} machines, {self.plant.zone}>"

    def ask(
        self,
        study: str,
        at: str = "",
        *,
        since: str | datetime = "",
        until: str | datetime = "",
        last: str = "",
        by: str = "",
        workers: int = 1,
        **settings: object,
    ) -> Asked:
        """Ask a study of a machine, a line or the whole plant.

        Parameters
        ----------
        study
            Its name, such as `oee`; `andon studies` lists them.
        at
            A machine or a line, such as `line-1/press-3`; everything by default.
        since, until
            The window: moments in the plant's local time, or with an offset.
        last
            Instead of both: `shift`, `week`, `30 d`, `yesterday`...
        by
            Split by `machine`, `line`, `shift`, `day`, `week`, `month`, `product`, `order`; several with commas.
        workers
            How many processes to spread the work over.
        settings
            The study's own settings.

        Returns
        -------
        Asked
            The typed answer with coverage and evidence.
        """
        asked = now() if find(study).timeless else self.window(at, since=since, until=until, last=last)
        groups = tuple(g for g in by.replace(" ", "").split(",") if g)
        question = Question(study, at, asked, groups, settings)
        if workers > 1:
            return sweep(question, self.plant, self.history, workers=workers)
        return ask(question, self.plant, self.history)

    def window(self, at: str = "", *, since: str | datetime = "", until: str | datetime = "", last: str = "") -> Window:
        """The window that words mean in the plant's local time and by the shifts of a place."""
        return spoken(self.plant, at, since=since, until=until, last=last)

    def act(
        self, name: str, arguments: Mapping[str, object], *, who: str, right: str = "admin", key: str = ""
    ) -> Mapping[str, object]:
        """Change something: give a reason, split a stop, start an order; audited."""
        self._seen(arguments)
        told = {"who": who, "right": right, "key": key}
        return act(name, arguments, plant=self.plant, history=self.history, folder=self.folder, **told)

    def _seen(self, arguments: Mapping[str, object]) -> None:
        """Whoever may see only some lines changes nothing elsewhere: what is there is unknown to them."""
        sources = {s.name for s in self.plant.sources}
        for name in PLACES:
            place = arguments.get(name)
            if restricted() and place is not None and place not in sources:
                self.plant.machine(str(place))

    @property
    def is_running(self) -> bool:
        """Does `andon run` run this plant, here or in another process?"""
        return self.lent is not None or isinstance(self.history, RemoteHistorian)

    def call(self, name: str) -> object:
        """What the process that runs the plant says of it: `sources`, `live`.

        Raises
        ------
        NotAllowed
            Nobody runs the plant, or who has opened it does not say this.
        """
        if self.lent:
            return self.lent.offered[name]()
        if isinstance(self.history, RemoteHistorian):
            return self.history.call(name)
        raise NotAllowed(f"{self.folder} is not running: start it with `andon run {self.folder}`.")

    def close(self) -> None:
        self.books.close()
        if not self.lent:
            self.history.close()

    def __enter__(self) -> Andon:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class Lent:
    """A plant that this process runs: every room works with its one history instead of opening the folder again."""

    plant: Callable[[], Plant]
    history: Historian
    offered: Mapping[str, Callable[[], object]]


PLACES = ("machine", "place")
"""The arguments of acts that say where."""
_LENT: dict[Path, Lent] = {}
_SEEN: ContextVar[tuple[str, ...]] = ContextVar("lines that may be seen", default=())


@contextmanager
def lending(folder: Path, lent: Lent) -> Iterator[None]:
    """For as long as this lasts, `open_plant` of the folder gives what is lent."""
    _LENT[folder.resolve()] = lent
    try:
        yield
    finally:
        del _LENT[folder.resolve()]


@contextmanager
def seen_by(lines: Sequence[str]) -> Iterator[None]:
    """Within this, the plant has only the machines of these lines; no lines: all of them."""
    token = _SEEN.set(tuple(lines))
    try:
        yield
    finally:
        _SEEN.reset(token)


def restricted() -> bool:
    """May whoever asks see only some lines?"""
    return bool(_SEEN.get())


def for_the_whole_plant(what: str) -> None:
    """Refuse whoever may see only some lines: this cannot be narrowed to them.

    Raises
    ------
    NotAllowed
        They may not.
    """
    if restricted():
        lines = ", ".join(_SEEN.get())
        raise NotAllowed(f"{what} is of the whole plant, and only {lines} may be seen here. Ask an admin.")


def whole(opened: Andon) -> Plant:
    """The plant on paper with all that whoever asks may not see: for work that must not depend on who asks."""
    return opened.lent.plant() if opened.lent else read_plant(opened.folder)


def lent_of(folder: str | Path) -> Lent | None:
    """What is lent of the folder, where this process runs it."""
    return _LENT.get(Path(folder).resolve())


def paper(folder: str | Path) -> Plant:
    """The plant on paper, as far as whoever asks may see it."""
    lent = lent_of(folder)
    return _narrowed(lent.plant() if lent else read_plant(Path(folder)))


def open_plant(folder: str | Path) -> Andon:
    """Open a plant folder: `import andon; plant = andon.open("works")`."""
    path = Path(folder)
    if not (path / "plant.toml").exists():
        raise BadConfig(f"{path} is no plant folder: it has no plant.toml. Make one with `andon init {path}`.")
    lent, plant = lent_of(path), paper(path)
    history = lent.history if lent else Historian.open(path / "history")
    return Andon(path, plant, history, Books.open(path / "ledger"), lent)


@contextmanager
def reading(folder: str | Path) -> Iterator[tuple[Plant, Historian]]:
    """The plant on paper and its history, without the books: for what is asked often, and streamed from any thread."""
    path = Path(folder)
    if lent := lent_of(path):
        yield paper(path), lent.history
        return
    plant = paper(path)
    with closing(Historian.open(path / "history")) as history:
        yield plant, history


def _narrowed(plant: Plant) -> Plant:
    lines = _SEEN.get()
    if not lines:
        return plant
    shown = {
        p: m
        for p, m in plant.machines.items()
        if any(line in (p, m.area) or p.startswith(line + "/") for line in lines)
    }
    fed = {s.source for m in shown.values() for s in m.signals.values()}
    return replace(
        plant,
        machines=shown,
        sources=tuple(s for s in plant.sources if s.name in fed),
        limits={path: limit for path, limit in plant.limits.items() if path.rpartition("/")[0] in shown},
        alarms=tuple(a for a in plant.alarms if a.place in shown or a.place in fed),
    )


def now() -> Window:
    """This moment: the window of a question that is about no time."""
    at = time.time_ns() // 1000
    return Window(at, at)


def spoken(
    plant: Plant, at: str = "", *, since: str | datetime = "", until: str | datetime = "", last: str = ""
) -> Window:
    """The window that `since`/`until` or `last` mean, in the plant's zone and by the shifts of a place.

    Where the shifts are those of single lines or machines, the days of a wider place are those of its first machine
    that has shifts.
    """
    if bool(last) == bool(since):
        raise BadQuestion("Say when: either `last` ('shift', 'week', '30 d', 'yesterday') or `since` and `until`.")
    now, place = time.time_ns() // 1000, _place(plant, at)
    if last:
        return when(last, zone=plant.zone, now=now, book=plant.shifts, place=place)
    begin = _moment(since, plant, now, place)
    end = _moment(until, plant, now, place) if until else Window(now, now)
    return Window(begin.since, end.since)


def _place(plant: Plant, at: str) -> str:
    """The place whose shifts make the days."""
    if plant.shifts.rules_for(at):
        return at
    return next((m.path for m in plant.at(at) if plant.shifts.rules_for(m.path)), at)


def _moment(said: str | datetime, plant: Plant, now: int, place: str) -> Window:
    if isinstance(said, datetime):
        aware = said if said.tzinfo else said.replace(tzinfo=zone_of(plant.zone))
        return Window.of(aware, aware)
    return when(said, zone=plant.zone, now=now, book=plant.shifts, place=place)
