"""Live: the running shift in memory is what studies tell of the stored samples, whatever comes in whatever order."""

from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from andon.acquire.gather.connections import OPEN
from andon.ask import Question, ask
from andon.config import read_plant
from andon.errors import NoData
from andon.historian import Historian
from andon.model import Batch, Window
from andon.plant import Plant
from andon.units import HOUR, MINUTE, SECOND
from andon.watch.live import Live

START = 1_709_532_000_000_000  # 2024-03-04T06:00Z, a Monday
LINE = """
[plant]
name = "works"
zone = "UTC"

[[shift]]
name = "early"
start = "06:00"
end = "14:00"
breaks = [{ start = "09:00", end = "09:30" }]

[[shift]]
name = "late"
start = "14:00"
end = "22:00"

[[reason]]
code = "tool"
text = "Tool change"
element = "AUST"
loss = "setup"

[[product]]
name = "A"
cycles = [{ ideal_cycle = "45 s" }]

[[product]]
name = "B"
cycles = [{ ideal_cycle = "10 s", valid_from = 2024-03-04T08:00:00 }]

[[source]]
name = "plc"
connector = "simulated"

[[machine]]
path = "line-1/press"
minor_stop = "5 min"
default_product = "A"
[machine.signals.state]
states = { run = "producing", setup = "setup", stop = "fault", wait = "starved", none = "idle_no_order" }
[machine.signals.total_count]
rollover = 9999
[machine.signals.reject_count]
[machine.signals.product]
[machine.signals.order]

[[machine]]
path = "line-1/lathe"
ideal_cycle = "30 s"
[machine.signals.state]
states = "andon"
holds = "10 min"
[machine.signals.good_count]
counting = "delta"
"""
SAYS = {
    "line-1/press/state": ("run", "setup", "stop", "wait", "none", "?"),
    "line-1/press/product": ("A", "B", "C"),
    "line-1/press/order": ("o1", "o2", ""),
    "line-1/lathe/state": ("producing", "fault"),
}
STUDIES = ("oee", "losses", "states", "counts", "cycle-times", "orders", "reliability")


@dataclass
class Floor:
    """A plant whose clock stands in `now`, with a history on disk and its running shift in memory."""

    plant: Plant
    folder: Path
    now: int = START + HOUR
    numbers: dict[str, int] = field(default_factory=dict)
    acts: count = field(default_factory=count)

    def __post_init__(self):
        self.history = Historian.own(self.folder / "history", clock=lambda: self.now * 1000)
        self.live = Live(self.plant, self.history, patience=0)

    def say(self, rows, source="plc"):
        """Store rows (signal, at, value or text, quality) as one batch."""
        signal, at, said, quality = zip(*rows, strict=True)
        self.numbers[source] = self.numbers.get(source, 0) + 1
        table = pa.table(
            {
                "signal": list(signal),
                "at": pa.array(at, pa.timestamp("us", "UTC")),
                "value": pa.array([x if isinstance(x, float) else None for x in said], pa.float64()),
                "text": pa.array([x if isinstance(x, str) else None for x in said], pa.string()),
                "quality": pa.array(quality, pa.uint32()),
            }
        )
        self.history.write(Batch(source, self.numbers[source], table))

    def spell(self, kind, place, since, until, text, detail="{}"):
        rows = {
            "kind": [kind],
            "place": [place],
            "since": [since],
            "until": [until],
            "text": [text],
            "detail": [detail],
        }
        self.history.write(Batch("told", next(self.acts), spells=pa.table(rows)))

    def check(self, studies=()):
        """Every tile, and studies of the running shift, are what the stored samples say."""
        for tile in self.live.tiles():
            assert tile.at == self.now
            shift = self.plant.shifts.shift_at(self.now, tile.machine)
            if shift is None or self.now == shift.window.since:
                assert tile.oee is None
                continue
            window = Window(shift.window.since, self.now)
            for study in studies:
                question = Question(study, tile.machine, window)
                assert answered(lambda q: ask(q, self.plant, self.history), question) == answered(
                    self.live.ask, question
                ), study
            self.is_oee(tile, Question("oee", tile.machine, window))

    def is_oee(self, tile, question):
        try:
            said = ask(question, self.plant, self.history).answer
        except NoData:  # nothing was heard in the shift: a tile says at most what people told of it
            return
        figures = (tile.made, tile.good, tile.rejects, tile.effectiveness, tile.quality, tile.coverage)
        assert figures == (said.made, said.good, said.rejects, said.effectiveness, said.quality, said.coverage)
        if said.known:
            assert (tile.oee, tile.availability) == (said.oee, said.availability)

    def close(self):
        self.live.close()
        self.history.close()


