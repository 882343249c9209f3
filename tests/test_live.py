"""Live: the running shift in memory is what studies tell of the stored samples, whatever comes in whatever order."""

import json
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from andon.acquire.gather.connections import OPEN
from andon.ask import Question, ask
from andon.config import read_plant
from andon.errors import NoData
from andon.historian import Historian, RemoteHistorian
from andon.ledger import Books
from andon.model import Batch, States, Window
from andon.plant import Plant
from andon.units import HOUR, MINUTE, SECOND
from andon.watch.live import Live
from andon.watch.tile import seen
from runs import asked, run_plant
from servers import until

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
    max_size=8,
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


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@example(events=[("lose", 0), ("time", 1), ("connect",), ("time", 1)], begin=0)
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


def test_a_machine_that_goes_on_is_added_to_and_not_read_again(plant, tmp_path, monkeypatch):
    floor = Floor(plant, tmp_path)
    happen(floor, {}, [], ("connect",))
    floor.say([("line-1/press/state", floor.now, "run", 0), ("line-1/press/total_count", floor.now, 0.0, 0)])
    floor.now += SECOND
    floor.live.tiles()
    reads = []
    monkeypatch.setattr("andon.watch.progress.seen", lambda *given: reads.append(given[0].path) or seen(*given))
    for second in range(12):
        floor.now += SECOND
        floor.say([("line-1/press/total_count", floor.now - SECOND // 2, float(second), 0)])
        floor.check()
    assert reads.count("line-1/press") == 0
    floor.say([("line-1/press/state", floor.now, "stop", 0)])
    floor.now += SECOND
    tile = next(t for t in floor.live.tiles() if t.machine == "line-1/press")
    assert reads.count("line-1/press") == 1
    assert (tile.state, tile.since, tile.made, tile.shift) == ("fault", floor.now - SECOND, 11.0, "early")
    floor.close()


def test_a_tile_says_what_is_made_and_how_many_parts_there_should_be(plant, tmp_path):
    floor = Floor(plant, tmp_path)
    happen(floor, {}, [], ("connect",))
    floor.say([("line-1/press/state", START, "run", 0), ("line-1/press/order", START, "o1", 0)])
    floor.now = START + 90 * MINUTE
    tile = floor.live.tiles()[0]
    assert (tile.order, tile.product, tile.target) == ("o1", "", None)
    floor.say([("line-1/press/product", floor.now, "A", 0)])
    floor.now += 30 * MINUTE
    tile = floor.live.tiles()[0]
    assert (tile.product, tile.target) == ("A", 160.0)
    floor.close()


def test_a_shift_that_ends_gives_way_to_the_next(plant, tmp_path):
    floor = Floor(plant, tmp_path, now=START + 8 * HOUR - SECOND)
    assert floor.live.tiles()[0].shift == "early"
    floor.now += 2 * SECOND
    floor.check(STUDIES)
    assert floor.live.tiles()[0].shift == "late"
    floor.now = START + 17 * HOUR
    assert floor.live.tiles()[0].shift == ""
    floor.close()


def test_memory_holds_what_can_change_an_answer_and_no_more(plant, tmp_path):
    floor = Floor(plant, tmp_path)
    signals = [s for m in plant.machines.values() for s in m.signals.values()]
    recent = floor.history.recent(signals, START)
    for minute in range(100):
        at = START + minute * SECOND
        floor.say([("line-1/press/state", at, "run", 0), ("line-1/press/total_count", at, float(minute // 50), 0)])
        recent.news()
    window = Window(START, START + 100 * SECOND)
    state = plant.machines["line-1/press"].signals["state"]
    assert repr(recent.read(States, state, window)) == repr(floor.history.read(States, state, window))
    assert recent.tail("line-1/press/total_count", START)
    assert recent.size == 2 + 4
    recent.move(START + HOUR)
    assert recent.size == 2
    floor.close()


def test_andon_now_asks_the_process_that_runs_the_plant_and_missed_shifts_are_closed(tmp_path):
    (tmp_path / "plant.toml").write_text(LINE.replace('[[source]]\nname = "plc"\nconnector = "simulated"\n', ""))
    now = time.time_ns() // 1000
    with Historian.own(tmp_path / "history") as history:
        rows = {
            "signal": ["line-1/press/state"] * 3,
            "at": pa.array([now - 30 * HOUR, now - 20 * HOUR, now - SECOND], pa.timestamp("us", "UTC")),
            "text": ["run", "stop", "run"],
        }
        history.write(Batch("plc", 1, pa.table(rows)))
    before = told(tmp_path)
    with run_plant(tmp_path) as andon:
        with Books.open(tmp_path / "ledger") as books:
            until(lambda: bool(books.closings()), 30)
        spell = {"kind": ["connection"], "place": ["plc"], "since": [now], "until": [OPEN], "text": ["connected"]}
        with Historian.open(tmp_path / "history") as history:
            assert isinstance(history, RemoteHistorian)
            history.write(Batch("gather", 1, spells=pa.table(spell)))
        running = told(tmp_path)
        assert andon.stop() == 0
    said = (tmp_path.parent / f"{tmp_path.name}.0.log").read_text("utf-8")
    assert said.endswith("Stopped; everything acknowledged is on disk.\n")
    assert [r["machine"] for r in running] == [r["machine"] for r in before] == ["line-1/press", "line-1/lathe"]
    assert [r["state"] for r in running] == ["producing", "unknown"]
    assert before[0]["said"] == "not heard"


def told(folder):
    return json.loads(asked("now", str(folder), "--json"))