def answered(asks, question):
    try:
        return repr(asks(question).plain())
    except Exception as error:  # the same error is the same answer
        return f"{type(error).__name__}: {error}"


@pytest.fixture(scope="module")
def plant(tmp_path_factory) -> Plant:
    folder = tmp_path_factory.mktemp("plant")
    (folder / "plant.toml").write_text(LINE, encoding="utf-8")
    return read_plant(folder)


AGO = st.one_of(st.integers(0, 90), st.integers(0, 90), st.integers(0, 12 * 3600), st.integers(-5, 5))
QUALITY = st.sampled_from([0, 0, 0, 0, 0, 0x80310000, 0x40900000])
TEXT_ROW = st.sampled_from(sorted(SAYS)).flatmap(
    lambda path: st.tuples(st.just(path), AGO, st.sampled_from(SAYS[path]), QUALITY)
)
COUNT_ROW = st.tuples(
    st.sampled_from(["line-1/press/total_count", "line-1/press/reject_count", "line-1/lathe/good_count"]),
    AGO,
    st.one_of(st.integers(0, 30).map(float), st.sampled_from([9990.0, 9999.0, 2.5])),
    QUALITY,
)
COUNTING = st.tuples(st.just("count"), st.sampled_from(["total", "reject", "good"]), st.integers(0, 5))
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("time"), st.integers(1, 600)),
        st.tuples(st.just("time"), st.integers(1, 4 * 3600)),
        COUNTING,
        COUNTING,
        COUNTING,
        st.tuples(st.just("rows"), st.lists(st.one_of(TEXT_ROW, COUNT_ROW), min_size=1, max_size=4)),
        st.tuples(st.just("connect")),
        st.tuples(st.just("lose"), st.integers(0, 60)),
        st.tuples(st.just("reason"), st.integers(0, 3600), st.integers(1, 3600)),
        st.tuples(st.just("scrap"), st.integers(0, 3600), st.integers(1, 3)),
        st.tuples(st.just("forget"), st.integers(0, 3600)),
    ),
    max_size=25,
)


def happen(floor: Floor, counters: dict[str, float], connected: list[int], event) -> None:
    match event:
        case ("time", seconds):
            floor.now += seconds * SECOND
        case ("count", name, n):
            machine = "lathe" if name == "good" else "press"
            counters[name] = float(n) if name == "good" else (counters.get(name, 0.0) + n) % 10_000
            floor.say([(f"line-1/{machine}/{name}_count", floor.now - SECOND // 2, counters[name], 0)])
        case ("rows", rows):
            floor.say([(path, floor.now - ago * SECOND, said, quality) for path, ago, said, quality in rows])
        case ("connect",):
            connected.append(floor.now)
            floor.spell("connection", "plc", floor.now, OPEN, "connected")
        case ("lose", ago) if connected:
            since = connected.pop()
            floor.spell("connection", "plc", since, max(since + 1, floor.now - ago * SECOND), "connected")
        case ("reason", ago, length):
            since = floor.now - ago * SECOND
            floor.spell("reason", "line-1/press", since, since + length * SECOND, "tool")
        case ("scrap", ago, n):
            at = floor.now - ago * SECOND
            floor.spell("scrap", "line-1/press", at, at + 1, "", f'{{"quantity": {n}}}')
        case ("forget", ago):
            since = floor.now - ago * SECOND
            floor.history.forget(["line-1/press/total_count"], Window(since, since + MINUTE), who="ann", why="test")


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(events=EVENTS, begin=st.sampled_from([0, HOUR, 3 * HOUR - 5 * SECOND, 7 * HOUR]))
def test_tiles_and_studies_of_the_running_shift_are_those_of_the_stored_samples(plant, events, begin):
    with TemporaryDirectory() as folder:
        floor = Floor(plant, Path(folder), now=START + begin)
        counters: dict[str, float] = {}
        connected: list[int] = []
        happen(floor, counters, connected, ("connect",))
        floor.say(
            [("line-1/press/state", floor.now - 30 * HOUR, "run", 0), ("line-1/press/total_count", floor.now, 7.0, 0)]
        )
        floor.check()
        for event in events:
            happen(floor, counters, connected, event)
            floor.check()
        floor.check(STUDIES)
        floor.close()
